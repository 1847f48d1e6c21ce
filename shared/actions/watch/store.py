"""Where what is known of the services is kept: the table `watch`.

    day:<2026-11-23>   s|<service>                    the day as known so far, and the track that the next run goes on from
                       c|<service>|<instant>          a change of state, when it was told: the last word on its instant
                       o|<service>|<number>           an outage as it stood when it last began or ended
    month:<2026-11>    <service>                      its days that are over, and their changes
    recent             <service>                      the same of the last ninety days, and the track as the last of them left it
    timeline           <inverted instant>|<kind>|…    outages, maintenance, incidents, newest first (see `timeline`)

Days and months are those of the contract's zone. All rows that a run writes of one service go in one transaction, a hundred
services to a transaction where nothing changes. A row of a day is only ever replaced by ETag, so a run builds on what it has read
or not at all; once the day is closed nobody writes it any more.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.actions import codec, document
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Replace, Row, Table, Upsert, Value, Write
from shared.actions.watch import compact
from shared.domain.availability import State
from shared.domain.errors import Conflict
from shared.domain.evidence import stamp
from shared.domain.guarantees import promises
from shared.domain.guarantees.record import Measured, overlaid
from shared.domain.watch import day as days
from shared.domain.watch import histogram
from shared.domain.watch.change import Change
from shared.domain.watch.day import Day
from shared.domain.watch.outage import Outage
from shared.domain.watch.service import Services
from shared.domain.watch.tally import Happening, News
from shared.domain.watch.track import Track
from shared.domain.watch.tracker import Step

RECENT = "recent"
TOLD = (Happening.OPENED, Happening.ENDED, Happening.REOPENED)
"""What happens to an outage and is told to others. That it goes on is known from the track."""

_WRITES = 100
_BYTES = 3 * 1024 * 1024  # of the 4 MiB of a transaction: the rest is for its headers and boundaries
_OVERHEAD = 1_500  # bytes of a row in a transaction beside its values
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is known of a service today. `late`: what today's runs told of the time before today, and what held at its beginning.

    `etag`: empty where there is no row of the day yet. `is_closed`: the day is over, nobody writes it any more. `among`: how many
    services have a row of the day, as far as the run knew that wrote it.
    """

    day: Day
    track: Track
    late: tuple[Change, ...] = ()
    is_closed: bool = False
    etag: str = field(default="", compare=False)
    among: int = field(default=0, compare=False)

    @property
    def measured(self) -> Measured:
        """What the day came to, besides its changes."""
        return Measured(counts=self.day.counts, latency=self.day.latency, promised=self.day.promised)

    @property
    def told(self) -> tuple[Change, ...]:
        """All of it: it holds from its first instant on, in place of what the days before have told."""
        return (*self.late, *self.day.changes)


def zone_of(desk: Desk, services: Services, now: datetime) -> ZoneInfo:
    """The zone of the contract's days."""
    return ZoneInfo(promises.contract_at(desk.catalogue(), services.contract, now).zone)


def after(head: Head, step: Step, latencies_ms: Sequence[int] = ()) -> Head:
    """The head after a step of the tracker."""
    start, _ = head.day.span
    known = step.track.known
    assert known is not None
    day = days.counted(days.marked(head.day, step.story, known), step.counts, latencies_ms)
    late = head.late
    if step.story and step.story[0].at <= start:
        late = overlaid(head.late, [change for change in step.story if change.at <= start])
    return replace(head, day=day, track=step.track, late=late)


def heads(desk: Desk, on: date, zone: ZoneInfo, services: Collection[str]) -> dict[str, Head]:
    """What is known of the day, by service: one request for a thousand of them."""
    rows = found(desk, _partition(on), services) if services else {}
    return {id: _head(id, on, zone, rows[f"s|{id}"], rows) for id in services if f"s|{id}" in rows}


def all_heads(desk: Desk, on: date, zone: ZoneInfo, services: Collection[str]) -> dict[str, Head]:
    """The same of everybody who has a row of the day: also of services that are not among those of the file any more."""
    rows = found(desk, _partition(on), services)
    return {id: _head(id, on, zone, rows[f"s|{id}"], rows) for id in ids_in(rows)}


def found(desk: Desk, partition: str, services: Collection[str]) -> dict[str, Row]:
    """The rows `s|…` of a partition, by key, and so of `services` and of all others that it tells of.

    A page that is full with a thousand is the last one when it has the last of the services, and as many as its rows say there
    are: a request more would find nothing.
    """
    rows: dict[str, Row] = {}
    last = f"s|{max(services, default='')}"
    after = "s|"
    while page := desk.rows.scan(Table.WATCH, partition, after=after, before="s|~", limit=_PAGE):
        rows.update((row.key, row) for row in page)
        after = page[-1].key
        if len(page) < _PAGE or (after >= last and page[-1].values.get("parts") == 1 and len(ids_in(rows)) >= _among(rows)):
            break
    return rows


def ids_in(rows: Mapping[str, Row]) -> list[str]:
    """Whose rows they are; what continues a long one (`s|<service>|2`) is counted with it."""
    return [key.removeprefix("s|") for key in rows if key.count("|") == 1]


