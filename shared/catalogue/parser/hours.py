"""Weekly hours as a contract file writes them: `mon-fri = ["09:00-13:00", "14:30-18:30"]`, or "24/7"."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

Shift = tuple[int, int]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALL_DAY = "24/7"
LATEST_CLOSE_HOUR = 48
"""A night shift belongs to the date it starts on and may run to the end of the next."""

_TIME = r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?"
_SHIFT = re.compile(rf"\s*{_TIME}\s*[-–]\s*{_TIME}\s*")


def days_of(text: str) -> tuple[int, ...]:
    """The weekdays a key names, 0 = Monday: "mon" is (0,), "mon-fri" the first five, "sat-mon" (5, 6, 0).

    Raises ValueError.
    """
    first, dash, last = text.partition("-")
    if first not in DAYS or (dash and (last not in DAYS or last == first)):
        raise ValueError(f"is not a day or a range of days; allowed: {', '.join(DAYS)}, or two of them such as mon-fri")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return tuple(day % 7 for day in range(start, (end if end >= start else end + 7) + 1))


def shift_of(text: str) -> Shift:
    """An interval in seconds after midnight: "09:00-13:00" is (32400, 46800), the night shift "22:00-30:00" (79200, 108000).

    Raises ValueError.
    """
    match = _SHIFT.fullmatch(text)
    if match is None:
        raise ValueError(
            f"must be an interval such as 09:00-13:00 (24:00 ends a day, 22:00-30:00 is a night shift), not {text!r}"
        )
    opens, closes = _seconds(*match.groups()[:3]), _seconds(*match.groups()[3:])
    if opens >= 24 * 3600 or closes > LATEST_CLOSE_HOUR * 3600:
        raise ValueError(f"must open before 24:00 and close by {LATEST_CLOSE_HOUR}:00, not {text!r}")
    if closes <= opens:
        raise ValueError(f"must close after it opens, not {text!r}; a night shift until 6 in the morning is written 22:00-30:00")
    return opens, closes


def weekly_of(hours: Mapping[tuple[int, ...], Sequence[Shift]]) -> dict[int, tuple[Shift, ...]]:
    """The intervals of each weekday, in order. Raises ValueError for a day given twice, for intervals of one day that
    overlap, and when nothing is open."""
    weekly: dict[int, tuple[Shift, ...]] = {}
    for days, shifts in hours.items():
        for day in days:
            if day in weekly:
                raise ValueError(f"gives {DAYS[day]} twice; each day may stand under one key only")
            weekly[day] = tuple(sorted(shifts))
    _check_apart(weekly)
    if not any(weekly.values()):
        raise ValueError('leaves the calendar closed for ever; give at least one interval, such as mon-fri = ["09:00-18:00"]')
    return weekly


def _check_apart(weekly: Mapping[int, Sequence[Shift]]) -> None:
    for day, shifts in weekly.items():
        for earlier, later in pairwise(shifts):
            if later[0] < earlier[1]:
                raise ValueError(f"has intervals that overlap on {DAYS[day]}: {_written(earlier)} and {_written(later)}")


def _written(shift: Shift) -> str:
    return "-".join(f"{seconds // 3600:02}:{seconds % 3600 // 60:02}" for seconds in shift)


def _seconds(hours: str, minutes: str, seconds: str | None) -> int:
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
