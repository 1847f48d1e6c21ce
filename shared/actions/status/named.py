"""The addresses that a customer has named to be written to about their services: in the customer's own row (`Customer.notify`).

    addressee:<moment>:<salt>    in the customer's partition, written with the change: who has added, changed or removed one; by
                                 token, so that erasing a person leaves it whole

A letter that is owed to an address asks `is_named` just before it leaves: whoever is removed is written to no more.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from shared.actions import customers
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Replace, Row, Table
from shared.domain import addressees
from shared.domain.custody.access import contact_token
from shared.domain.errors import Conflict, NotFound, NotPermitted, UnknownCustomer
from shared.domain.evidence import stamp
from shared.domain.people import Correspondent, Customer, Principal, Role

TRIES = 5
"""Against whoever takes the customer's next number at the same moment."""

type Named = tuple[Correspondent, ...]


def every(desk: Desk, customer: str, principal: Principal) -> Named:
    """Those of a customer, for their administrators and the Customer Care Manager. NotFound, NotPermitted."""
    _require(principal, customer)
    return customers.find(desk, customer)[0].notify


def add(desk: Desk, customer: str, one: Correspondent, principal: Principal, now: datetime) -> tuple[Named, bool]:
    """Names an address, or changes its name or language: all that are named then, and whether it was new. The same again changes
    and records nothing."""
    _require(principal, customer)

    def changed(found: Customer) -> tuple[Named, str]:
        before = addressees.named(found, one.email)
        if before == one:
            return found.notify, ""
        return addressees.with_one(found, one), "added" if before is None else "changed"

    after, what = _change(desk, customer, contact_token(customer, one.email), changed, principal, now)
    return after, what == "added"


def remove(desk: Desk, customer: str, token: str, principal: Principal, now: datetime) -> Named:
    """Names an address no more: those that are left. One that is not named is no error."""
    _require(principal, customer)
    return forget(desk, customer, token, principal, now)


def forget(desk: Desk, customer: str, token: str, principal: Principal, now: datetime) -> Named:
    """The same for whoever erases, and has been asked already whether they may."""

    def changed(found: Customer) -> tuple[Named, str]:
        after = addressees.without(found, [token])
        return after, "removed" if after != found.notify else ""

    return _change(desk, customer, token, changed, principal, now)[0]


def is_named(desk: Desk, customer: str, email: str) -> bool:
    """Whether a customer still wants an address to be written to."""
    try:
        found, _ = customers.find(desk, customer)
    except UnknownCustomer:
        return False
    return addressees.named(found, email) is not None


def _require(principal: Principal, customer: str) -> None:
    if principal.customer is None:
        if not principal.is_manager:
            raise NotPermitted("Whom a customer has written to is for their administrators and the Customer Care Manager.")
    elif principal.customer != customer:
        raise NotFound(f"There is no customer {customer[:40]!r}.")
    elif Role.CUSTOMER_ADMINISTRATOR not in principal.roles:
        raise NotPermitted("Whom a customer has written to is for their administrators.")


def _change(
    desk: Desk,
    customer: str,
    token: str,
    changed: Callable[[Customer], tuple[Named, str]],
    principal: Principal,
    now: datetime,
) -> tuple[Named, str]:
    """All that are named then, and what was done, in a word; empty: nothing."""
    for _ in range(TRIES):
        found, etag = customers.find(desk, customer)
        after, what = changed(found)
        if not what:
            return after, what
        values = {"who": principal.actor, "at": stamp(now), "what": what, "token": token}
        record = Row(key=f"addressee:{stamp(now)}:{desk.salt()}", values=values)
        row = customers.customer_row(replace(found, notify=after), etag)
        try:
            desk.rows.commit(Table.DESK, customer, [Replace(row), Insert(record)])
        except Conflict:
            continue
        return after, what
    raise Conflict("The customer is being changed by others at this moment; try again.")
