"""A ticket's clock: it runs towards one promise, pauses while the customer is asked, is met or breached. All of it derived.

What is stored is when it started, its target and when it was done; the due instant, the verdict and what stops it follow from
these, the pauses and the calendar's history. Source: SEMANTICS 4 and 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain import target as targets
from shared.domain.calendar import Calendar
from shared.domain.contract import CalendarHistory, Promise, TargetOn
from shared.domain.target import Explanation, Pause
from shared.domain.worktime.reason import PAUSED, Reason


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    WITHDRAWN = "withdrawn"
    """The request turned out to be of a kind that has no targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One promise being kept. `version` counts the targets it has been judged by; a reopening starts the next `round`.

    `due_known_at_start`: as the calendar was known at the start, without pauses. `due_at`: as all is known now; None while
    paused or withdrawn. `stood`: how a withdrawn one stood before. `fired`: the stages of the ladder reached so far.
    """

    promise: Promise
    round: int
    version: int
    started_at: datetime
    target: TargetOn
    calendar_version: int
    due_known_at_start: datetime
    due_at: datetime | None
    done_at: datetime | None = None
    is_withdrawn: bool = False
    stood: str | None = None
    fired: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Names the clock within its ticket, and its version: what a milestone's key is made of."""
        return f"{self.promise}.{self.round}.{self.version}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and not self.is_withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a clock shows at an instant. `stopped_by`: why no time is counted now; `counts_again_at`, where that is known."""

    state: ClockState
    due_at: datetime | None
    remaining: timedelta
    stopped_by: Reason | None
    counts_again_at: datetime | None


def started(promise: Promise, history: CalendarHistory, target: TargetOn, at: datetime, *, round: int = 1) -> Clock:
    """A clock that begins to run."""
    known = history.known_at(at)
    due = _due(known.calendar, at, target, ())
    return Clock(
        promise=promise,
        round=round,
        version=1,
        started_at=at,
        target=target,
        calendar_version=known.number,
        due_known_at_start=due,
        due_at=due,
    )


def judged_by(clock: Clock, history: CalendarHistory, target: TargetOn) -> Clock:
    """The same clock, judged from its start by another target; unchanged when the target is the same (SEMANTICS 5)."""
    if clock.target == target and not clock.is_withdrawn:
        return clock
    fresh = started(clock.promise, history, target, clock.started_at, round=clock.round)
    return replace(fresh, version=clock.version + 1, done_at=clock.done_at)


def planned(clock: Clock, history: CalendarHistory, pauses: Sequence[Pause], now: datetime) -> Clock:
    """The clock with its due instant worked out anew from what is known at `now`; what was done stays as it was judged."""
    if clock.is_withdrawn:
        return replace(clock, due_at=None)
    known_until = clock.done_at or now
    calendar = history.running(clock.started_at, known_until)
    due = targets.due(calendar, clock.started_at, clock.target.target, clipped(pauses, clock.done_at))
    return replace(clock, due_at=due, calendar_version=history.known_at(known_until).number)


def clipped(pauses: Sequence[Pause], done_at: datetime | None) -> tuple[Pause, ...]:
    """The pauses as far as they concern a clock that was done at `done_at`: none begins later, none lasts longer."""
    if done_at is None:
        return tuple(pauses)
    return tuple(
        replace(p, ends_at=done_at if p.ends_at is None else min(p.ends_at, done_at)) for p in pauses if p.starts_at < done_at
    )


def state_of(clock: Clock, now: datetime) -> ClockState:
    """Met if and only if done at or before the due instant; instants are compared, never percentages."""
    if clock.is_withdrawn:
        return ClockState.WITHDRAWN
    if clock.due_at is None:
        return ClockState.PAUSED
    if clock.done_at is not None:
        return ClockState.MET if clock.done_at <= clock.due_at else ClockState.BREACHED
    return ClockState.BREACHED if now > clock.due_at else ClockState.RUNNING


def reading(clock: Clock, history: CalendarHistory, pauses: Sequence[Pause], now: datetime) -> Reading:
    """What the clock shows at `now`."""
    state = state_of(clock, now)
    if not clock.is_open:
        return Reading(state=state, due_at=clock.due_at, remaining=timedelta(0), stopped_by=None, counts_again_at=None)
    calendar = history.running(clock.started_at, now)
    left = targets.remaining(calendar, clock.started_at, clock.target.target, pauses, now)
    if state is ClockState.PAUSED:
        return Reading(state=state, due_at=None, remaining=left, stopped_by=PAUSED, counts_again_at=None)
    reopens = calendar.next_open(now)
    stopped = next(calendar.stretches(now, reopens)).reason if reopens > now else None
    return Reading(
        state=state, due_at=clock.due_at, remaining=left, stopped_by=stopped, counts_again_at=reopens if stopped else None
    )


def explanation(clock: Clock, history: CalendarHistory, pauses: Sequence[Pause], now: datetime) -> Explanation:
    """The ledger from the clock's start to its due instant: every stretch, and why it counts or does not."""
    calendar = history.running(clock.started_at, clock.done_at or now)
    return targets.explain(calendar, clock.started_at, clock.target.target, clipped(pauses, clock.done_at))


def _due(calendar: Calendar, start: datetime, target: TargetOn, pauses: Sequence[Pause]) -> datetime:
    due = targets.due(calendar, start, target.target, pauses)
    assert due is not None, "only an open pause takes the due instant away"
    return due
