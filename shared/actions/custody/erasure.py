"""Erasing what is held on a contact, wherever it is kept. Cut off anywhere, it is finished by asking again, or by the night.

    erasure:<moment>:<salt>      who asked for it, on whose request, why, and what for: written before anything is erased
    erasing:<ticket number>      written with the emptied head; goes when everything beside the head is empty too
    erasing:words:<number>:<salt>    what they left on somebody else's ticket; goes when the texts and what quotes them are empty
    erasing:quarantine:<id>      the same for a request that never became a ticket
    erasing:addressee:<token>    the same for an address that is written to about services (see `writing`)

The heads go first, so that nobody writes to the contact any more; from then on the `erasing:` rows know what is left to do.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from shared.actions import agenda, cases, customers, document, quarantine
from shared.actions.custody import access, privacy, writing
from shared.actions.desk import Desk
from shared.actions.once import Once
from shared.actions.ports import Delete, Insert, Replace, Row, Table, Upsert, Value, Write
from shared.domain.conclusion import Said
from shared.domain.custody.erasure import (
    ERASED_ALL,
    ERASED_WORDS,
    erase,
    erase_words,
    without_quotation,
    without_text,
    without_words,
)
from shared.domain.custody.held import Erased, ErasedTicket
from shared.domain.custody.left import left_by
from shared.domain.custody.privacy import DONE_WITH, RequestedBy, require_nobody_named
from shared.domain.errors import Conflict, NotAllowedNow, NotPermitted, StorageUnavailable
from shared.domain.evidence import Event, stamp
from shared.domain.notice import Notice, NoticeState
from shared.domain.people import Principal
from shared.domain.ticket import Content, Decision, Ticket

BATCH = 50
"""Rows emptied in one transaction."""


def erase_contact(
    desk: Desk,
    customer: str,
    email: str,
    principal: Principal,
    now: datetime,
    *,
    reason: str,
    requested_by: RequestedBy,
    once: Once | None = None,
) -> Erased:
    """Erases all that is held on a contact. Asking again erases what is left, and in the end nothing.

    So a repetition under the same key does too; another request under it is refused (KeyReused).

    Raises NotPermitted for anybody but the Customer Care Manager, NotAllowedNow with the tickets that are still open, and
    StorageUnavailable when it has to be asked for again.
    """
    if not principal.is_manager:
        raise NotPermitted("Only the Customer Care Manager erases: they know whether a duty to keep stands against it.")
    written_to = writing.found(desk, customer, email)
    tickets = privacy.tickets_of(desk, customer, email)
    elsewhere = privacy.left_elsewhere(desk, customer, email)
    touched = [*tickets, *(ticket for ticket, _ in elsewhere)]
    if still_open := [ticket.id for ticket in touched if ticket.state not in DONE_WITH]:
        raise NotAllowedNow(f"They still have open requests: {', '.join(still_open)}. Resolve these first.", tickets=still_open)
    called = [*(t.contact.name for t in tickets), *(each.name for _, left in elsewhere for each in left)]
    require_nobody_named(reason, email, frozenset([*called, *written_to.names]))
    entries = privacy.quarantined_of(desk, customer, email)
    what = [*(t.id for t in touched), *(e.id for e in entries), *([writing.KIND] if written_to else [])]
    _enter(desk, customer, principal, now, reason, requested_by, what, once)
    if written_to:
        desk.rows.commit(Table.DESK, customer, [writing.mark(customer, email)])
    for ticket in tickets:
        _empty_head(desk, ticket, principal, now, reason, requested_by)
    for ticket, _ in elsewhere:
        _forget_words(desk, ticket, email, principal, now, reason, requested_by)
    for entry in entries:
        mark = Row(key=f"erasing:quarantine:{entry.id}", values={"raw": entry.raw})
        desk.rows.commit(Table.DESK, customer, [Upsert(mark)])
    return finish(desk, customer, now)


def finish(desk: Desk, customer: str, now: datetime) -> Erased:
    """Does what erasures of a customer's contacts have left to do: normally nothing."""
    tickets: list[ErasedTicket] = []
    refused: list[str] = []
    written_to = False
    for row in cases.under(desk, customer, "erasing:"):
        kind, _, id = row.key.removeprefix("erasing:").partition(":")
        if kind == "quarantine":
            _forget_entry(desk, customer, id, str(row.values["raw"]))
            refused.append(id)
        elif kind == writing.KIND:
            writing.forget(desk, customer, id, now)
            written_to = True
        elif kind == "words":
            tickets.append(_empty_words(desk, cases.load(desk, str(row.values["ticket"])).ticket, now))
        else:
            tickets.append(_empty_sides(desk, cases.load(desk, str(row.values["ticket"])).ticket, now))
        desk.rows.commit(Table.DESK, customer, [Delete(row.key)])
    return Erased(tickets=tuple(tickets), refused=tuple(refused), written_to=written_to)


