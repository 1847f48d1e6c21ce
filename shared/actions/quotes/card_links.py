"""A card by the link in a letter: shown, and accepted or declined, without an account. The link's key is the permission.

A key opens one version of one card. It serves once, because what was decided cannot be decided again; and it ends, because the
card lapses, or because the next version replaces it. Whoever holds the key of such a card is told so; others learn nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.actions import cases
from shared.actions.custody import access
from shared.actions.custody.access_record import Reading, by_token, row_of
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Write
from shared.actions.quotes.estimates import DRAFTED, Verdict, decided_by
from shared.domain.custody.access import Basis
from shared.domain.errors import InvalidInput, NotFound
from shared.domain.lifecycle import quoting
from shared.domain.people import Principal, Role
from shared.domain.quotes.card import UNSENT, Card, CardKind
from shared.domain.quotes.cards import card_of, version_of
from shared.domain.ticket import Decision, Ticket, parse_ticket_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link names, with its key."""

    ticket: str
    kind: CardKind
    version: int
    key: str


def opened(desk: Desk, link: Link, now: datetime) -> tuple[Ticket, Card]:
    """The ticket, and the version that the link is for, if it is the latest or the one in force; otherwise the latest.

    NotFound for any other key.
    """
    _check_number(link)
    card = _card(desk, cases.load(desk, link.ticket).ticket, link)
    ticket = access.read_by_link(desk, link.ticket, f"{quoting.CALLED[link.kind]} {link.version}", now)
    return ticket, version_of(ticket, link.kind, link.version) or card_of(ticket, link.kind) or card


def decide(desk: Desk, link: Link, verdict: Verdict, now: datetime) -> Ticket:
    """Whoever holds the link accepts or declines the version it is for. NotAllowedNow where that cannot be decided now."""
    salts = desk.salt(), desk.salt()
    beside: list[Write] = []

    def decided(ticket: Ticket) -> Decision:
        _card(desk, ticket, link)
        by = {"name": ticket.contact.name, "email": ticket.contact.email, "by": "link"}
        occasion = cases.occasion(desk, ticket, holder(ticket), now)
        decision, beside[:] = decided_by(ticket, occasion, link.kind, link.version, verdict, by, salts)
        return decision

    def also(ticket: Ticket) -> list[Write]:
        who = by_token(ticket.customer, ticket.contact.email)
        reading = Reading(who=who, name="", what="change", at=now, tickets=(ticket.id,), basis=Basis.LINK)
        return [Insert(row_of(reading, ticket.number, desk.salt())), *beside]

    _check_number(link)
    return cases.change(desk, link.ticket, decided, now, also=also)


def holder(ticket: Ticket) -> Principal:
    """Whoever holds a link from a ticket's letters: as good as the contact they were written to."""
    roles = frozenset({Role.CUSTOMER})
    return Principal(id="link", name=ticket.contact.name, roles=roles, customer=ticket.customer, email=ticket.contact.email)


def _check_number(link: Link) -> None:
    try:
        parse_ticket_id(link.ticket)
    except InvalidInput as error:
        raise NotFound(error.detail) from None


def _card(desk: Desk, ticket: Ticket, link: Link) -> Card:
    """The card, if the link opens a version of it."""
    card = version_of(ticket, link.kind, link.version) or card_of(ticket, link.kind)
    if card is not None and not (card.version == link.version and card.state in UNSENT):
        hash = _commitment(desk, ticket, card, link.version)
        if hash and desk.opens_card(ticket.id, link.kind.value, link.version, hash, link.key):
            return card
    raise NotFound(f"{ticket.id} has no such card.")


def _commitment(desk: Desk, ticket: Ticket, card: Card, version: int) -> str:
    """Of the latest version and the one in force the head has it; of one that was replaced, the event that drew it up."""
    if version >= card.version:
        return card.commitment if version == card.version else ""
    drafts = (event for event in cases.events_of(desk, ticket) if event.kind == DRAFTED[card.kind])
    return next((str(event.data["commitment"]) for event in drafts if event.data["version"] == version), "")
