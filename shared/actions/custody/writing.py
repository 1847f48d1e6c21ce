"""What is kept of somebody to write to them about services: their customer has named them, or they have subscribed to the news.

erasing:addressee:<token>    in the customer's partition: to be forgotten; the token tells whom without naming them
"""

from dataclasses import dataclass
from datetime import datetime

from shared.actions import customers
from shared.actions.desk import Desk
from shared.actions.ports import Row, Upsert, Write
from shared.actions.status import letters, named, subscribed
from shared.domain import addressees
from shared.domain.custody.access import contact_token
from shared.domain.mailbox import is_same
from shared.domain.people import SYSTEM, Correspondent
from shared.domain.status.letter import Letter
from shared.domain.status.subscriber import Subscriber

KIND = "addressee"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTo:
    """None: not."""

    named: Correspondent | None = None
    subscription: Subscriber | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return () if self.named is None else (self.named.name,)

    def __bool__(self) -> bool:
        return self.named is not None or self.subscription is not None


def found(desk: Desk, customer: str, email: str) -> WrittenTo:
    """What there is of an address, in whatever case. UnknownCustomer."""
    named_there = addressees.named(customers.find(desk, customer)[0], email)
    subscription = next((each for each in subscribed.every(desk) if is_same(each.email, email)), None)
    return WrittenTo(named=named_there, subscription=subscription)


def mark(customer: str, email: str) -> Write:
    """The row that has them forgotten."""
    token = contact_token(customer, email)
    return Upsert(Row(key=f"erasing:{KIND}:{token}", values={"token": token}))


def forget(desk: Desk, customer: str, token: str, now: datetime) -> None:
    """Removes the address wherever it is, and what is owed to it: first where letters would come from. StorageUnavailable while
    one is leaving; then it is to be asked for again."""
    named.forget(desk, customer, token, SYSTEM, now)
    for each in [each for each in subscribed.every(desk) if contact_token(customer, each.email) == token]:
        subscribed.remove(desk, each.key)

    def is_theirs(letter: Letter) -> bool:
        return (letter.is_subscribed or letter.named_by == customer) and contact_token(customer, letter.to) == token

    letters.withdraw(desk, is_theirs, now)
