"""The cards of a ticket: the latest version of each kind, and the one in force. What was accepted holds until the next is."""

from dataclasses import replace

from shared.domain.quotes.card import Card, CardKind, CardState
from shared.domain.ticket import Ticket


def card_of(ticket: Ticket, kind: CardKind) -> Card | None:
    """The latest version of a kind of card."""
    return ticket.estimate if kind is CardKind.INTERVENTION else ticket.offer


def in_force(ticket: Ticket, kind: CardKind) -> Card | None:
    """The version that the customer has accepted last, whatever has been drawn up, sent or declined since."""
    latest = card_of(ticket, kind)
    if latest is not None and latest.state is CardState.ACCEPTED:
        return latest
    return next((card for card in ticket.in_force if card.kind is kind), None)


def version_of(ticket: Ticket, kind: CardKind, version: int) -> Card | None:
    """That version, if it is the latest or the one in force."""
    return next((card for card in (card_of(ticket, kind), in_force(ticket, kind)) if card and card.version == version), None)


def with_card(ticket: Ticket, card: Card) -> Ticket:
    """With another version of a card, or the same as it now stands. What was in force stays so unless the card is accepted."""
    before = None if card.state is CardState.ACCEPTED else in_force(ticket, card.kind)
    others = tuple(each for each in ticket.in_force if each.kind is not card.kind)
    kept = others if before is None else (*others, before)
    if card.kind is CardKind.INTERVENTION:
        return replace(ticket, estimate=card, in_force=kept)
    return replace(ticket, offer=card, in_force=kept)
