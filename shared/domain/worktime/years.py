"""The years of a calendar that have been worked out so far; more are worked out when a question reaches beyond them."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta

from shared.domain.errors import InvalidInput, NeverOpen, OutOfRange
from shared.domain.worktime.course import Course
from shared.domain.worktime.horizon import FIRST_YEAR, LAST_YEAR, NOWHERE, Horizon, Lists, extended, worked_out

_NOTHING: Lists = ([], [NOWHERE], [])


class Years:
    """Threads may work out years at once: each puts a whole new horizon in place, and asks again until its question is inside."""

    __slots__ = ("_course", "_horizon", "lists")

    def __init__(self, course: Course) -> None:
        self._course = course
        self._horizon: Horizon | None = None
        self.lists = _NOTHING

    @property
    def known(self) -> Horizon:
        assert self._horizon is not None, "callers reach for an instant or a date first"
        return self._horizon

    def reach(self, *instants: datetime) -> Lists:
        """Works out the years from the first to the last of these instants. Raises OutOfRange outside 1990 to 2200."""
        for at in instants:
            if not self._course.starts_at <= at <= self._course.ends_at:
                raise _out_of_range(at)
        years = [min(at.astimezone(self._course.zone).year, LAST_YEAR) for at in instants]
        self._cover(min(years), max(years))
        return self.lists

    def reach_date(self, day: date) -> None:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise _out_of_range(day)
        self._cover(day.year, day.year)

    def reach_further(self, start: datetime, amount: timedelta) -> Lists:
        """Works out years until this amount of open time fits in after `start`, or some of them.

        Raises NeverOpen, or OutOfRange when it ends after 2200.
        """
        self.reach(start)
        if amount > self._course.ends_at - start:
            raise beyond_the_end()
        used, ends = self._open_before(start), self.known.ends
        if bisect_left(ends, used + amount) == len(ends) - 1 and not self.extend_forward():
            raise self.no_more(start, nothing_left=used == ends[-2])
        return self.lists

    def extend_forward(self) -> bool:
        """Works out as many years again as are known; False when 2200 has been reached."""
        known = self.known
        if known.last_year == LAST_YEAR:
            return False
        years = known.last_year - known.first_year + 1
        self._cover(known.first_year, min(known.last_year + years, LAST_YEAR))
        return True

    def no_more(self, after: date, *, nothing_left: bool) -> InvalidInput:
        """Why 2200 was reached in vain: the calendar has closed for good, or it goes on for longer than it is kept."""
        if nothing_left and self.known.is_closed_in_the_end:
            return NeverOpen(f"The calendar is never open after {after.isoformat()}, so nothing can fall due.")
        return beyond_the_end()

    def _open_before(self, at: datetime) -> timedelta:
        starts, offsets, ends = self.known.lists
        i = bisect_right(starts, at)
        return min(at - offsets[i], ends[i])

    def _cover(self, first_year: int, last_year: int) -> None:
        if self._horizon is None:
            self._keep(worked_out(self._course.open_on, self._course.zone, first_year, last_year))
        elif not self._horizon.covers(first_year, last_year):
            self._keep(extended(self._horizon, self._course.open_on, self._course.zone, first_year, last_year))

    def _keep(self, known: Horizon) -> None:
        self._horizon = known
        self.lists = known.lists


def beyond_the_end() -> OutOfRange:
    return OutOfRange(f"It would be due after {LAST_YEAR}; calendars are kept for the years {FIRST_YEAR} to {LAST_YEAR}.")


def _out_of_range(at: date) -> OutOfRange:
    return OutOfRange(f"{at.isoformat()} is outside the years that calendars are kept for ({FIRST_YEAR} to {LAST_YEAR}).")
