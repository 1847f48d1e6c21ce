"""What is known of services over any time, for whoever judges it: the states that held, and which of them can still change.

A month that is over and recorded is one request for a thousand services, since nothing is told of it any more; any other time is
read as `reading` reads it, with today's request.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.watch import reading, rollover
from shared.domain.watch.change import Change
from shared.domain.watch.record import Record, overlaid
from shared.domain.watch.report import Held
from shared.domain.worktime.span import Span

_DAY = timedelta(days=1)


def states(desk: Desk, ids: Collection[str], span: Span, zone: ZoneInfo, now: datetime) -> dict[str, tuple[Held, ...]]:
    """The states of services in some time, as known now: a gap that has begun is in them, though nobody has written it down."""
    told: dict[str, tuple[Change, ...]] = dict.fromkeys(ids, ())
    for month in _records(desk, ids, span, zone, now):
        for id, record in month.items():
            if id in told:
                told[id] = overlaid(told[id], record.changes)
    return {id: tuple((change.at, change.state) for change in told[id] if change.at < min(span[1], now)) for id in ids}


def settled(desk: Desk, until: datetime, now: datetime) -> frozenset[str]:
    """Services of which nothing told later can change the time before an instant: they have been seen since then."""
    tracks = reading.current(desk, now)
    return frozenset(id for id, track in tracks.items() if track.settled is not None and track.settled >= until)


def _records(desk: Desk, ids: Collection[str], span: Span, zone: ZoneInfo, now: datetime) -> Iterable[Mapping[str, Record]]:
    today = now.astimezone(zone).date()
    first, last = span[0].astimezone(zone).date(), (span[1] - timedelta(microseconds=1)).astimezone(zone).date()
    last_of_month = (last.replace(day=1) + timedelta(days=31)).replace(day=1) - _DAY
    names = _months(first, min(last, today))
    if today > last_of_month + _DAY:  # on the first of a month, something may still be told of the one before
        found = [rollover.month(desk, name, ids) for name in names]
        if any(record.through == last_of_month for record in found[-1].values()):
            return found
    stories = reading.months(desk, names, now)
    return [{id: story.record for id, story in stories[name].items()} for name in names]


def _months(first: date, last: date) -> list[str]:
    found: list[str] = []
    on = first.replace(day=1)
    while on <= last:
        found.append(on.isoformat()[:7])
        on = (on + timedelta(days=31)).replace(day=1)
    return found
