"""Who may see a ticket, and why: the one judgement behind every read, of a whole ticket and of a line in a list.

    customer contact            their own requests
    customer administrator      every request of their customer
    operator                    what is assigned to them: while it is open, and for a grace time after it was resolved
    operator with a grant       that ticket, until the grant ends or is revoked
    Customer Care Manager       everything
    service manager             everything but vulnerabilities

A vulnerability is restricted: to the Customer Care Manager, its assignee, whoever holds a grant, and those of the customer who
reported it: the contact and their administrators.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.domain.contract import Contract, Course
from shared.domain.mailbox import folded
from shared.domain.people import Contact, Principal, Role
from shared.domain.ticket import Grant, State


class Basis(StrEnum):
    """On what ground somebody sees a customer's data."""

    OWN = "own"
    ADMINISTRATOR = "administrator"
    ROLE = "role"
    ASSIGNMENT = "assignment"
    GRANT = "grant"
    LINK = "link"
    """By the link in a letter: whoever holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Leave to see, and the ground for it. `detail`: which grant, or which role; empty where the ground says it all."""

    basis: Basis
    detail: str = ""


class Visible(Protocol):
    """What access is judged by: a `Ticket`, or the `Summary` of one. `contact`: in a summary their `contact_token`."""

    @property
    def customer(self) -> str: ...
    @property
    def contact(self) -> Contact | str: ...
    @property
    def state(self) -> State: ...
    @property
    def assignee(self) -> str | None: ...
    @property
    def resolved_at(self) -> datetime | None: ...
    @property
    def grants(self) -> Sequence[Grant]: ...


class Classified(Protocol):
    """What makes a ticket restricted: a `Ticket`, or the `Summary` of one."""

    @property
    def classification(self) -> str | None: ...


def access_to(ticket: Visible, principal: Principal, *, grace: timedelta, is_restricted: bool, now: datetime) -> Access | None:
    """The ground on which somebody may see a ticket, the most particular first; None: they may not.

    `grace`: how long after a request was resolved its assignee may still read it. `is_restricted`: see the function of that name.
    """
    if principal.customer is not None:
        return _of_the_customer(ticket, principal)
    if not principal.is_staff:
        return None
    if _has_it(ticket, principal, grace, now):
        return Access(basis=Basis.ASSIGNMENT)
    if (grant := _granted(ticket, principal, now)) is not None:
        return Access(basis=Basis.GRANT, detail=f"grant {grant.number}")
    if Role.CUSTOMER_CARE_MANAGER in principal.roles:
        return Access(basis=Basis.ROLE, detail=Role.CUSTOMER_CARE_MANAGER.value)
    if Role.SERVICE_MANAGER in principal.roles and not is_restricted:
        return Access(basis=Basis.ROLE, detail=Role.SERVICE_MANAGER.value)
    return None


def access_to_customer(customer: str, principal: Principal) -> Access | None:
    """The ground on which somebody may see what belongs to a customer and to no single ticket; None: they may not."""
    if principal.customer is not None:
        is_theirs = principal.customer == customer and Role.CUSTOMER_ADMINISTRATOR in principal.roles
        return Access(basis=Basis.ADMINISTRATOR) if is_theirs else None
    for role in (Role.CUSTOMER_CARE_MANAGER, Role.SERVICE_MANAGER):
        if role in principal.roles:
            return Access(basis=Basis.ROLE, detail=role.value)
    return None


def is_restricted(ticket: Classified, contract: Contract) -> bool:
    """Whether a ticket is out of everybody else's sight: a vulnerability."""
    return ticket.classification is not None and contract.classification(ticket.classification).course is Course.VULNERABILITY


def contact_token(customer: str, email: str) -> str:
    """Tells a customer's people apart without naming them: 16 hex of a hash of customer and address, in whatever case it is."""
    return hashlib.sha256(f"{customer}|{folded(email)}".encode()).hexdigest()[:16]


def _of_the_customer(ticket: Visible, principal: Principal) -> Access | None:
    if principal.customer != ticket.customer:
        return None
    if principal.email and contact_token(ticket.customer, principal.email) == _token(ticket):
        return Access(basis=Basis.OWN)
    if Role.CUSTOMER_ADMINISTRATOR in principal.roles:
        return Access(basis=Basis.ADMINISTRATOR)
    return None


def _token(ticket: Visible) -> str:
    return ticket.contact if isinstance(ticket.contact, str) else contact_token(ticket.customer, ticket.contact.email)


def _has_it(ticket: Visible, principal: Principal, grace: timedelta, now: datetime) -> bool:
    """Whether a ticket is assigned to them: while it is open, and until the grace after its resolution is over."""
    if ticket.assignee != principal.id:
        return False
    if ticket.state not in (State.RESOLVED, State.CLOSED):
        return True
    return ticket.resolved_at is not None and now < ticket.resolved_at + grace


def _granted(ticket: Visible, principal: Principal, now: datetime) -> Grant | None:
    return next((g for g in ticket.grants if g.operator == principal.id and g.revoked_at is None and now < g.until), None)
