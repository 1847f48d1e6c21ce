"""One version of a calendar's rules worked out: when a local date is open, and why the rest of it is closed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from shared.domain.worktime.reason import OUTSIDE_HOURS, WEEKEND, Reason, ReasonKind, Stretch
from shared.domain.worktime.rules import Closing, Opening, Rules, zone_named
from shared.domain.worktime.span import Span, clipped, instant, merged, midnight, without

ONE_DAY = timedelta(days=1)

# Ranges are cut to these years before they are turned into instants, so that "for ever" may be written as year 1 or 9999.
_FIRST = datetime.combine(date(1980, 1, 1), time.min)
_LAST = datetime.combine(date(2210, 1, 1), time.min)


class DayPlan:
    """Answers by date, without memory: `Horizon` keeps what has been worked out."""

    __slots__ = (
        "_closures",
        "_closures_end",
        "_closures_start",
        "_first_opening",
        "_last_opening",
        "_named_closures",
        "_openings",
        "_shifts",
        "rules",
        "zone",
    )

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.zone: ZoneInfo = zone_named(rules.zone)
        self._shifts = [
            [(timedelta(seconds=opens), timedelta(seconds=closes)) for opens, closes in rules.weekly.get(weekday, ())]
            for weekday in range(7)
        ]
        self._named_closures = [(*self._span(closing), closing.reason) for closing in rules.closures]
        self._closures = merged((start, end) for start, end, _ in self._named_closures)
        self._closures_start = [start for start, _ in self._closures]
        self._closures_end = [end for _, end in self._closures]
        self._openings = merged(map(self._span, rules.openings))
        if self._openings:
            self._first_opening = self._openings[0][0].astimezone(self.zone).date() - ONE_DAY
            self._last_opening = self._openings[-1][1].astimezone(self.zone).date() + ONE_DAY

    def open_on(self, day: date) -> list[Span]:
        """The open time that belongs to a local date: in order, disjoint. A night shift belongs wholly to the date it starts on.

        Closures cut by instant: one that begins on Tuesday 00:00 leaves Monday's 22:00-30:00 the two hours before midnight.
        """
        spans = self._weekly(day) if self._shifts[day.weekday()] and day not in self.rules.holidays else []
        if spans and self._closures:
            first, last = min(spans)[0], max(end for _, end in spans)
            holes = self._closures[bisect_right(self._closures_end, first) : bisect_left(self._closures_start, last)]
            spans = without(spans, holes)
        if self._openings and self._first_opening <= day <= self._last_opening:
            spans += clipped(self._openings, midnight(day, self.zone), midnight(day + ONE_DAY, self.zone))
        return merged(spans) if len(spans) > 1 else spans

    def closed(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Why `[start, end)`, in which nothing is open, is closed: contiguous stretches, cut at local midnights.

        The first of these that applies: a holiday on that date (or on the date a night shift was to start), a closure, a weekend
        without hours, outside hours.
        """
        while start < end:
            day = start.astimezone(self.zone).date()
            until = min(end, self._end_of(day, start))
            yield from self._closed_on(day, start, until)
            start = until

    def _span(self, local: Closing | Opening) -> Span:
        starts, ends = (min(max(wall, _FIRST), _LAST) for wall in (local.starts, local.ends))
        return instant(starts, self.zone), instant(ends, self.zone)

    def _weekly(self, day: date) -> list[Span]:
        zone = self.zone
        start = datetime.combine(day, time.min)
        spans = [(instant(start + o, zone), instant(start + c, zone)) for o, c in self._shifts[day.weekday()]]
        # A date may not exist at all: Samoa went from Thursday 29 to Saturday 31 December 2011.
        if spans and spans[0][0].astimezone(zone).date() != day and midnight(day, zone) >= midnight(day + ONE_DAY, zone):
            return []
        return [span for span in spans if span[0] < span[1]]  # a skipped hour may leave nothing of a short shift

    def _end_of(self, day: date, at: datetime) -> datetime:
        """The midnight that ends the local date in which `at` lies: the second, where clocks have just gone back over the first.

        St. John's, until 2010: at 00:01 of Sunday 7 November it was 23:01 of Saturday again.
        """
        first = midnight(day + ONE_DAY, self.zone)
        return first if first > at else midnight(day + ONE_DAY, self.zone, fold=1)

    def _closed_on(self, day: date, start: datetime, end: datetime) -> Iterator[Stretch]:
        if day in self.rules.holidays:
            yield Stretch(starts_at=start, ends_at=end, reason=_holiday(self.rules.holidays[day]))
            return
        named = list(self._removed_tail(day)) + [
            (s, e, Reason(kind=ReasonKind.CLOSURE, name=name)) for s, e, name in self._named_closures if s < end and e > start
        ]
        weekend = day.weekday() >= 5 and not self._shifts[day.weekday()]
        cuts = {start, end} | {edge for s, e, _ in named for edge in (s, e) if start < edge < end}
        for piece_start, piece_end in pairwise(sorted(cuts)):
            reason = next((reason for s, e, reason in named if s <= piece_start < e), WEEKEND if weekend else OUTSIDE_HOURS)
            yield Stretch(starts_at=piece_start, ends_at=piece_end, reason=reason)

    def _removed_tail(self, day: date) -> Iterator[tuple[datetime, datetime, Reason]]:
        """Where the shifts of a holiday the day before would have been: a night shift reaches into `day`."""
        eve = day - ONE_DAY
        if eve in self.rules.holidays:
            for start, end in self._weekly(eve):
                yield start, end, _holiday(self.rules.holidays[eve])


def _holiday(name: str) -> Reason:
    return Reason(kind=ReasonKind.HOLIDAY, name=name)
