"""The hash chain that makes a ticket's history tamper-evident, and the commitments that let text be erased without breaking it.

Each event's hash covers its own canonical JSON, which holds the hash of the event before. Personal text is not in the event:
the event holds `commitment(salt, text)`; text and salt live beside the chain and can be erased while the chain still verifies.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

GENESIS = "0" * 64
"""What the first event of a chain names as its predecessor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a ticket. `at`: when it happened; `recorded_at`: when we wrote it down."""

    ticket: str
    number: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor: str
    data: Mapping[str, object]
    previous: str
    hash: str


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same bytes for the same value, always."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def stamp(at: datetime) -> str:
    """An instant as text that sorts as time does: 2026-08-10T07:40:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commitment(salt: str, text: str) -> str:
    """What an event says of a text it does not hold: sha256 over salt and text, in hex."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def chained(
    *,
    ticket: str,
    number: int,
    kind: str,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    data: Mapping[str, object],
    previous: str,
) -> Event:
    """An event with the hash that ties it to its predecessor."""
    event = Event(
        ticket=ticket,
        number=number,
        kind=kind,
        at=at,
        recorded_at=recorded_at,
        actor=actor,
        data=data,
        previous=previous,
        hash="",
    )
    return replace(event, hash=digest(event))


def digest(event: Event) -> str:
    """What an event's hash must be: sha256, in hex, over all of it but the hash."""
    body = {
        "ticket": event.ticket,
        "number": event.number,
        "kind": event.kind,
        "at": stamp(event.at),
        "recorded_at": stamp(event.recorded_at),
        "actor": event.actor,
        "data": event.data,
        "previous": event.previous,
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def first_broken(events: Iterable[Event]) -> int | None:
    """The number of the first event that does not fit the chain, or None when all of it holds."""
    previous = GENESIS
    for expected, event in enumerate(events, start=1):
        if (event.number, event.previous, event.hash) != (expected, previous, digest(event)):
            return event.number
        previous = event.hash
    return None
