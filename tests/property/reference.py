"""A second opinion on the calendar: every five minutes of a window painted open or closed, and counted one by one.

It shares no arithmetic with the engine. Wall times become instants by walking through the window and reading the clock on the
wall; rules become paint in the order in which they are stated: weekly hours, holidays, closures, openings.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

from shared.domain.calendar import Rules
from shared.domain.worktime.rules import zone_named

STEP = timedelta(minutes=5)
DAYS_AROUND = 5
"""The window is so much longer than the dates asked about, on either side."""


class Painted:
    """Instants are numbered in steps from the window's first; `open_on[date]` holds the steps that belong to a local date."""

    def __init__(self, rules: Rules, first: date, last: date) -> None:
        self.zone = zone_named(rules.zone)
        self.first, self.last = first - timedelta(days=DAYS_AROUND), last + timedelta(days=DAYS_AROUND)
        self._walls = walls(rules.zone, self.first, self.last)
        self.start = _utc_midnight(self.first)
        self.open_on = {day: self._paint(rules, day) for day in self._days()}
        self.open = sorted(set().union(*self.open_on.values()))
        self._is_open = set(self.open)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        a, b = self.step(start), self.step(end)
        return sum(1 for step in range(a, b) if step in self._is_open) * STEP

    def add(self, start: datetime, amount: timedelta) -> datetime:
        step = self.step(start)
        while amount > timedelta(0):
            if step in self._is_open:
                amount -= STEP
            step += 1
            assert step <= self.steps, "the window is too short for this question"
        return self.at(step)

    def next_open(self, at: datetime) -> datetime:
        return self.at(next(step for step in range(self.step(at), self.steps) if step in self._is_open))

    def working_days_after(self, day: date) -> list[date]:
        return [other for other in self._days() if other > day and self.open_on[other]]

    def close_of(self, day: date) -> datetime:
        return self.at(max(self.open_on[day]) + 1)

    def is_open(self, step: int) -> bool:
        return step in self._is_open

    def wall(self, at: datetime) -> datetime:
        return self._walls[self.step(at)]

    def instant(self, wall: datetime) -> datetime:
        return self.at(self._step_of_wall(wall))

    def step(self, at: datetime) -> int:
        step, rest = divmod(at - self.start, STEP)
        assert not rest and 0 <= step <= self.steps, "only instants of the window's grid"
        return step

    def at(self, step: int) -> datetime:
        return self.start + step * STEP

    @property
    def end(self) -> datetime:
        return self.at(self.steps)

    @property
    def steps(self) -> int:
        return len(self._walls)

    def _days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def _paint(self, rules: Rules, day: date) -> set[int]:
        painted: set[int] = set()
        midnight = datetime(day.year, day.month, day.day)
        if day not in rules.holidays:
            for opens, closes in rules.weekly.get(day.weekday(), ()):
                painted |= self._between(midnight + timedelta(seconds=opens), midnight + timedelta(seconds=closes))
        for closing in rules.closures:
            painted -= self._between(closing.starts, closing.ends)
        for opening in rules.openings:
            painted |= {step for step in self._between(opening.starts, opening.ends) if self._walls[step].date() == day}
        return painted

    def _between(self, start: datetime, end: datetime) -> set[int]:
        return set(range(self._step_of_wall(start), self._step_of_wall(end)))

    def _step_of_wall(self, wall: datetime) -> int:
        """The first step at which the clock on the wall shows this time. One that is skipped moves forward by what is skipped."""
        if wall <= self._walls[0]:
            return 0
        if wall > self._walls[-1]:
            return self.steps
        shown = first_shown(self.zone.key, self.first, self.last)
        if wall in shown:
            return shown[wall]
        later = next(step for step, other in enumerate(self._walls) if other > wall)
        skipped = self._walls[later] - self._walls[later - 1] - STEP
        return shown[wall + skipped]


@cache
def walls(zone: str, first: date, last: date) -> Sequence[datetime]:
    """What the clock on the wall shows at each step of a window."""
    start, end = _utc_midnight(first), _utc_midnight(last + timedelta(days=1))
    where = zone_named(zone)
    return [(start + n * STEP).astimezone(where).replace(tzinfo=None, fold=0) for n in range((end - start) // STEP)]


@cache
def first_shown(zone: str, first: date, last: date) -> dict[datetime, int]:
    shown: dict[datetime, int] = {}
    for step, wall in enumerate(walls(zone, first, last)):
        shown.setdefault(wall, step)
    return shown


def _utc_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
