"""The open time of a calendar over whole years, laid out so that every question is a bisection and an addition."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from shared.domain.worktime.span import Span, clipped, merged, midnight

FIRST_YEAR, LAST_YEAR = 1990, 2200
"""Calendars are kept for these local years; anything outside is OutOfRange."""

Lists = tuple[list[datetime], list[datetime], list[timedelta]]
"""`starts`, `offsets`, `ends`: see Horizon."""

NOWHERE = cast(datetime, None)
"""Stands in `offsets` for what is beyond the horizon. Adding to or subtracting it raises TypeError, so that the way of every
question that stays inside the horizon needs no check."""

_ZERO = timedelta(0)
_JUST_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """`starts`: the horizon's first instant, the starts of the open intervals, the horizon's last instant.

    With `i = bisect_right(starts, t)`, the open time before `t` is `min(t - offsets[i], ends[i])`: an interval's offset is its
    start minus the open time before it, its end the open time up to its close. Open time is counted from where the first year
    that was ever worked out began, so it is negative before, and working out more years changes nothing that is there.
    The instant by which `g` has been open is `offsets[j] + g`, with `j = bisect_left(ends, g)`.

    `working_days`: ordinals of the local dates that have open time.
    """

    first_year: int
    last_year: int
    starts: list[datetime]
    offsets: list[datetime]
    ends: list[timedelta]
    working_days: list[int]

    @property
    def lists(self) -> Lists:
        return self.starts, self.offsets, self.ends

    def covers(self, first_year: int, last_year: int) -> bool:
        return self.first_year <= first_year and last_year <= self.last_year

    @property
    def is_closed_in_the_end(self) -> bool:
        """Nothing at all is open in the last year."""
        return not self.working_days or self.working_days[-1] < date(self.last_year, 1, 1).toordinal()

    def open_spans(self, start: datetime, end: datetime) -> list[Span]:
        """The open intervals that meet `[start, end)`, cut to it."""
        first, last = bisect_right(self.starts, start), bisect_right(self.starts, end)
        spans = [(self.starts[k - 1], self.offsets[k] + self.ends[k]) for k in range(first, min(last + 1, len(self.ends) - 1))]
        return clipped(spans, start, end)


OpenOn = Callable[[date], list[Span]]
"""The open time that belongs to a local date."""


def worked_out(open_on: OpenOn, zone: ZoneInfo, first_year: int, last_year: int) -> Horizon:
    """The horizon of some years, nothing known before."""
    spans, days = _years(open_on, zone, first_year, last_year)
    return _laid_out(spans, days, zone, first_year, last_year, _ZERO)


def extended(known: Horizon, open_on: OpenOn, zone: ZoneInfo, first_year: int, last_year: int) -> Horizon:
    """A horizon that covers these years as well; the known part is taken over, the rest worked out."""
    if first_year < known.first_year:
        spans, days = _years(open_on, zone, first_year, known.first_year - 1)
        before = sum((end - start for start, end in spans), _ZERO)
        known = _followed_by(_laid_out(spans, days, zone, first_year, known.first_year - 1, known.ends[1] - before), known)
    if last_year > known.last_year:
        spans, days = _years(open_on, zone, known.last_year + 1, last_year)
        known = _followed_by(known, _laid_out(spans, days, zone, known.last_year + 1, last_year, known.ends[-2]))
    return known


def first_instant(zone: ZoneInfo, year: int) -> datetime:
    return midnight(date(year, 1, 1), zone)


def _years(open_on: OpenOn, zone: ZoneInfo, first_year: int, last_year: int) -> tuple[list[Span], list[int]]:
    """The open intervals of some years, in order and disjoint, and the ordinals of their working days.

    The years are cut at their local midnights; the night shift of the New Year's Eve before reaches into them.
    """
    first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
    spans: list[Span] = open_on(date.fromordinal(first - 1))
    days: list[int] = []
    for ordinal in range(first, last + 1):
        if on_this_day := open_on(date.fromordinal(ordinal)):
            days.append(ordinal)
            spans += on_this_day
    return merged(clipped(spans, first_instant(zone, first_year), first_instant(zone, last_year + 1))), days


def _laid_out(spans: list[Span], days: list[int], zone: ZoneInfo, first_year: int, last_year: int, before: timedelta) -> Horizon:
    start, end = first_instant(zone, first_year), first_instant(zone, last_year + 1)
    if last_year == LAST_YEAR:
        end += _JUST_AFTER  # the very last midnight is still an instant one may ask about
    starts, offsets, ends = [start], [NOWHERE, start - before], [timedelta.min, before]
    for opens, closes in spans:
        starts.append(opens)
        offsets.append(opens - before)
        before += closes - opens
        ends.append(before)
    return Horizon(
        first_year=first_year,
        last_year=last_year,
        starts=[*starts, end],
        offsets=[*offsets, NOWHERE],
        ends=[*ends, timedelta.max],
        working_days=days,
    )


def _followed_by(earlier: Horizon, later: Horizon) -> Horizon:
    """Two horizons that meet, as one. The first and last entries of each are only its edges."""
    return Horizon(
        first_year=earlier.first_year,
        last_year=later.last_year,
        starts=earlier.starts[:-1] + later.starts[1:],
        offsets=earlier.offsets[:-1] + later.offsets[2:],
        ends=earlier.ends[:-1] + later.ends[2:],
        working_days=earlier.working_days + later.working_days,
    )
