"""A customer's support package: hours bought in advance, debited as work is logged. A ledger: entries are added, never changed.

The package is the sum of its entries, kept beside them so that a debit reads one row. What is left never falls below zero; only a
package whose offer form allowed an overdraft may go as far below as it says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.errors import InvalidInput, NotAllowedNow, TooFewHours
from shared.domain.quotes.card import Card, plainly


class EntryKind(StrEnum):
    PURCHASE = "purchase"
    DEBIT = "debit"
    CORRECTION = "correction"
    """Hours that were debited by mistake, given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package as it stands. `ticket`, `card`: where it was contracted, and the hash of the offer form that was accepted."""

    number: int
    ticket: str
    card: str
    contracted_at: datetime
    rate: Decimal
    currency: str
    bought: Decimal = Decimal(0)
    debited: Decimal = Decimal(0)
    overdraft: Decimal = Decimal(0)
    entries: int = 0

    @property
    def remaining(self) -> Decimal:
        return self.bought - self.debited

    @property
    def available(self) -> Decimal:
        """What may still be debited: what remains, and the overdraft where there is one."""
        return self.remaining + self.overdraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger. `hours`: what it adds to the balance (a debit is negative); `on`: the date worked.

    `ticket` and `event` name the event that says the same in the ticket's chain.
    """

    package: int
    number: int
    kind: EntryKind
    hours: Decimal
    ticket: str
    event: int
    by: str
    at: datetime
    on: date
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What an entry is made of besides its hours: the event behind it, who, when, and the date it is for."""

    ticket: str
    event: int
    by: str
    at: datetime
    on: date


def contracted(number: int, offer: Card, posting: Posting) -> tuple[Package, Entry]:
    """The package that an accepted offer form brings about, with its first entry: the hours bought."""
    package = Package(
        number=number,
        ticket=posting.ticket,
        card=offer.commitment,
        contracted_at=posting.at,
        rate=offer.rate,
        currency=offer.currency,
        overdraft=offer.overdraft,
    )
    return _posted(replace(package, bought=offer.effort), EntryKind.PURCHASE, offer.effort, posting)


def debited(package: Package, hours: Decimal, posting: Posting) -> tuple[Package, Entry]:
    """The package with hours worked taken off. TooFewHours, with how many there are, when it has not as many."""
    if hours <= 0:
        raise InvalidInput("A debit is of more than no hours.")
    if hours > package.available:
        raise TooFewHours(
            f"Package {package.number} has {plainly(package.available)} hours left; {plainly(hours)} are asked of it. "
            "Send the customer the offer form of another package first (package-offer).",
            package=package.number,
            available=plainly(package.available),
            asked=plainly(hours),
        )
    return _posted(replace(package, debited=package.debited + hours), EntryKind.DEBIT, -hours, posting)


def corrected(package: Package, hours: Decimal, posting: Posting) -> tuple[Package, Entry]:
    """The package with hours given back that had been debited by mistake: a further entry, the wrong one stays."""
    if not 0 < hours <= package.debited:
        most = plainly(package.debited)
        raise NotAllowedNow(f"Of package {package.number} {most} hours are debited; no more can be given back.")
    return _posted(replace(package, debited=package.debited - hours), EntryKind.CORRECTION, hours, posting)


def chosen(packages: Iterable[Package], hours: Decimal) -> Package:
    """The oldest package that has the hours. TooFewHours when none has."""
    held = sorted(packages, key=lambda package: package.number)
    for package in held:
        if package.available > 0 and package.available >= hours:
            return package
    most = max((package.available for package in held), default=Decimal(0))
    has = f"the fullest of the customer's packages has {plainly(most)}" if held else "the customer has no support package"
    raise TooFewHours(
        f"The task needs {plainly(hours)} hours; {has}. Send the offer form of a support package first (package-offer).",
        available=plainly(most),
        asked=plainly(hours),
    )


def is_sound(package: Package, entries: Sequence[Entry]) -> bool:
    """Whether the ledger adds up: every entry in its place, every balance the sum so far, the last what remains."""
    balance = Decimal(0)
    for number, entry in enumerate(entries, start=1):
        balance += entry.hours
        if (entry.package, entry.number, entry.balance) != (package.number, number, balance):
            return False
    return (len(entries), balance) == (package.entries, package.remaining)


def _posted(package: Package, kind: EntryKind, hours: Decimal, posting: Posting) -> tuple[Package, Entry]:
    after = replace(package, entries=package.entries + 1)
    entry = Entry(
        package=package.number,
        number=after.entries,
        kind=kind,
        hours=hours,
        ticket=posting.ticket,
        event=posting.event,
        by=posting.by,
        at=posting.at,
        on=posting.on,
        balance=after.remaining,
    )
    return after, entry
