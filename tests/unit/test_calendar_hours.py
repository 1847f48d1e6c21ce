"""SEMANTICS 1 and 2 as worked dates: what is open, how long, until when."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain.calendar import Calendar
from shared.domain.errors import InvalidInput, NeverOpen, OutOfRange
from tests.unit.worked_dates import EVERY_DAY, NIGHTS, OFFICE, OFFICE_HOURS, calendar, closing, opening, rome

HOUR = timedelta(hours=1)
US = timedelta(microseconds=1)


def test_four_hours_from_friday_evening_end_on_monday() -> None:
    assert OFFICE.add(rome("2026-08-07 17:50"), 4 * HOUR) == rome("2026-08-10 12:20")


def test_a_full_day_ends_at_its_close_and_not_at_the_next_opening() -> None:
    assert OFFICE.add(rome("2026-08-03 09:00"), 8 * HOUR) == rome("2026-08-03 18:30")


def test_nothing_to_do_is_done_at_once_even_outside_hours() -> None:
    assert OFFICE.add(rome("2026-08-08 03:00"), 0 * HOUR) == rome("2026-08-08 03:00")


def test_time_is_exact_to_the_microsecond() -> None:
    start = rome("2026-08-07 18:29:59.999999")
    assert OFFICE.add(start, US) == rome("2026-08-07 18:30")
    assert OFFICE.add(start, 2 * US) == rome("2026-08-10 09:00:00.000001")
    assert OFFICE.elapsed(start, rome("2026-08-10 09:00:00.000001")) == 2 * US


def test_elapsed_is_signed() -> None:
    assert OFFICE.elapsed(rome("2026-08-10 10:00"), rome("2026-08-07 18:00")) == -1.5 * HOUR


def test_instants_may_come_in_any_zone_and_leave_in_utc() -> None:
    tokyo = datetime.fromisoformat("2026-08-03T16:00:00+09:00")
    due = OFFICE.add(tokyo, HOUR)
    assert due == rome("2026-08-03 10:00") and due.tzinfo is UTC
    assert OFFICE.elapsed(tokyo, datetime.fromisoformat("2026-08-03T01:30:00-07:00")) == 1.5 * HOUR


def test_round_the_clock_the_day_of_the_spring_change_has_23_hours_and_of_the_autumn_change_25() -> None:
    always = calendar(EVERY_DAY)
    assert always.elapsed(rome("2026-03-29 00:00"), rome("2026-03-30 00:00")) == 23 * HOUR
    assert always.elapsed(rome("2026-10-25 00:00"), rome("2026-10-26 00:00")) == 25 * HOUR
    assert always.add(rome("2026-12-31 12:00"), 24 * HOUR) == rome("2027-01-01 12:00")


def test_a_wall_time_that_is_skipped_moves_forward() -> None:
    early = calendar({6: ((2 * 3600 + 1800, 5 * 3600),)})
    assert early.next_open(rome("2026-03-29 00:00")) == rome("2026-03-29 03:30")
    assert early.elapsed(rome("2026-03-29 00:00"), rome("2026-03-30 00:00")) == 1.5 * HOUR


def test_a_shift_that_is_skipped_backwards_over_its_own_end_is_not_open() -> None:
    tiny = calendar({6: ((2 * 3600 + 900, 3 * 3600),), 0: ((9 * 3600, 10 * 3600),)})
    assert tiny.elapsed(rome("2026-03-29 00:00"), rome("2026-03-30 00:00")) == timedelta(0)
    assert tiny.working_day_after(date(2026, 3, 28), 1) == date(2026, 3, 30)


def test_a_wall_time_that_occurs_twice_means_the_first() -> None:
    late = calendar({6: ((2 * 3600 + 1800, 4 * 3600),)})
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert late.next_open(rome("2026-10-25 00:00")) == first
    assert late.elapsed(first, rome("2026-10-25 04:00")) == 2.5 * HOUR


def test_touching_and_overlapping_shifts_count_once() -> None:
    doubled = calendar({0: ((9 * 3600, 13 * 3600), (13 * 3600, 14 * 3600), (10 * 3600, 11 * 3600))})
    assert doubled.elapsed(rome("2026-08-03 00:00"), rome("2026-08-04 00:00")) == 5 * HOUR


def test_a_night_shift_belongs_to_the_date_it_starts_on() -> None:
    nights = calendar(NIGHTS, holidays={"2026-08-15": "Ferragosto"})
    assert nights.is_open(rome("2026-08-15 03:00"))  # Friday's shift
    assert not nights.is_open(rome("2026-08-15 23:00"))
    assert not nights.is_open(rome("2026-08-16 03:00"))  # the holiday's own shift would have been here
    assert nights.close_of(date(2026, 8, 14)) == rome("2026-08-15 06:00")
    assert nights.working_day_after(date(2026, 8, 14), 1) == date(2026, 8, 16)


def test_a_closure_cuts_a_night_shift_by_instant() -> None:
    nights = calendar(NIGHTS, closures=(closing("2026-08-15 00:00", "2026-08-16 00:00"),))
    assert nights.elapsed(rome("2026-08-14 20:00"), rome("2026-08-16 20:00")) == 2 * HOUR + 6 * HOUR
    assert nights.close_of(date(2026, 8, 14)) == rome("2026-08-15 00:00")
    assert nights.close_of(date(2026, 8, 15)) == rome("2026-08-16 06:00")


def test_a_night_shift_of_new_years_eve_goes_on_in_the_new_year() -> None:
    nights = calendar(NIGHTS)
    assert nights.elapsed(rome("2027-01-01 00:00"), rome("2027-01-01 12:00")) == 6 * HOUR
    assert nights.add(rome("2026-12-31 23:00"), 7 * HOUR) == rome("2027-01-01 06:00")


def test_an_opening_adds_time_inside_a_closure_and_on_a_holiday() -> None:
    on_call = calendar(
        holidays={"2026-08-15": "Ferragosto"},
        closures=(closing("2026-08-10 00:00", "2026-08-22 00:00"),),
        openings=(opening("2026-08-12 10:00", "2026-08-12 12:00"), opening("2026-08-15 22:00", "2026-08-16 02:00")),
    )
    assert on_call.elapsed(rome("2026-08-10 00:00"), rome("2026-08-22 00:00")) == 6 * HOUR
    # An opening belongs to the local dates it covers, split at midnight.
    assert [on_call.working_day_after(date(2026, 8, 9), n) for n in (1, 2, 3)] == [
        date(2026, 8, 12),
        date(2026, 8, 15),
        date(2026, 8, 16),
    ]
    assert on_call.close_of(date(2026, 8, 15)) == rome("2026-08-16 00:00")


def test_a_closed_afternoon_moves_the_close_of_the_day() -> None:
    eve = calendar(closures=(closing("2026-12-24 13:00", "2026-12-25 00:00"),))
    assert eve.close_of(date(2026, 12, 24)) == rome("2026-12-24 13:00")


def test_a_date_that_is_closed_throughout_is_not_a_working_day() -> None:
    closed = calendar(closures=(closing("2026-08-11 09:00", "2026-08-11 18:30"),))
    assert closed.working_day_after(date(2026, 8, 10), 1) == date(2026, 8, 12)
    with pytest.raises(InvalidInput, match="2026-08-11 is not a working day"):
        closed.close_of(date(2026, 8, 11))


def test_a_date_that_a_zone_left_out_is_no_working_day() -> None:
    """Samoa went from Thursday 29 to Saturday 31 December 2011."""
    apia = calendar(dict.fromkeys(range(7), OFFICE_HOURS), zone="Pacific/Apia")
    assert apia.working_day_after(date(2011, 12, 29), 1) == date(2011, 12, 31)
    day = timedelta(days=1)
    start = datetime.fromisoformat("2011-12-29T00:00:00-10:00")
    assert apia.elapsed(start, start + 2 * day) == 16 * HOUR


def test_the_next_opening_is_now_when_it_is_open() -> None:
    assert OFFICE.next_open(rome("2026-08-04 10:00")) == rome("2026-08-04 10:00")
    assert OFFICE.next_open(rome("2026-08-04 13:00")) == rome("2026-08-04 14:30")
    assert OFFICE.next_open(rome("2026-08-08 10:00")) == rome("2026-08-10 09:00")
    assert OFFICE.is_open(rome("2026-08-04 09:00")) and not OFFICE.is_open(rome("2026-08-04 13:00"))


def test_a_calendar_that_never_opens_says_so() -> None:
    never = calendar({})
    questions: list[Callable[[], object]] = [
        lambda: never.add(rome("2026-08-04 10:00"), HOUR),
        lambda: never.next_open(rome("2026-08-04 10:00")),
        lambda: never.working_day_after(date(2026, 8, 4), 1),
    ]
    for question in questions:
        with pytest.raises(NeverOpen, match="never open after 2026-08-04"):
            question()
    assert never.elapsed(rome("2026-08-04 10:00"), rome("2026-09-04 10:00")) == timedelta(0)
    assert never.add(rome("2026-08-04 10:00"), timedelta(0)) == rome("2026-08-04 10:00")


def test_a_calendar_that_has_closed_for_good_says_so() -> None:
    ended = calendar(closures=(closing("2026-08-10 00:00", "9999-12-31 00:00"),))
    assert ended.add(rome("2026-08-07 18:00"), HOUR / 2) == rome("2026-08-07 18:30")
    with pytest.raises(NeverOpen):
        ended.add(rome("2026-08-07 18:30"), HOUR)
    with pytest.raises(OutOfRange, match="after 2200"):
        ended.add(rome("2026-08-07 18:00"), HOUR)


def test_years_worked_out_later_change_nothing_and_fit_together() -> None:
    """Asked about years in any order, forward and backward and twice each way, a calendar counts as if it had known them all."""
    pieced = calendar(NIGHTS)
    for year in (2026, 2028, 2024, 2022, 2031, 2019):
        pieced.is_open(rome(f"{year}-06-01 00:00"))
    whole = calendar(NIGHTS)
    whole.elapsed(rome("2018-01-01 00:00"), rome("2032-01-01 00:00"))
    marks = [rome(f"{year}-{day} 23:30") for year in range(2018, 2033) for day in ("01-01", "07-15", "12-31")]
    for mark in marks:
        assert pieced.elapsed(marks[0], mark) == whole.elapsed(marks[0], mark)
        assert pieced.add(mark, 3000 * HOUR) == whole.add(mark, 3000 * HOUR)
    expected = [8 * HOUR * ((mark - marks[0]) / HOUR / 24) for mark in marks]
    assert all(abs(whole.elapsed(marks[0], mark) - hours) <= 2 * HOUR for mark, hours in zip(marks, expected, strict=True))


def test_far_horizons_are_worked_out_when_asked_for() -> None:
    always = calendar(EVERY_DAY)
    start = rome("2026-08-03 00:00")
    assert always.add(start, timedelta(days=60_000)) == start + timedelta(days=60_000)
    assert always.elapsed(rome("1990-01-01 00:00"), start) == start - rome("1990-01-01 00:00")
    assert OFFICE.working_day_after(date(2026, 8, 3), 20_000) > date(2100, 1, 1)


@pytest.mark.parametrize(
    "text", ["1989-12-31 23:59:59.999999", "2201-01-01 00:00:00.000001", "1800-01-01 00:00", "9999-01-01 00:00"]
)
def test_an_instant_outside_1990_to_2200_is_refused_in_a_sentence(text: str) -> None:
    at, inside = rome(text), rome("2026-08-03 09:00")
    questions: list[Callable[[], object]] = [
        lambda: OFFICE.elapsed(at, inside),
        lambda: OFFICE.elapsed(inside, at),
        lambda: OFFICE.add(at, HOUR),
        lambda: OFFICE.add(at, timedelta(0)),
        lambda: OFFICE.next_open(at),
        lambda: OFFICE.is_open(at),
        lambda: OFFICE.stretches(at, at),
    ]
    for question in questions:
        with pytest.raises(OutOfRange, match=r"outside the years that calendars are kept for \(1990 to 2200\)"):
            question()


def test_the_first_and_the_last_instant_are_inside() -> None:
    first, last = rome("1990-01-01 00:00"), rome("2201-01-01 00:00")
    always = calendar(EVERY_DAY)
    assert always.elapsed(first, last) == last - first
    assert always.add(first, last - first) == last
    assert always.close_of(date(2200, 12, 31)) == last


def test_a_deadline_that_would_fall_after_2200_is_refused() -> None:
    with pytest.raises(OutOfRange, match="due after 2200"):
        OFFICE.add(rome("2200-12-31 18:00"), HOUR)
    with pytest.raises(OutOfRange, match="due after 2200"):
        OFFICE.add(rome("2200-12-31 18:30"), HOUR)
    with pytest.raises(OutOfRange, match="due after 2200"):
        OFFICE.next_open(rome("2200-12-31 18:30"))
    with pytest.raises(OutOfRange, match="due after 2200"):
        OFFICE.add(rome("2026-08-03 09:00"), timedelta.max)
    with pytest.raises(OutOfRange, match="due after 2200"):
        OFFICE.working_day_after(date(2200, 12, 30), 2)
    with pytest.raises(OutOfRange, match="due after 2200"):
        OFFICE.working_day_after(date(2026, 8, 3), 10**15)
    with pytest.raises(OutOfRange, match="due after 2200"):
        calendar(NIGHTS).close_of(date(2200, 12, 31))


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2201, 1, 1)])
def test_a_date_outside_1990_to_2200_is_refused(day: date) -> None:
    with pytest.raises(OutOfRange):
        OFFICE.working_day_after(day, 1)
    with pytest.raises(OutOfRange):
        OFFICE.close_of(day)


@pytest.mark.parametrize("count", [0, -1, True, 1.0])
def test_working_days_are_counted_from_one(count: int) -> None:
    with pytest.raises(InvalidInput, match="whole numbers from 1"):
        OFFICE.working_day_after(date(2026, 8, 3), count)


def test_a_naive_datetime_is_refused() -> None:
    naive, aware = datetime(2026, 8, 3, 9), rome("2026-08-03 09:00")
    questions: list[Callable[[], object]] = [
        lambda: OFFICE.elapsed(naive, aware),
        lambda: OFFICE.elapsed(aware, naive),
        lambda: OFFICE.add(naive, HOUR),
        lambda: OFFICE.next_open(naive),
        lambda: OFFICE.is_open(naive),
    ]
    for question in questions:
        with pytest.raises(InvalidInput, match="needs its offset from UTC"):
            question()


def test_a_negative_amount_and_a_backward_stretch_are_refused() -> None:
    with pytest.raises(InvalidInput, match="zero or more"):
        OFFICE.add(rome("2026-08-03 09:00"), -US)
    with pytest.raises(InvalidInput, match="run forward"):
        OFFICE.stretches(rome("2026-08-03 09:00"), rome("2026-08-03 08:00"))


def _stretches(of: Calendar, start: str, end: str) -> list[tuple[datetime, datetime, str | None]]:
    return [(s.starts_at, s.ends_at, str(s.reason) if s.reason else None) for s in of.stretches(rome(start), rome(end))]


def test_every_closed_stretch_has_its_reason() -> None:
    august = calendar(holidays={"2026-08-15": "Ferragosto"}, closures=(closing("2026-08-14 14:00", "2026-08-18 00:00", "Ponte"),))
    assert _stretches(august, "2026-08-14 12:00", "2026-08-18 19:00") == [
        (rome("2026-08-14 12:00"), rome("2026-08-14 13:00"), None),
        (rome("2026-08-14 13:00"), rome("2026-08-14 14:00"), "outside hours"),
        (rome("2026-08-14 14:00"), rome("2026-08-15 00:00"), "closure: Ponte"),
        (rome("2026-08-15 00:00"), rome("2026-08-16 00:00"), "holiday: Ferragosto"),
        (rome("2026-08-16 00:00"), rome("2026-08-18 00:00"), "closure: Ponte"),
        (rome("2026-08-18 00:00"), rome("2026-08-18 09:00"), "outside hours"),
        (rome("2026-08-18 09:00"), rome("2026-08-18 13:00"), None),
        (rome("2026-08-18 13:00"), rome("2026-08-18 14:30"), "outside hours"),
        (rome("2026-08-18 14:30"), rome("2026-08-18 18:30"), None),
        (rome("2026-08-18 18:30"), rome("2026-08-18 19:00"), "outside hours"),
    ]


def test_closed_time_is_explained_where_clocks_went_back_over_midnight() -> None:
    """St. John's: at 00:01 of Sunday 7 November 2010 (02:31 UTC) it was 23:01 of Saturday again."""
    closed = calendar({0: OFFICE_HOURS}, zone="America/St_Johns", holidays={"2010-11-07": "a Sunday"})
    first, again = datetime(2010, 11, 7, 2, 30, tzinfo=UTC), datetime(2010, 11, 7, 2, 31, tzinfo=UTC)
    midnight, end = datetime(2010, 11, 7, 3, 30, tzinfo=UTC), datetime(2010, 11, 7, 12, tzinfo=UTC)
    within = again + timedelta(minutes=9)
    assert [(s.starts_at, s.ends_at, str(s.reason)) for s in closed.stretches(within, end)] == [
        (within, midnight, "weekend"),
        (midnight, end, "holiday: a Sunday"),
    ]
    assert [(s.starts_at, s.ends_at) for s in closed.stretches(first - HOUR, end)] == [(first - HOUR, first), (first, end)]


def test_the_removed_tail_of_a_holidays_night_shift_is_that_holidays() -> None:
    nights = calendar(NIGHTS, holidays={"2026-01-06": "Epifania"})
    assert _stretches(nights, "2026-01-06 20:00", "2026-01-07 08:00") == [
        (rome("2026-01-06 20:00"), rome("2026-01-07 06:00"), "holiday: Epifania"),
        (rome("2026-01-07 06:00"), rome("2026-01-07 08:00"), "outside hours"),
    ]


def test_a_weekend_is_one_stretch_and_a_saturday_with_hours_is_none() -> None:
    assert _stretches(OFFICE, "2026-08-08 00:00", "2026-08-10 00:00") == [
        (rome("2026-08-08 00:00"), rome("2026-08-10 00:00"), "weekend")
    ]
    saturdays = calendar({5: ((9 * 3600, 12 * 3600),)})
    assert [reason for _, _, reason in _stretches(saturdays, "2026-08-08 00:00", "2026-08-10 00:00")] == [
        "outside hours",
        None,
        "outside hours",
        "weekend",
    ]
