"""What is public of the services, from the store: three requests for a thousand services, one where nothing is watched.

It is of the moment of the latest look, so that the page stays the same, and cached, until there is something new to tell; while
the monitor sleeps, of this minute: what it does not see is unknown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions import codec, document
from shared.actions.desk import Desk
from shared.actions.guarantees import chains
from shared.actions.ports import Row
from shared.actions.status import incidents
from shared.actions.watch import reading, timeline
from shared.actions.watch.reading import Story
from shared.domain.errors import NotFound
from shared.domain.guarantee import Guarantee
from shared.domain.guarantees import frozen_months, promises
from shared.domain.guarantees.frozen_months import Months
from shared.domain.guarantees.record import Record, promised
from shared.domain.guarantees.windows import Hours, Terms
from shared.domain.status.standing import DAYS, Standing, Watched
from shared.domain.status.stock import standing
from shared.domain.watch.maintenance import Window
from shared.domain.watch.service import Service
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
    months = _months(desk, at)
    watching = [_watched(months, service, stories.get(id)) for id, service in sorted(services.services.items())]
    rows = list(timeline.since(desk, _since(months, now)))
    windows = [_window_of(row) for row in rows if timeline.kind_of(row) == timeline.WINDOW]
    watched = [
        replace(each, windows=tuple(window for window in windows if each.service.id in window.services)) for each in watching
    ]
    written = [incidents.incident_of(row) for row in rows if timeline.kind_of(row) == timeline.INCIDENT]
    return standing(watched, written, months.zone.key, at)


def frozen(desk: Desk, service: str, now: datetime) -> list[Months]:
    """The frozen months of a public service, under each guarantee that it is or was under: a request for each of the
    contract's. NotFound when it is not public."""
    services = desk.services()
    found = services.services.get(service)
    if found is None or not found.is_public:
        raise NotFound(f"There is no service {service[:40]!r}.")
    names = {guarantee.id: guarantee.name for guarantee in _every_guarantee(desk)}
    kept = {id: chains.every(desk, id, service) for id in dict.fromkeys([*found.guarantees, *names])}
    return [
        frozen_months.months(id, names.get(id, {"en": id}), links)
        for id, links in kept.items()
        if links or id in found.guarantees
    ]


def _every_guarantee(desk: Desk) -> list[Guarantee]:
    """Those of all versions of the contract, the latest last: a service may have been under one that it is under no more."""
    versions = [each for each in desk.catalogue().contracts if each.id == desk.services().contract]
    return [guarantee for each in sorted(versions, key=lambda each: each.effective_from) for guarantee in each.guarantees]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Months:
    """This month and the last one, by their first days, and what is promised in each. `terms`: by guarantee, of any time."""

    zone: ZoneInfo
    this: date
    last: date
    promised: tuple[tuple[Guarantee, Hours], ...]
    promised_before: tuple[tuple[Guarantee, Hours], ...]
    terms: Mapping[str, Terms]


def _months(desk: Desk, at: datetime) -> _Months:
    """Each is judged by the version of the contract that was in force when it began."""
    catalogue, id = desk.catalogue(), desk.services().contract
    zone = ZoneInfo(promises.contract_at(catalogue, id, at).zone)
    this = at.astimezone(zone).date().replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    began = {first: midnight(first, zone) for first in (last, this)}
    found = {first: promises.contract_at(catalogue, id, moment).guarantees for first, moment in began.items()}
    terms = {each.id: promises.terms_of(catalogue, id, each) for first in (last, this) for each in found[first]}
    of = {first: tuple(terms[each.id](began[first]) for each in found[first]) for first in (last, this)}
    return _Months(zone=zone, this=this, last=last, promised=of[this], promised_before=of[last], terms=terms)


def _watched(months: _Months, service: Service, story: Story | None) -> Watched:
    """What is known of a service. Each month is judged under the guarantees of its days; the file tells those of today."""
    record = Record(service=service.id) if story is None else story.record
    under, _ = promised(record, months.this, date.max)
    before, is_certain = promised(record, months.last, months.this - timedelta(days=1))
    today = frozenset(service.guarantees)
    return Watched(
        service=service,
        record=record,
        promised=tuple(each for each in months.promised if each[0].id in under | today),
        promised_before=tuple(
            each for each in months.promised_before if each[0].id in (before if is_certain else before | today)
        ),
        terms=months.terms,
    )


def _since(months: _Months, now: datetime) -> datetime:
    """The beginning of the first period that the days touch: caps are used up from there on."""
    first = now - timedelta(days=DAYS + 1)
    return min([first, *(each(first)[0].period_at(first)[0] for each in months.terms.values())]) - timedelta(days=7)


def _window_of(row: Row) -> Window:
    return codec.loaded(Window, document.joined("doc", row.values))
