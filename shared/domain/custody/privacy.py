"""What is held on a contact: whose word is needed to have it told or erased, and what a request for erasure must not say."""

import re
from enum import StrEnum

from shared.domain.errors import InvalidInput
from shared.domain.mailbox import is_same
from shared.domain.people import Principal, Role
from shared.domain.ticket import State, Ticket

DONE_WITH = (State.RESOLVED, State.CLOSED)
"""States in which nobody works for the contact any more, so that nothing is owed to them."""


class RequestedBy(StrEnum):
    """On whose request something is erased."""

    CONTACT = "contact"
    ADMINISTRATOR = "administrator"
    DESK = "desk"


def is_contact_of(ticket: Ticket, email: str) -> bool:
    """Whether a ticket was opened by the person with this address, in whatever case it is written. Never once it is erased."""
    return bool(email) and is_same(ticket.contact.email, email)


def may_be_told(principal: Principal, customer: str, email: str) -> bool:
    """Who may have what is held on a contact: the contact, their customer's administrator, the Customer Care Manager."""
    if principal.customer is None:
        return principal.is_manager
    if principal.customer != customer:
        return False
    return Role.CUSTOMER_ADMINISTRATOR in principal.roles or is_same(principal.email or "", email)


def require_nobody_named(reason: str, email: str, names: frozenset[str]) -> None:
    """The reason of an erasure outlives it. Raises InvalidInput when it has their address, their name or a part of it."""
    told = reason.casefold()
    parts = {part for name in names for part in re.findall(r"\w{3,}", name.casefold())}
    if email.casefold() in told or parts & set(re.findall(r"\w{3,}", told)):
        raise InvalidInput(
            "The reason is kept when the rest is erased; say it without the contact's name or address.", field="text"
        )
