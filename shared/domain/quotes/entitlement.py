"""What a customer's support gives them for a request, before anybody works on it: covered, charged, quoted, or not at all.

Checked in this order, and the first that fails decides: the customer's contract runs at receipt; they hold the product; it is
supported in the mode of delivery they have; the tier's rights. Of several rights that match, the narrowest wins: one that
names the activity asked for before any other; then the one limited in more ways (kinds of request, channels, modes of
delivery); of equally narrow ones the later, so that a tier's own prevail over those it includes. Where no right matches, the
tier's `otherwise` holds.

Source: the published support types; the rules themselves are the contract's data (docs/catalogue.md, "Tiers").
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.domain.contract import Contract, Course, Product
from shared.domain.errors import InvalidInput, UnknownProduct
from shared.domain.quotes import entitlement_words as words
from shared.domain.text import Text
from shared.domain.ticket import Ticket
from shared.domain.tier import Channel, Right, Terms, Tier


class Ground(StrEnum):
    """What an entitlement rests on."""

    RIGHT = "right"
    OTHERWISE = "otherwise"
    """The tier names no such request."""
    PHONE_CLOSED = "phone_closed"
    """A right by telephone alone, asked for when nobody answered: it does not apply, and the rest of the tier decides."""
    NO_TIER = "no_tier"
    NOT_IN_FORCE = "not_in_force"
    PRODUCT_NOT_HELD = "product_not_held"
    OTHER_DELIVERY = "other_delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, as far as it matters here. None is "not known", and then not judged by.

    `products`: those the customer holds. `delivery`: the mode in which they have this one; while it is not known, rights
    limited to a mode do not apply. `valid_from`, `valid_until`: of the customer's contract, the end exclusive. `activity`:
    one of the contract's.
    """

    product: str
    received_at: datetime
    channel: Channel = Channel.WEB
    tier: str | None = None
    classification: str | None = None
    activity: str | None = None
    delivery: str | None = None
    products: tuple[str, ...] | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A published sentence, by its id in the contract."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Who pays for a request, and why.

    `right`: the id of the tier's right that decides. `clause`: what it rests on, None where nothing published says it.
    `sentence`: why, for the customer, in Italian and English. `needs_estimate`: nobody works before the customer has accepted
    an estimate, for such requests are estimated, and this one is neither covered nor charged as it is. `phone_opens_at`: when
    the telephone answers next, where that matters.
    """

    classification: str | None
    terms: Terms
    ground: Ground
    sentence: Text
    right: str | None = None
    clause: Clause | None = None
    needs_estimate: bool = False
    phone_opens_at: datetime | None = None


def entitlement_for(contract: Contract, request: Asked) -> Entitlement:
    """Of a request that is classified, unless the contract has no classifications. UnknownProduct, InvalidInput for ids it lacks.

    Platinum, a training request by telephone on Friday 7 August 2026: covered at 17:50. At 18:50 nobody answers until Monday
    10 August, 9:00, and it is quoted as if it had come by e-mail.
    """
    if request.classification is None and contract.classifications:
        raise InvalidInput("The request is not classified yet, and what it is entitled to depends on that.")
    course = Course.REPAIR if request.classification is None else contract.classification(request.classification).course
    product = _product(contract, request)
    _check_activity(contract, request)
    found = _refused(contract, request, product) or _given(contract, request, course)
    unpaid = found.terms in (Terms.QUOTED, Terms.NOT_COVERED)
    return replace(found, needs_estimate=course is Course.QUOTE and unpaid)


def entitlements_for(contract: Contract, request: Asked) -> tuple[Entitlement, ...]:
    """For a request that is not classified yet, one for each kind it may turn out to be; otherwise the one."""
    if request.classification is not None or not contract.classifications:
        return (entitlement_for(contract, request),)
    return tuple(entitlement_for(contract, replace(request, classification=id)) for id in contract.classifications)


def entitlement_of(contract: Contract, ticket: Ticket, *, activity: str | None = None) -> Entitlement:
    """A classified ticket's. Its customer's contract and products were checked at intake."""
    return entitlement_for(contract, asked_by(ticket, activity=activity))


def asked_by(ticket: Ticket, *, activity: str | None = None) -> Asked:
    """A ticket as a request: with the tier and the mode of delivery frozen at receipt. `activity`: another than its own."""
    return Asked(
        product=ticket.product,
        received_at=ticket.received_at,
        channel=ticket.channel,
        tier=ticket.tier,
        classification=ticket.classification,
        activity=activity or ticket.activity,
        delivery=ticket.delivery,
    )


def _product(contract: Contract, request: Asked) -> Product:
    try:
        return contract.products[request.product]
    except KeyError:
        known = ", ".join(sorted(contract.products)) or "none"
        raise UnknownProduct(f"The contract does not know the product {request.product[:60]!r}; it knows: {known}.") from None


def _check_activity(contract: Contract, request: Asked) -> None:
    if request.activity is not None and request.activity not in contract.activities:
        known = ", ".join(contract.activities) or "none"
        raise InvalidInput(f"The contract names no activity {request.activity[:60]!r}; allowed: {known}.", field="activity")


def _refused(contract: Contract, request: Asked, product: Product) -> Entitlement | None:
    """What the customer does not have at all, whatever their tier."""
    at, since, until = request.received_at, request.valid_from, request.valid_until
    if since is not None and at < since:
        return _not_covered(request, Ground.NOT_IN_FORCE, words.not_begun(contract, since))
    if until is not None and at >= until:
        return _not_covered(request, Ground.NOT_IN_FORCE, words.ended(contract, until))
    if request.products is not None and product.id not in request.products:
        return _not_covered(request, Ground.PRODUCT_NOT_HELD, words.not_held(product))
    if product.delivery and request.delivery is not None and request.delivery not in product.delivery:
        sentence = words.other_delivery(contract, product, request.delivery)
        return replace(_not_covered(request, Ground.OTHER_DELIVERY, sentence), clause=_clause(contract, product.clause))
    return None


def _not_covered(request: Asked, ground: Ground, sentence: Text) -> Entitlement:
    return Entitlement(classification=request.classification, terms=Terms.NOT_COVERED, ground=ground, sentence=sentence)


def _given(contract: Contract, request: Asked, course: Course) -> Entitlement:
    """What the tier says. A tier that this contract does not know says nothing."""
    tier = contract.tiers.get(request.tier or "")
    if tier is None:
        return _without_tier(request, course)
    matching = [right for right in tier.rights if _matches(right, request)]
    best = _narrowest(matching)
    opens_at = _phone_opens_at(contract, request.received_at) if best is not None and best.is_by_phone_alone else None
    if best is None or opens_at is None:
        return _said_by(contract, tier, best, request)
    rest = _said_by(contract, tier, _narrowest(right for right in matching if not right.is_by_phone_alone), request)
    # A malfunction is never estimated: where only the telephone's right covered it, it is not covered at that hour.
    terms = Terms.NOT_COVERED if rest.terms is Terms.QUOTED and course is not Course.QUOTE else rest.terms
    return replace(
        rest,
        terms=terms,
        ground=Ground.PHONE_CLOSED,
        clause=_clause(contract, contract.support.phone_clause) or rest.clause,
        sentence=words.phone_closed(contract, best, terms, opens_at),
        phone_opens_at=opens_at,
    )


def _without_tier(request: Asked, course: Course) -> Entitlement:
    """Older tickets have no tier, and contracts need have none: repairs are what they are for then, and work beyond is quoted."""
    terms = {Course.QUOTE: Terms.QUOTED, Course.CLOSURE: Terms.NOT_COVERED}.get(course, Terms.COVERED)
    return Entitlement(
        classification=request.classification, terms=terms, ground=Ground.NO_TIER, sentence=words.without_tier(terms)
    )


def _matches(right: Right, request: Asked) -> bool:
    return (
        right.activity in (None, request.activity)
        and (not right.classifications or request.classification in right.classifications)
        and (not right.channels or request.channel in right.channels)
        and (not right.delivery or request.delivery in right.delivery)
    )


def _narrowest(rights: Iterable[Right]) -> Right | None:
    """Of equally narrow ones, the later."""
    return max(reversed(tuple(rights)), key=lambda right: right.limits, default=None)


def _said_by(contract: Contract, tier: Tier, right: Right | None, request: Asked) -> Entitlement:
    return Entitlement(
        classification=request.classification,
        terms=tier.otherwise if right is None else right.terms,
        ground=Ground.OTHERWISE if right is None else Ground.RIGHT,
        right=None if right is None else right.id,
        clause=_clause(contract, tier.clause if right is None else right.clause),
        sentence=words.otherwise(tier) if right is None else words.of_right(tier, right),
    )


def _phone_opens_at(contract: Contract, at: datetime) -> datetime | None:
    """When the telephone answers next; None when it answers at that instant, or its hours are not published."""
    name = contract.support.phone_calendar
    if name is None:
        return None
    opens_at = contract.calendars[name].known_at(at).calendar.next_open(at)
    return opens_at if opens_at > at else None


def _clause(contract: Contract, id: str | None) -> Clause | None:
    return None if id is None else Clause(id=id, text=contract.clauses[id])
