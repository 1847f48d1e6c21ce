"""SEMANTICS 3 as worked dates. August 2026: the 3rd is a Monday, the 8th a Saturday."""

from datetime import timedelta

import pytest

from shared.domain.errors import NeverOpen, OutOfRange
from shared.domain.target import DueAt, Received, WorkingDays, due
from tests.unit.worked_dates import EVERY_DAY, NIGHTS, OFFICE, calendar, closing, opening, rome

AS_IS = Received.AS_IS
SAME_TIME = DueAt.SAME_TIME


@pytest.mark.parametrize(
    ("received", "due_at"),
    [
        ("2026-08-08 11:00", "2026-08-11 18:30"),  # Saturday counts as Monday
        ("2026-08-04 07:00", "2026-08-05 18:30"),  # Tuesday before hours: Tuesday
        ("2026-08-04 13:30", "2026-08-05 18:30"),  # Tuesday at lunch: Tuesday
        ("2026-08-04 18:29:59.999999", "2026-08-05 18:30"),
        ("2026-08-04 18:30", "2026-08-06 18:30"),  # the close is not open any more: Wednesday
        ("2026-08-04 19:00", "2026-08-06 18:30"),  # Tuesday evening: Wednesday
        ("2026-08-07 12:00", "2026-08-10 18:30"),  # Friday: the next working day is Monday
    ],
)
def test_the_day_of_receipt_is_that_of_the_next_opening_and_is_not_counted(received: str, due_at: str) -> None:
    assert due(OFFICE, rome(received), WorkingDays(1)) == rome(due_at)


@pytest.mark.parametrize(
    ("received", "due_at"),
    [
        ("2026-08-08 11:00", "2026-08-10 18:30"),  # Saturday is Saturday: Monday is the first day after it
        ("2026-08-04 07:00", "2026-08-05 18:30"),
        ("2026-08-04 19:00", "2026-08-05 18:30"),
        ("2026-08-04 23:59:59.999999", "2026-08-05 18:30"),
        ("2026-08-05 00:00", "2026-08-06 18:30"),
    ],
)
def test_received_as_is_the_date_on_the_wall_is_the_day_of_receipt(received: str, due_at: str) -> None:
    assert due(OFFICE, rome(received), WorkingDays(1, received=AS_IS)) == rome(due_at)


def test_the_local_date_counts_and_not_the_date_in_utc() -> None:
    assert due(OFFICE, rome("2026-08-05 00:30"), WorkingDays(1, received=AS_IS)) == rome("2026-08-06 18:30")


@pytest.mark.parametrize(
    ("received", "due_at"),
    [
        ("2026-08-04 10:17:30.000001", "2026-08-05 10:17:30.000001"),
        ("2026-08-04 13:30", "2026-08-05 14:30"),  # the first open instant after receipt is 14:30
        ("2026-08-08 11:00", "2026-08-11 09:00"),
        ("2026-08-04 19:00", "2026-08-06 09:00"),
    ],
)
def test_at_the_same_time_means_the_wall_time_of_the_first_open_instant(received: str, due_at: str) -> None:
    assert due(OFFICE, rome(received), WorkingDays(1, SAME_TIME)) == rome(due_at)


def test_at_the_same_time_as_it_is_counts_from_the_receipt_and_takes_the_time_of_the_opening() -> None:
    assert due(OFFICE, rome("2026-08-04 19:00"), WorkingDays(1, SAME_TIME, AS_IS)) == rome("2026-08-05 09:00")


def test_closed_at_the_same_time_means_the_next_opening() -> None:
    eve = calendar(closures=(closing("2026-08-05 12:00", "2026-08-06 00:00"),))
    assert due(eve, rome("2026-08-04 15:00"), WorkingDays(1, SAME_TIME)) == rome("2026-08-06 09:00")
    lunch = calendar(closures=(closing("2026-08-05 10:00", "2026-08-05 16:00"),))
    assert due(lunch, rome("2026-08-04 11:00"), WorkingDays(1, SAME_TIME)) == rome("2026-08-05 16:00")


def test_the_same_wall_time_on_the_days_of_the_clock_changes() -> None:
    always = calendar(EVERY_DAY)
    assert due(always, rome("2026-03-28 02:30"), WorkingDays(1, SAME_TIME)) == rome("2026-03-29 03:30")
    assert due(always, rome("2026-10-24 02:30"), WorkingDays(1, SAME_TIME)) == rome("2026-10-25 02:30")
    assert rome("2026-10-25 02:30") - rome("2026-10-24 02:30") == timedelta(days=1)


def test_holidays_and_closures_are_no_working_days_and_openings_are() -> None:
    august = calendar(
        holidays={"2026-08-14": "una festa"},
        closures=(closing("2026-08-17 00:00", "2026-08-22 00:00"),),
        openings=(opening("2026-08-19 10:00", "2026-08-19 12:00"),),
    )
    assert due(august, rome("2026-08-13 10:00"), WorkingDays(1)) == rome("2026-08-19 12:00")
    assert due(august, rome("2026-08-13 10:00"), WorkingDays(2)) == rome("2026-08-24 18:30")


def test_round_the_clock_a_day_closes_at_midnight() -> None:
    assert due(calendar(EVERY_DAY), rome("2026-08-08 11:00"), WorkingDays(1)) == rome("2026-08-10 00:00")


def test_in_the_small_hours_of_a_night_shift_the_day_of_receipt_is_the_date_on_the_wall() -> None:
    """Wednesday 02:00 lies in Tuesday's shift; its local date is Wednesday, so Thursday's shift is the first that counts."""
    assert due(calendar(NIGHTS), rome("2026-08-05 02:00"), WorkingDays(1)) == rome("2026-08-07 06:00")


def test_thirty_working_days_pass_over_august_holidays() -> None:
    august = calendar(holidays={"2026-08-15": "Ferragosto"}, closures=(closing("2026-08-10 00:00", "2026-08-22 00:00"),))
    assert due(august, rome("2026-07-31 17:00"), WorkingDays(30)) == rome("2026-09-25 18:30")


def test_days_on_a_calendar_without_open_time_or_beyond_2200_are_refused() -> None:
    with pytest.raises(NeverOpen):
        due(calendar({}), rome("2026-08-03 10:00"), WorkingDays(1))
    with pytest.raises(NeverOpen):
        due(calendar({}), rome("2026-08-03 10:00"), WorkingDays(1, received=AS_IS))
    with pytest.raises(OutOfRange):
        due(OFFICE, rome("2200-12-31 10:00"), WorkingDays(1))
