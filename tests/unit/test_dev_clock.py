"""The settable clock, and the words it is set with."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dev.clock import BadTime, SettableClock, machine_time, moment_from

NOW = datetime(2026, 8, 7, 15, 50, tzinfo=UTC)
A_MOMENT = timedelta(seconds=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+4h", datetime(2026, 8, 7, 19, 50, tzinfo=UTC)),
        ("-30m", datetime(2026, 8, 7, 15, 20, tzinfo=UTC)),
        ("+1d4h", datetime(2026, 8, 8, 19, 50, tzinfo=UTC)),
        ("+2w", datetime(2026, 8, 21, 15, 50, tzinfo=UTC)),
        ("+1.5h10s\n", datetime(2026, 8, 7, 17, 20, 10, tzinfo=UTC)),
        ("2026-08-24T09:00:00+02:00", datetime(2026, 8, 24, 7, 0, tzinfo=UTC)),
        ("2026-08-24T07:00:00Z", datetime(2026, 8, 24, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_step_or_an_instant_names_a_moment(text: str, expected: datetime) -> None:
    assert moment_from(text, NOW) == expected


@pytest.mark.parametrize(
    "text", ["", "4h", "+4", "+h", "+4y", "tomorrow", "2026-08-24", "2026-08-24T09:00:00", "+4h 30m", "+-4h"]
)
def test_what_is_no_time_is_refused_with_what_would_be_one(text: str) -> None:
    with pytest.raises(BadTime, match=r"\+4h"):
        moment_from(text, NOW)


@pytest.mark.parametrize("text", ["+99999w", "+999999999999w", "2200-01-01T00:00:00Z", "1989-12-31T23:59:59Z"])
def test_the_clock_stays_within_the_years_of_the_calendars(text: str) -> None:
    clock = SettableClock()
    with pytest.raises(BadTime, match="1990"):
        clock.set(moment_from(text, NOW))
    assert clock.offset == timedelta(0)


def test_the_clock_goes_on_ticking_from_where_it_was_set() -> None:
    clock = SettableClock()
    clock.set(NOW)
    first = clock.now()
    assert NOW <= first < NOW + A_MOMENT
    while clock.now() == first:
        pass
    assert first < clock.now() < NOW + A_MOMENT


def test_steps_add_up_exactly() -> None:
    clock = SettableClock()
    for step in ("+4h", "+1d", "-28h"):
        clock.obey(step)
    assert clock.offset == timedelta(0)


def test_the_offset_survives_a_restart_and_a_reset_clears_it(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    SettableClock(file).set(NOW)
    restarted = SettableClock(file)
    assert NOW <= restarted.now() < NOW + A_MOMENT
    restarted.reset()
    assert abs(SettableClock(file).now() - machine_time()) < A_MOMENT
    assert json.loads(file.read_text()) == {"offset_s": 0.0}
