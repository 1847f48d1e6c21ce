"""Whom a customer has named to be written to about their services: each address once, in whatever case it is written. Pure."""

from collections.abc import Iterable

from shared.domain.custody.access import contact_token
from shared.domain.errors import NotAllowedNow
from shared.domain.mailbox import is_same
from shared.domain.people import Correspondent, Customer

MOST = 50
"""A customer's addressees: what is told of an outage is a letter to each."""


def named(customer: Customer, email: str) -> Correspondent | None:
    """Who is named with this address."""
    return next((each for each in customer.notify if is_same(each.email, email)), None)


def with_one(customer: Customer, one: Correspondent) -> tuple[Correspondent, ...]:
    """With one more, or with another name or language for the address. NotAllowedNow: there are too many."""
    others = tuple(each for each in customer.notify if not is_same(each.email, one.email))
    if len(others) >= MOST:
        raise NotAllowedNow(f"A customer names at most {MOST} addresses; remove one first.")
    return (*others, one)


def without(customer: Customer, tokens: Iterable[str]) -> tuple[Correspondent, ...]:
    """Without those that the tokens tell (see `contact_token`)."""
    gone = frozenset(tokens)
    return tuple(each for each in customer.notify if contact_token(customer.id, each.email) not in gone)
