"""Stretches of time as pairs of UTC instants, half-open: joining, cutting, and the instant that a wall clock means."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, tzinfo

from shared.domain.errors import InvalidInput, OutOfRange

Span = tuple[datetime, datetime]
"""From an instant up to, not including, another; both UTC."""


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises InvalidInput for a naive datetime, OutOfRange outside the years 1 to 9999."""
    if at.tzinfo is UTC:
        return at
    offset = at.utcoffset()
    if offset is None:
        raise InvalidInput(f"An instant needs its offset from UTC, such as +00:00; {at.isoformat()} has none.")
    try:
        return at.replace(tzinfo=UTC) - offset  # what astimezone does, without asking the zone twice
    except OverflowError:
        raise OutOfRange(f"{at.isoformat()} is outside the years that can be written in UTC.") from None


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """What a local date and time means. A time that a clock change skips moves forward; one that occurs twice means the first.

    Rome: 2026-03-29 02:30 is skipped and means 03:30 (01:30 UTC); 2026-10-25 02:30 occurs twice and means 00:30 UTC.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def midnight(day: date, zone: tzinfo, *, fold: int = 0) -> datetime:
    """The instant at which a local date begins; with `fold` 1 the second one, where its midnight occurs twice."""
    return datetime.combine(day, time(fold=fold), zone).astimezone(UTC)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in order and counted once: touching and overlapping spans joined, empty ones dropped."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def clipped(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """What of each span lies in `[start, end)`, if anything."""
    return [(max(s, start), min(e, end)) for s, e in spans if s < end and e > start] if start < end else []


def without(spans: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """What is left of each span when the holes (in order, disjoint) are taken out."""
    left: list[Span] = []
    hole_ends = [end for _, end in holes]
    for start, end in spans:
        for k in range(bisect_right(hole_ends, start), len(holes)):
            hole_start, hole_end = holes[k]
            if hole_start >= end:
                break
            if start < hole_start:
                left.append((start, hole_start))
            start = hole_end
        if start < end:
            left.append((start, end))
    return left
