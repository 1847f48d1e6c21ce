"""Intervention cards and the offer forms of support packages: drawn up, sent, accepted or declined, version by version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from shared.domain import validity
from shared.domain.card import Card, CardKind, CardState, plainly, written
from shared.domain.card_letters import card_facts, told
from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.contract import Quotation
from shared.domain.correspondence import customer_of, letter
from shared.domain.errors import InvalidInput, NotAllowedNow
from shared.domain.evidence import stamp
from shared.domain.lifecycle.permission import require
from shared.domain.notice import NoticeKind
from shared.domain.ticket import Content, Decision, Happened, State, Ticket

NAMES: Mapping[CardKind, str] = {CardKind.INTERVENTION: "estimate", CardKind.PACKAGE: "offer"}
"""What each kind is called in the table of transitions and in events."""

CALLED: Mapping[CardKind, str] = {CardKind.INTERVENTION: "estimate", CardKind.PACKAGE: "offer form"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What staff put on a card. `vat_percent` None: as the contract says.

    Of a package, `hours` are those offered, and `package` is the number that is kept for it.
    """

    intervention: str
    hours: Decimal
    rate: Decimal
    days: Decimal = Decimal(0)
    conditions: str = ""
    vat_percent: Decimal | None = None
    package: int | None = None
    overdraft: Decimal = Decimal(0)


def estimate(ticket: Ticket, occasion: Occasion, draft: Draft, salt: str) -> Decision | None:
    """The next version of the intervention card; one that is with the customer is void from now. None: it says so already."""
    return _drafted(ticket, occasion, CardKind.INTERVENTION, draft, salt)


def offer(ticket: Ticket, occasion: Occasion, draft: Draft, salt: str) -> Decision | None:
    """The next version of a package's offer form; one that is with the customer is void from now. None: it says so already."""
    return _drafted(ticket, occasion, CardKind.PACKAGE, draft, salt)


def send_estimate(ticket: Ticket, occasion: Occasion) -> Decision:
    """The intervention card goes to the customer, who has until it lapses."""
    return _sent(ticket, occasion, CardKind.INTERVENTION)


def send_offer(ticket: Ticket, occasion: Occasion) -> Decision:
    """The offer form goes to the customer, who has until it lapses."""
    return _sent(ticket, occasion, CardKind.PACKAGE)


def decide(
    ticket: Ticket,
    occasion: Occasion,
    kind: CardKind,
    version: int,
    *,
    is_accepted: bool,
    whence: Said,
    reason: Said | None = None,
) -> Decision:
    """The customer accepts or declines exactly the version they were sent.

    `whence`: who they are and from where, kept beside the chain; `reason`: why they decline, where they say.
    """
    card = _decidable(ticket, occasion, kind, version)
    require(ticket, occasion, f"{'accept' if is_accepted else 'decline'}_{NAMES[kind]}")
    state = CardState.ACCEPTED if is_accepted else CardState.DECLINED
    decided = replace(card, state=state, decided_at=occasion.now)
    after, texts = _with_texts(_holding(ticket, decided, State.IN_CHARGE), whence, reason)
    data = {**_named(decided), "whence": texts[0].commitment, "reason": texts[1].commitment if reason else None}
    if is_accepted and card.package is not None and after.task is not None:
        after = replace(after, task=replace(after.task, package=card.package))  # it goes on in the new package
    facts = {**card_facts(after, decided, occasion.contract), "text": reason.text if reason else ""}
    notices = told(NoticeKind.DECIDED, after, occasion, facts)
    return concluded(after, occasion, Happened(kind=f"{NAMES[kind]}_{state.value}", data=data), notices, texts)


def card_of(ticket: Ticket, kind: CardKind) -> Card | None:
    """The latest version of a kind of card."""
    return ticket.estimate if kind is CardKind.INTERVENTION else ticket.offer


def _drafted(ticket: Ticket, occasion: Occasion, kind: CardKind, draft: Draft, salt: str) -> Decision | None:
    require(ticket, occasion, NAMES[kind])
    waits = validity.waiting(ticket)
    if waits is not None and waits.kind is not kind:
        raise NotAllowedNow(f"The {CALLED[waits.kind]} of {ticket.id} is with the customer; only that one can be revised now.")
    if draft.days * occasion.contract.quotation.hours_per_day + draft.hours <= 0:
        raise InvalidInput(f"An {CALLED[kind]} is for more than no hours; give hours, or days.")
    before = card_of(ticket, kind)
    card = _card(ticket, occasion, kind, draft)
    if before is not None and before.state is CardState.DRAFT and _terms(before) == _terms(card):
        return None
    after = replace(ticket, contents=ticket.contents + 1)
    text = content(after, Said(text=written(card, ticket.id), salt=salt))
    card = replace(card, commitment=text.commitment)
    after = _holding(after, card, State.IN_CHARGE)
    data = {**_version(card), "voids": before.version if waits is not None and before is not None else None}
    event = "estimated" if kind is CardKind.INTERVENTION else "offer_drafted"
    return concluded(after, occasion, Happened(kind=event, data=data), contents=(text,))


