"""The second witness's results come in: verified, understood, and kept until the next run of the probes takes them up.

The key that makes it once is the row `id|<hash of the webhook-id>`, written with the results and never deleted: the same webhook
again changes nothing, also when its results were taken up long ago.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Insert, Row, Table, Write
from shared.domain.errors import Conflict, InvalidInput, SignatureInvalid, TooLarge
from shared.domain.evidence import stamp
from shared.domain.watch.sample import Sample

PARTITION = "witness"

LARGEST = 1024 * 1024
"""Bytes a webhook may have."""

SKEW = timedelta(minutes=5)
"""How far the witness's clock may be ahead of ours; what it says is then taken as now."""

OLDEST = timedelta(days=1)
"""What lies longer ago has been told already."""

A_ROW = 50
"""Results in a row: with the longest sentences they are half of what one may hold."""

_DELETIONS = 100

Parse = Callable[[bytes, str], Sequence[Sample]]
"""Body and content type to results; raises MalformedJson, UnsupportedMediaType or InvalidInput."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """How many results a webhook has, and whether it is the first time that it came."""

    results: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """As they are kept."""

    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Results that wait, in the order of their instants; `keys`: where they lie."""

    samples: tuple[Sample, ...]
    keys: tuple[str, ...]


def receive(desk: Desk, now: datetime, *, body: bytes, headers: Mapping[str, str], parse: Parse) -> Received:
    """Takes a webhook in, whole or not at all. `headers` have lower-case names.

    Raises TooLarge, SignatureInvalid, TimestampStale, what `parse` raises, or InvalidInput for a service that is not known, or
    has no witness, and for an instant that is too old or too far ahead.
    """
    if len(body) > LARGEST:
        raise TooLarge(f"The body has {len(body)} bytes; at most {LARGEST} are taken.")
    if desk.witness is None:
        raise SignatureInvalid("The desk has no secret of a second witness.")
    hash = hashlib.sha256(desk.witness.verify(body, headers, now).encode()).hexdigest()
    if known := desk.rows.get(Table.WATCH, PARTITION, f"id|{hash}"):
        return _known(known)
    results = _plausible(parse(body, headers.get("content-type", "")), _witnessed(desk), now)
    try:
        desk.rows.commit(Table.WATCH, PARTITION, _rows(hash, results, now))
    except Conflict:  # it came twice at the same moment
        return Received(results=len(results), is_new=False)
    return Received(results=len(results), is_new=True)


def taken(desk: Desk, now: datetime) -> Taken:
    """What has come in by now, up to a thousand rows. It stays until whoever has made something of it says so with `forget`."""
    rows = desk.rows.scan(Table.WATCH, PARTITION, after="r|", before=f"r|{stamp(now)}~")
    samples = [sample for row in rows for sample in codec.loaded(Words, str(row.values["doc"])).samples]
    return Taken(samples=tuple(sorted(samples, key=lambda sample: sample.at)), keys=tuple(row.key for row in rows))


def forget(desk: Desk, done: Taken) -> None:
    """The results have been taken up. Harmless to repeat."""
    for start in range(0, len(done.keys), _DELETIONS):
        desk.rows.commit(Table.WATCH, PARTITION, [Delete(key) for key in done.keys[start : start + _DELETIONS]])


def _known(row: Row) -> Received:
    return Received(results=int(str(row.values["results"])), is_new=False)


def _witnessed(desk: Desk) -> Collection[str]:
    return sorted(id for id, service in desk.services().services.items() if service.has_witness)


def _plausible(results: Sequence[Sample], known: Collection[str], now: datetime) -> list[Sample]:
    """With instants that are ours. Raises InvalidInput with a sentence for each that is not."""
    wrong = [
        {"field": f"results.{number}.{field}", "message": message}
        for number, result in enumerate(results)
        for field, message in _mistakes(result, known, now)
    ]
    if wrong:
        said = "; ".join(f"{each['field']}: {each['message']}" for each in wrong[:3])
        raise InvalidInput(f"{said}{'; …' if len(wrong) > 3 else '.'}", errors=wrong[:20])
    return [replace(result, at=min(result.at, now)) for result in results]


def _mistakes(result: Sample, known: Collection[str], now: datetime) -> list[tuple[str, str]]:
    found = []
    if result.service not in known:
        names = ", ".join(known) or "none"
        found.append(("service", f"{result.service[:60]!r} is not a service with a second witness; there are: {names[:500]}"))
    if result.at > now + SKEW:
        found.append(("at", f"is more than 5 minutes ahead of our clock, which shows {stamp(now)}"))
    if result.at < now - OLDEST:
        found.append(("at", f"is more than a day ago; our clock shows {stamp(now)}"))
    return found


def _rows(hash: str, results: Sequence[Sample], now: datetime) -> list[Write]:
    writes: list[Write] = [Insert(Row(key=f"id|{hash}", values={"at": now, "results": len(results)}))]
    for number, start in enumerate(range(0, len(results), A_ROW)):
        words = Words(samples=tuple(results[start : start + A_ROW]))
        writes.append(Insert(Row(key=f"r|{stamp(now)}|{hash}|{number:02d}", values={"doc": codec.dumped(words)})))
    return writes
