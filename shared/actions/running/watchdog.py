"""The watchdog: whoever looks in from outside has the desk run what an overdue timer should have run.

A timer that has stalled, or has never run since the desk was deployed, is found by the heartbeats of its rounds. What the
watchdog runs counts as done, and not as run by the timer, so that a dead timer is still told of. The lease `tick` makes the work
happen once, however many knock at the same time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.running import heartbeat, lease, rounds
from shared.actions.running.heartbeat import TICK, Beats
from shared.actions.running.rounds import Round
from shared.domain.errors import NotAuthenticated

NAME = "tick"

BUDGET = timedelta(seconds=60)
"""From when no further round is begun: a look from outside waits two minutes at the most, an HTTP request on Azure 230 s."""

LEASE = timedelta(minutes=5)
"""Longer than any request may last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A round that was overdue. `late_s`: how much later than it should it was run; None: it had never run."""

    timer: str
    late_s: int | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What a tick came to. `is_busy`: another one was at it. `left`: overdue, but there was no time for it."""

    is_busy: bool = False
    ran: tuple[Late, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        return not self.left and all(each.outcome == "ok" for each in self.ran)


def tick(desk: Desk, now: datetime, key: str) -> Ticked:
    """Runs the rounds whose heartbeats are overdue. Costs one request when there are none. Raises NotAuthenticated."""
    if desk.opens_tick is None:
        raise NotAuthenticated("The desk has no key for its watchdog: the setting TICK_KEY is missing.")
    if not desk.opens_tick(key):
        raise NotAuthenticated("The header X-Tick-Key does not have the watchdog's key.")
    if not _overdue(desk, now):
        return Ticked()
    holder = desk.salt()
    if not lease.take(desk, NAME, holder, now, LEASE):
        return Ticked(is_busy=True)
    try:
        return _caught_up(desk, _overdue(desk, now), now)  # looked at again: whoever had the lease may have run it
    finally:
        lease.give_back(desk, NAME, holder, now)


def _overdue(desk: Desk, now: datetime) -> Sequence[tuple[Round, int | None]]:
    """The rounds that should have run, with how late they are in seconds."""
    beats = heartbeat.heartbeats(desk)
    return [(each, _late_s(each, beats, now)) for each in rounds.of(desk) if _is_overdue(each, beats, now)]


def _is_overdue(each: Round, beats: Mapping[str, Beats], now: datetime) -> bool:
    since = _undone_since(each, beats)
    return since is None or now - since > each.overdue


def _late_s(each: Round, beats: Mapping[str, Beats], now: datetime) -> int | None:
    since = _undone_since(each, beats)
    return (now - since - each.every) // timedelta(seconds=1) if since is not None else None


def _undone_since(each: Round, beats: Mapping[str, Beats]) -> datetime | None:
    return beats[each.name].undone_since if each.name in beats else None


def _caught_up(desk: Desk, overdue: Sequence[tuple[Round, int | None]], now: datetime) -> Ticked:
    ran: list[Late] = []
    left: list[str] = []
    for each, late_s in overdue:
        if desk.clock() - now >= BUDGET:
            left.append(each.name)
            continue
        [done] = rounds.run(desk, (each.name,), now, budget=BUDGET, by=TICK)
        ran.append(Late(timer=each.name, late_s=late_s, outcome=done.outcome))
        desk.telemetry.tell("tick.ran", is_warning=True, timer=each.name, late_s=late_s, outcome=done.outcome)
    return Ticked(ran=tuple(ran), left=tuple(left))
