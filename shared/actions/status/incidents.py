"""Incidents and announcements: opened, told on, never changed. In the partition `timeline` of `watch`:

    <inverted instant>|i|<id>        the incident with all its entries, as the page reads it; by when something was last told of
                                     it, so that one that began long ago, or lasts for long, is found among what is new
    incident|<id>                    where it is; replaced by ETag with each entry, which is only ever added
    entry|<id>|<number>              an entry, when it was written; only ever inserted: two cannot have the same number
    resolution|<id>|<number>         it was resolved for the first, the second time: letters about what was said before stay
    once:<hash>                      a request of staff that was done under an Idempotency-Key

Subscribers are owed a letter for every entry, before it is written and with it as its proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.actions import codec, document
from shared.actions.desk import Desk
from shared.actions.once import Once
from shared.actions.ports import Delete, Insert, Replace, Row, Table, Upsert, Write
from shared.actions.status import letters
from shared.actions.watch import timeline
from shared.domain.errors import Conflict, InvalidInput, KeyReused, NotFound
from shared.domain.evidence import stamp
from shared.domain.guarantees import promises
from shared.domain.people import Principal
from shared.domain.status import incident as incidents
from shared.domain.status.incident import Incident, Phase
from shared.domain.status.letter import LetterKind, News
from shared.domain.text import Text

_MOVES = 5
"""How often an incident is looked for anew when it has moved between two looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be said. `title`, `services` and `started_at` are of a new incident; `corrects` of a further entry."""

    text: Text
    phase: Phase
    title: Text | None = None
    services: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()
    started_at: datetime | None = None
    corrects: int | None = None


def open(desk: Desk, wanted: Wanted, principal: Principal, now: datetime, once: Once | None = None) -> tuple[Incident, bool]:
    """A new incident, and whether the same key had opened it before. InvalidInput, KeyReused."""
    if (done := _done(desk, once)) is not None:
        return done, True
    _check(desk, wanted)
    assert wanted.title is not None
    made = incidents.opened(
        desk.salt()[:16],
        wanted.title,
        wanted.text,
        wanted.phase,
        wanted.services,
        principal.id,
        now,
        outages=wanted.outages,
        started_at=wanted.started_at,
    )
    pointer = Row(key=f"incident|{made.id}", values={"key": _key(made)})
    return _written(desk, made, [Insert(_row(made)), Insert(pointer)], once, now)


def tell(
    desk: Desk, id: str, wanted: Wanted, principal: Principal, now: datetime, once: Once | None = None
) -> tuple[Incident, bool]:
    """An incident with one entry more, and whether the same key had added it. NotFound, InvalidInput, NotAllowedNow."""
    if (done := _done(desk, once)) is not None:
        return done, True
    before, there = _stored(desk, id)
    _check(desk, wanted)
    after = incidents.told(before, wanted.text, wanted.phase, principal.id, now, corrects=wanted.corrects, outages=wanted.outages)
    was = str(there.values["key"])
    moved: list[Write] = [Upsert(_row(after))] if _key(after) == was else [Delete(was), Insert(_row(after))]
    pointer = Row(key=there.key, values={"key": _key(after)}, etag=there.etag)
    return _written(desk, after, [*moved, Replace(pointer)], once, now)


def one(desk: Desk, id: str) -> Incident:
    """NotFound when there is none."""
    return _stored(desk, id)[0]


def incident_of(row: Row) -> Incident:
    """The incident of a row of the timeline."""
    return codec.loaded(Incident, document.joined("doc", row.values))


def recent(desk: Desk, since: datetime) -> list[Incident]:
    """Those of which something was told at an instant or later, the latest first."""
    return [incident_of(row) for row in timeline.since(desk, since) if timeline.kind_of(row) == timeline.INCIDENT]


def _written(desk: Desk, incident: Incident, writes: Sequence[Write], once: Once | None, now: datetime) -> tuple[Incident, bool]:
    entry = incident.entries[-1]
    key = f"entry|{incident.id}|{entry.number:04d}"
    proof = Row(key=key, values=document.columns("doc", codec.dumped(entry)))
    keyed = [] if once is None else [Insert(Row(key=once.key, values={"incident": incident.id, "fingerprint": once.fingerprint}))]
    marks = [Insert(Row(key=mark, values={"at": now})) for mark in _marks(incident)]
    _tell_subscribers(desk, incident, (timeline.PARTITION, key), now)
    try:
        desk.rows.commit(Table.WATCH, timeline.PARTITION, [*writes, Insert(proof), *marks, *keyed])
    except Conflict:
        if (done := _done(desk, once)) is not None:
            return done, True
        raise
    return incident, False


def _tell_subscribers(desk: Desk, incident: Incident, proof: tuple[str, str], now: datetime) -> None:
    services, entry = desk.services(), incident.entries[-1]
    named = [services.services[id] for id in incident.services if id in services.services]
    if named and not any(service.is_public for service in named):
        return
    facts: dict[str, object] = {
        "services": [dict(service.name) for service in named if service.is_public],
        "title": dict(incident.title),
        "text": dict(entry.text),
        "phase": entry.phase.value,
        "at": stamp(entry.at),
        "zone": promises.contract_at(desk.catalogue(), services.contract, now).zone,
    }
    key = f"incident:{incident.id}:{entry.number}"
    unless = (timeline.PARTITION, _overtaken_by(incident))
    letters.tell(
        desk,
        News(key=key, kind=LetterKind.INCIDENT, at=now, facts=facts, proof=proof, unless=unless, about=f"incident.{incident.id}"),
        now,
    )


def _marks(incident: Incident) -> list[str]:
    """Rows that overtake what was said before: that it was resolved, and that something was said after a resolution. What only
    puts right earlier words overtakes nothing."""
    last = len(incident.entries) - 1
    if _only_corrects(incident, last):
        return []
    resolutions = _resolutions(incident)
    is_resolved = incident.entries[last].phase is Phase.RESOLVED
    is_after = last > 0 and incident.entries[last - 1].phase is Phase.RESOLVED
    return [
        *([_resolution(incident, resolutions)] if is_resolved else []),
        *([_resumption(incident, resolutions - is_resolved)] if is_after else []),
    ]


def _overtaken_by(incident: Incident) -> str:
    """The row after which the latest entry is no news any more: the resolution; of a resolution, what is said next."""
    resolutions = _resolutions(incident)
    return _resumption(incident, resolutions) if incident.phase is Phase.RESOLVED else _resolution(incident, resolutions + 1)


def _resolution(incident: Incident, number: int) -> str:
    return f"resolution|{incident.id}|{number:04d}"


def _resumption(incident: Incident, number: int) -> str:
    """`number`: of the resolution before it."""
    return f"resumption|{incident.id}|{number:04d}"


def _resolutions(incident: Incident) -> int:
    """How often it was resolved; it may be opened again."""
    return sum(
        entry.phase is Phase.RESOLVED and not _only_corrects(incident, number) for number, entry in enumerate(incident.entries)
    )


def _only_corrects(incident: Incident, index: int) -> bool:
    """Whether an entry puts right what was said, and says nothing new of how far we are."""
    entry = incident.entries[index]
    return index > 0 and entry.corrects is not None and entry.phase is incident.entries[index - 1].phase


def _check(desk: Desk, wanted: Wanted) -> None:
    known = desk.services().services
    unknown = sorted(set(wanted.services) - known.keys())
    if unknown:
        allowed = sorted(known)
        raise InvalidInput(
            f"There are no services {', '.join(unknown)[:200]}; allowed: {', '.join(allowed) or 'none'}.",
            field="services",
            allowed=allowed,
        )
    strange = [id for id in wanted.outages if id.rpartition(".")[0] not in known or not id.rpartition(".")[2].isdigit()]
    if strange:
        raise InvalidInput(f"These are no outages: {', '.join(strange)[:200]}; one is called zenshare-up.7.", field="outages")


def _done(desk: Desk, once: Once | None) -> Incident | None:
    """What was done under this key. KeyReused when it was something else."""
    row = desk.rows.get(Table.WATCH, timeline.PARTITION, once.key) if once is not None else None
    if once is None or row is None:
        return None
    if row.values["fingerprint"] != once.fingerprint:
        raise KeyReused("This Idempotency-Key was used for another request; make a new key for each request.")
    return one(desk, str(row.values["incident"]))


def _stored(desk: Desk, id: str) -> tuple[Incident, Row]:
    """It, and the row that says where it is."""
    is_id = 0 < len(id) <= 40 and id.isascii() and id.isalnum()
    for _ in range(_MOVES):
        pointer = desk.rows.get(Table.WATCH, timeline.PARTITION, f"incident|{id}") if is_id else None
        if pointer is None:
            break
        row = desk.rows.get(Table.WATCH, timeline.PARTITION, str(pointer.values["key"]))
        if row is not None:
            return incident_of(row), pointer
    raise NotFound(f"There is no incident {id[:40]!r}.")


def _row(incident: Incident) -> Row:
    return timeline.row(incident.updated_at, timeline.INCIDENT, incident.id, codec.dumped(incident))


def _key(incident: Incident) -> str:
    return timeline.key(incident.updated_at, timeline.INCIDENT, incident.id)
