"""The brute force that the engine is checked against: a table of every single minute, open or closed by the clock on the wall."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from shared.domain.calendar import Shift

MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
MINUTE_US = MINUTE // MICROSECOND


class MinuteTable:
    """`open_us[n]`: how much is open before the n-th minute, in microseconds. Shifts on weekdays, none on days off."""

    def __init__(self, zone: ZoneInfo, shifts: tuple[Shift, ...], days_off: frozenset[date], first: date, last: date) -> None:
        self._start = datetime.combine(first, time.min, UTC)
        minutes = (datetime.combine(last, time.min, UTC) - self._start) // MINUTE
        walls = ((self._start + n * MINUTE).astimezone(zone) for n in range(minutes))
        self._is_open = [_is_open(wall, shifts, days_off) for wall in walls]
        self._open_us = list(accumulate((MINUTE_US * is_open for is_open in self._is_open), initial=0))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return (self._before(end) - self._before(start)) * MICROSECOND

    def due(self, start: datetime, amount: timedelta) -> datetime:
        """The first minute by whose end the amount is open, and into it as far as is needed."""
        goal = self._before(start) + amount // MICROSECOND
        minute = bisect_left(self._open_us, goal) - 1
        return self._start + minute * MINUTE + (goal - self._open_us[minute]) * MICROSECOND

    def _before(self, at: datetime) -> int:
        minute, rest = divmod(at - self._start, MINUTE)
        return self._open_us[minute] + (rest // MICROSECOND if self._is_open[minute] else 0)


def _is_open(wall: datetime, shifts: tuple[Shift, ...], days_off: frozenset[date]) -> bool:
    second = wall.hour * 3600 + wall.minute * 60
    return wall.weekday() < 5 and wall.date() not in days_off and any(opens <= second < closes for opens, closes in shifts)
