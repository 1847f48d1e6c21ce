"""When a local day is over: it is closed, its months and the last ninety days are told of it, and the next day begins.

For each service at the first run after midnight, or after however many days asleep. In this order: the day's row is closed by
ETag, so that a run which is still under way writes it no more; then the months and `recent` follow from it and from nothing else,
so that doing it again, after a crash or by another run at once, comes to the same; only then is the new day's first row written.
What the new day's runs tell of the days before is theirs: whoever reads lays it over them, and the next rollover does for good.

A service that has been taken out of the file is closed and recorded like the others, until a midnight finds that its next look is
late: then its record ends with time that is unknown, and it is gone. Its month is judged by that like any other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert, Value, Write
from shared.actions.watch import compact, store
from shared.actions.watch.store import RECENT, Head
from shared.domain.errors import StorageUnavailable
from shared.domain.guarantees import record as records
from shared.domain.guarantees.record import Measured, Record
from shared.domain.watch.change import Change
from shared.domain.watch.day import Day, marked
from shared.domain.watch.service import Service, Services
from shared.domain.watch.track import Track
from shared.domain.watch.tracker import lapsed
from shared.domain.worktime.span import midnight

KEPT = 90
"""Days that a page shows."""

MOST_CHANGES = 300_000
"""Of a service in `recent`, about two a minute for ninety days: more would not fit a transaction. Of what is older the days' sums
stay there; the months have all changes."""

ATTEMPTS = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A service's row of `recent`. `through`: the last day that is in its records; `track`: as it was when that day was over.
    `is_gone`: it was not in the file any more, and nothing is recorded of it since."""

    record: Record
    track: Track
    through: date
    is_gone: bool = False


def begun(desk: Desk, services: Services, present: Collection[str], today: date, zone: ZoneInfo) -> dict[str, Head]:
    """The first heads of the day for services that are not `present` yet: what the days before have left, once they are recorded.
    None of those for whom the day is over already: then our clock is behind.

    Two requests, and a commit a hundred services for each of: days closed, months, `recent`.
    """
    kept, lasts = before(desk, services, present, today, zone)
    ids = [id for id in _unbegun(services, kept, present) if id not in kept or kept[id].through < today]
    for _ in range(ATTEMPTS):
        overtaken = _close(desk, [(services.of(id), head) for id, head in lasts.items() if not head.is_closed])
        if not overtaken:
            break
        lasts |= _lasts(desk, {id: kept[id] for id in overtaken if id in kept}, today, zone)
    else:
        raise StorageUnavailable("A day that is over is still being written by somebody else.")
    over: dict[str, Kept] = {}
    heads: dict[str, Head] = {}
    months: dict[str, list[Record]] = {}
    for id in ids:
        over[id], written = _over(services.of(id), kept.get(id), lasts.get(id), today, zone)
        for month, record in written.items():
            months.setdefault(month, []).append(record)
        if id in services.services or not _has_ended(over[id].track, midnight(today, zone)):
            heads[id] = _opened(over[id], today, zone)
        else:
            over[id] = replace(over[id], is_gone=True)
    for month, each in sorted(months.items()):
        among = len({record.service for record in each} | {id for id, one in kept.items() if _tells_of(one.record, month)})
        put(desk, f"month:{month}", {record.service: _month_rows(record, among) for record in each})
    among = len(kept.keys() | over.keys())
    put(desk, RECENT, {id: _kept_rows(each, among) for id, each in over.items() if kept.get(id) != each})
    return heads


def before(
    desk: Desk,
    services: Services,
    present: Collection[str],
    today: date,
    zone: ZoneInfo,
    kept: Mapping[str, Kept] | None = None,
) -> tuple[Mapping[str, Kept], dict[str, Head]]:
    """What the days before today have left: the rows of `recent`, and the last day's head of services that are not `present`
    today and whose last day is not recorded yet. Two requests, as all services mostly have the same last day; one if `recent` is
    known already, as `kept`."""
    kept = recent(desk, services.services) if kept is None else kept
    return kept, _lasts(desk, {id: kept[id] for id in _unbegun(services, kept, present) if id in kept}, today, zone)


def recent(desk: Desk, services: Collection[str]) -> dict[str, Kept]:
    """The rows of `recent`, by service, those of others than `services` too: one request for a thousand."""
    rows = store.found(desk, RECENT, services)
    return {id: _kept(id, rows[f"s|{id}"], rows) for id in store.ids_in(rows)}


def month(desk: Desk, month: str, services: Collection[str]) -> dict[str, Record]:
    """The records of a month ("2026-11") as far as its days are recorded, by service, those of others than `services` too: one
    request for a thousand."""
    rows = store.found(desk, f"month:{month}", services)
    return {id: compact.record_from(id, compact.text_of(rows[f"s|{id}"], "doc", rows)) for id in store.ids_in(rows)}


def _unbegun(services: Services, kept: Mapping[str, Kept], present: Collection[str]) -> list[str]:
    """Those of the file, and those that were taken out of it and are not gone yet, without a row today."""
    left = (id for id, each in kept.items() if not each.is_gone and id not in services.services)
    return sorted(id for id in (*services.services, *left) if id not in present)


def _has_ended(track: Track, midnight: datetime) -> bool:
    """Whether all that can be told of a service that nobody looks at any more has been told: its time is unknown."""
    is_late = track.late_at is None or track.late_at < midnight
    return is_late and all(spell.ends_at < midnight for spell in track.spells)


