"""The rounds: all that the desk does by itself. How often each goes, and from when its silence counts.

A timer runs one or more of them, one after the other. One that fails keeps none of the others from running: its timer is alive,
and its work is not done.
Two runs of a round at once do everything once, by the keys of their effects: the watchdog may run what a timer should have.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from shared.actions.desk import Desk
from shared.actions.running import faults, heartbeat
from shared.domain.errors import SportelloError

HasTime = Callable[[], bool]
"""Whether a round may take up more work. What it has not taken up stays due."""

BUDGET = timedelta(seconds=45)
"""How long after its tick a run may take up more work: a tick that comes while the last run is still going vanishes."""

LEAST = timedelta(seconds=10)
"""What a round gets even when those before it have used the budget up: a long sweep delays the mail, and never starves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """`every`: how often it goes. `overdue`: the age of its last heartbeat at which the watchdog runs it; `silent`: the age
    at which somebody is paged, of its timer's last run, whatever the watchdog did meanwhile, and of its work last done,
    whoever did it. `is_watching`: it does nothing where no services are watched, and has no heartbeat there."""

    name: str
    every: timedelta
    overdue: timedelta
    silent: timedelta
    work: Callable[[Desk, datetime, HasTime], object]
    is_watching: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of a round."""

    name: str
    is_well: bool

    @property
    def outcome(self) -> str:
        return "ok" if self.is_well else "failed"


class RoundsFailed(SportelloError):
    """Rounds of a timer have failed. Without their errors, which the host would log whole, and with them what people wrote."""


def _sweep(desk: Desk, now: datetime, has_time: HasTime) -> object:
    from shared.actions.sweep import sweep

    return sweep(desk, now)


def _deliver(desk: Desk, now: datetime, has_time: HasTime) -> object:
    from shared.actions.post.deliver import deliver

    return deliver(desk, now, has_time)


def _publish(desk: Desk, now: datetime, has_time: HasTime) -> object:
    from shared.actions.hooks.publish import publish

    return publish(desk, now, has_time)


def _collect(desk: Desk, now: datetime, has_time: HasTime) -> object:
    from shared.actions.post.bounces import collect

    return collect(desk, now, has_time)


def _measure(desk: Desk, now: datetime, has_time: HasTime) -> object:
    from shared.actions.running.measuring import measure

    return measure(desk, now)


def _probe(desk: Desk, now: datetime, has_time: HasTime) -> object:
    from shared.actions.watch import minute, outages

    return minute.run(desk, now, outages.act)


def _judge(desk: Desk, now: datetime, has_time: HasTime) -> object:
    from shared.actions.guarantees.judging import judge

    return judge(desk, now)


def _reconcile(desk: Desk, now: datetime, has_time: HasTime) -> object:
    from shared.actions.reconcile import reconcile

    return reconcile(desk, now)


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

ROUNDS = (
    Round(name="probe", every=MINUTE, overdue=3 * MINUTE, silent=5 * MINUTE, work=_probe, is_watching=True),
    Round(name="judge", every=5 * MINUTE, overdue=12 * MINUTE, silent=20 * MINUTE, work=_judge, is_watching=True),
    Round(name="sweep", every=MINUTE, overdue=3 * MINUTE, silent=5 * MINUTE, work=_sweep),
    Round(name="deliver", every=MINUTE, overdue=3 * MINUTE, silent=5 * MINUTE, work=_deliver),
    Round(name="publish", every=MINUTE, overdue=3 * MINUTE, silent=10 * MINUTE, work=_publish),
    Round(name="collect", every=MINUTE, overdue=3 * MINUTE, silent=10 * MINUTE, work=_collect),
    Round(name="measure", every=5 * MINUTE, overdue=12 * MINUTE, silent=20 * MINUTE, work=_measure),
    Round(name="reconcile", every=24 * HOUR, overdue=25 * HOUR, silent=26 * HOUR, work=_reconcile),
)
"""In the order in which they go: how the services do; what that and time make due; what leaves the house; what mends is last."""


def of(desk: Desk) -> list[Round]:
    """The rounds that this desk goes: those of the watch only where something is watched."""
    return [each for each in ROUNDS if not each.is_watching or _is_watching(desk)]


def _is_watching(desk: Desk) -> bool:
    """Services that cannot be read are no reason to stop: the rounds that need them fail, and say so."""
    try:
        return desk.services().is_any
    except Exception:
        return True


def run(desk: Desk, names: Collection[str], now: datetime, *, budget: timedelta = BUDGET, by: str = heartbeat.TIMER) -> list[Ran]:
    """Goes the rounds of these names, each whatever became of the others. `by`: who runs them, a timer or the watchdog."""
    going = of(desk)
    resting = [each.name for each in ROUNDS if each not in going]
    return [_ran(desk, each, now, now + budget, by, resting) for each in going if each.name in names]


def check(ran: Iterable[Ran]) -> None:
    """Raises RoundsFailed, which names those that failed; why they did has been told."""
    failed = [each.name for each in ran if not each.is_well]
    if failed:
        raise RoundsFailed(f"Failed: {', '.join(failed)}.")


def _ran(desk: Desk, each: Round, now: datetime, until: datetime, by: str, resting: Collection[str]) -> Ran:
    begun, found = desk.clock(), {}
    end = max(until, begun + LEAST)
    try:
        report = each.work(desk, now, lambda: desk.clock() < end)
        heartbeat.beat(desk, each.name, now, report, by=by, resting=resting)
        ran, found = Ran(name=each.name, is_well=True), numbers(report)
    except Exception as failure:
        faults.tell(desk, each.name, failure)
        if by == heartbeat.TIMER:
            with suppress(Exception):  # storage that takes nothing has been told of
                heartbeat.fail(desk, each.name, now)
        ran = Ran(name=each.name, is_well=False)
    took_ms = max(desk.clock() - begun, timedelta(0)) // timedelta(milliseconds=1)
    desk.telemetry.tell(
        "timer.ran", is_warning=not ran.is_well, timer=each.name, ran_by=by, outcome=ran.outcome, took_ms=took_ms, **found
    )
    return ran


_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "due": ("due", "probed.watched", "open_tickets"),
    "done": ("done", "sent", "decisions", "probed.looked_at"),
    "failed": ("failed", "probed.failed"),
    "waiting": ("waiting", "kept"),
}
"""What the reports of the rounds call it."""


def numbers(report: object) -> dict[str, int]:
    """Due, done, failed and waiting, as far as a report has them; lists are counted."""
    found = {}
    for name, paths in _NUMBERS.items():
        for path in paths:
            try:
                value = attrgetter(path)(report)
            except AttributeError:
                continue
            found[name] = value if isinstance(value, int) else len(value)
            break
    return found
