"""What a customer is asked to agree to: an intervention card with its cost, or the offer form of a support package.

A card has versions. What was sent is never changed: a change is the next version, and the one before is superseded. Money is
Decimal, in the contract's currency, cut to cents once, where VAT is added.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One version of a card. `rate` is the price of an hour, before VAT; a day has `hours_per_day` hours.

    `commitment`: the salted hash of exactly this version, which events name and whoever accepts it accepts.
    `valid_until`: set when it is sent; exclusive. `reminded`: how many reminders have gone out.
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
    drafted_by: str
    drafted_at: datetime
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
