"""The engine against the painted calendar: every zone, both clock changes, night shifts, closures, openings."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.domain.calendar import Calendar
from shared.domain.errors import InvalidInput
from tests.property.calendars import Case, cases, instants
from tests.property.reference import STEP, Painted

MANY = settings(max_examples=100, deadline=None)


@MANY
@given(st.data(), cases())
def test_the_open_time_between_two_instants_is_what_one_counts_step_by_step(data: st.DataObject, case: Case) -> None:
    start, end = data.draw(instants(case)), data.draw(instants(case))
    counted = case.painted.elapsed(start, end) if start <= end else -case.painted.elapsed(end, start)
    assert Calendar(case.rules).elapsed(start, end) == counted


@MANY
@given(st.data(), cases(), st.integers(1, 400))
def test_an_amount_ends_at_the_step_at_which_it_has_been_counted(data: st.DataObject, case: Case, steps: int) -> None:
    start = data.draw(instants(case))
    amount = min(steps * STEP, case.painted.elapsed(start, case.painted.at(case.painted.steps - 300)))
    assume(amount > timedelta(0))
    assert Calendar(case.rules).add(start, amount) == case.painted.add(start, amount)


@MANY
@given(st.data(), cases())
def test_the_next_opening_is_the_first_open_step(data: st.DataObject, case: Case) -> None:
    at, calendar = data.draw(instants(case)), Calendar(case.rules)
    expected = next((step for step in case.painted.open if step >= case.painted.step(at)), None)
    assume(expected is not None and expected < case.painted.steps - 300)
    assert expected is not None
    assert calendar.next_open(at) == case.painted.at(expected)
    assert calendar.is_open(at) == (expected == case.painted.step(at))


@MANY
@given(cases())
def test_a_working_day_is_a_date_with_open_time_left_and_closes_with_it(case: Case) -> None:
    calendar, day = Calendar(case.rules), case.first
    for expected in case.painted.working_days_after(case.first):
        if expected > case.last:
            break
        assert calendar.working_day_after(day, 1) == expected
        assert calendar.close_of(expected) == case.painted.close_of(expected)
        day = expected


@MANY
@given(st.data(), cases())
def test_stretches_are_contiguous_open_where_painted_and_closed_for_a_reason(data: st.DataObject, case: Case) -> None:
    start, end = sorted((data.draw(instants(case)), data.draw(instants(case))))
    at = start
    for stretch in Calendar(case.rules).stretches(start, end):
        assert stretch.starts_at == at < stretch.ends_at
        steps = range(case.painted.step(at), case.painted.step(stretch.ends_at))
        assert {case.painted.is_open(step) for step in steps} == {stretch.reason is None}
        at = stretch.ends_at
    assert at == end


@MANY
@given(st.data(), cases())
def test_the_reason_of_a_closed_stretch_is_the_first_that_applies(data: st.DataObject, case: Case) -> None:
    start, end = sorted((data.draw(instants(case)), data.draw(instants(case))))
    for stretch in Calendar(case.rules).stretches(start, end):
        if stretch.reason is None:
            continue
        for step in range(case.painted.step(stretch.starts_at), case.painted.step(stretch.ends_at)):
            assert stretch.reason.kind == _reason(case, step)


def _reason(case: Case, step: int) -> str:
    wall = case.painted.wall(case.painted.at(step))
    day, eve = wall.date(), wall.date() - timedelta(days=1)
    closures = [(case.painted.instant(c.starts), case.painted.instant(c.ends)) for c in case.rules.closures]
    if day in case.rules.holidays:
        return "holiday"
    if eve in case.rules.holidays and step in _shifts_of(case, eve):
        return "holiday"
    if any(start <= case.painted.at(step) < end for start, end in closures):
        return "closure"
    return "weekend" if day.weekday() >= 5 and not case.rules.weekly.get(day.weekday()) else "outside_hours"


def _shifts_of(case: Case, day: object) -> set[int]:
    """Where the shifts of a holiday would have been."""
    bare = type(case.rules)(zone=case.rules.zone, weekly=case.rules.weekly)
    return Painted(bare, case.first, case.last).open_on[day]  # type: ignore[index]


@MANY
@given(st.data(), cases())
def test_a_spliced_calendar_is_the_one_before_and_the_other_after(data: st.DataObject, case: Case) -> None:
    other = data.draw(cases((case.rules.zone, case.first, case.last)))
    at, start, end = (data.draw(instants(case)) for _ in range(3))
    spliced = Calendar(case.rules).splice(at, Calendar(other.rules))
    start, end = sorted((start, end))
    expected = case.painted.elapsed(start, min(end, at)) if start < at else timedelta(0)
    expected += other.painted.elapsed(max(start, at), end) if end > at else timedelta(0)
    assert spliced.elapsed(start, end) == expected
    step = case.painted.step(at)
    for day in case.painted.open_on:
        if not case.first <= day <= case.last:
            continue
        left = {s for s in case.painted.open_on[day] if s < step} | {s for s in other.painted.open_on[day] if s >= step}
        if left:
            assert spliced.close_of(day) == case.painted.at(max(left) + 1)
            assert spliced.working_day_after(day - timedelta(days=1), 1) == day
        else:
            with pytest.raises(InvalidInput, match="not a working day"):
                spliced.close_of(day)


@MANY
@given(cases(), st.integers(0, 10**12), st.integers(0, 10**12))
def test_years_may_be_worked_out_in_any_order(case: Case, one: int, other: int) -> None:
    """A calendar that was asked about other years first says the same of these weeks as one that was not."""
    used, fresh = Calendar(case.rules), Calendar(case.rules)
    middle = datetime.combine(case.first, datetime.min.time(), UTC)
    a, b = middle + timedelta(microseconds=one), middle - timedelta(microseconds=other)
    for year in (2026, 2029, 2024, 2030):
        used.is_open(datetime(year, 6, 1, tzinfo=UTC))
    assert used.elapsed(a, b) == fresh.elapsed(a, b) == -fresh.elapsed(b, a)
    assert used.is_open(a) == fresh.is_open(a)
    a_week = used.elapsed(datetime(2027, 6, 1, tzinfo=UTC), datetime(2027, 6, 8, tzinfo=UTC))
    if a_week:
        assert used.add(a, 100 * a_week) == fresh.add(a, 100 * a_week)
