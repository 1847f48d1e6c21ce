"""A request comes in: verified, kept raw, understood, and made a ticket, once however often it is sent.

The key that makes it once is the `source:` row in the customer's partition, named by the webhook-id and written with the ticket.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.actions import cases, customers, quarantine
from shared.actions.custody import access
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Replace, Row, Table, Write
from shared.actions.watch import reporting
from shared.domain import language, lifecycle
from shared.domain.conclusion import Occasion, Said
from shared.domain.contract import Contract
from shared.domain.errors import (
    CatalogueError,
    ContractNotInForce,
    InvalidInput,
    SportelloError,
    StorageUnavailable,
    TooLarge,
    UnknownProduct,
)
from shared.domain.evidence import stamp
from shared.domain.people import PORTAL, Contact, Customer, Principal
from shared.domain.ticket import Link, Ticket, ticket_id
from shared.domain.tier import Channel
from shared.domain.watch.tie import Tie

LARGEST = 1024 * 1024
"""Bytes a request may have."""

SKEW = timedelta(minutes=5)
"""How far the portal's clock may be ahead of ours; what it says is then taken as now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as the portal tells it. `occurred_at`: when the portal received it; None: when we did.

    `actor`: who brings it in: the portal, staff who were called, a customer who goes on with a closed request (`links`). Of what
    the desk opens itself about an outage (`outage`), it says what it is: `classification`, `priority`.
    """

    customer: str
    contact: Contact
    language: str | None
    product: str
    subject: str
    description: str
    declared_severity: str | None = None
    classification_wish: str | None = None
    reference: str | None = None
    occurred_at: datetime | None = None
    channel: Channel = Channel.WEB
    links: tuple[Link, ...] = ()
    actor: Principal = PORTAL
    classification: str | None = None
    priority: int | None = None
    outage: Tie | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The ticket of a request, and whether this call made it."""

    ticket: Ticket
    is_new: bool


Parse = Callable[[bytes, str], Request]
"""Body and content type to a request; raises MalformedJson, UnsupportedMediaType or InvalidInput."""


def receive(desk: Desk, now: datetime, *, body: bytes, headers: Mapping[str, str], parse: Parse) -> Taken:
    """Takes a webhook in. `headers` have lower-case names.

    Raises TooLarge, SignatureInvalid or TimestampStale for what is not ours to keep; after that the bytes are stored before
    anything parses them, and what cannot be understood is quarantined and then refused with the reason.
    """
    if len(body) > LARGEST:
        raise TooLarge(f"The body has {len(body)} bytes; at most {LARGEST} are taken.")
    webhook_id = desk.webhooks.verify(body, headers, now)
    content_type = headers.get("content-type", "")
    raw, is_first = keep_raw(desk, body)
    try:
        request = parse(body, content_type)
        if is_first:
            taken = accept(desk, request, source=webhook_id, raw=raw, seen_at=now, now=now, may_be_known=False)
        else:
            taken = _again(desk, request, webhook_id, raw, now)
        if taken.ticket.erased_at is not None:
            desk.blobs.delete(raw)  # sent again after it was erased: what has been forgotten is not remembered
        return taken
    except StorageUnavailable:
        raise
    except SportelloError as refused:
        id = _quarantined(desk, webhook_id, raw, content_type, refused.kind, refused.detail, now)
        refused.facts = {**refused.facts, "quarantined": id}
        raise
    except Exception as fault:
        _quarantined(desk, webhook_id, raw, content_type, "internal", repr(fault), now)
        raise


def _again(desk: Desk, request: Request, webhook_id: str, raw: str, now: datetime) -> Taken:
    """Bytes that have been here before: a ticket already, or refused then, in which case the first receipt is what counts."""
    entry = quarantine.find_if_any(desk, source_hash(webhook_id))
    seen_at = entry.received_at if entry else now
    taken = accept(desk, request, source=webhook_id, raw=raw, seen_at=seen_at, now=now)
    if entry is not None:
        quarantine.forget(desk, entry, taken.ticket.id)
    return taken


def released(desk: Desk, id: str, parse: Parse, principal: Principal, now: datetime) -> Taken:
    """Tries a quarantined request again, received when it first came. One that has become a ticket is answered with that."""
    if quarantine.find_if_any(desk, id) is None and (known := quarantine.ticket_of(desk, id)) is not None:
        return Taken(ticket=access.read(desk, known, principal, "quarantined request", now), is_new=False)
    is_new = False

    def take_in(entry: quarantine.Entry, raw: bytes) -> Ticket:
        nonlocal is_new
        request = parse(raw, entry.content_type)
        taken = accept(desk, request, source=entry.webhook_id, raw=entry.raw, seen_at=entry.received_at, now=now)
        is_new = taken.is_new
        return taken.ticket

    return Taken(ticket=quarantine.release(desk, id, take_in), is_new=is_new)


def _quarantined(desk: Desk, webhook_id: str, raw: str, content_type: str, kind: str, detail: str, now: datetime) -> str:
    entry = quarantine.Entry(
        id=source_hash(webhook_id),
        webhook_id=webhook_id,
        received_at=now,
        raw=raw,
        content_type=content_type[:200],
        kind=kind,
        detail=detail[:2000],
    )
    quarantine.keep(desk, entry)
    return entry.id


def keep_raw(desk: Desk, body: bytes) -> tuple[str, bool]:
    """Stores the bytes under the name of their hash; the name, and whether these bytes are here for the first time."""
    name = f"raw/{hashlib.sha256(body).hexdigest()}"
    return name, desk.blobs.put(name, body, content_type="application/octet-stream")


