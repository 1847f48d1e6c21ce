"""A calendar: how much open time lies between two instants, and when an amount of it is used up. Pure, exact, lazily worked out.

Source: SEMANTICS 1 and 2. Rome, weekdays 9-13 and 14:30-18:30: Friday 7 August 2026 17:50 plus four hours of open time is Monday
10 August 12:20 (40 minutes on Friday, 3 h 20 min on Monday). 09:00 plus eight hours is 18:30 that day, not the next opening.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain import horizon
from shared.domain.course import Course
from shared.domain.dayplan import DayPlan
from shared.domain.errors import InvalidInput, NeverOpen, OutOfRange
from shared.domain.horizon import FIRST_YEAR, LAST_YEAR, NOWHERE, Horizon, Lists
from shared.domain.reason import Reason, ReasonKind, Stretch
from shared.domain.rules import Closing, Opening, Rules, Shift
from shared.domain.span import Span, utc

__all__ = ["Calendar", "Closing", "Opening", "Reason", "ReasonKind", "Rules", "Shift", "Stretch"]

_ZERO = timedelta(0)
_NOTHING: Lists = ([], [NOWHERE], [])
_SPLICES_KEPT = 64
_DAYS_AT_MOST = (LAST_YEAR - FIRST_YEAR + 1) * 366


class Calendar:
    """Immutable to those who use it; works out years as they are asked for and keeps them.

    Every datetime taken must be aware (InvalidInput) and within 1990 to 2200 of the calendar's zone (OutOfRange); every datetime
    given is UTC. `rules` are those in force at the end, where calendars were spliced.
    """

    __slots__ = ("_course", "_first", "_horizon", "_last", "_lists", "_spliced", "rules", "zone")

    def __init__(self, rules: Rules) -> None:
        plan = DayPlan(rules)
        self._run(Course.of(plan, *(horizon.first_instant(plan.zone, year) for year in (FIRST_YEAR, LAST_YEAR + 1))))

    def _run(self, course: Course) -> None:
        self._course = course
        self._first, self._last = course.starts_at, course.ends_at
        self.rules: Rules = course.last_plan.rules
        self.zone: ZoneInfo = course.last_plan.zone
        self._horizon: Horizon | None = None
        self._lists = _NOTHING
        self._spliced: dict[tuple[datetime, Calendar], Calendar] = {}

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """W(start, end): the open time between two instants; negative when `end` is before `start`."""
        if start.tzinfo is not UTC or end.tzinfo is not UTC:
            start, end = utc(start), utc(end)
        starts, offsets, ends = self._lists
        i = bisect_right(starts, start)
        j = bisect_right(starts, end)
        try:
            before_start = start - offsets[i]
            before_end = end - offsets[j]
        except TypeError:  # beyond the horizon: see NOWHERE
            self._reach(start, end)
            return self.elapsed(start, end)
        if before_start > ends[i]:
            before_start = ends[i]
        return (before_end if before_end < ends[j] else ends[j]) - before_start

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant t with W(start, t) = amount; `start` itself when the amount is zero.

        Raises InvalidInput for a negative amount, NeverOpen when no open time follows, OutOfRange when it would end after 2200.
        """
        if start.tzinfo is not UTC:
            start = utc(start)
        if amount <= _ZERO:
            return self._add_nothing(start, amount)
        starts, offsets, ends = self._lists
        i = bisect_right(starts, start)
        try:
            used = start - offsets[i]
            goal = (used if used < ends[i] else ends[i]) + amount
            return offsets[bisect_left(ends, goal)] + goal
        except (TypeError, OverflowError):  # beyond the horizon: see NOWHERE
            self._reach_further(start, amount)
            return self.add(start, amount)

    def next_open(self, at: datetime) -> datetime:
        """The first open instant at or after this one. Raises NeverOpen when there is none up to 2200."""
        at = utc(at)
        self._reach(at)
        while True:
            starts, offsets, ends = self._lists
            i = bisect_right(starts, at)
            if at - offsets[i] < ends[i]:
                return at
            if i < len(starts) - 1:
                return starts[i]
            if not self._extend_forward():
                raise _never_open(at)

    def is_open(self, at: datetime) -> bool:
        at = utc(at)
        self._reach(at)
        starts, offsets, ends = self._lists
        i = bisect_right(starts, at)
        return at - offsets[i] < ends[i]

    def working_day_after(self, day: date, count: int) -> date:
        """The count-th local date after `day` that has open time. Raises InvalidInput unless count is at least 1."""
        if type(count) is not int or count < 1:
            raise InvalidInput(f"Working days are counted by whole numbers from 1; {count!r} is not one.")
        self._check_day(day)
        self._cover(day.year, day.year)
        while True:
            days = self._known.working_days
            first = bisect_right(days, day.toordinal())
            if first + count <= len(days):
                return date.fromordinal(days[first + count - 1])
            if count > _DAYS_AT_MOST or not self._extend_forward():
                raise _beyond_the_end() if first < len(days) or count > _DAYS_AT_MOST else _never_open(day)

    def first_open_of(self, day: date) -> datetime:
        """When the open time that belongs to a local date begins. Raises InvalidInput when it has none."""
        return self._working(day)[0][0]

    def close_of(self, day: date) -> datetime:
        """The end of a local date's last open interval; a night shift's is the next morning. Raises InvalidInput if it has none."""
        close = self._working(day)[-1][1]
        if close > self._last:
            raise _beyond_the_end()
        return close

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """What happens from `start` to `end`, contiguous: open stretches (no reason), and closed ones with their reason."""
        start, end = utc(start), utc(end)
        if end < start:
            raise InvalidInput(f"Stretches run forward; {end.isoformat()} is before {start.isoformat()}.")
        self._reach(start, end)
        return _joined(self._stretches(start, end))

    def splice(self, at: datetime, other: "Calendar") -> "Calendar":
        """Before `at` as this calendar, from `at` on as the other. A local date keeps the intervals that are left to it.

        Raises InvalidInput when the two are not in the same zone: their dates would not be the same dates.
        """
        key = (utc(at), other)
        if (both := self._spliced.get(key)) is None:
            if len(self._spliced) >= _SPLICES_KEPT:
                self._spliced.clear()
            both = self._spliced[key] = Calendar.__new__(Calendar)
            both._run(self._course.spliced(key[0], other._course))
        return both

    def _stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        for opens, closes in self._known.open_spans(start, end):
            yield from self._course.closed(start, opens)
            yield Stretch(starts_at=opens, ends_at=closes, reason=None)
            start = closes
        yield from self._course.closed(start, end)

    def _working(self, day: date) -> list[Span]:
        self._check_day(day)
        spans = self._course.open_on(day)
        if not spans:
            raise InvalidInput(f"{day.isoformat()} is not a working day of this calendar.")
        return spans

    def _add_nothing(self, start: datetime, amount: timedelta) -> datetime:
        if amount < _ZERO:
            raise InvalidInput("An amount of working time is zero or more; a negative one leads nowhere.")
        self._reach(start)
        return start

    # What follows works out years. It runs again only when a question leaves the horizon. Threads may do it at once: each puts
    # a whole new horizon in place, and asks again until its own question is inside.

    @property
    def _known(self) -> Horizon:
        assert self._horizon is not None, "callers reach for an instant or a year first"
        return self._horizon

    def _reach(self, *instants: datetime) -> None:
        for at in instants:
            if not self._first <= at <= self._last:
                raise _out_of_range(at.isoformat())
        years = [min(at.astimezone(self.zone).year, LAST_YEAR) for at in instants]
        self._cover(min(years), max(years))

    def _reach_further(self, start: datetime, amount: timedelta) -> None:
        self._reach(start)
        if amount > self._last - start:
            raise _beyond_the_end()
        if bisect_left(self._known.ends, self._open_before(start) + amount) < len(self._known.ends) - 1:
            return  # it was only the start that lay beyond the horizon
        if not self._extend_forward():
            raise _never_open(start) if self._open_before(start) == self._known.ends[-2] else _beyond_the_end()

    def _open_before(self, at: datetime) -> timedelta:
        starts, offsets, ends = self._known.lists
        i = bisect_right(starts, at)
        return min(at - offsets[i], ends[i])

    def _extend_forward(self) -> bool:
        """Works out as many years again as are known, at least one; False when 2200 has been reached."""
        known = self._known
        if known.last_year == LAST_YEAR:
            return False
        years = known.last_year - known.first_year + 1
        self._cover(known.first_year, min(known.last_year + years, LAST_YEAR))
        return True

    def _cover(self, first_year: int, last_year: int) -> None:
        if self._horizon is None:
            self._keep(horizon.worked_out(self._course.open_on, self.zone, first_year, last_year))
        elif not self._horizon.covers(first_year, last_year):
            self._keep(horizon.extended(self._horizon, self._course.open_on, self.zone, first_year, last_year))

    def _keep(self, known: Horizon) -> None:
        self._horizon = known
        self._lists = known.lists

    def _check_day(self, day: date) -> None:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise _out_of_range(day.isoformat())


def _joined(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """Neighbours of one kind as one: a weekend is not cut at its midnight."""
    last: Stretch | None = None
    for stretch in stretches:
        if last is not None and last.reason == stretch.reason:
            last = Stretch(starts_at=last.starts_at, ends_at=stretch.ends_at, reason=last.reason)
            continue
        if last is not None:
            yield last
        last = stretch
    if last is not None:
        yield last


def _out_of_range(what: str) -> OutOfRange:
    return OutOfRange(f"{what} is outside the years that calendars are kept for ({FIRST_YEAR} to {LAST_YEAR}).")


def _beyond_the_end() -> OutOfRange:
    return OutOfRange(f"It would be due after {LAST_YEAR}; calendars are kept for the years {FIRST_YEAR} to {LAST_YEAR}.")


def _never_open(after: date) -> NeverOpen:
    return NeverOpen(f"The calendar is never open after {after.isoformat()}, so nothing can fall due.")
