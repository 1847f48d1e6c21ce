"""A calendar that changes: before an instant as it was, from then on as the new version says."""

from datetime import date, timedelta

import pytest

from shared.domain.errors import InvalidInput
from shared.domain.target import WorkingDays, WorkingTime, due, explain
from tests.unit.worked_dates import NIGHTS, OFFICE, OFFICE_HOURS, WEEKDAYS, calendar, closing, rome

HOUR = timedelta(hours=1)
SUMMER = calendar(closures=(closing("2026-08-10 00:00", "2026-08-22 00:00", "Chiusura estiva"),))
MORNINGS = calendar(dict.fromkeys(range(5), (OFFICE_HOURS[0],)))


def test_time_used_before_the_change_stays_used_and_the_rest_counts_on_the_new_version() -> None:
    """Friday 7 August 17:50 with 4 hours: 40 minutes are used when, at 20:00, the summer closure is announced."""
    changed = OFFICE.splice(rome("2026-08-07 20:00"), SUMMER)
    assert OFFICE.add(rome("2026-08-07 17:50"), 4 * HOUR) == rome("2026-08-10 12:20")
    assert changed.add(rome("2026-08-07 17:50"), 4 * HOUR) == rome("2026-08-24 12:20")


def test_a_closure_announced_after_it_began_does_not_take_back_what_was_open() -> None:
    changed = OFFICE.splice(rome("2026-08-11 10:00"), SUMMER)
    assert changed.elapsed(rome("2026-08-10 00:00"), rome("2026-08-22 00:00")) == 9 * HOUR


@pytest.mark.parametrize(
    ("at", "close"),
    [
        ("2026-08-04 08:00", "2026-08-04 13:00"),  # before the day's first interval: the new version's day
        ("2026-08-04 11:00", "2026-08-04 13:00"),  # inside the first: one interval, of both
        ("2026-08-04 13:00", "2026-08-04 13:00"),  # at its close
        ("2026-08-04 16:00", "2026-08-04 16:00"),  # inside the second, which the new version does not have: cut
        ("2026-08-04 18:30", "2026-08-04 18:30"),  # after the day
    ],
)
def test_a_date_keeps_the_intervals_that_are_left_to_it(at: str, close: str) -> None:
    assert OFFICE.splice(rome(at), MORNINGS).close_of(date(2026, 8, 4)) == rome(close)


def test_a_working_day_of_which_nothing_is_left_is_not_counted() -> None:
    changed = OFFICE.splice(rome("2026-08-11 08:00"), SUMMER)
    assert changed.working_day_after(date(2026, 8, 10), 1) == date(2026, 8, 24)
    started = OFFICE.splice(rome("2026-08-11 09:30"), SUMMER)
    assert started.working_day_after(date(2026, 8, 10), 1) == date(2026, 8, 11)
    assert started.close_of(date(2026, 8, 11)) == rome("2026-08-11 09:30")


def test_days_fall_due_on_the_new_version() -> None:
    changed = OFFICE.splice(rome("2026-08-07 20:00"), SUMMER)
    assert due(changed, rome("2026-08-06 10:00"), WorkingDays(1)) == rome("2026-08-07 18:30")
    assert due(changed, rome("2026-08-06 10:00"), WorkingDays(2)) == rome("2026-08-24 18:30")


def test_a_night_shift_is_cut_where_the_version_ends() -> None:
    changed = calendar(NIGHTS).splice(rome("2026-08-04 02:00"), OFFICE)
    assert changed.close_of(date(2026, 8, 3)) == rome("2026-08-04 02:00")
    assert changed.elapsed(rome("2026-08-03 20:00"), rome("2026-08-04 12:00")) == 4 * HOUR + 3 * HOUR


def test_the_ledger_explains_each_part_by_the_version_that_held() -> None:
    changed = OFFICE.splice(rome("2026-08-07 20:00"), SUMMER)
    rows = explain(changed, rome("2026-08-07 18:00"), WorkingTime(HOUR)).ledger
    assert [(row.starts_at, str(row.reason) if row.reason else None) for row in rows] == [
        (rome("2026-08-07 18:00"), None),
        (rome("2026-08-07 18:30"), "outside hours"),
        (rome("2026-08-08 00:00"), "weekend"),
        (rome("2026-08-10 00:00"), "closure: Chiusura estiva"),
        (rome("2026-08-22 00:00"), "weekend"),
        (rome("2026-08-24 00:00"), "outside hours"),
        (rome("2026-08-24 09:00"), None),
    ]


def test_versions_follow_one_another_and_a_later_splice_replaces_what_came_after_it() -> None:
    first, second = rome("2026-08-04 00:00"), rome("2026-08-06 00:00")
    thrice = OFFICE.splice(first, MORNINGS).splice(second, OFFICE)
    assert thrice.elapsed(rome("2026-08-03 00:00"), rome("2026-08-08 00:00")) == (8 + 4 + 4 + 8 + 8) * HOUR
    replaced = OFFICE.splice(second, MORNINGS).splice(first, OFFICE)
    assert replaced.elapsed(rome("2026-08-03 00:00"), rome("2026-08-08 00:00")) == 5 * 8 * HOUR


def test_spliced_before_all_time_it_is_the_other_and_after_all_time_it_is_itself() -> None:
    week = rome("2026-08-03 00:00"), rome("2026-08-10 00:00")
    assert OFFICE.splice(rome("1985-01-01 00:00"), MORNINGS).elapsed(*week) == MORNINGS.elapsed(*week)
    assert OFFICE.splice(rome("2300-01-01 00:00"), MORNINGS).elapsed(*week) == OFFICE.elapsed(*week)


def test_the_same_splice_is_worked_out_once() -> None:
    at = rome("2026-08-07 20:00")
    summer, mornings = OFFICE.splice(at, SUMMER), OFFICE.splice(at, MORNINGS)
    assert OFFICE.splice(at, SUMMER) is summer is not mornings
    assert OFFICE.splice(at, MORNINGS) is mornings
    assert OFFICE.splice(at, SUMMER).rules is SUMMER.rules


def test_splices_are_not_kept_without_end() -> None:
    base = calendar()
    for minute in range(500):
        base.splice(rome("2026-08-07 20:00") + timedelta(minutes=minute), SUMMER)
    assert len(base._spliced) <= 64


def test_calendars_of_different_zones_are_not_spliced() -> None:
    with pytest.raises(InvalidInput, match="Europe/Rome cannot go on as one in Europe/London"):
        OFFICE.splice(rome("2026-08-07 20:00"), calendar(WEEKDAYS, zone="Europe/London"))
