"""Deadlines against the painted calendar: hours and days, with pauses of every kind, walked through step by step."""

from datetime import date, datetime, timedelta
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.domain.calendar import Calendar
from shared.domain.target import (
    DueAt,
    Explanation,
    Pause,
    Received,
    Target,
    WorkingDays,
    WorkingTime,
    due,
    explain,
    instant_of,
    remaining,
    used,
)
from tests.property.calendars import Case, cases, instants, pauses, working_days, working_times
from tests.property.reference import STEP, Painted

MANY = settings(max_examples=100, deadline=None)
ZERO = timedelta(0)


class Held:
    """The pauses as steps: which are paused, and from which one on all of them are (`for_good`)."""

    def __init__(self, case: Case, pauses: list[Pause]) -> None:
        step, never = case.painted.step, case.painted.steps + 1
        self.steps = {s for p in pauses if p.ends_at for s in range(step(p.starts_at), step(min(p.ends_at, case.painted.end)))}
        self.for_good = min((step(p.starts_at) for p in pauses if p.ends_at is None), default=never)
        while self.for_good < never and self.for_good - 1 in self.steps:
            self.for_good -= 1

    def at(self, step: int) -> bool:
        return step in self.steps or step >= self.for_good


@MANY
@given(st.data(), cases(), working_times())
def test_hours_are_due_when_they_have_been_open_and_not_paused(data: st.DataObject, case: Case, target: WorkingTime) -> None:
    start, paused = data.draw(instants(case)), data.draw(pauses(case, may_be_open=True))
    _pushed(case, _unpaused_due(case, start, target), start, paused)  # the window must be long enough for it
    expected = _walked(case, start, target.amount, paused)
    assert due(Calendar(case.rules), start, target, paused) == expected


@MANY
@given(st.data(), cases(), working_days())
def test_days_are_due_as_one_reads_the_rule_aloud(data: st.DataObject, case: Case, target: WorkingDays) -> None:
    start, paused = data.draw(instants(case)), data.draw(pauses(case, may_be_open=True))
    expected = _pushed(case, _days(case, start, target), start, paused)
    assert due(Calendar(case.rules), start, target, paused) == expected


@MANY
@given(st.data(), cases(), st.one_of(working_times(), working_days()))
def test_the_ledger_is_contiguous_and_counts_what_was_open_and_not_paused(
    data: st.DataObject, case: Case, target: Target
) -> None:
    start, paused = data.draw(instants(case)), data.draw(pauses(case, may_be_open=True))
    calendar = Calendar(case.rules)
    _pushed(case, _unpaused_due(case, start, target), start, paused)
    explanation = explain(calendar, start, target, paused)
    assert explanation.due == due(calendar, start, target, paused)
    _check_contiguous(explanation, start)
    _check_rows(case, explanation, paused, _not_counted(case, start, target))
    if explanation.due is not None and not isinstance(target, WorkingDays):
        assert sum((row.counted for row in explanation.ledger), ZERO) == target.amount


@MANY
@given(st.data(), cases(), st.one_of(working_times(), working_days()))
def test_what_is_left_is_the_open_time_to_come_that_is_not_paused(data: st.DataObject, case: Case, target: Target) -> None:
    start, now = data.draw(instants(case)), data.draw(instants(case))
    paused = data.draw(pauses(case))
    due_at = _pushed(case, _unpaused_due(case, start, target), start, paused)
    assert due_at is not None
    calendar, steps = Calendar(case.rules), range(case.painted.step(max(start, now)), case.painted.step(due_at))
    held = Held(case, paused)
    expected = sum(1 for s in steps if case.painted.is_open(s) and not held.at(s)) * STEP
    assert remaining(calendar, start, target, paused, now) == expected
    if not isinstance(target, WorkingDays):
        assert expected == max(ZERO, target.amount - used(calendar, start, paused, now))


@MANY
@given(st.data(), cases(), st.one_of(working_times(), working_days()))
def test_while_paused_what_is_left_stays_what_it_was_when_the_pause_began(
    data: st.DataObject, case: Case, target: Target
) -> None:
    start, began, now = sorted(data.draw(instants(case)) for _ in range(3))
    earlier = [p for p in data.draw(pauses(case)) if p.ends_at is not None and p.ends_at < began]
    _pushed(case, _unpaused_due(case, start, target), start, earlier)
    calendar, paused = Calendar(case.rules), [*earlier, Pause(starts_at=began, ends_at=None)]
    assert remaining(calendar, start, target, paused, now) == (
        remaining(calendar, start, target, earlier, began)
        if due(calendar, start, target, paused) is None
        else remaining(calendar, start, target, earlier, now)
    )