def _enter(
    desk: Desk,
    customer: str,
    principal: Principal,
    now: datetime,
    reason: str,
    requested_by: RequestedBy,
    what: Sequence[str],
    once: Once | None,
) -> None:
    """What is going to be erased is on record first, and the key is used up; of nothing there is nothing to record."""
    writes: list[Write] = [once.row("")] if once is not None and not once.was_done(desk, customer) else []
    values: dict[str, Value] = {
        "who": principal.id,
        "name": principal.name,
        "at": stamp(now),
        "requested_by": requested_by.value,
        **document.columns("reason", reason),
        **document.columns("what", " ".join(what)),
    }
    if what:
        writes.append(Insert(Row(key=f"erasure:{stamp(now)}:{desk.salt()}", values=values)))
    if writes:
        desk.rows.commit(Table.DESK, customer, writes)


def _empty_head(desk: Desk, ticket: Ticket, principal: Principal, now: datetime, reason: str, requested_by: RequestedBy) -> None:
    said = Said(text=reason, salt=desk.salt())
    found = access.permitted(desk, ticket, principal, now)
    also: list[Write] = [
        Insert(access.row(desk, ticket, principal, found, "erasure", now)),
        Insert(Row(key=f"erasing:{ticket.number:06d}", values={"ticket": ticket.id})),
    ]

    def decide(ticket: Ticket) -> Decision | None:
        return erase(ticket, cases.occasion(desk, ticket, principal, now), said, requested_by)

    cases.change(desk, ticket.id, decide, now, also=also)


def _forget_words(
    desk: Desk, ticket: Ticket, email: str, principal: Principal, now: datetime, reason: str, requested_by: RequestedBy
) -> None:
    """The event that names what goes, and the row that knows it is still to go. The ticket stays its contact's."""
    said = Said(text=reason, salt=desk.salt())
    found = access.permitted(desk, ticket, principal, now)
    also: list[Write] = [
        Insert(access.row(desk, ticket, principal, found, "erasure", now)),
        Insert(Row(key=f"erasing:words:{ticket.number:06d}:{desk.salt()}", values={"ticket": ticket.id})),
    ]

    def decide(ticket: Ticket) -> Decision | None:
        events, contents = cases.events_of(desk, ticket), cases.contents_of(desk, ticket)
        named = _named(events)
        left = (text.commitment for each in left_by(events, contents, email) for text in each.contents)
        texts = [commitment for commitment in left if commitment not in named]
        return erase_words(ticket, cases.occasion(desk, ticket, principal, now), texts, said, requested_by)

    cases.change(desk, ticket.id, decide, now, also=also)


def _named(events: Sequence[Event]) -> frozenset[str]:
    """The commitments of the texts that events name as erased."""
    return frozenset(str(each) for event in events if event.kind == ERASED_WORDS for each in _listed(event.data["texts"]))


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _empty_words(desk: Desk, ticket: Ticket, now: datetime) -> ErasedTicket:
    """First the messages that quote them: while one is leaving, the texts stay too, for whoever asks again."""
    events = cases.events_of(desk, ticket)
    named = _named(events)
    said_in = {e.number for e in events if e.kind != ERASED_WORDS and named & {str(each) for each in e.data.values()}}

    def unquoted(notice: Notice) -> Notice:
        return without_quotation(notice) if privacy.event_of(notice.key) in said_in else notice

    notices = _empty_notices(desk, ticket, now, unquoted)
    gone = [each for each in cases.contents_of(desk, ticket) if each.commitment in named and not each.erased]
    _blank(desk, ticket, gone)
    return ErasedTicket(ticket=ticket.id, texts=len(gone), notices=notices, files=0)


