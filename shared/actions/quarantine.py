"""Requests that are authentic but could not be understood: kept raw, shown, and tried again when the reason is gone.

The key is the hash of the webhook-id: the same request refused twice is one entry. One that has become a ticket leaves a row
`released:<key>` that names the ticket, so that releasing it again is answered as before.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Row, Table, Upsert
from shared.domain.errors import NotAllowedNow, NotFound
from shared.domain.ticket import Ticket

PARTITION = "quarantine"

RELEASED = "released:"
"""Sorts behind every entry, whose keys are hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One refused request. `raw` names the blob with its bytes; `kind` and `detail` say why it was refused.

    `is_report`: no customer's request, but what the mail service reported of a mail (see `bounces`). `is_dismissed`: somebody has
    seen it, and it is shown no more.
    """

    id: str
    webhook_id: str
    received_at: datetime
    raw: str
    content_type: str
    kind: str
    detail: str
    is_report: bool = False
    is_dismissed: bool = False


def keep(desk: Desk, entry: Entry) -> None:
    """Enters a refused request; the same again replaces it, but the first receipt stays. Told of each time."""
    before = desk.rows.get(Table.SYSTEM, PARTITION, entry.id)
    if before is not None:
        first = codec.loaded(Entry, str(before.values["doc"])).received_at
        entry = codec.revived(Entry, {**_plain(entry), "received_at": first.isoformat()})
    desk.rows.commit(Table.SYSTEM, PARTITION, [Upsert(Row(key=entry.id, values={"doc": codec.dumped(entry)}))])
    desk.telemetry.tell("request.quarantined", is_warning=True, entry=entry.id, reason=entry.kind)


def listed(desk: Desk) -> list[Entry]:
    """What waits for people, the newest first (of the first thousand by key, should there ever be more)."""
    rows = desk.rows.scan(Table.SYSTEM, PARTITION, before=RELEASED)
    entries = (codec.loaded(Entry, str(row.values["doc"])) for row in rows)
    return sorted((each for each in entries if not each.is_dismissed), key=lambda each: each.received_at, reverse=True)


def every(desk: Desk) -> Iterator[Entry]:
    """All of them, however many there are, by their keys."""
    after = ""
    while page := desk.rows.scan(Table.SYSTEM, PARTITION, after=after, before=RELEASED):
        yield from (codec.loaded(Entry, str(row.values["doc"])) for row in page)
        after = page[-1].key


def counts(desk: Desk) -> tuple[int, int]:
    """How many requests of customers there are, and how many reports of mails (of the first thousand, should there be more)."""
    entries = listed(desk)
    reports = sum(each.is_report for each in entries)
    return len(entries) - reports, reports


def find(desk: Desk, id: str) -> Entry:
    entry = find_if_any(desk, id)
    if entry is None:
        raise NotFound(f"There is no quarantined request {id[:70]}.")
    return entry


def find_if_any(desk: Desk, id: str) -> Entry | None:
    row = desk.rows.get(Table.SYSTEM, PARTITION, id) if _is_id(id) else None
    return codec.loaded(Entry, str(row.values["doc"])) if row else None


def dismiss(desk: Desk, id: str) -> Entry:
    """Somebody has seen a report of a mail that could not be read: it is shown no more, and goes when it is old.

    Raises NotAllowedNow for a customer's request, which is released or stays.
    """
    entry = find(desk, id)
    if not entry.is_report:
        raise NotAllowedNow("A customer waits for this request; mend the reason and release it.")
    dismissed = replace(entry, is_dismissed=True)
    desk.rows.commit(Table.SYSTEM, PARTITION, [Upsert(Row(key=id, values={"doc": codec.dumped(dismissed)}))])
    return dismissed


def forget(desk: Desk, entry: Entry, ticket: str) -> None:
    """The request has become a ticket. Its bytes stay."""
    released = Row(key=f"{RELEASED}{entry.id}", values={"ticket": ticket})
    desk.rows.commit(Table.SYSTEM, PARTITION, [Delete(entry.id), Upsert(released)])


def ticket_of(desk: Desk, id: str) -> str | None:
    """The ticket that an entry has become; None for any other."""
    row = desk.rows.get(Table.SYSTEM, PARTITION, f"{RELEASED}{id}") if _is_id(id) else None
    return str(row.values["ticket"]) if row else None


def raw_of(desk: Desk, entry: Entry) -> bytes:
    """The bytes as they came."""
    content = desk.blobs.get(entry.raw)
    if content is None:
        raise NotFound(f"The raw bytes of {entry.id} are gone from storage.")
    return content


def release(desk: Desk, id: str, take_in: Callable[[Entry, bytes], Ticket]) -> Ticket:
    """Tries an entry again; it leaves the quarantine only when it has been taken in."""
    entry = find(desk, id)
    ticket = take_in(entry, raw_of(desk, entry))
    forget(desk, entry, ticket.id)
    return ticket


def _is_id(id: str) -> bool:
    return id.isascii() and id.isalnum() and len(id) <= 64


def _plain(entry: Entry) -> dict[str, object]:
    plain = codec.plain(entry)
    assert isinstance(plain, dict)
    return plain