def _tells_of(record: Record, month: str) -> bool:
    return any(figures.on.isoformat().startswith(month) for figures in (*record.days[:1], *record.days[-1:]))


def _lasts(desk: Desk, kept: Mapping[str, Kept], today: date, zone: ZoneInfo) -> dict[str, Head]:
    """The day after those recorded is the last one with a row, if it has one: no day begins before the one before is recorded."""
    by_day: dict[date, list[str]] = {}
    for id, each in kept.items():
        if each.through + _DAY < today:
            by_day.setdefault(each.through + _DAY, []).append(id)
    return {id: head for on, ids in by_day.items() for id, head in store.heads(desk, on, zone, ids).items()}


def _close(desk: Desk, lasts: Iterable[tuple[Service, Head]]) -> list[str]:
    """Closes the days; the services whose day somebody else has written, or closed, since."""
    by_day: dict[date, dict[str, Sequence[Write]]] = {}
    for service, head in lasts:
        by_day.setdefault(head.day.on, {})[service.id] = store.writes_of(_closed(service, head), (), (), head.day.span[1])
    overtaken: list[str] = []
    for on, groups in by_day.items():
        lost, failures = store.commit(desk, on, groups)
        if failures:
            raise failures[0]
        overtaken += lost
    return overtaken


def _closed(service: Service, head: Head) -> Head:
    """As known when the day was over. The track stays: the next day's first run goes on from the last one's."""
    _, end = head.day.span
    over = store.after(head, lapsed(head.track, service, end))
    return replace(over, day=replace(over.day, counts=head.day.counts), track=head.track, is_closed=True)


def _over(service: Service, kept: Kept | None, last: Head | None, today: date, zone: ZoneInfo) -> tuple[Kept, dict[str, Record]]:
    """What `recent` will hold, and the records of the months that the rollover touches. Of a new service nothing is known."""
    yesterday = today - _DAY
    if kept is None:
        return Kept(record=Record(service=service.id), track=Track(service=service.id), through=yesterday), {}
    if last is None:
        if kept.through >= yesterday or not kept.record.days:
            return replace(kept, through=max(kept.through, yesterday), is_gone=False), {}
        told: Sequence[Change] = ()
        unpromised = _days(kept.through + _DAY, yesterday) if kept.is_gone else ()
        measured = {on: Measured(promised=()) for on in unpromised}
        track = kept.track
    else:
        told, track = last.told, last.track
        measured = {last.day.on: last.measured}
    told = records.overlaid(told, lapsed(track, service, midnight(today, zone)).story)
    whole = records.extended(kept.record, told, measured, zone, yesterday)
    touched = {on.replace(day=1) for on in _days(_first_touched(kept, whole, zone), yesterday)}
    if len(kept.record.days) >= KEPT:  # what is older than the ninety days has been dropped: such a month stays as it is
        touched = {first for first in touched if first >= whole.days[0].on}
    months = {first.isoformat()[:7]: _of_month(whole, first, zone) for first in touched}
    shown = records.part(whole, today - KEPT * _DAY, yesterday, zone)
    shown = replace(shown, changes=shown.changes[-MOST_CHANGES:])
    return Kept(record=shown, track=track, through=yesterday), months


def _first_touched(kept: Kept, whole: Record, zone: ZoneInfo) -> date:
    """The first day of which anything is told that was not recorded so."""
    first = kept.through + _DAY
    known = {change.at: change for change in kept.record.changes}
    new = [change.at for change in whole.changes if known.pop(change.at, None) != change] + list(known)
    return min([first, *(at.astimezone(zone).date() for at in new)])


def _days(first: date, last: date) -> Iterable[date]:
    return (first + _DAY * number for number in range((last - first).days + 1))


def _of_month(record: Record, first: date, zone: ZoneInfo) -> Record:
    return records.part(record, first, (first + timedelta(days=31)).replace(day=1) - _DAY, zone)


def _opened(kept: Kept, today: date, zone: ZoneInfo) -> Head:
    """The day begins as the one before was left: with the state that held at midnight, if any was told."""
    late = kept.record.changes[-1:]
    day = Day(service=kept.record.service, on=today, zone=zone.key)
    return Head(day=marked(day, late, midnight(today, zone)), track=kept.track, late=late)


def put(desk: Desk, partition: str, groups: Mapping[str, Sequence[Row]]) -> None:
    """Writes rows as they are, those of a service in one transaction."""
    writes = {id: [Upsert(row) for row in rows] for id, rows in groups.items()}
    for batch in store.batches(writes):
        desk.rows.commit(Table.WATCH, partition, [write for id in batch for write in writes[id]])


def _month_rows(record: Record, among: int) -> list[Row]:
    return compact.rows_of(f"s|{record.service}", "doc", compact.record_to(record), {"among": among})


def _kept_rows(kept: Kept, among: int) -> list[Row]:
    ends: dict[str, Value] = {"through": kept.through.isoformat(), "gone": kept.is_gone, "among": among}
    values = {**ends, **store.track_columns(kept.track)}
    return compact.rows_of(f"s|{kept.record.service}", "doc", compact.record_to(kept.record), values)


def _kept(id: str, row: Row, rows: Mapping[str, Row]) -> Kept:
    return Kept(
        record=compact.record_from(id, compact.text_of(row, "doc", rows)),
        track=store.track_from(row.values),
        through=date.fromisoformat(str(row.values["through"])),
        is_gone=bool(row.values.get("gone", False)),
    )
