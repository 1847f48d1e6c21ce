"""SEMANTICS 4 as worked dates: what a pause does to a deadline."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import InvalidInput
from shared.domain.target import DueAt, Pause, WorkingDays, WorkingTime, due, remaining, used
from tests.unit.worked_dates import OFFICE, rome

HOUR = timedelta(hours=1)
FOUR_HOURS = WorkingTime(4 * HOUR)
MONDAY = rome("2026-08-03 09:00")


def pause(start: str, end: str | None) -> Pause:
    return Pause(starts_at=rome(start), ends_at=None if end is None else rome(end))


def test_a_pause_pushes_the_deadline_by_its_open_time() -> None:
    assert due(OFFICE, MONDAY, FOUR_HOURS, [pause("2026-08-03 10:00", "2026-08-03 11:00")]) == rome("2026-08-03 15:30")


def test_closed_time_in_a_pause_costs_nothing() -> None:
    assert due(OFFICE, MONDAY, FOUR_HOURS, [pause("2026-08-03 12:00", "2026-08-03 14:30")]) == rome("2026-08-03 15:30")
    late = rome("2026-08-03 17:30")
    assert due(OFFICE, late, FOUR_HOURS, [pause("2026-08-03 19:00", "2026-08-04 08:00")]) == rome("2026-08-04 12:00")


def test_while_a_pause_is_open_there_is_no_deadline() -> None:
    assert due(OFFICE, MONDAY, FOUR_HOURS, [pause("2026-08-03 10:00", None)]) is None
    assert due(OFFICE, MONDAY, WorkingDays(2), [pause("2026-08-03 10:00", None)]) is None


def test_a_pause_that_begins_at_the_deadline_or_after_it_changes_nothing() -> None:
    for start in ("2026-08-03 13:00", "2026-08-03 13:00:00.000001", "2026-08-04 09:00"):
        assert due(OFFICE, MONDAY, FOUR_HOURS, [pause(start, "2026-08-06 10:00")]) == rome("2026-08-03 13:00")
        assert due(OFFICE, MONDAY, FOUR_HOURS, [pause(start, None)]) == rome("2026-08-03 13:00")
    assert due(OFFICE, MONDAY, FOUR_HOURS, [pause("2026-08-03 12:59:59.999999", None)]) is None


def test_a_pause_that_only_a_pushed_deadline_reaches_pushes_it_further() -> None:
    pauses = [pause("2026-08-03 10:00", "2026-08-03 11:00"), pause("2026-08-03 15:00", "2026-08-03 16:00")]
    assert due(OFFICE, MONDAY, FOUR_HOURS, pauses) == rome("2026-08-03 16:30")


def test_pauses_are_counted_once_however_they_overlap_and_in_whatever_order() -> None:
    pauses = [
        pause("2026-08-03 11:00", "2026-08-03 11:15"),  # touches the union's end
        pause("2026-08-03 09:30", "2026-08-03 11:00"),
        pause("2026-08-03 10:00", "2026-08-03 10:30"),  # inside another
        pause("2026-08-03 09:15", "2026-08-03 10:00"),
        pause("2026-08-03 12:00", "2026-08-03 12:00"),  # empty
    ]
    assert due(OFFICE, MONDAY, FOUR_HOURS, pauses) == due(
        OFFICE, MONDAY, FOUR_HOURS, [pause("2026-08-03 09:15", "2026-08-03 11:15")]
    )
    assert due(OFFICE, MONDAY, FOUR_HOURS, pauses) == rome("2026-08-03 16:30")


def test_a_pause_is_clipped_at_the_start() -> None:
    assert due(OFFICE, MONDAY, FOUR_HOURS, [pause("2026-07-31 09:00", "2026-08-03 10:00")]) == rome("2026-08-03 15:30")
    assert due(OFFICE, MONDAY, FOUR_HOURS, [pause("2026-07-01 09:00", "2026-08-03 09:00")]) == rome("2026-08-03 13:00")
    assert due(OFFICE, MONDAY, FOUR_HOURS, [pause("1980-01-01 09:00", "2026-08-03 10:00")]) == rome("2026-08-03 15:30")
    assert due(OFFICE, MONDAY, FOUR_HOURS, [pause("2026-07-01 09:00", None)]) is None


def test_an_amount_of_nothing_is_due_at_once_whatever_is_paused() -> None:
    for pauses in ([pause("2026-07-01 09:00", None)], [pause("2026-08-03 09:00", "2026-08-04 09:00")]):
        assert due(OFFICE, MONDAY, WorkingTime(0 * HOUR), pauses) == MONDAY


def test_days_are_pushed_by_the_same_rule() -> None:
    """Two days from Monday are Wednesday 18:30; two open hours paused on Tuesday make it Thursday 11:00."""
    assert due(OFFICE, MONDAY, WorkingDays(2)) == rome("2026-08-05 18:30")
    assert due(OFFICE, MONDAY, WorkingDays(2), [pause("2026-08-04 10:00", "2026-08-04 12:00")]) == rome("2026-08-06 11:00")
    # The day of receipt is not counted, and yet a pause on it pushes: the rule asks only if it begins before the due instant.
    assert due(OFFICE, MONDAY, WorkingDays(2), [pause("2026-08-03 10:00", "2026-08-03 12:00")]) == rome("2026-08-06 11:00")
    assert due(OFFICE, MONDAY, WorkingDays(2), [pause("2026-08-04 19:00", "2026-08-05 08:00")]) == rome("2026-08-05 18:30")


def test_a_deadline_at_an_opening_may_be_pushed_into_the_pause_that_covers_it() -> None:
    """Due Wednesday 09:00 and paused from Tuesday evening to Wednesday 20:00: Wednesday's eight hours end at 18:30."""
    saturday = rome("2026-08-01 11:00")
    target = WorkingDays(2, DueAt.SAME_TIME)
    assert due(OFFICE, saturday, target) == rome("2026-08-05 09:00")
    assert due(OFFICE, saturday, target, [pause("2026-08-04 19:00", "2026-08-05 20:00")]) == rome("2026-08-05 18:30")


