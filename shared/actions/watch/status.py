"""What is public of the services, from the store: three requests for a thousand services, one where nothing is watched.

It is of the moment of the latest look, so that the page stays the same, and cached, until there is something new to tell; while
the monitor sleeps, of this minute: what it does not see is unknown.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions import codec, document
from shared.actions.desk import Desk
from shared.actions.ports import Row
from shared.actions.watch import chains, incidents, reading, timeline
from shared.actions.watch.reading import Story
from shared.domain.contract import Contract
from shared.domain.errors import NotFound
from shared.domain.guarantee import Guarantee
from shared.domain.watch import promises
from shared.domain.watch.frozen_months import Months, months
from shared.domain.watch.maintenance import Window
from shared.domain.watch.record import Record
from shared.domain.watch.service import Service
from shared.domain.watch.standing import DAYS, Standing, Watched
from shared.domain.watch.stock import standing
from shared.domain.watch.windows import Hours
from shared.domain.worktime.span import midnight

FRESH = timedelta(seconds=90)
"""So old may the latest look be at the most."""


def status(desk: Desk, now: datetime) -> Standing:
    """How everything public stands."""
    services = desk.services()
    if not services.services:
        next(timeline.since(desk, now), None)  # whoever looks from outside whether the desk works looks here: storage must answer
        return standing((), (), "UTC", _minute(now))
    stories = reading.recent(desk, now)
    at = as_of(stories.values(), now)
    contract, contract_before = _contracts(desk, at)
    promised = {id: _promised(contract, service) for id, service in services.services.items()}
    before = {id: _promised(contract_before, service) for id, service in services.services.items()}
    rows = list(timeline.since(desk, _since([*promised.values(), *before.values()], now)))
    windows = [_window_of(row) for row in rows if timeline.kind_of(row) == timeline.WINDOW]
    watched = [
        Watched(
            service=service,
            record=stories[id].record if id in stories else Record(service=id),
            windows=tuple(window for window in windows if id in window.services),
            promised=promised[id],
            promised_before=before[id],
        )
        for id, service in sorted(services.services.items())
    ]
    written = [incidents.incident_of(row) for row in rows if timeline.kind_of(row) == timeline.INCIDENT]
    return standing(watched, written, contract.zone, at)


def frozen(desk: Desk, service: str, now: datetime) -> list[Months]:
    """The frozen months of a public service, under each of its guarantees: a request for each. NotFound when it is not public."""
    services = desk.services()
    found = services.services.get(service)
    if found is None or not found.is_public:
        raise NotFound(f"There is no service {service[:40]!r}.")
    contract = promises.contract_at(desk.catalogue(), services.contract, now)
    names = {guarantee.id: guarantee.name for guarantee in contract.guarantees}
    return [months(each, names.get(each, {"en": each}), chains.every(desk, each, service)) for each in found.guarantees]


def maintenance(desk: Desk, now: datetime) -> list[Window]:
    """Windows of public services in the last ninety days and ahead, cancelled ones too, in order of beginning: one request."""
    public = {id for id, service in desk.services().services.items() if service.is_public}
    rows = timeline.since(desk, now - timedelta(days=DAYS))
    windows = [_window_of(row) for row in rows if timeline.kind_of(row) == timeline.WINDOW]
    return sorted((w for w in windows if public & set(w.services)), key=lambda window: (window.starts_at, window.id))


def vendor(desk: Desk, now: datetime) -> str:
    """Whose services these are."""
    services = desk.services()
    return promises.contract_at(desk.catalogue(), services.contract, now).vendor if services.services else ""


def as_of(stories: Iterable[Story], now: datetime) -> datetime:
    """The moment of the latest look; this minute when that is too long ago, or ahead of us."""
    seen = max((story.track.seen for story in stories if story.track and story.track.seen), default=None)
    return seen if seen is not None and timedelta(0) <= now - seen <= FRESH else _minute(now)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _contracts(desk: Desk, at: datetime) -> tuple[Contract, Contract]:
    """By which this month and the last one are judged: the version in force when each began."""
    id = desk.services().contract
    zone = ZoneInfo(promises.contract_at(desk.catalogue(), id, at).zone)
    this = at.astimezone(zone).date().replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    now, before = (promises.contract_at(desk.catalogue(), id, midnight(first, zone)) for first in (this, last))
    return now, before


def _promised(contract: Contract, service: Service) -> tuple[tuple[Guarantee, Hours], ...]:
    return tuple((each, promises.hours_of(contract, each)) for each in promises.guarantees_of(contract, service))


def _since(promised: Iterable[tuple[tuple[Guarantee, Hours], ...]], now: datetime) -> datetime:
    """The beginning of the first period that the days touch: caps are used up from there on."""
    first = now - timedelta(days=DAYS + 1)
    return min([first, *(guarantee.period_at(first)[0] for each in promised for guarantee, _ in each)]) - timedelta(days=7)


def _window_of(row: Row) -> Window:
    return codec.loaded(Window, document.joined("doc", row.values))