@MANY
@given(st.data(), cases(), st.one_of(working_times(), working_days()), st.fractions(0, 1), st.fractions(0, 1))
def test_shares_of_a_target_come_in_order_and_before_it_is_due(
    data: st.DataObject, case: Case, target: Target, one: Fraction, other: Fraction
) -> None:
    one, other = sorted((one, other))
    start, paused, calendar = data.draw(instants(case)), data.draw(pauses(case)), Calendar(case.rules)
    due_at = _pushed(case, _unpaused_due(case, start, target), start, paused)
    earlier, later = (instant_of(calendar, start, target, share, paused) for share in (one, other))
    assert earlier is not None and later is not None and due_at is not None
    assert start <= earlier <= later <= due_at


def _walked(case: Case, start: datetime, amount: timedelta, paused: list[Pause]) -> datetime | None:
    """Step by step until the amount has been open and not paused; None when a pause that does not end comes first."""
    step, held = case.painted.step(start), Held(case, paused)
    while amount > ZERO:
        if step >= held.for_good:
            return None
        if case.painted.is_open(step) and not held.at(step):
            amount -= STEP
        step += 1
        assume(step < case.painted.steps - 300)
    return case.painted.at(step)


def _unpaused_due(case: Case, start: datetime, target: Target) -> datetime:
    if isinstance(target, WorkingDays):
        return _days(case, start, target)
    walked = _walked(case, start, target.amount, [])
    assert walked is not None
    return walked


def _days(case: Case, start: datetime, target: WorkingDays) -> datetime:
    painted = case.painted
    first = next((s for s in painted.open if s >= painted.step(start)), None)
    assume(first is not None)
    opened = painted.at(first)  # type: ignore[arg-type]
    after = painted.working_days_after(_receipt(painted, start, opened, target))
    assume(len(after) >= target.count and after[target.count - 1] <= case.last + timedelta(days=2))
    day = after[target.count - 1]
    if target.at is DueAt.CLOSE:
        return painted.close_of(day)
    wall = painted.wall(opened)
    at = painted.instant(wall.replace(year=day.year, month=day.month, day=day.day))
    assume(any(s >= painted.step(at) for s in painted.open if s < painted.steps - 300))
    return painted.next_open(at)


def _receipt(painted: Painted, start: datetime, opened: datetime, target: WorkingDays) -> date:
    return painted.wall(opened if target.received is Received.NEXT_OPENING else start).date()


def _pushed(case: Case, due_at: datetime, start: datetime, paused: list[Pause]) -> datetime | None:
    """The pauses' union, one contiguous run of paused steps after the other."""
    step, held = case.painted.step(start), Held(case, paused)
    while case.painted.at(step) < due_at:
        if step >= held.for_good:
            return None
        run = step
        while held.at(run):
            assume(run < case.painted.steps - 300)
            run += 1
        lost = sum(1 for s in range(step, run) if case.painted.is_open(s))
        at = case.painted.step(due_at)
        while lost:
            lost -= case.painted.is_open(at)
            at += 1
            assume(at < case.painted.steps - 300)
        due_at = case.painted.at(at)
        step = max(run, step + 1)
    return due_at


def _not_counted(case: Case, start: datetime, target: Target) -> set[int]:
    """The steps that only belong to the day of receipt or to dates before it."""
    if not isinstance(target, WorkingDays):
        return set()
    first = next(s for s in case.painted.open if s >= case.painted.step(start))
    receipt = _receipt(case.painted, start, case.painted.at(first), target)
    counts_from = min(case.painted.open_on[case.painted.working_days_after(receipt)[0]])
    return set(range(counts_from))


def _check_contiguous(explanation: Explanation, start: datetime) -> None:
    at = start
    for row in explanation.ledger[:-1]:
        assert row.starts_at == at and row.ends_at is not None and row.ends_at > at
        at = row.ends_at
    if explanation.ledger:
        assert explanation.ledger[-1].starts_at == at
        at_the_end = explanation.ledger[-1].ends_at
        assert at_the_end == explanation.due
    else:
        assert explanation.due == start


def _check_rows(case: Case, explanation: Explanation, paused: list[Pause], not_counted: set[int]) -> None:
    held = Held(case, paused)
    for row in explanation.ledger:
        assert (row.reason is None) == bool(row.counted)
        if row.ends_at is None:
            assert row.reason is not None and row.reason.kind == "paused"
            continue
        assert row.counted in (ZERO, row.ends_at - row.starts_at)
        for step in range(case.painted.step(row.starts_at), case.painted.step(row.ends_at)):
            kind = None if row.reason is None else row.reason.kind.value
            if held.at(step):
                assert kind == "paused"
            elif case.painted.is_open(step):
                assert kind == ("day_of_receipt" if step in not_counted else None)
            else:
                assert kind not in (None, "paused", "day_of_receipt")
