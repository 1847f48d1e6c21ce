"""The folding of a ledger into days. Worked on 9:00-13:00 / 14:30-18:30, Rome."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendar import Calendar
from shared.domain.target import Pause, WorkingDays, WorkingTime, explain
from shared.domain.worktime.rules import Closing, Rules
from shared.domain.worktime.why import folded
from tests.support.desks import rome

ROME = ZoneInfo("Europe/Rome")
OFFICE = (9 * 3600, 13 * 3600), (52_200, 66_600)


def office(**changes: object) -> Calendar:
    rules = {"zone": "Europe/Rome", "weekly": dict.fromkeys(range(5), OFFICE), "holidays": {date(2026, 8, 15): "Assunzione"}}
    return Calendar(Rules(**{**rules, **changes}))  # type: ignore[arg-type]


def told(
    calendar: Calendar, start: str, target: WorkingTime | WorkingDays, pauses: tuple[Pause, ...] = ()
) -> list[tuple[str, float, str]]:
    days = folded(explain(calendar, rome(start), target, pauses).ledger, ROME)
    span = [f"{d.first:%d}" if d.first == d.last else f"{d.first:%d}-{d.last:%d}" for d in days]
    return [(s, d.counted.total_seconds() / 60, str(d.reason or "")) for s, d in zip(span, days, strict=True)]


def test_a_weekend_is_one_line() -> None:
    assert told(office(), "2026-08-07 17:50", WorkingTime(amount=timedelta(hours=4))) == [
        ("07", 40, ""),
        ("08-09", 0, "weekend"),
        ("10", 200, ""),
    ]


def test_a_closure_of_two_weeks_is_named_and_weekends_inside_it_stay_weekends() -> None:
    closing = Closing(starts=datetime(2026, 8, 10), ends=datetime(2026, 8, 22), reason="Chiusura estiva")
    lines = told(office(closures=(closing,)), "2026-08-07 18:00", WorkingTime(amount=timedelta(hours=1)))
    assert lines[0] == ("07", 30, "") and lines[-1] == ("24", 30, "")
    assert "closure: Chiusura estiva" in {reason for _, _, reason in lines}
    assert sum(counted for _, counted, _ in lines) == 60


def test_a_pause_is_named_on_the_days_it_takes_whole() -> None:
    pause = Pause(starts_at=rome("2026-08-03 11:00"), ends_at=rome("2026-08-05 11:00"))
    lines = told(office(), "2026-08-03 09:00", WorkingTime(amount=timedelta(hours=4)), (pause,))
    assert lines == [("03", 120, "paused"), ("04", 0, "paused"), ("05", 120, "paused")]


def test_equal_days_are_one_line() -> None:
    assert told(office(), "2026-08-03 09:00", WorkingDays(count=3)) == [("03", 0, "day of receipt"), ("04-06", 480, "")]


@given(st.datetimes(min_value=datetime(2026, 3, 20), max_value=datetime(2026, 11, 30)), st.integers(1, 200))
def test_the_days_follow_each_other_and_add_up(start: datetime, hours: int) -> None:
    target = WorkingTime(amount=timedelta(hours=hours))
    days = folded(explain(office(), start.replace(tzinfo=UTC), target).ledger, ROME)
    assert sum((d.counted * ((d.last - d.first).days + 1) for d in days), timedelta(0)) == target.amount
    assert all(b.first == a.last + timedelta(days=1) for a, b in pairwise(days))
