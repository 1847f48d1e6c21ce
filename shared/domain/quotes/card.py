"""What a customer is asked to agree to: an intervention card with its cost, or the offer form of a support package.

A card has versions. What was sent is never changed: a change is the next version, and the one before is superseded. Money is
Decimal, in the contract's currency, cut to cents once, where VAT is added.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from shared.domain.evidence import canonical

CENT = Decimal("0.01")


class CardKind(StrEnum):
    INTERVENTION = "intervention"
    PACKAGE = "package"


class CardState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Taken back after it was sent: the request was classified anew."""
    DROPPED = "dropped"
    """Given up before it was ever sent."""


UNSENT = frozenset({CardState.DRAFT, CardState.DROPPED})
"""What the customer has never seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One version of a card. `rate` is the price of an hour, before VAT; a day has `hours_per_day` hours.

    `validity_s`: for how many seconds it can be accepted once it is sent. `package`, `overdraft`: on an offer form, the number
    that the package will have, and how many hours may be debited beyond those bought; none unless it says so.
    `commitment`: the salted hash of exactly this version, which events name and whoever accepts it accepts.
    `valid_until`: set when it is sent; exclusive. `reminded`: how many of its reminders are past.
    """

    kind: CardKind
    version: int
    intervention: str
    days: Decimal
    hours: Decimal
    hours_per_day: Decimal
    rate: Decimal
    currency: str
    vat_percent: Decimal
    conditions: str
    validity_s: int
    drafted_by: str
    drafted_at: datetime
    package: int | None = None
    overdraft: Decimal = Decimal(0)
    commitment: str = ""
    state: CardState = CardState.DRAFT
    sent_at: datetime | None = None
    valid_until: datetime | None = None
    decided_at: datetime | None = None
    reminded: int = 0

    @property
    def effort(self) -> Decimal:
        """All of it in hours."""
        return self.days * self.hours_per_day + self.hours

    @property
    def net(self) -> Decimal:
        return (self.effort * self.rate).quantize(CENT, ROUND_HALF_UP)

    @property
    def vat(self) -> Decimal:
        return (self.net * self.vat_percent / 100).quantize(CENT, ROUND_HALF_UP)

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


def written(card: Card, ticket: str) -> str:
    """A version as the one text that its commitment is the hash of: canonical JSON of all that would be agreed, and no more."""
    return canonical({"ticket": ticket, **terms(card), "validity_s": card.validity_s}).decode()


def terms(card: Card) -> dict[str, object]:
    """What a version says, amounts as text, so that none is ever rounded on its way."""
    return {
        "kind": card.kind.value,
        "version": card.version,
        "intervention": card.intervention,
        "days": plainly(card.days),
        "hours": plainly(card.hours),
        "hours_per_day": plainly(card.hours_per_day),
        "effort": plainly(card.effort),
        "rate": plainly(card.rate),
        "currency": card.currency,
        "net": str(card.net),
        "vat_percent": plainly(card.vat_percent),
        "vat": str(card.vat),
        "gross": str(card.gross),
        "package": card.package,
        "overdraft": plainly(card.overdraft),
        "conditions": card.conditions,
    }


def plainly(amount: Decimal) -> str:
    """A number as people would write it to a program: 7.50 is "7.5", 1E+2 is "100"; the same number, the same text."""
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
