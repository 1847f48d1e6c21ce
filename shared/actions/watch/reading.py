"""What is known of the services, as known now: any month in two requests, ninety days in two, for a thousand services.

Time since the last look of a monitor that sleeps is unknown as soon as it is late, also before it wakes up to say so.
In the moments between midnight and the first run, and while the monitor sleeps over midnight, today has no rows yet: then what
the days before have left is read as well, one or two requests more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.watch import rollover, store, timeline
from shared.actions.watch.rollover import Kept
from shared.domain.errors import InvalidInput, NotFound
from shared.domain.guarantees import record as records
from shared.domain.guarantees.record import Measured, Record
from shared.domain.watch.change import Change
from shared.domain.watch.outage import Outage
from shared.domain.watch.service import Service, Services
from shared.domain.watch.track import Track
from shared.domain.watch.tracker import lapsed

_DAY = timedelta(days=1)
MOST_MONTHS = 25
"""Of an export: two years, wherever they begin."""

outages = timeline.outages


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A service's. `record`: its days, the running one up to now, and their changes; before the first, nothing is known. `track`:
    its latest, with the outage that goes on."""

    service: str
    record: Record
    track: Track


@dataclass(frozen=True, slots=True, kw_only=True)
class _Latest:
    """What is not in the records of the days that are over: it is laid over them."""

    told: tuple[Change, ...]
    measured: Mapping[date, Measured]
    track: Track


def month(desk: Desk, month: str, now: datetime) -> dict[str, Story]:
    """Every service that was looked at in a month ("2026-11"), by id, also those that are not in the file any more: as known now.
    A month to come is empty.

    Two requests for a thousand services.
    """
    return months(desk, [month], now)[month]


def months(desk: Desk, names: Sequence[str], now: datetime) -> dict[str, dict[str, Story]]:
    """The same of several months: a request a month, and one for today."""
    services, zone, today = _where(desk, now)
    days = {name: _days_of(name) for name in names}
    kept = {name: rollover.month(desk, name, services.services) for name, (first, _) in days.items() if first <= today}
    latest = _latest(desk, services, today, zone, now) if kept else {}
    found: dict[str, dict[str, Story]] = {name: {} for name in names}
    for name in kept:
        first, last = days[name]
        for id, new in latest.items():
            record = _up_to_now(kept[name].get(id, Record(service=id)), new, zone, min(last, today), now)
            found[name][id] = Story(service=id, record=records.part(record, first, last, zone), track=new.track)
        gone = {id: record for id, record in kept[name].items() if id not in latest}
        found[name] |= {id: Story(service=id, record=record, track=Track(service=id)) for id, record in gone.items()}
    return found


def recent(desk: Desk, now: datetime) -> dict[str, Story]:
    """Every service of the file that was ever looked at, by id: the last ninety days and today, and the latest track.

    Two requests for a thousand services. `spells` has the outages in it; maintenance and incidents are one request more.
    """
    services, zone, today = _where(desk, now)
    kept = rollover.recent(desk, services.services)
    latest = _latest(desk, services, today, zone, now, kept)
    return {
        id: Story(service=id, record=_up_to_now(kept[id].record, new, zone, today, now), track=new.track)
        for id, new in latest.items()
        if id in kept and id in services.services
    }


def current(desk: Desk, now: datetime) -> dict[str, Track]:
    """The tracks as known now, by service, also of one that was taken out of the file just now: one request for a thousand."""
    services, zone, today = _where(desk, now)
    return {id: new.track for id, new in _latest(desk, services, today, zone, now).items()}


def changes(desk: Desk, service: str, starts_at: datetime, ends_at: datetime, now: datetime) -> tuple[Change, ...]:
    """A service's changes in some time, the first the one that held when it began: what any figure of it follows from.

    A request a month, and one for today. NotFound: there is no such service; InvalidInput: more than two years.
    """
    services, zone, today = _where(desk, now)
    if service not in services.services:
        raise NotFound(f"There is no service {service[:60]!r}.")
    if ends_at <= starts_at:
        raise InvalidInput("The time ends before it begins.")
    names = _months(starts_at.astimezone(zone).date(), min(ends_at.astimezone(zone).date(), today))
    if len(names) > MOST_MONTHS:
        raise InvalidInput("Changes are told of two years at most.")
    told: tuple[Change, ...] = ()
    for name in names:
        record = rollover.month(desk, name, [service]).get(service)
        told = (*told, *(change for change in record.changes if not told or change.at > told[-1].at)) if record else told
    latest = _latest(desk, services, today, zone, now)
    told = records.overlaid(told, latest[service].told) if service in latest else told
    return records.between(told, (starts_at, ends_at))


def spells(story: Story) -> list[tuple[str, datetime, datetime | None]]:
    """The outages in a story: id, from when and until when it was certainly down; None: still. In order."""
    found: list[tuple[str, datetime, datetime | None]] = []
    for change, then in zip(story.record.changes, (*story.record.changes[1:], None), strict=True):
        if change.state == "down" and change.outage:
            found.append((change.outage, change.at, then.at if then else None))
    return found


def latest_outage(story: Story) -> Outage | None:
    """The one that goes on, or else the last one."""
    return story.track.outage or story.track.ended


def _where(desk: Desk, now: datetime) -> tuple[Services, ZoneInfo, date]:
    services = desk.services()
    zone = store.zone_of(desk, services, now) if services.is_any else ZoneInfo("UTC")
    return services, zone, now.astimezone(zone).date()


def _latest(
    desk: Desk, services: Services, today: date, zone: ZoneInfo, now: datetime, kept: Mapping[str, Kept] | None = None
) -> dict[str, _Latest]:
    heads = store.all_heads(desk, today, zone, services.services)
    over: Mapping[str, Kept] = {}
    if services.services.keys() - heads.keys() or (services.is_any and not heads):
        over, lasts = rollover.before(desk, services, heads, today, zone, kept)
        heads |= lasts
    found = {
        id: _as_known(services.of(id), head.track, head.told, {head.day.on: head.measured}, now) for id, head in heads.items()
    }
    for id in over.keys() - heads.keys():
        if id in services.services or not over[id].is_gone:
            found[id] = _as_known(services.of(id), over[id].track, (), {}, now)
    return found


def _as_known(
    service: Service, track: Track, told: Sequence[Change], measured: Mapping[date, Measured], now: datetime
) -> _Latest:
    step = lapsed(track, service, now)
    return _Latest(told=records.overlaid(told, step.story), measured=measured, track=step.track)


def _up_to_now(record: Record, new: _Latest, zone: ZoneInfo, last: date, now: datetime) -> Record:
    measured = {on: each for on, each in new.measured.items() if on <= last}
    return records.extended(record, new.told, measured, zone, last, now)


def _days_of(month: str) -> tuple[date, date]:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise InvalidInput(f"A month is written as 2026-11, not {month[:20]!r}.") from None
    return first, (first + timedelta(days=31)).replace(day=1) - _DAY


def _months(first: date, last: date) -> list[str]:
    found: list[str] = []
    at = first.replace(day=1)
    while at <= last:
        found.append(at.isoformat()[:7])
        at = (at + timedelta(days=31)).replace(day=1)
    return found
