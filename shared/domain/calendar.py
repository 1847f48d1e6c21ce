"""A calendar: how much open time lies between two instants, and when an amount of it is used up. Pure, exact, lazily worked out.

Source: SEMANTICS 1 and 2. Rome, weekdays 9-13 and 14:30-18:30: Friday 7 August 2026 17:50 plus four hours of open time is Monday
10 August 12:20 (40 minutes on Friday, 3 h 20 min on Monday). 09:00 plus eight hours is 18:30 that day, not the next opening.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.errors import InvalidInput
from shared.domain.worktime.course import Course
from shared.domain.worktime.dayplan import DayPlan
from shared.domain.worktime.horizon import FIRST_YEAR, LAST_YEAR, first_instant
from shared.domain.worktime.reason import Reason, ReasonKind, Stretch
from shared.domain.worktime.rules import Closing, Opening, Rules, Shift
from shared.domain.worktime.span import Span, utc
from shared.domain.worktime.years import Years, beyond_the_end

__all__ = ["Calendar", "Closing", "Opening", "Reason", "ReasonKind", "Rules", "Shift", "Stretch"]

_ZERO = timedelta(0)
_DAYS_AT_MOST = (LAST_YEAR - FIRST_YEAR + 1) * 366
_SPLICES_KEPT = 64


class Calendar:
    """Immutable to those who use it; works out years as they are asked for and keeps them.

    Every datetime taken must be aware (InvalidInput) and within 1990 to 2200 of the calendar's zone (OutOfRange); every datetime
    given is UTC. `rules` are those in force at the end, where calendars were spliced.
    """

    __slots__ = ("_course", "_lists", "_spliced", "_years", "rules", "zone")

    def __init__(self, rules: Rules) -> None:
        plan = DayPlan(rules)
        self._run(Course.of(plan, first_instant(plan.zone, FIRST_YEAR), first_instant(plan.zone, LAST_YEAR + 1)))

    def _run(self, course: Course) -> None:
        self.rules: Rules = course.last_plan.rules
        self.zone: ZoneInfo = course.zone
        self._course = course
        self._years = Years(course)
        self._lists = self._years.lists
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
            self._lists = self._years.reach(start, end)
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
            self._lists = self._years.reach_further(start, amount)
            return self.add(start, amount)

    def next_open(self, at: datetime) -> datetime:
        """The first open instant at or after this one. Raises NeverOpen, or OutOfRange when it comes after 2200."""
        at = utc(at)
        starts, offsets, ends = self._years.reach(at)
        while True:
            i = bisect_right(starts, at)
            if at - offsets[i] < ends[i]:
                return at
            if i < len(starts) - 1:
                return starts[i]
            if not self._years.extend_forward():
                raise self._years.no_more(at, nothing_left=True)
            starts, offsets, ends = self._years.lists

    def is_open(self, at: datetime) -> bool:
        at = utc(at)
        starts, offsets, ends = self._years.reach(at)
        i = bisect_right(starts, at)
        return at - offsets[i] < ends[i]

    def working_day_after(self, day: date, count: int) -> date:
        """The count-th local date after `day` that has open time. Raises InvalidInput unless count is at least 1."""
        if type(count) is not int or count < 1:
            raise InvalidInput(f"Working days are counted by whole numbers from 1; {count!r} is not one.")
        if count > _DAYS_AT_MOST:
            raise beyond_the_end()
        self._years.reach_date(day)
        while True:
            days = self._years.known.working_days
            first = bisect_right(days, day.toordinal())
            if first + count <= len(days):
                return date.fromordinal(days[first + count - 1])
            if not self._years.extend_forward():
                raise self._years.no_more(day, nothing_left=first == len(days))

    def first_open_of(self, day: date) -> datetime:
        """When the open time that belongs to a local date begins. Raises InvalidInput when it has none."""
        return self._working(day)[0][0]

    def close_of(self, day: date) -> datetime:
        """The end of a local date's last open interval, for a night shift the next morning. InvalidInput if it has none."""
        close = self._working(day)[-1][1]
        if close > self._course.ends_at:
            raise beyond_the_end()
        return close

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """What happens from `start` to `end`, contiguous: open stretches (no reason), and closed ones with their reason."""
        start, end = utc(start), utc(end)
        if end < start:
            raise InvalidInput(f"Stretches run forward; {end.isoformat()} is before {start.isoformat()}.")
        self._years.reach(start, end)
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

    def _add_nothing(self, start: datetime, amount: timedelta) -> datetime:
        if amount < _ZERO:
            raise InvalidInput("An amount of working time is zero or more; a negative one leads nowhere.")
        self._years.reach(start)
        return start

    def _working(self, day: date) -> list[Span]:
        self._years.reach_date(day)
        spans = self._course.open_on(day)
        if not spans:
            raise InvalidInput(f"{day.isoformat()} is not a working day of this calendar.")
        return spans

    def _stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        for opens, closes in self._years.known.open_spans(start, end):
            yield from self._course.closed(start, opens)
            yield Stretch(starts_at=opens, ends_at=closes, reason=None)
            start = closes
        yield from self._course.closed(start, end)


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
