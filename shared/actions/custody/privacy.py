"""What is held on a contact, gathered from everywhere it is kept. That it was looked at is on record before anybody gets it."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from shared.actions import cases, codec, customers, quarantine
from shared.actions.custody import access, access_record, writing
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Row, Table
from shared.domain.custody.access import Access, Basis
from shared.domain.custody.confidence import names
from shared.domain.custody.held import Held, HeldTicket, HeldWords, Plain, RawRequest, Refused
from shared.domain.custody.left import QUOTED, Left, left_by
from shared.domain.custody.privacy import is_contact_of, may_be_told
from shared.domain.errors import NotFound, NotPermitted
from shared.domain.mailbox import is_same
from shared.domain.notice import Notice
from shared.domain.people import Principal
from shared.domain.quotes.card import UNSENT
from shared.domain.ticket import Ticket, ticket_id

EXPORT = "export of what is held on a contact"
"""The word for it in the record of reads."""


def held_on(desk: Desk, customer: str, email: str, principal: Principal, now: datetime) -> Held:
    """All that is held on a contact, for somebody who may have it; each ticket counts as read by them.

    Raises NotPermitted for other staff, and NotFound for a customer's other people, whether there is such a contact or not.
    """
    if not may_be_told(principal, customer, email):
        if principal.customer is not None:
            raise NotFound(f"There is no contact {email[:254]} of {customer[:40]}.")
        raise NotPermitted("What is held on a contact is for the contact, their administrator and the Customer Care Manager.")
    found, _ = customers.find(desk, customer)
    tickets = [access.read(desk, each.id, principal, EXPORT, now) for each in tickets_of(desk, customer, email)]
    elsewhere = left_elsewhere(desk, customer, email)
    for ticket, _ in elsewhere:
        ground = access.access_to(desk, ticket, principal, now) or Access(basis=Basis.OWN)
        desk.rows.commit(Table.DESK, customer, [Insert(access.row(desk, ticket, principal, ground, EXPORT, now))])
    entries = quarantined_of(desk, customer, email)
    for entry in entries:
        access.read_unfiled(desk, principal, EXPORT, entry.id, now)
    sources = sources_of(desk, customer)
    written_to = writing.found(desk, customer, email)
    may_know = principal.customer is None or is_same(principal.email or "", email)
    return Held(
        customer=found,
        email=email,
        tickets=tuple(_held(desk, ticket, sources.get(ticket.id, [])) for ticket in tickets),
        elsewhere=tuple(
            HeldWords(id=ticket.id, left=left, notices=tuple(quoting(desk, ticket, left))) for ticket, left in elsewhere
        ),
        refused=tuple(Refused(id=e.id, entry=_plain(e), content=desk.blobs.get(e.raw)) for e in entries),
        named=written_to.named,
        subscription=written_to.subscription if may_know else None,
        readings=tuple(_readings(desk, customer, email, frozenset(ticket.id for ticket in tickets))),
    )


def tickets_of(desk: Desk, customer: str, email: str) -> list[Ticket]:
    """Every ticket of a customer that this contact opened, open or closed, oldest first. Erased ones are nobody's."""
    heads = (cases.ticket_in(row) for row in cases.under(desk, customer, "ticket:"))
    return [ticket for ticket in heads if is_contact_of(ticket, email)]


def left_elsewhere(desk: Desk, customer: str, email: str) -> list[tuple[Ticket, tuple[Left, ...]]]:
    """What somebody has left on tickets of the customer that are not theirs, the oldest ticket first.

    All texts of the customer are looked through: only the few that name the address have their tickets read.
    """
    texts = (cases.content_in(row) for row in cases.under(desk, customer, "content:"))
    named = sorted({int(text.key.partition(":")[0]) for text in texts if names(text, email)})
    found = []
    for number in named:
        ticket = cases.load(desk, ticket_id(customer, number)).ticket
        if ticket.erased_at is not None or is_contact_of(ticket, email):
            continue  # all that stands there goes, or is told, with the ticket itself
        left = left_by(cases.events_of(desk, ticket), cases.contents_of(desk, ticket), email)
        if left:
            found.append((ticket, left))
    return found


def quoting(desk: Desk, ticket: Ticket, left: Sequence[Left]) -> Iterator[Notice]:
    """The messages about what was left that may say what it was."""
    numbers = {each.event.number for each in left}
    return (each for each in cases.notices_of(desk, ticket) if event_of(each.key) in numbers and QUOTED & each.facts.keys())


def event_of(key: str) -> int:
    """The number of the event that a notice is about."""
    return int(key.split(":")[1])


def sources_of(desk: Desk, customer: str) -> dict[str, list[Row]]:
    """The rows that name the raw bytes of a customer's requests, by ticket."""
    found: dict[str, list[Row]] = {}
    for row in cases.under(desk, customer, "source:"):
        found.setdefault(str(row.values["ticket"]), []).append(row)
    return found


def quarantined_of(desk: Desk, customer: str, email: str) -> list[quarantine.Entry]:
    """The quarantined requests that can be told to be this contact's."""
    return [each for each in quarantine.every(desk) if is_theirs(desk.blobs.get(each.raw) or b"", customer, email)]


def is_theirs(body: bytes, customer: str, email: str) -> bool:
    """Whether a request nobody could understand is a contact's: it says so, or, where it cannot be read, it has both their
    address and their customer's id in it."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        around = body.decode(errors="replace").casefold().split(email.casefold())
        return len(around) > 1 and any(re.search(rf"\b{re.escape(customer.casefold())}\b", part) for part in around)
    contact = said.get("contact") if isinstance(said, dict) else None
    if not isinstance(contact, dict) or str(said.get("customer", "")).strip().casefold() != customer.casefold():
        return False
    return email.casefold() in {str(contact.get(name, "")).strip().casefold() for name in ("email", "e-mail", "e_mail")}


def _held(desk: Desk, ticket: Ticket, sources: list[Row]) -> HeldTicket:
    return HeldTicket(
        id=ticket.id,
        name=ticket.contact.name,
        head=_plain(_without_unsent(ticket)),
        events=tuple(cases.events_of(desk, ticket)),
        contents=tuple(cases.contents_of(desk, ticket)),
        notices=tuple(each for each in cases.notices_of(desk, ticket) if each.recipient.id == "customer"),
        raws=tuple(_raw(desk, row) for row in sources),
    )


def _without_unsent(ticket: Ticket) -> Ticket:
    """A card that was never sent is the desk's own."""
    estimate, offer = (None if card is not None and card.state in UNSENT else card for card in (ticket.estimate, ticket.offer))
    return replace(ticket, estimate=estimate, offer=offer)


def _raw(desk: Desk, row: Row) -> RawRequest:
    name = str(row.values["raw"])
    return RawRequest(name=name, seen_at=str(row.values["seen_at"]), content=desk.blobs.get(name))


def _readings(desk: Desk, customer: str, email: str, tickets: frozenset[str]) -> Iterator[Plain]:
    """The record of reads as far as it concerns them."""
    themselves = access_record.by_token(customer, email)
    for row in cases.under(desk, customer, access_record.PREFIX):
        reading = access_record.reading_in(row)
        concerns = reading if reading.who == themselves else reading.without(frozenset(reading.tickets) - tickets)
        if concerns is not None and (reading.who == themselves or tickets & set(concerns.tickets)):
            yield _plain(concerns)


def _plain(value: object) -> Plain:
    plain = codec.plain(value)
    assert isinstance(plain, dict)
    return plain
