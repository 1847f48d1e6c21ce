"""What is known of services over any time, for whoever judges it: the states that held, the guarantees they were under, and what
of it can still change. Also of services that are not in the file any more.

A month that is over and recorded is one request for a thousand services, since nothing is told of it any more; any other time is
read as `reading` reads it, with today's request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.watch import reading, rollover
from shared.domain.guarantees.record import Record, overlaid, promised
from shared.domain.guarantees.report import Held
from shared.domain.watch.change import Change
from shared.domain.worktime.span import Span

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Of a service in some time. `states`: before the first all is unknown; none: nobody looked. `promised`: the ids of the
    guarantees that it was under on any day of it; `is_certain`: that was kept of all of its days."""

    states: tuple[Held, ...] = ()
    promised: frozenset[str] = frozenset()
    is_certain: bool = True


def services(desk: Desk, span: Span, zone: ZoneInfo, now: datetime) -> dict[str, Known]:
    """All that were looked at in some time, by id, as known now: a gap that has begun is in it, though nobody wrote it down."""
    told: dict[str, tuple[Change, ...]] = {}
    found: dict[str, Known] = {}
    first, last = _days_of(span, zone)
    for month in _records(desk, span, zone, now):
        for id, record in month.items():
            if record.days:
                told[id] = overlaid(told.get(id, ()), record.changes)
                found[id] = _with_days(found.get(id, Known()), record, first, last)
    until = min(span[1], now)
    return {
        id: replace(each, states=tuple((change.at, change.state) for change in told[id] if change.at < until))
        for id, each in found.items()
    }


def settled(desk: Desk, now: datetime) -> dict[str, datetime | None]:
    """From when on something told later can change what is known of a service; None: all of it."""
    services = desk.services().services
    kept = {id: each.track.settled for id, each in rollover.recent(desk, services).items()}
    return kept | {id: track.settled for id, track in reading.current(desk, now).items()}


def _with_days(known: Known, record: Record, first: date, last: date) -> Known:
    found, is_certain = promised(record, first, last)
    return replace(known, promised=known.promised | found, is_certain=known.is_certain and is_certain)


def _days_of(span: Span, zone: ZoneInfo) -> tuple[date, date]:
    return span[0].astimezone(zone).date(), (span[1] - timedelta(microseconds=1)).astimezone(zone).date()


def _records(desk: Desk, span: Span, zone: ZoneInfo, now: datetime) -> Iterable[Mapping[str, Record]]:
    today, ids = now.astimezone(zone).date(), desk.services().services
    first, last = _days_of(span, zone)
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
