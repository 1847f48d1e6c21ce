"""Letters without a ticket, cut off at every call that is made for them, before and after it took effect: each once, none lost.

Whoever was cut off tries again as they do: staff under their key, a browser by itself, a timer at its next turn. Then time goes
on and the timers run; what has left by then must be what leaves when nothing is cut off, each under the same operation id.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from shared.actions import agenda, customers
from shared.actions.desk import Desk
from shared.actions.guarantees import alarms
from shared.actions.once import once
from shared.actions.ports import Insert, Replace, Table
from shared.actions.post.deliver import deliver
from shared.actions.status import incidents, subscribed, subscribers
from shared.actions.sweep import sweep
from shared.actions.watch import events, maintenance, outages, probing
from shared.adapters.memory import MemoryMailer, MemoryProber
from shared.domain.errors import StorageUnavailable
from shared.domain.identity import operation_id
from shared.domain.people import Correspondent
from shared.domain.status.incident import Phase
from shared.domain.status.subscriber import Subscriber
from shared.domain.watch.service import Services
from tests.support.desks import CARLA, SANDRO, Clock, a_desk, rome
from tests.support.faults import Crash, Fuse, fused, unavailable
from tests.support.watching import SERVICE

START = rome("2026-03-10 10:00")
SERVICES = Services(
    contract="zenshare-support",
    desk="ACME",
    services={"archive": replace(SERVICE, products=("zenshare-up",), guarantees=("data-centre",))},
)
READERS = ("ines@reader.example", "udo@reader.example")
NAMED = Correspondent(name="Berta Sala", email="berta@beta.example", language="it")
TEXT = {"it": "Cerchiamo.", "en": "We look."}
WINDOW = maintenance.Wanted(
    services=("archive",), starts_at=rome("2026-03-20 10:00"), ends_at=rome("2026-03-20 12:00"), reason=TEXT
)

type Step = Callable[[Desk], object]


@dataclass(frozen=True)
class Workflow:
    """What has happened before, the step that is cut off, and how many letters leave. `down`: for how many minutes from 10:01.
    `perhaps`: what may leave besides, before the others: telling the end failed, and word of the beginning left meanwhile."""

    before: tuple[Step, ...]
    step: Step
    letters: int
    down: int = 0
    perhaps: str = "nothing"


def minute(desk: Desk) -> object:
    """The monitor looks at what is due; nothing is told yet."""
    probing.probe(desk, desk.clock())
    return later(minutes=1)(desk)


def told(desk: Desk) -> object:
    """What has happened to outages is told, as by the timer that looks."""
    return events.work(desk, desk.clock(), outages.act)


def judged(desk: Desk) -> object:
    return alarms.look(desk, desk.clock())


def delivered(desk: Desk) -> object:
    return deliver(desk, desk.clock())


def asked(desk: Desk) -> None:
    subscribers.ask(desk, "nina@reader.example", "it", desk.clock())


def asked_again(desk: Desk) -> None:
    subscribers.ask(desk, READERS[0], "it", desk.clock())


def announced(desk: Desk) -> object:
    return maintenance.announce(desk, WINDOW, SANDRO, desk.clock(), idempotency_key="k1")


def cancelled(desk: Desk) -> object:
    window, _ = maintenance.announce(desk, WINDOW, SANDRO, desk.clock(), idempotency_key="k1")
    return maintenance.cancel(desk, window.id, desk.clock())


def opened(desk: Desk) -> object:
    wanted = incidents.Wanted(title=TEXT, text=TEXT, phase=Phase.INVESTIGATING, services=("archive",))
    return incidents.open(desk, wanted, CARLA, desk.clock(), once(CARLA, "POST incidents", "k1", b"x"))


def resolved(desk: Desk) -> object:
    [incident] = incidents.recent(desk, START - timedelta(days=1))
    wanted = incidents.Wanted(text=TEXT, phase=Phase.RESOLVED)
    return incidents.tell(desk, incident.id, wanted, CARLA, desk.clock(), once(CARLA, "POST entries", "k2", b"x"))


def later(**by: float) -> Step:
    def wait(desk: Desk) -> object:
        assert isinstance(desk.clock, Clock)
        return desk.clock.forward(**by)

    return wait


BROKEN = (minute, minute, minute, minute)
MENDED = (*BROKEN, told, delivered, minute, minute, minute, minute)
UNTOLD = (*BROKEN, told, minute, minute, minute, minute)
ALARMED = (*(minute for _ in range(16)),)

WORKFLOWS = {
    "a link is asked for": Workflow((), asked, 1),
    "a link leaves": Workflow((asked,), delivered, 1),
    "somebody asks who has it already": Workflow((), asked_again, 1),
    "maintenance is announced": Workflow((), announced, 3),
    "the announcement leaves": Workflow((announced,), delivered, 3),
    "maintenance is cancelled": Workflow((announced, delivered, later(minutes=1)), cancelled, 6),
    "an incident is opened": Workflow((), opened, 2),
    "an incident is resolved": Workflow((opened, delivered, later(minutes=1)), resolved, 4),
    "an outage has begun": Workflow(BROKEN, told, 3, down=30),
    "word of it leaves": Workflow((*BROKEN, told), delivered, 3, down=30),
    "an outage has ended": Workflow(MENDED, told, 6, down=4),
    "word of its end overtakes that of its beginning": Workflow(UNTOLD, told, 3, down=4, perhaps="outage_began"),
    "an alarm is raised": Workflow(ALARMED, judged, 9, down=9),
    "an alarm leaves": Workflow((*ALARMED, judged), delivered, 9, down=9),
}


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("failure", [Crash, unavailable], ids=["crash", "fault"])
@pytest.mark.parametrize("name", WORKFLOWS)
def test_each_letter_leaves_once_and_none_is_lost(name: str, failure: Callable[[], BaseException], after_effect: bool) -> None:
    workflow = WORKFLOWS[name]
    expected = _left(_played(workflow, None))
    assert sum(expected.values()) == workflow.letters, expected
    for at in range(200):
        fuse = Fuse(at=at, after_effect=after_effect, failure=failure)
        desk = _played(workflow, fuse)
        if not fuse.has_blown:
            assert at > 0, "the step made no call at all"
            return
        left = _left(desk)
        besides = Counter({letter: count for letter, count in left.items() if letter[1].startswith(workflow.perhaps)})
        assert left - besides == expected and all(count == 1 for count in besides.values()), f"cut off at call {at}"
        assert _is_in_order(desk), f"cut off at call {at}"
        owed = [row.key for _, row in agenda.every(desk, "m") if row.key.split("|")[2] in ("letter", "news")]
        assert owed == [], f"cut off at call {at}"
    pytest.fail("more than 200 calls: the step does not end")


def _played(workflow: Workflow, fuse: Fuse | None) -> Desk:
    prober = MemoryProber()
    prober.down("archive", START + timedelta(minutes=1), START + timedelta(minutes=1 + workflow.down))
    desk = a_desk(Clock(START), prober=prober, services=SERVICES)
    beta, etag = customers.find(desk, "BETA")
    desk.rows.commit(Table.DESK, "BETA", [Replace(customers.customer_row(replace(beta, notify=(NAMED,)), etag))])
    for email in READERS:
        key = subscribed.key_of_address(desk, email)
        known = Subscriber(
            key=key, email=email, language="it", asked_at=START - timedelta(days=9), until=START, confirmed_at=START
        )
        desk.rows.commit(Table.WATCH, subscribed.PARTITION, [Insert(subscribed.row(known))])
    desk.directory(desk.clock())
    for step in workflow.before:
        step(desk)
    if fuse is not None:
        with suppress(Crash, StorageUnavailable):
            workflow.step(fused(desk, fuse))
        later(seconds=20)(desk)
    workflow.step(desk)
    _time_goes_on(desk)
    return desk


def _time_goes_on(desk: Desk) -> None:
    """The timers run beyond leases, backoff and the grace period."""
    assert isinstance(desk.clock, Clock)
    for minutes in (0, 1, 2, 2, 4, 7):
        now = desk.clock.forward(minutes=minutes)
        events.work(desk, now, outages.act)
        sweep(desk, now)
        deliver(desk, now)


def _left(desk: Desk) -> Counter[tuple[str, str]]:
    """To whom, and what: of letters alone. The mail service has taken each operation id once, however often it was offered."""
    assert isinstance(desk.mailer, MemoryMailer)
    mails = [mail for mail in desk.mailer.sent if not mail.subject.startswith("[")]
    assert len({operation_id(mail.key) for mail in mails}) == len(mails)
    return Counter((mail.to, mail.subject) for mail in mails)


def _is_in_order(desk: Desk) -> bool:
    """Nobody reads that it is down after they have read that it is up again."""
    assert isinstance(desk.mailer, MemoryMailer)
    told: dict[str, list[str]] = {}
    for mail in desk.mailer.sent:
        if mail.subject.startswith("outage_"):
            told.setdefault(mail.to, []).append(mail.subject.partition(" ")[0])
    return all(whats == sorted(whats) for whats in told.values())


@pytest.mark.parametrize("step", [announced, opened])
def test_what_was_never_done_is_told_to_nobody(step: Step) -> None:
    """Cut off at its last call, the commit, and never tried again."""
    counting = Fuse(at=-1, after_effect=False, failure=Crash)
    step(fused(a_desk(Clock(START), services=SERVICES), counting))
    desk = a_desk(Clock(START), services=SERVICES)
    with suppress(Crash):
        step(fused(desk, Fuse(at=counting.calls - 1, after_effect=False, failure=Crash)))
    assert list(agenda.every(desk, "m"))
    _time_goes_on(desk)
    assert _left(desk) == Counter() and not list(agenda.every(desk, "m"))
