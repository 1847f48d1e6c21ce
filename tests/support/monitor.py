"""A desk that watches services, and the minutes of its monitor."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.ports import Blobs, Rows
from shared.actions.watch import events, reading
from shared.actions.watch.events import Happened
from shared.actions.watch.minute import Minute, run
from shared.adapters.memory import MemoryProber
from shared.domain.watch.change import Change
from shared.domain.watch.service import NOTHING, Service, Services
from tests.support.desks import ROME, Clock, a_desk
from tests.support.watching import SERVICE

MINUTE = timedelta(minutes=1)


def services(number: int, **changes: object) -> Services:
    """`number` services s0000, s0001, … of two owners in turns; of none, as where there is no file."""
    made = [replace(SERVICE, id=f"s{n:04d}", owner=("ours", "theirs")[n % 2], **changes) for n in range(number)]  # type: ignore[arg-type]
    return watched(*made) if made else NOTHING


def watched(*each: Service) -> Services:
    return Services(contract="zenshare-support", desk="ACME", services={service.id: service for service in each})


def a_watch(
    start: datetime, watched: Services, *, rows: Rows | None = None, blobs: Blobs | None = None
) -> tuple[Desk, MemoryProber]:
    """A desk with nobody enrolled, and the prober that says how its services do."""
    prober = MemoryProber()
    return a_desk(Clock(start), rows=rows, blobs=blobs, prober=prober, services=watched, enrol=False), prober


def minutes(desk: Desk, number: int, act: events.Act | None = None) -> Minute:
    """So many runs of the monitor, the first one now; the clock then shows the minute after the last."""
    assert isinstance(desk.clock, Clock)
    done = Minute()
    for _ in range(number):
        done = run(desk, desk.clock(), act or nothing)
        desk.clock.forward(minutes=1)
    return done


def until(desk: Desk, end: datetime, act: events.Act | None = None) -> None:
    assert isinstance(desk.clock, Clock)
    minutes(desk, (end - desk.clock()) // MINUTE, act)


def nothing(desk: Desk, happened: Happened, now: datetime) -> None:
    """Nobody acts on outages."""


def noting(found: list[tuple[str, str]]) -> Callable[[Desk, Happened, datetime], None]:
    """Notes what is told of outages."""
    return lambda desk, happened, now: found.append((happened.outage.id, f"{happened.what}.{happened.again}"))


def told(desk: Desk, service: str, now: datetime, *, days: int = 40) -> list[tuple[str, str]]:
    """What stands of a service's last days: when in Rome, and the state."""
    return shown(reading.changes(desk, service, now - timedelta(days=days), now, now))


def shown(changes: Sequence[Change]) -> list[tuple[str, str]]:
    return [(change.at.astimezone(ROME).strftime("%d %H:%M:%S"), change.state.value) for change in changes]
