"""Days of a service as they are kept once they are over: what each came to, and the changes that prove it. Pure.

A story told later holds from its first change on, in place of what was told before: the bracket of an outage found at midnight
begins on the day before. So a record is what was told of its days first, with each later story laid over it, in order.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.availability import State
from shared.domain.watch.change import Change
from shared.domain.watch.histogram import Histogram
from shared.domain.watch.tally import Counts
from shared.domain.watch.track import since
from shared.domain.worktime.span import Span, midnight

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was counted on a day. `promised`: the guarantees that the service was under then, by their ids; None: not kept."""

    counts: Counts = field(default_factory=Counts)
    latency: Histogram = field(default_factory=Histogram)
    promised: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A local day's: how long the service was in each state, without any exclusion, and what was counted. Exact; they add up to
    the day's real length, which is 23 or 25 hours where the clocks change, or to what is over of it."""

    on: date
    up: timedelta
    down: timedelta
    unknown: timedelta
    measured: Measured = field(default_factory=Measured)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`days`: one after the other, none missing. `changes`: in order; the first is the one that held when the first day began,
    if any did (then `at` may be long before)."""

    service: str
    days: tuple[Figures, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def through(self) -> date | None:
        """The last day it tells of."""
        return self.days[-1].on if self.days else None


def overlaid(told: Sequence[Change], story: Sequence[Change]) -> tuple[Change, ...]:
    """What stands when a later story is laid over what was told: it holds from its first change on."""
    return (*(change for change in told if change.at < story[0].at), *story) if story else tuple(told)


def extended(
    record: Record,
    story: Sequence[Change],
    measured: Mapping[date, Measured],
    zone: ZoneInfo,
    last: date,
    until: datetime | None = None,
) -> Record:
    """The record up to the day `last`, a later story laid over it. `measured`: what was counted on days that it knows less of.

    `until`: where the last day, which still runs, is cut off. The record begins where it began, or with the first day measured.
    Days of which nothing new is told stay as they are.
    """
    known = {figures.on: figures for figures in record.days}
    days = {on: figures.measured for on, figures in known.items()} | dict(measured)
    if not days:
        return record
    first, news = min(days), _first_news(record, story)
    changes = between(overlaid(record.changes, story), (midnight(first, zone), midnight(last + ONE_DAY, zone)))
    instants = [change.at for change in changes]
    figures = [
        known[on]
        if on in known and on not in measured and (news is None or midnight(on + ONE_DAY, zone) <= news)
        else _figures(changes, instants, on, zone, until, days.get(on, Measured()))
        for on in (first + ONE_DAY * number for number in range((last - first).days + 1))
    ]
    return Record(service=record.service, days=tuple(figures), changes=changes)


def _first_news(record: Record, story: Sequence[Change]) -> datetime | None:
    """From which instant on a story tells something else than the record; None: it tells the same."""
    if not story:
        return None
    told = {change for change in record.changes if change.at >= story[0].at}
    return min((change.at for change in told ^ set(story)), default=None)


def promised(record: Record, first: date, last: date) -> tuple[frozenset[str], bool]:
    """The guarantees that a service was under on any of some days, and whether that was kept of all of them."""
    found = [figures.measured.promised for figures in record.days if first <= figures.on <= last]
    return frozenset[str]().union(*(each for each in found if each is not None)), bool(found) and None not in found


def part(record: Record, first: date, last: date, zone: ZoneInfo) -> Record:
    """What it tells of the days from `first` to `last`."""
    days = tuple(figures for figures in record.days if first <= figures.on <= last)
    changes = between(record.changes, (midnight(first, zone), midnight(last + ONE_DAY, zone)))
    return Record(service=record.service, days=days, changes=changes if days else ())


def between(changes: Sequence[Change], span: Span) -> tuple[Change, ...]:
    """Of changes in order: the one that holds when a span begins, and those within it."""
    start, end = span
    return since([change for change in changes if change.at < end], start)


def lengths(changes: Sequence[Change], instants: Sequence[datetime], span: Span) -> dict[State, timedelta]:
    """How long each state held within a span; `instants`: those of the changes. Before the first of them all is unknown."""
    start, end = span
    totals = dict.fromkeys(State, timedelta(0))
    at, state = start, State.UNKNOWN
    first = bisect_right(instants, start)
    if first:
        state = changes[first - 1].state
    for change in changes[first:]:
        if change.at >= end:
            break
        totals[state] += change.at - at
        at, state = change.at, change.state
    if at < end:
        totals[state] += end - at
    return totals


def _figures(
    changes: Sequence[Change], instants: Sequence[datetime], on: date, zone: ZoneInfo, until: datetime | None, measured: Measured
) -> Figures:
    start, end = midnight(on, zone), midnight(on + ONE_DAY, zone)
    totals = lengths(changes, instants, (start, end if until is None else max(start, min(end, until))))
    return Figures(on=on, up=totals[State.UP], down=totals[State.DOWN], unknown=totals[State.UNKNOWN], measured=measured)