def _empty_sides(desk: Desk, ticket: Ticket, now: datetime) -> ErasedTicket:
    texts = _empty_texts(desk, ticket)
    files = _delete_raws(desk, ticket)
    notices = _empty_notices(desk, ticket, now, without_words)
    _clear_failures(desk, ticket)
    return ErasedTicket(ticket=ticket.id, texts=texts, notices=notices, files=files)


def _empty_texts(desk: Desk, ticket: Ticket) -> int:
    """Empties the texts written before the head was emptied; the event says how many those are. Later ones are the desk's own."""
    erased = next(event for event in cases.events_of(desk, ticket) if event.kind == ERASED_ALL)
    last = f"{ticket.number:06d}:{int(str(erased.data['texts'])):06d}"
    written = [each for each in cases.contents_of(desk, ticket) if each.key <= last and not each.erased]
    _blank(desk, ticket, written)
    return len(written)


def _blank(desk: Desk, ticket: Ticket, written: Sequence[Content]) -> None:
    for start in range(0, len(written), BATCH):
        emptied = [Upsert(cases.content_row(without_text(each))) for each in written[start : start + BATCH]]
        desk.rows.commit(Table.DESK, ticket.customer, emptied)


def _delete_raws(desk: Desk, ticket: Ticket) -> int:
    """Deletes the bytes the ticket was made of. Their `source:` rows stay, so that the same webhook makes no ticket again."""
    names = {str(row.values["raw"]) for row in privacy.sources_of(desk, ticket.customer).get(ticket.id, [])}
    gone = names - _needed(desk, names)
    for name in sorted(gone):
        desk.blobs.delete(name)
    return len(gone)


def _needed(desk: Desk, names: set[str]) -> set[str]:
    """Those of the blobs that a ticket which has not been erased was made of, whoever's: the same bytes are one blob."""
    sources = (row for customer in customers.every_id(desk) for row in cases.under(desk, customer, "source:"))
    made = [(str(row.values["ticket"]), str(row.values["raw"])) for row in sources if row.values["raw"] in names]
    return {raw for id, raw in made if cases.load(desk, id).ticket.erased_at is None}


def _empty_notices(desk: Desk, ticket: Ticket, now: datetime, emptied_of: Callable[[Notice], Notice]) -> int:
    """Empties what messages said, as far as `emptied_of` does. One that is leaving is waited for, by whoever asks again."""
    emptied: list[Sequence[Write]] = []
    for row in cases.under(desk, ticket.customer, f"notice:{ticket.number:06d}:"):
        notice = cases.notice_in(row)
        if (after := emptied_of(notice)) == notice:
            continue
        if _is_leaving(notice, now):
            raise StorageUnavailable(f"A message about {ticket.id} is leaving at this moment; ask again in a few minutes.")
        replaced = Replace(cases.notice_row(after, row.etag))
        emptied.append((replaced, Delete(f"owed:{notice.key}")) if notice.state is NoticeState.OWED else (replaced,))
    for start in range(0, len(emptied), BATCH):
        try:
            desk.rows.commit(Table.DESK, ticket.customer, [write for each in emptied[start : start + BATCH] for write in each])
        except Conflict:
            raise StorageUnavailable(f"A message about {ticket.id} has just changed; ask again.") from None
    return len(emptied)


def _is_leaving(notice: Notice, now: datetime) -> bool:
    return notice.state is NoticeState.OWED and notice.leased_until is not None and notice.leased_until > now


def _clear_failures(desk: Desk, ticket: Ticket) -> None:
    """What was shown as failed on the ticket may quote an address; a failure that goes on will show itself again."""
    shard = agenda.shard_of(desk, ticket.id)
    deletes: list[Write] = [Delete(key) for key in _failures(desk, shard, ticket)]
    for start in range(0, len(deletes), BATCH):
        desk.rows.commit(Table.AGENDA, shard, deletes[start : start + BATCH])


def _failures(desk: Desk, shard: str, ticket: Ticket) -> Iterator[str]:
    yield f"x|{ticket.id}"
    for prefix in (f"f|{ticket.id}|", f"b|{ticket.id}|"):
        yield from (row.key for row in desk.rows.scan(Table.AGENDA, shard, after=prefix, before=f"{prefix}~"))


def _forget_entry(desk: Desk, customer: str, id: str, raw: str) -> None:
    """The bytes first: the entry is what leads to them."""
    if not _needed(desk, {raw}):
        desk.blobs.delete(raw)
    desk.rows.commit(Table.SYSTEM, quarantine.PARTITION, [Delete(id)])