def test_pauses_that_touch_are_one_and_begin_where_the_first_began() -> None:
    """Due Wednesday 09:00: a pause from 09:00 on alone would change nothing, but it goes on from one of the evening before."""
    saturday, target = rome("2026-08-01 11:00"), WorkingDays(2, DueAt.SAME_TIME)
    evening, morning = pause("2026-08-04 19:00", "2026-08-05 09:00"), pause("2026-08-05 09:00", "2026-08-05 10:00")
    assert due(OFFICE, saturday, target, [morning]) == rome("2026-08-05 09:00")
    assert due(OFFICE, saturday, target, [morning, evening]) == rome("2026-08-05 10:00")


def test_a_pause_that_ends_before_it_starts_and_a_naive_one_are_refused() -> None:
    with pytest.raises(InvalidInput, match="A pause ends before it starts"):
        pause("2026-08-03 10:00", "2026-08-03 09:59:59.999999")
    with pytest.raises(InvalidInput, match="needs its offset"):
        Pause(starts_at=datetime(2026, 8, 3), ends_at=None)
    with pytest.raises(InvalidInput, match="needs its offset"):
        Pause(starts_at=datetime(2026, 8, 3, tzinfo=UTC), ends_at=datetime(2026, 8, 4))


def test_time_used_leaves_out_what_was_closed_and_what_was_paused() -> None:
    pauses = [pause("2026-08-03 10:00", "2026-08-03 11:00"), pause("2026-08-03 17:30", None)]
    assert used(OFFICE, MONDAY, pauses, rome("2026-08-03 12:00")) == 2 * HOUR
    assert used(OFFICE, MONDAY, pauses, rome("2026-08-03 10:30")) == HOUR
    assert used(OFFICE, MONDAY, pauses, rome("2026-08-07 18:00")) == 6 * HOUR
    assert used(OFFICE, MONDAY, pauses, rome("2026-08-01 18:00")) == 0 * HOUR


def test_what_is_left_runs_down_and_stops_at_zero() -> None:
    for now, left in (("2026-08-01 10:00", 4), ("2026-08-03 09:00", 4), ("2026-08-03 10:30", 2.5), ("2026-08-03 13:00", 0)):
        assert remaining(OFFICE, MONDAY, FOUR_HOURS, [], rome(now)) == left * HOUR
    assert remaining(OFFICE, MONDAY, FOUR_HOURS, [], rome("2026-08-09 13:00")) == 0 * HOUR
    assert remaining(OFFICE, MONDAY, FOUR_HOURS, [], rome("2026-07-31 10:00")) == 4 * HOUR  # the clock has not started


def test_while_paused_what_is_left_is_what_was_left_when_the_pause_began() -> None:
    pauses = [pause("2026-08-03 10:00", "2026-08-03 11:00"), pause("2026-08-03 12:00", None)]
    for now in ("2026-08-03 12:00", "2026-08-03 12:30", "2026-09-03 12:30"):
        assert remaining(OFFICE, MONDAY, FOUR_HOURS, pauses, rome(now)) == 2 * HOUR
    assert remaining(OFFICE, MONDAY, FOUR_HOURS, pauses, rome("2026-08-03 10:30")) == 3 * HOUR
    assert remaining(OFFICE, MONDAY, FOUR_HOURS, pauses, rome("2026-08-03 11:30")) == 2.5 * HOUR


def test_of_days_what_is_left_is_the_open_time_up_to_due() -> None:
    assert remaining(OFFICE, MONDAY, WorkingDays(1), [], rome("2026-08-03 17:30")) == 9 * HOUR
    paused = [pause("2026-08-03 17:30", None)]
    assert remaining(OFFICE, MONDAY, WorkingDays(1), paused, rome("2026-08-10 12:00")) == 9 * HOUR
