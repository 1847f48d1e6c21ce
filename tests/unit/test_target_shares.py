"""When a share of a target's working time is used: what the escalation ladder asks."""

from datetime import timedelta
from fractions import Fraction

import pytest

from shared.domain.errors import InvalidInput
from shared.domain.target import DueAt, Pause, WorkingDays, WorkingTime, due, instant_of
from tests.unit.worked_dates import OFFICE, rome

HOUR = timedelta(hours=1)
HALF, WHOLE = Fraction(1, 2), Fraction(1)
MONDAY = rome("2026-08-03 09:00")


def test_half_of_eight_hours_is_used_at_lunch() -> None:
    assert instant_of(OFFICE, MONDAY, WorkingTime(8 * HOUR), HALF) == rome("2026-08-03 13:00")
    assert instant_of(OFFICE, MONDAY, WorkingTime(8 * HOUR), Fraction(3, 4)) == rome("2026-08-03 16:30")


def test_the_whole_is_exactly_due() -> None:
    target = WorkingDays(2, DueAt.SAME_TIME)
    assert instant_of(OFFICE, rome("2026-08-01 10:00"), target, WHOLE) == rome("2026-08-05 09:00")
    assert due(OFFICE, rome("2026-08-01 10:00"), target) == rome("2026-08-05 09:00")


def test_none_of_it_is_used_at_the_start() -> None:
    assert instant_of(OFFICE, rome("2026-08-01 10:00"), WorkingDays(1), Fraction(0)) == rome("2026-08-01 10:00")


def test_of_days_the_open_time_from_start_to_due_is_shared_out() -> None:
    """Monday 14:30 to Tuesday 18:30 are twelve open hours; half of them are used on Tuesday 11:00."""
    assert instant_of(OFFICE, rome("2026-08-03 14:30"), WorkingDays(1), HALF) == rome("2026-08-04 11:00")


def test_a_share_is_pushed_by_the_pauses_before_it_and_stopped_by_an_open_one() -> None:
    earlier = Pause(starts_at=rome("2026-08-03 10:00"), ends_at=rome("2026-08-03 11:00"))
    still = Pause(starts_at=rome("2026-08-03 15:30"), ends_at=None)
    assert instant_of(OFFICE, MONDAY, WorkingTime(8 * HOUR), HALF, [earlier, still]) == rome("2026-08-03 15:30")
    assert instant_of(OFFICE, MONDAY, WorkingTime(8 * HOUR), Fraction(3, 4), [earlier, still]) is None
    assert instant_of(OFFICE, MONDAY, WorkingTime(8 * HOUR), WHOLE, [earlier, still]) is None


def test_a_share_that_is_no_whole_number_of_microseconds_is_rounded_up() -> None:
    assert instant_of(OFFICE, MONDAY, WorkingTime(timedelta(microseconds=10)), Fraction(1, 3)) == MONDAY + timedelta(
        microseconds=4
    )


@pytest.mark.parametrize("share", [Fraction(-1, 100), Fraction(101, 100)])
def test_a_share_is_from_nothing_to_the_whole(share: Fraction) -> None:
    with pytest.raises(InvalidInput, match="from 0 to 1"):
        instant_of(OFFICE, MONDAY, WorkingTime(HOUR), share)