def _among(rows: Mapping[str, Row]) -> int:
    return max(int(str(row.values.get("among", 0))) for row in rows.values())


def writes_of(head: Head, changes: Sequence[Change], news: Sequence[News], now: datetime) -> list[Write]:
    """All that a run writes of one service: the day, the changes that are new, the outages that began or ended."""
    day_rows = _day_rows(head)
    first = Replace(Row(key=day_rows[0].key, values=day_rows[0].values, etag=head.etag)) if head.etag else Insert(day_rows[0])
    writes: list[Write] = [first, *map(Upsert, day_rows[1:])]
    writes += [Upsert(_change_row(change, now)) for change in changes]
    latest = {each.outage.number: each for each in news if each.what in TOLD}
    return writes + [Upsert(_outage_row(each.outage)) for each in latest.values()]


def commit(desk: Desk, on: date, groups: Mapping[str, Sequence[Write]]) -> tuple[list[str], list[Exception]]:
    """Writes what a run has of a day: the services whose rows somebody else has written since, and the failures of others.

    Of a service all is written or nothing; one transaction that fails does not keep the others from being written.
    """
    overtaken: list[str] = []
    failures: list[Exception] = []
    for batch in batches(groups):
        try:
            desk.rows.commit(Table.WATCH, _partition(on), [write for id in batch for write in groups[id]])
        except Conflict:
            overtaken += batch
        except Exception as failure:
            failures.append(failure)
    return overtaken, failures


def batches(groups: Mapping[str, Sequence[Write]]) -> list[list[str]]:
    """Services whose writes fit one transaction together, in order: a hundred rows, four megabytes."""
    found: list[list[str]] = []
    count = size = 0
    for id, writes in groups.items():
        more = sum(_bytes(write) for write in writes)
        if not found or count + len(writes) > _WRITES or size + more > _BYTES:
            found.append([])
            count = size = 0
        found[-1].append(id)
        count, size = count + len(writes), size + more
    return found


def outage(desk: Desk, on: date, service: str, number: int) -> Outage | None:
    """An outage as it stood when the runs of that day last saw it begin or end; None: none was written."""
    row = desk.rows.get(Table.WATCH, _partition(on), _outage_key(service, number))
    return None if row is None else codec.loaded(Outage, document.joined("doc", row.values))


def version(outage: Outage) -> int:
    """Of an outage's beginnings and ends, how many there have been before this one."""
    return 2 * outage.again + outage.is_over


def track_columns(track: Track) -> dict[str, Value]:
    return document.columns("track", codec.dumped(track))


def track_from(values: Mapping[str, Value]) -> Track:
    return codec.loaded(Track, document.joined("track", values))


def _head(id: str, on: date, zone: ZoneInfo, row: Row, rows: Mapping[str, Row]) -> Head:
    values = row.values
    told = compact.changes_from(id, json.loads(compact.text_of(row, "changes", rows)))
    until = values.get("until")
    late = int(str(values["late"]))
    day = Day(
        service=id,
        on=on,
        zone=zone.key,
        opening=State(str(values["opening"])),
        changes=told[late:],
        until=until if isinstance(until, datetime) else None,
        counts=compact.counts_from(json.loads(str(values["counts"]))),
        latency=histogram.unpack(str(values["latency"])),
        promised=tuple(json.loads(str(values["promised"]))) if "promised" in values else None,
    )
    return Head(
        day=day,
        track=track_from(values),
        late=told[:late],
        is_closed=bool(values["closed"]),
        etag=row.etag,
        among=int(str(values.get("among", 0))),
    )


def _day_rows(head: Head) -> list[Row]:
    day = head.day
    values: dict[str, Value] = {
        "opening": day.opening.value,
        "minutes": days.pack(days.minutes(day)),
        "counts": json.dumps(compact.counts_to(day.counts)),
        "latency": day.latency.pack(),
        "late": len(head.late),
        "closed": head.is_closed,
        "among": head.among,
        **({} if day.promised is None else {"promised": json.dumps(day.promised)}),
        **({} if day.until is None else {"until": day.until}),
        **track_columns(head.track),
    }
    text = json.dumps(compact.changes_to(head.told), separators=(",", ":"))
    return compact.rows_of(f"s|{day.service}", "changes", text, values)


def _change_row(change: Change, now: datetime) -> Row:
    values: dict[str, Value] = {"at": change.at, "state": change.state.value, "why": change.why, "told_at": now}
    if change.outage:
        values["outage"] = change.outage
    return Row(key=f"c|{change.service}|{stamp(change.at)}", values=values)


def _outage_row(outage: Outage) -> Row:
    return Row(key=_outage_key(outage.service, outage.number), values=document.columns("doc", codec.dumped(outage)))


def _outage_key(service: str, number: int) -> str:
    return f"o|{service}|{number:06d}"


def _partition(on: date) -> str:
    return f"day:{on.isoformat()}"


def _bytes(write: Write) -> int:
    """What a write adds to the body of a transaction, about: texts here are ASCII, but for a few words of an outage's reason."""
    if isinstance(write, Insert | Replace | Upsert):
        return _OVERHEAD + sum(6 * len(v) if not v.isascii() else len(v) for v in write.row.values.values() if isinstance(v, str))
    return _OVERHEAD
