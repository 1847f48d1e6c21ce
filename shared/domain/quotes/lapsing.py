"""What happens by itself to a card that waits for the customer: they are reminded, and in the end it lapses."""

from dataclasses import replace

from shared.domain.conclusion import Occasion, concluded, verdicts
from shared.domain.contract import Promise
from shared.domain.correspondence import customer_of, letter
from shared.domain.evidence import stamp
from shared.domain.lifecycle import judging
from shared.domain.lifecycle.needs import ends_with
from shared.domain.lifecycle.quoting import NAMES
from shared.domain.lifecycle.triage import reclassified
from shared.domain.notice import NoticeKind
from shared.domain.quotes import validity
from shared.domain.quotes.card import Card, CardState
from shared.domain.quotes.card_letters import card_facts, told
from shared.domain.quotes.cards import with_card
from shared.domain.target import due
from shared.domain.ticket import Decision, Happened, State, Ticket


def overdue(ticket: Ticket, occasion: Occasion) -> Decision | None:
    """The reminder or the end that has fallen due, if one has. Reminders that were missed are one."""
    card = validity.waiting(ticket)
    if card is None:
        return None
    if validity.has_lapsed(card, occasion.now):
        return _lapsed(ticket, occasion, card)
    by_now = validity.reminders_by(card, occasion.contract.quotation, occasion.now)
    return _reminded(ticket, occasion, card, by_now) if by_now > card.reminded else None


def _reminded(ticket: Ticket, occasion: Occasion, card: Card, number: int) -> Decision:
    after = with_card(ticket, replace(card, reminded=number))
    facts = card_facts(after, card, occasion.contract)
    notices = [] if ticket.erased_at else [letter(NoticeKind.REMINDER, customer_of(after), facts)]
    name = NAMES[card.kind]
    data = {"version": card.version, "commitment": card.commitment, "reminder": number}
    decision = concluded(after, occasion, Happened(kind=f"{name}_reminded", data=data), notices)
    return replace(decision, milestones=(f"{name}.{card.version}.reminder.{number}",))


def _lapsed(ticket: Ticket, occasion: Occasion, card: Card) -> Decision:
    """Nobody decided in time. Where nothing else is agreed, the request is closed as not accepted, with the window in which it
    can be reopened as after any closing; otherwise only the card ends."""
    expired = replace(card, state=CardState.EXPIRED)
    after = with_card(ticket, expired)
    if ends_with(ticket, card, occasion.contract):
        after = _closed(after, replace(occasion, now=card.valid_until or occasion.now))
    else:
        after = replace(after, state=State.IN_CHARGE)
    facts = {
        **card_facts(after, expired, occasion.contract),
        "reopen_until": stamp(after.reopen_until) if after.reopen_until else None,
    }
    name = NAMES[card.kind]
    data = {
        "version": card.version,
        "commitment": card.commitment,
        "from": ticket.classification,
        "to": after.classification,
        "verdicts": verdicts(after, occasion.now),
    }
    happened = Happened(kind=f"{name}_expired", data=data, at=card.valid_until)
    decision = concluded(after, occasion, happened, told(NoticeKind.EXPIRED, after, occasion, facts))
    return replace(decision, milestones=(f"{name}.{card.version}.expiry",))


def _closed(ticket: Ticket, occasion: Occasion) -> Ticket:
    """As of the instant at which the card lapsed, however late that is noticed."""
    contract, closed_as = occasion.contract, occasion.contract.quotation.declined_as
    if closed_as is not None and closed_as != ticket.classification:
        ticket = judging.rejudged(reclassified(ticket, occasion, closed_as), occasion)
    ticket = judging.done(judging.unpaused(ticket, occasion.now), occasion, Promise.RESOLUTION)
    calendar = contract.calendars[contract.reopening.calendar].known_at(occasion.now).calendar
    window = due(calendar, occasion.now, contract.reopening.target)
    return replace(ticket, state=State.RESOLVED, resolved_at=occasion.now, reopen_until=window)
