"""The ledger of a deadline, row by row."""

from datetime import datetime, timedelta

from shared.domain.target import DueAt, Explanation, Pause, Received, Target, WorkingDays, WorkingTime, explain
from tests.unit.worked_dates import NIGHTS, OFFICE, calendar, closing, rome

HOUR = timedelta(hours=1)
Row = tuple[datetime, datetime | None, float, str | None]


def pause(start: str, end: str | None) -> Pause:
    return Pause(starts_at=rome(start), ends_at=None if end is None else rome(end))


def rows(explanation: Explanation) -> list[Row]:
    return [(r.starts_at, r.ends_at, r.counted / HOUR, str(r.reason) if r.reason else None) for r in explanation.ledger]


def test_a_ledger_of_hours_over_a_weekend() -> None:
    explanation = explain(OFFICE, rome("2026-08-07 17:30"), WorkingTime(2 * HOUR))
    assert explanation.due == rome("2026-08-10 10:00")
    assert rows(explanation) == [
        (rome("2026-08-07 17:30"), rome("2026-08-07 18:30"), 1, None),
        (rome("2026-08-07 18:30"), rome("2026-08-08 00:00"), 0, "outside hours"),
        (rome("2026-08-08 00:00"), rome("2026-08-10 00:00"), 0, "weekend"),
        (rome("2026-08-10 00:00"), rome("2026-08-10 09:00"), 0, "outside hours"),
        (rome("2026-08-10 09:00"), rome("2026-08-10 10:00"), 1, None),
    ]


def test_a_ledger_names_holidays_and_closures() -> None:
    winter = calendar(
        holidays={"2026-12-25": "Natale", "2026-12-26": "Santo Stefano"},
        closures=(closing("2026-12-28 00:00", "2026-12-30 00:00", "Chiusura natalizia"),),
    )
    explanation = explain(winter, rome("2026-12-24 18:00"), WorkingTime(HOUR))
    assert [reason for *_, reason in rows(explanation)] == [
        None,
        "outside hours",
        "holiday: Natale",
        "holiday: Santo Stefano",
        "weekend",
        "closure: Chiusura natalizia",
        "outside hours",
        None,
    ]


def test_a_ledger_of_days_does_not_count_the_day_of_receipt() -> None:
    explanation = explain(OFFICE, rome("2026-08-03 15:00"), WorkingDays(1))
    assert rows(explanation) == [
        (rome("2026-08-03 15:00"), rome("2026-08-03 18:30"), 0, "day of receipt"),
        (rome("2026-08-03 18:30"), rome("2026-08-04 09:00"), 0, "outside hours"),
        (rome("2026-08-04 09:00"), rome("2026-08-04 13:00"), 4, None),
        (rome("2026-08-04 13:00"), rome("2026-08-04 14:30"), 0, "outside hours"),
        (rome("2026-08-04 14:30"), rome("2026-08-04 18:30"), 4, None),
    ]


def test_received_on_a_closed_day_nothing_of_it_could_have_counted() -> None:
    explanation = explain(OFFICE, rome("2026-08-08 10:00"), WorkingDays(1, received=Received.AS_IS))
    assert [reason for *_, reason in rows(explanation)] == ["weekend", "outside hours", None, "outside hours", None]


def test_the_time_that_a_pause_pushes_a_deadline_through_counts() -> None:
    explanation = explain(OFFICE, rome("2026-08-03 15:00"), WorkingDays(1), [pause("2026-08-03 16:00", "2026-08-03 17:00")])
    assert explanation.due == rome("2026-08-05 10:00")
    assert rows(explanation)[:3] == [
        (rome("2026-08-03 15:00"), rome("2026-08-03 16:00"), 0, "day of receipt"),
        (rome("2026-08-03 16:00"), rome("2026-08-03 17:00"), 0, "paused"),
        (rome("2026-08-03 17:00"), rome("2026-08-03 18:30"), 0, "day of receipt"),
    ]
    assert rows(explanation)[-1] == (rome("2026-08-05 09:00"), rome("2026-08-05 10:00"), 1, None)


def test_a_pause_is_one_row_whatever_else_was_closed() -> None:
    explanation = explain(OFFICE, rome("2026-08-07 17:30"), WorkingTime(HOUR), [pause("2026-08-07 18:00", "2026-08-10 10:00")])
    assert rows(explanation) == [
        (rome("2026-08-07 17:30"), rome("2026-08-07 18:00"), 0.5, None),
        (rome("2026-08-07 18:00"), rome("2026-08-10 10:00"), 0, "paused"),
        (rome("2026-08-10 10:00"), rome("2026-08-10 10:30"), 0.5, None),
    ]


def test_while_paused_the_ledger_ends_in_a_row_without_an_end() -> None:
    explanation = explain(OFFICE, rome("2026-08-07 17:30"), WorkingTime(HOUR), [pause("2026-08-07 18:00", None)])
    assert explanation.due is None
    assert rows(explanation) == [
        (rome("2026-08-07 17:30"), rome("2026-08-07 18:00"), 0.5, None),
        (rome("2026-08-07 18:00"), None, 0, "paused"),
    ]


def test_a_pause_from_the_start_is_the_first_row() -> None:
    explanation = explain(OFFICE, rome("2026-08-07 10:00"), WorkingTime(HOUR), [pause("2026-08-01 09:00", "2026-08-07 11:00")])
    assert rows(explanation) == [
        (rome("2026-08-07 10:00"), rome("2026-08-07 11:00"), 0, "paused"),
        (rome("2026-08-07 11:00"), rome("2026-08-07 12:00"), 1, None),
    ]


def test_a_pause_that_begins_at_the_deadline_has_no_row() -> None:
    explanation = explain(OFFICE, rome("2026-08-07 10:00"), WorkingTime(HOUR), [pause("2026-08-07 11:00", None)])
    assert rows(explanation) == [(rome("2026-08-07 10:00"), rome("2026-08-07 11:00"), 1, None)]


def test_a_pause_that_covers_its_deadline_is_cut_there() -> None:
    target: Target = WorkingDays(1, DueAt.SAME_TIME)
    explanation = explain(OFFICE, rome("2026-08-03 19:00"), target, [pause("2026-08-04 19:00", "2026-08-05 20:00")])
    assert explanation.due == rome("2026-08-05 18:30")
    assert rows(explanation)[-1] == (rome("2026-08-04 19:00"), rome("2026-08-05 18:30"), 0, "paused")


def test_a_deadline_that_is_due_at_once_has_an_empty_ledger() -> None:
    assert explain(OFFICE, rome("2026-08-08 10:00"), WorkingTime(0 * HOUR)).ledger == ()


def test_the_night_shift_of_the_day_of_receipt_does_not_count_after_midnight_either() -> None:
    explanation = explain(calendar(NIGHTS), rome("2026-08-04 23:00"), WorkingDays(1))
    assert rows(explanation) == [
        (rome("2026-08-04 23:00"), rome("2026-08-05 06:00"), 0, "day of receipt"),
        (rome("2026-08-05 06:00"), rome("2026-08-05 22:00"), 0, "outside hours"),
        (rome("2026-08-05 22:00"), rome("2026-08-06 06:00"), 8, None),
    ]


def test_a_ledger_over_the_new_year_is_not_cut_at_midnight() -> None:
    explanation = explain(calendar(NIGHTS), rome("2026-12-31 22:00"), WorkingTime(8 * HOUR))
    assert rows(explanation) == [(rome("2026-12-31 22:00"), rome("2027-01-01 06:00"), 8, None)]
