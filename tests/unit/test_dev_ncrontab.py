"""Schedules as the Functions host reads them."""

from datetime import UTC, datetime

import pytest

from dev.ncrontab import BadSchedule, Schedule


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "moment", "following"),
    [
        ("0 * * * * *", "2026-08-07 09:00:00", "2026-08-07 09:01:00"),
        ("*/20 * * * * *", "2026-08-07 09:00:20.000001", "2026-08-07 09:00:40"),
        ("0 30 2 * * *", "2026-08-07 02:29:59.999999", "2026-08-07 02:30:00"),
        ("0 30 2 * * *", "2026-08-07 02:30:00", "2026-08-08 02:30:00"),
        ("0 0 9 * * Mon-Fri", "2026-08-07 09:00:00", "2026-08-10 09:00:00"),
        ("0 0 0 13 * 5", "2026-08-07 09:00:00", "2026-11-13 00:00:00"),  # both day fields must match: a Friday 13th
    ],
)
def test_the_next_tick_comes_strictly_after(schedule: str, moment: str, following: str) -> None:
    assert Schedule(schedule).after(at(moment)) == at(following)


@pytest.mark.parametrize("schedule", ["* * * * *", "0 0 0 * * * *", "61 * * * * *", "0 0 0 L * *", "@daily", "0 0 0 * * ?", ""])
def test_what_the_host_does_not_read_is_refused(schedule: str) -> None:
    with pytest.raises(BadSchedule, match="NCRONTAB"):
        Schedule(schedule)


@pytest.mark.parametrize("weekday", ["7", "1-7", "5,7"])
def test_weekday_seven_is_refused(weekday: str) -> None:
    with pytest.raises(BadSchedule, match="weekday 7"):
        Schedule(f"0 0 0 * * {weekday}")


def test_a_day_that_never_comes_is_refused_when_asked_for() -> None:
    with pytest.raises(BadSchedule, match="never"):
        Schedule("0 0 0 30 2 *").after(at("2026-08-07 09:00:00"))


def test_a_schedule_may_be_an_app_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEP_SCHEDULE", "0 */5 * * * *")
    assert Schedule("%SWEEP_SCHEDULE%").after(at("2026-08-07 09:01:00")) == at("2026-08-07 09:05:00")


def test_a_missing_app_setting_is_named() -> None:
    with pytest.raises(BadSchedule, match="NO_SUCH_SCHEDULE"):
        Schedule("%NO_SUCH_SCHEDULE%")
