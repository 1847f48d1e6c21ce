"""How long a card waits for the customer: when they are reminded, and when it lapses."""

from datetime import datetime, timedelta

from shared.domain.contract import Quotation
from shared.domain.quotes.card import Card, CardState
from shared.domain.ticket import State, Ticket


def waiting(ticket: Ticket) -> Card | None:
    """The card that is with the customer: of the two kinds, at the most one is."""
    if ticket.state is not State.QUOTED:
        return None
    return next((card for card in (ticket.estimate, ticket.offer) if card is not None and card.state is CardState.SENT), None)


def next_at(card: Card, quotation: Quotation) -> datetime | None:
    """The next moment at which something about a card that waits falls due: a reminder, or its end."""
    if card.sent_at is None or card.valid_until is None:
        return None
    return next(iter(_reminders(card, quotation)[card.reminded :]), card.valid_until)


def reminders_by(card: Card, quotation: Quotation, now: datetime) -> int:
    """How many of a card's reminders should have gone out by now."""
    return sum(at <= now for at in _reminders(card, quotation))


def has_lapsed(card: Card, now: datetime) -> bool:
    """Whether the time to decide is over; its last instant is the one before `valid_until`."""
    return card.valid_until is not None and now >= card.valid_until


def _reminders(card: Card, quotation: Quotation) -> list[datetime]:
    """To the second: fractions of the validity that the version was drawn up with."""
    assert card.sent_at is not None
    return [card.sent_at + timedelta(seconds=int(card.validity_s * share)) for share in quotation.reminders]