def _card(ticket: Ticket, occasion: Occasion, kind: CardKind, draft: Draft) -> Card:
    terms, before = occasion.contract.quotation, card_of(ticket, kind)
    return Card(
        kind=kind,
        version=before.version + 1 if before else 1,
        intervention=draft.intervention,
        days=draft.days,
        hours=draft.hours,
        hours_per_day=terms.hours_per_day,
        rate=draft.rate,
        currency=terms.currency,
        vat_percent=terms.vat_percent if draft.vat_percent is None else draft.vat_percent,
        conditions=draft.conditions,
        package=draft.package,
        overdraft=draft.overdraft,
        validity_s=_seconds(terms),
        drafted_by=occasion.actor.actor,
        drafted_at=occasion.now,
    )


def _seconds(terms: Quotation) -> int:
    return terms.validity // timedelta(seconds=1)


def _terms(card: Card) -> Card:
    """The card without what tells two drafts of the same content apart."""
    return replace(card, version=0, commitment="", drafted_at=card.drafted_at.min, drafted_by="")


def _sent(ticket: Ticket, occasion: Occasion, kind: CardKind) -> Decision:
    require(ticket, occasion, f"send_{NAMES[kind]}")
    card = card_of(ticket, kind)
    assert card is not None, "the table needs one that is not sent yet"
    until = occasion.now + timedelta(seconds=card.validity_s)
    sent = replace(card, state=CardState.SENT, sent_at=occasion.now, valid_until=until, reminded=0)
    after = _holding(ticket, sent, State.QUOTED)
    kinds = {CardKind.INTERVENTION: NoticeKind.ESTIMATE, CardKind.PACKAGE: NoticeKind.OFFER}
    notices = [letter(kinds[kind], customer_of(after), card_facts(after, sent, occasion.contract))]
    data = {**_named(sent), "valid_until": stamp(until)}
    return concluded(after, occasion, Happened(kind=f"{NAMES[kind]}_sent", data=data), notices)


def _decidable(ticket: Ticket, occasion: Occasion, kind: CardKind, version: int) -> Card:
    """The version, if it can be decided now. NotAllowedNow says why not; its fact `card` names the reason to programs."""
    card, called = card_of(ticket, kind), CALLED[kind]
    if card is None or version > card.version:
        raise _undecidable(f"{ticket.id} has no version {version} of an {called}.", "unknown")
    if version < card.version:
        raise _undecidable(f"Version {version} of the {called} has been replaced by version {card.version}.", "superseded")
    if card.state in (CardState.ACCEPTED, CardState.DECLINED):
        at = stamp(card.decided_at) if card.decided_at else "before"
        raise _undecidable(f"Version {version} of the {called} was {card.state} at {at}.", card.state.value)
    if card.state is CardState.DRAFT:
        raise _undecidable(f"Version {version} of the {called} has not been sent.", "unsent")
    if card.state is CardState.WITHDRAWN or (card.state is CardState.SENT and ticket.state is not State.QUOTED):
        raise _undecidable(f"Version {version} of the {called} has been withdrawn.", "withdrawn")
    if card.state is CardState.EXPIRED or validity.has_lapsed(card, occasion.now):
        until = stamp(card.valid_until) if card.valid_until else "before"
        raise _undecidable(f"Version {version} of the {called} expired at {until}.", "expired")
    return card


def _undecidable(sentence: str, why: str) -> NotAllowedNow:
    return NotAllowedNow(sentence, card=why)


def _holding(ticket: Ticket, card: Card, state: State) -> Ticket:
    if card.kind is CardKind.INTERVENTION:
        return replace(ticket, estimate=card, state=state)
    return replace(ticket, offer=card, state=state)


def _with_texts(ticket: Ticket, *said: Said | None) -> tuple[Ticket, tuple[Content, ...]]:
    """The ticket with texts written beside its chain, each under the next number."""
    texts: list[Content] = []
    for each in filter(None, said):
        ticket = replace(ticket, contents=ticket.contents + 1)
        texts.append(content(ticket, each))
    return ticket, tuple(texts)


def _named(card: Card) -> dict[str, object]:
    """How an event names a card that the customer has been sent: which version, the hash of all it says, what it comes to."""
    return {**_version(card), "effort": plainly(card.effort), "gross": str(card.gross), "currency": card.currency}


def _version(card: Card) -> dict[str, object]:
    """How an event names a card that is not sent yet: nothing that the customer could read in it."""
    package = {"package": card.package} if card.package is not None else {}
    return {"version": card.version, "commitment": card.commitment, **package}
