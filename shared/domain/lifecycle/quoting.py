"""Intervention cards and the offer forms of support packages: drawn up, sent, accepted or declined, version by version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.contract import Quotation
from shared.domain.correspondence import customer_of, letter
from shared.domain.errors import InvalidInput, NotAllowedNow
from shared.domain.evidence import stamp
from shared.domain.lifecycle.permission import refused, require, require_leave
from shared.domain.notice import NoticeKind
from shared.domain.quotes import validity
from shared.domain.quotes.card import UNSENT, Card, CardKind, CardState, plainly, written
from shared.domain.quotes.card_letters import card_facts, told
from shared.domain.quotes.cards import card_of, version_of, with_card
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
    """The next version of the intervention card; one that is with the customer is void from now, one that they have accepted
    stays in force. None: it says so already."""
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


def drop(ticket: Ticket, occasion: Occasion, kind: CardKind) -> Decision:
    """A version that was never sent is given up; its number is not used again."""
    require(ticket, occasion, f"drop_{NAMES[kind]}")
    card = card_of(ticket, kind)
    assert card is not None, "the table needs one that is not sent yet"
    after = with_card(ticket, replace(card, state=CardState.DROPPED))
    return concluded(after, occasion, Happened(kind=f"{NAMES[kind]}_dropped", data=_version(card)))


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
    name = f"{'accept' if is_accepted else 'decline'}_{NAMES[kind]}"
    require_leave(ticket, occasion, name)
    card = _decidable(ticket, occasion, kind, version)
    require(ticket, occasion, name)
    state = CardState.ACCEPTED if is_accepted else CardState.DECLINED
    decided = replace(card, state=state, decided_at=occasion.now)
    after, texts = _with_texts(_in_charge(ticket, decided), whence, reason)
    data = {**_named(decided), "whence": texts[0].commitment, "reason": texts[1].commitment if reason else None}
    if is_accepted and card.package is not None and after.task is not None:
        after = replace(after, task=replace(after.task, package=card.package))  # it goes on in the new package
    facts = {**card_facts(after, decided, occasion.contract), "text": reason.text if reason else ""}
    notices = told(NoticeKind.DECIDED, after, occasion, facts)
    return concluded(after, occasion, Happened(kind=f"{NAMES[kind]}_{state.value}", data=data), notices, texts)


def _drafted(ticket: Ticket, occasion: Occasion, kind: CardKind, draft: Draft, salt: str) -> Decision | None:
    waits = validity.waiting(ticket)
    require(ticket, occasion, NAMES[kind] if waits is None else f"revise_{NAMES[kind]}")
    if draft.days * occasion.contract.quotation.hours_per_day + draft.hours <= 0:
        raise InvalidInput(f"An {CALLED[kind]} is for more than no hours; give hours, or days.")
    before = card_of(ticket, kind)
    card = _card(ticket, occasion, kind, draft)
    if before is not None and before.state is CardState.DRAFT and _terms(before) == _terms(card):
        return None
    after = replace(ticket, contents=ticket.contents + 1)
    text = content(after, Said(text=written(card, ticket.id), salt=salt))
    card = replace(card, commitment=text.commitment)
    after = _in_charge(after, card)
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
    after = replace(with_card(ticket, sent), state=State.QUOTED)
    kinds = {CardKind.INTERVENTION: NoticeKind.ESTIMATE, CardKind.PACKAGE: NoticeKind.OFFER}
    notices = [letter(kinds[kind], customer_of(after), card_facts(after, sent, occasion.contract))]
    data = {**_named(sent), "valid_until": stamp(until)}
    return concluded(after, occasion, Happened(kind=f"{NAMES[kind]}_sent", data=data), notices)


def _decidable(ticket: Ticket, occasion: Occasion, kind: CardKind, version: int) -> Card:
    """The version, if it can be decided now. NotAllowedNow says why not; its fact `card` names the reason to programs."""
    latest, card = card_of(ticket, kind), version_of(ticket, kind, version)
    if card is None:
        is_known = latest is not None and version < latest.version
        raise _undecidable(ticket, occasion, kind, version, "has been replaced" if is_known else "", "superseded")
    if card.state in (CardState.ACCEPTED, CardState.DECLINED):
        at = stamp(card.decided_at) if card.decided_at else "before"
        raise _undecidable(ticket, occasion, kind, version, f"was {card.state} at {at}", card.state.value)
    if card.state in UNSENT:
        raise _undecidable(ticket, occasion, kind, version, "has not been sent", "unsent")
    if card.state is CardState.WITHDRAWN or (card.state is CardState.SENT and ticket.state is not State.QUOTED):
        raise _undecidable(ticket, occasion, kind, version, "has been withdrawn", "withdrawn")
    if card.state is CardState.EXPIRED or validity.has_lapsed(card, occasion.now):
        until = stamp(card.valid_until) if card.valid_until else "before"
        raise _undecidable(ticket, occasion, kind, version, f"expired at {until}", "expired")
    return card


def _undecidable(ticket: Ticket, occasion: Occasion, kind: CardKind, version: int, fate: str, why: str) -> NotAllowedNow:
    """`fate`: what became of the version; "" where there is none."""
    if not fate:
        return refused(ticket, occasion, f"{ticket.id} has no version {version} of an {CALLED[kind]}.", card="unknown")
    return refused(ticket, occasion, f"Version {version} of the {CALLED[kind]} {fate}.", card=why)


def _in_charge(ticket: Ticket, card: Card) -> Ticket:
    """With the card as it now is; nothing waits for the customer any more."""
    return replace(with_card(ticket, card), state=State.IN_CHARGE)


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