def source_hash(webhook_id: str) -> str:
    return hashlib.sha256(webhook_id.encode()).hexdigest()


def accept(
    desk: Desk,
    request: Request,
    *,
    source: str,
    raw: str,
    seen_at: datetime,
    now: datetime,
    may_be_known: bool = True,
    also: Callable[[Ticket], Sequence[Write]] = lambda ticket: (),
) -> Taken:
    """Makes the ticket, or finds the one that this source has made before. `also`: goes into the same transaction.

    `may_be_known`: False saves the look for an earlier ticket when these bytes have never been seen; a repetition that slips
    through is still found, when the transaction meets the `source:` row.
    """
    source_key = f"source:{source_hash(source)}"
    if may_be_known and (taken := _known(desk, request.customer, source_key)) is not None:
        return taken
    try:
        return _made(desk, request, source_key, raw, seen_at, now, also)
    except StorageUnavailable:
        raise
    except SportelloError:
        if (taken := _known(desk, request.customer, source_key)) is not None:
            return taken  # the same source with other words: what was made of it the first time stands
        raise


def found(desk: Desk, customer: str, source: str) -> Ticket | None:
    """The ticket that a source has already made."""
    taken = _known(desk, customer, f"source:{source_hash(source)}")
    return taken.ticket if taken else None


def _made(
    desk: Desk,
    request: Request,
    source_key: str,
    raw: str,
    seen_at: datetime,
    now: datetime,
    also: Callable[[Ticket], Sequence[Write]],
) -> Taken:
    salt = desk.salt()
    for _ in range(cases.ATTEMPTS):
        customer, etag = customers.find(desk, request.customer)
        received_at = _received_at(request, seen_at)
        contract = _contract_for(desk, customer, request.product, received_at)
        ticket = _ticket(customer, contract, request, received_at=received_at, seen_at=seen_at)
        if ticket.outage is None:
            ticket = replace(ticket, outage=reporting.tied(desk, ticket, now))
        occasion = Occasion(contract=contract, directory=desk.directory(now), actor=request.actor, now=now)
        decision = lifecycle.received(
            ticket, occasion, Said(text=request.description, salt=salt, beside=desk.salt() if request.actor.customer else "")
        )
        writes: list[Write] = [
            Replace(customers.customer_row(replace(customer, next_number=customer.next_number + 1), etag)),
            Insert(Row(key=source_key, values={"ticket": ticket.id, "raw": raw, "seen_at": stamp(seen_at)})),
            *also(ticket),
        ]
        if (made := cases.save(desk, None, decision, now, also=writes)) is not None:
            return Taken(ticket=made, is_new=True)
        if (taken := _known(desk, customer.id, source_key)) is not None:
            return taken
    raise StorageUnavailable(f"Too many requests of {request.customer} are coming in at once; send this one again in a moment.")


def _described(desk: Desk, request: Request, salt: str) -> Said:
    return Said(text=request.description, salt=salt, beside=desk.salt() if request.actor.customer else "")


def _known(desk: Desk, customer: str, source_key: str) -> Taken | None:
    """The ticket that a source has already made."""
    row = desk.rows.get(Table.DESK, customer, source_key) if customers.is_customer_id(customer) else None
    return Taken(ticket=cases.load(desk, str(row.values["ticket"])).ticket, is_new=False) if row else None


def _received_at(request: Request, seen_at: datetime) -> datetime:
    """The instant that starts the clocks: when the portal received the request, not when we saw it (SEMANTICS 5)."""
    occurred_at = request.occurred_at
    if occurred_at is None:
        return seen_at
    if occurred_at > seen_at + SKEW:
        raise InvalidInput(f"occurred_at {stamp(occurred_at)} lies in the future; it is {stamp(seen_at)}.", field="occurred_at")
    return min(occurred_at, seen_at)


def _contract_for(desk: Desk, customer: Customer, product: str, at: datetime) -> Contract:
    if not customer.is_covered_at(at):
        until = f"until {stamp(customer.valid_until)}" if customer.valid_until else "without end"
        raise ContractNotInForce(
            f"The contract of {customer.id} runs from {stamp(customer.valid_from)} {until}; the request came at {stamp(at)}."
        )
    if product not in customer.products:
        raise UnknownProduct(
            f"The contract of {customer.id} does not cover {product[:60]!r}; it covers: {', '.join(customer.products)}."
        )
    try:
        contract = desk.catalogue().in_force(customer.contract, at)
    except CatalogueError as missing:
        raise ContractNotInForce(missing.detail) from missing
    contract.family_of(product)
    return contract


def _ticket(customer: Customer, contract: Contract, request: Request, *, received_at: datetime, seen_at: datetime) -> Ticket:
    return Ticket(
        id=ticket_id(customer.id, customer.next_number),
        customer=customer.id,
        number=customer.next_number,
        contract=contract.id,
        contract_version=contract.version,
        contract_digest=contract.digest,
        product=request.product,
        subject=request.subject,
        language=request.language or language.detect(f"{request.subject}\n{request.description}"),
        contact=request.contact,
        received_at=received_at,
        seen_at=seen_at,
        channel=request.channel,
        customer_name=customer.name,
        tier=customer.tier or None,
        delivery=customer.delivery.get(request.product),
        portal_reference=request.reference,
        declared_severity=request.declared_severity,
        classification_wish=request.classification_wish,
        links=request.links,
        classification=request.classification,
        priority=request.priority,
        outage=request.outage,
    )
