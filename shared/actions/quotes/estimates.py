"""Intervention cards and offer forms: staff draw them up and send them, the customer decides, and all versions are kept.

By the link of a letter, see `card_links`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.actions import cases, customers
from shared.actions.desk import Desk
from shared.actions.ports import Replace, Write
from shared.actions.quotes import packages
from shared.actions.tickets import Change
from shared.domain.conclusion import Occasion, Said
from shared.domain.evidence import Event, canonical, stamp
from shared.domain.lifecycle import quoting, working
from shared.domain.lifecycle.quoting import Draft
from shared.domain.quotes.card import CardKind, CardState
from shared.domain.ticket import Decision, Ticket

DRAFTED: Mapping[CardKind, str] = {CardKind.INTERVENTION: "estimated", CardKind.PACKAGE: "offer_drafted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a customer has decided. `address`, `agent`: from where, as the platform tells it; `reason`: why they decline."""

    is_accepted: bool
    address: str
    agent: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a card: the event that drew it up, the text it is the hash of ("" once erased), and what came of it."""

    drafted: Event
    text: str
    later: tuple[Event, ...]


def draft(change: Change, kind: CardKind, draft: Draft) -> Ticket:
    """The next version of a card. On an offer form goes the number that is kept for its package."""
    salt = change.desk.salt()

    def decide(ticket: Ticket, occasion: Occasion) -> Decision | None:
        if kind is CardKind.INTERVENTION:
            return quoting.estimate(ticket, occasion, draft, salt)
        number, writes = _package_number(change.desk, ticket)
        decision = quoting.offer(ticket, occasion, replace(draft, package=number), salt)
        change.beside = writes
        return decision

    return change.by(decide)


def drop(change: Change, kind: CardKind) -> Ticket:
    """A version that was never sent is given up."""
    return change.by(quoting.drop, kind)


def send(change: Change, kind: CardKind) -> Ticket:
    """The card goes to the customer."""
    return change.by(quoting.send_estimate if kind is CardKind.INTERVENTION else quoting.send_offer)


def decide(change: Change, kind: CardKind, version: int, verdict: Verdict) -> Ticket:
    """One of the customer's people, who is signed in, accepts or declines a version."""
    salts = change.desk.salt(), change.desk.salt()
    by = {"name": change.actor.name, "email": change.actor.email or "", "by": "sign-in"}

    def decided(ticket: Ticket, occasion: Occasion) -> Decision:
        decision, change.beside = decided_by(ticket, occasion, kind, version, verdict, by, salts)
        return decision

    return change.by(decided)


def decided_by(
    ticket: Ticket,
    occasion: Occasion,
    kind: CardKind,
    version: int,
    verdict: Verdict,
    by: Mapping[str, str],
    salts: tuple[str, str],
) -> tuple[Decision, list[Write]]:
    """The decision and, where an offer form is accepted, the package that is written with it. `by`: who, for the evidence."""
    whence = canonical({**by, "at": stamp(occasion.now), "address": verdict.address, "agent": verdict.agent}).decode()
    decision = quoting.decide(
        ticket,
        occasion,
        kind,
        version,
        is_accepted=verdict.is_accepted,
        whence=Said(text=whence, salt=salts[0]),
        reason=Said(text=verdict.reason, salt=salts[1]) if verdict.reason else None,
    )
    offer = decision.ticket.offer
    if kind is not CardKind.PACKAGE or offer is None or not verdict.is_accepted:
        return decision, []
    return decision, packages.inserts(*working.contracted(decision, offer, occasion))


def versions(desk: Desk, ticket: Ticket, kind: CardKind) -> list[Version]:
    """Every version of a card, the oldest first."""
    events = cases.events_of(desk, ticket)
    texts = {text.commitment: text.text for text in cases.contents_of(desk, ticket)}
    return [
        Version(drafted=event, text=texts.get(str(event.data["commitment"]), ""), later=_later(events, event, kind))
        for event in events
        if event.kind == DRAFTED[kind]
    ]


def _later(events: Sequence[Event], drafted: Event, kind: CardKind) -> tuple[Event, ...]:
    """What came of a version: sent, reminded, accepted, declined, expired."""
    prefix, version = f"{quoting.NAMES[kind]}_", drafted.data["version"]
    found = (e for e in events if e.kind.startswith(prefix) and e.kind != drafted.kind)
    return tuple(event for event in found if event.data["version"] == version)


def _package_number(desk: Desk, ticket: Ticket) -> tuple[int, Sequence[Write]]:
    """The number kept for an offer form's package: what the form has while it is not accepted, otherwise the customer's next."""
    if ticket.offer is not None and ticket.offer.state is not CardState.ACCEPTED and ticket.offer.package is not None:
        return ticket.offer.package, ()
    customer, etag = customers.find(desk, ticket.customer)
    after = replace(customer, next_package=customer.next_package + 1)
    return customer.next_package, (Replace(customers.customer_row(after, etag)),)
