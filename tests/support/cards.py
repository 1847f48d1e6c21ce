"""What the tests of cards and packages share: a request that is to be estimated, and each step up to the customer's decision."""

from decimal import Decimal
from urllib.parse import urlsplit

from shared.actions.desk import Desk
from shared.actions.once import Once
from shared.actions.quotes import card_links, estimates, packages
from shared.actions.quotes.card_links import Link
from shared.actions.quotes.estimates import Verdict
from shared.actions.tickets import Change
from shared.domain.lifecycle.quoting import Draft
from shared.domain.lifecycle.working import Work
from shared.domain.people import Principal
from shared.domain.quotes.card import Card, CardKind
from shared.domain.quotes.cards import card_of
from shared.domain.ticket import Ticket
from tests.support.desks import OMAR, staff, taken_in

ESTIMATE = Draft(intervention="Nuovo report", days=Decimal(1), hours=Decimal(2), rate=Decimal(80), conditions="A corpo.")
OFFER = Draft(intervention="Pacchetto da 20 ore", hours=Decimal(20), rate=Decimal(75))
YES = Verdict(is_accepted=True, address="203.0.113.9", agent="Firefox")
NO = Verdict(is_accepted=False, address="203.0.113.9", agent="Firefox", reason="Troppo caro.")


def to_be_quoted(desk: Desk, source: str = "w1", classification: str = "evolution", **changes: object) -> Ticket:
    """A request that is in charge and is to be estimated."""
    ticket = taken_in(desk, source=source, **changes)
    staff(desk, ticket.id).acknowledge()
    return staff(desk, ticket.id).classify(classification)


def drafted(desk: Desk, id: str, draft: Draft = ESTIMATE, kind: CardKind = CardKind.INTERVENTION) -> Ticket:
    return estimates.draft(staff(desk, id), kind, draft)


def sent(desk: Desk, id: str, draft: Draft = ESTIMATE, kind: CardKind = CardKind.INTERVENTION) -> Ticket:
    """A card that is with the customer."""
    drafted(desk, id, draft, kind)
    return estimates.send(staff(desk, id), kind)


def offered(desk: Desk, id: str, draft: Draft = OFFER) -> Ticket:
    return sent(desk, id, draft, CardKind.PACKAGE)


def link_to(desk: Desk, ticket: Ticket, kind: CardKind = CardKind.INTERVENTION) -> Link:
    """The link to the latest version of a card."""
    card = the_card(ticket, kind)
    key = desk.card_url(ticket.id, kind.value, card.version, card.commitment).partition("?key=")[2]
    return Link(ticket=ticket.id, kind=kind, version=card.version, key=key)


def path_of(desk: Desk, ticket: Ticket, kind: CardKind = CardKind.INTERVENTION) -> str:
    """The link as a path with its query."""
    card = the_card(ticket, kind)
    parts = urlsplit(desk.card_url(ticket.id, kind.value, card.version, card.commitment))
    return f"{parts.path}?{parts.query}"


def the_card(ticket: Ticket, kind: CardKind = CardKind.INTERVENTION) -> Card:
    card = card_of(ticket, kind)
    assert card is not None
    return card


def accepted(desk: Desk, ticket: Ticket, kind: CardKind = CardKind.INTERVENTION, verdict: Verdict = YES) -> Ticket:
    """Decided by whoever holds the link."""
    return card_links.decide(desk, link_to(desk, ticket, kind), verdict, desk.clock())


def with_package(desk: Desk, id: str, draft: Draft = OFFER) -> Ticket:
    """The customer has accepted an offer form: they have a package."""
    return accepted(desk, offered(desk, id, draft), CardKind.PACKAGE)


def with_task(desk: Desk, id: str, draft: Draft = OFFER, assignee: str = "omar") -> Ticket:
    """The estimate is accepted, a package contracted, the request assigned, its task open."""
    accepted(desk, sent(desk, id))
    with_package(desk, id, draft)
    staff(desk, id).assign(assignee)
    return packages.open_task(staff(desk, id))


def logged(desk: Desk, id: str, hours: str, who: Principal = OMAR, text: str | None = None, once: Once | None = None) -> Ticket:
    """Hours worked today."""
    change = Change(desk, desk.clock(), actor=who, ticket=id, once=once)
    said = change.said(text) if text else None
    return packages.log_work(change, Work(hours=Decimal(hours), on=desk.clock().date(), text=said))
