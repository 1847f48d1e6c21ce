"""What letters and pages say of a card, and who is told when its fate is decided."""

from collections.abc import Mapping

from shared.domain.conclusion import Occasion
from shared.domain.contract import Contract
from shared.domain.correspondence import about, customer_of, letter, member
from shared.domain.evidence import stamp
from shared.domain.lifecycle.needs import ends_with
from shared.domain.notice import Notice, NoticeKind
from shared.domain.people import Role
from shared.domain.quotes.card import Card, CardKind, terms
from shared.domain.quotes.cards import in_force
from shared.domain.ticket import Ticket


def card_facts(ticket: Ticket, card: Card, contract: Contract) -> dict[str, object]:
    """All that a letter or a page about a card needs. `closes`: the request would end with it, if it lapsed.

    `agreed`: the customer has accepted something that holds, whatever becomes of this card.
    """
    return {
        **about(ticket, contract),
        "closes": ends_with(ticket, card, contract),
        "agreed": any(in_force(ticket, kind) is not None for kind in CardKind),
        "card": {
            **terms(card),
            "commitment": card.commitment,
            "state": card.state.value,
            "valid_until": stamp(card.valid_until) if card.valid_until else None,
            "decided_at": stamp(card.decided_at) if card.decided_at else None,
        },
    }


def told(kind: NoticeKind, ticket: Ticket, occasion: Occasion, facts: Mapping[str, object]) -> list[Notice]:
    """The same to the customer, whom it binds or who has missed it, and to every Customer Care Manager."""
    managers = [member(manager) for manager in occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER)]
    customer = [] if ticket.erased_at else [customer_of(ticket)]
    return [letter(kind, each, facts) for each in (*customer, *managers)]
