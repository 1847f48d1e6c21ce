"""What a customer's support gives them for a request: of a ticket, and before anything is entered."""

from dataclasses import dataclass
from datetime import datetime

from shared.actions import cases, customers
from shared.actions.custody import access
from shared.actions.desk import Desk
from shared.domain.contract import Contract
from shared.domain.errors import CatalogueError, ContractNotInForce, NotFound, UnknownCustomer
from shared.domain.people import Customer, Principal
from shared.domain.quotes.entitlement import Asked, Entitlement, asked_by, entitlements_for
from shared.domain.tier import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was asked, by which contract it was judged, and what came of it, for each kind of request that was asked about."""

    asked: Asked
    contract: Contract
    entitlements: tuple[Entitlement, ...]


def of_ticket(desk: Desk, id: str, principal: Principal, now: datetime, *, activity: str | None = None) -> Answer:
    """For somebody who may see it; recorded. Of a ticket that is not classified, one for each kind it may turn out to be."""
    ticket = access.read(desk, id, principal, "entitlement", now)
    contract, asked = cases.contract_of(desk, ticket), asked_by(ticket, activity=activity)
    return Answer(asked=asked, contract=contract, entitlements=entitlements_for(contract, asked))


def of_customer(
    desk: Desk,
    id: str,
    principal: Principal,
    now: datetime,
    *,
    product: str,
    channel: Channel,
    at: datetime,
    classification: str | None = None,
    activity: str | None = None,
) -> Answer:
    """For a request that a customer might make at an instant: asked by who may see what belongs to them, and recorded.

    NotFound for a customer there is not, or whose people those who ask are not; ContractNotInForce before the first version
    of their contract.
    """
    customer = _customer(desk, id)
    access.read_customer(desk, customer.id, principal, "entitlement", now)
    try:
        contract = desk.catalogue().in_force(customer.contract, at)
    except CatalogueError as missing:
        raise ContractNotInForce(missing.detail) from missing
    asked = Asked(
        product=product,
        received_at=at,
        channel=channel,
        tier=customer.tier or None,
        classification=classification,
        activity=activity,
        delivery=customer.delivery.get(product),
        products=customer.products,
        valid_from=customer.valid_from,
        valid_until=customer.valid_until,
    )
    return Answer(asked=asked, contract=contract, entitlements=entitlements_for(contract, asked))


def _customer(desk: Desk, id: str) -> Customer:
    try:
        return customers.find(desk, id)[0]
    except UnknownCustomer as unknown:  # the same answer as to a stranger, who must not learn which customers there are
        raise NotFound(unknown.detail) from unknown
