"""What staff put on a card, and what a customer decides about it."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from shared.domain.lifecycle.quoting import Draft
from shared.web.forms.numbers import Days, Hours, Percent, Rate
from shared.web.forms.reading import Letter, Line, StaffForm

Version = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class EstimateForm(StaffForm):
    """An intervention card. `intervention`: its type. `days`, `hours`: together the effort. `rate`: of an hour, before VAT.
    `vat_percent`: absent: as the contract says. `conditions`: in the words that the customer reads."""

    intervention: Line
    days: Days = Decimal(0)
    hours: Hours = Decimal(0)
    rate: Rate
    vat_percent: Percent | None = None
    conditions: Letter | None = None

    def draft(self) -> Draft:
        return Draft(
            intervention=self.intervention,
            days=self.days,
            hours=self.hours,
            rate=self.rate,
            vat_percent=self.vat_percent,
            conditions=self.conditions or "",
        )


class OfferForm(StaffForm):
    """The offer form of a support package. `hours`: those it holds. `rate`: of an hour, before VAT. `overdraft`: hours that may
    be debited beyond those bought; none unless it says so."""

    intervention: Line
    hours: Hours
    rate: Rate
    vat_percent: Percent | None = None
    conditions: Letter | None = None
    overdraft: Hours = Decimal(0)

    def draft(self) -> Draft:
        return Draft(
            intervention=self.intervention,
            hours=self.hours,
            rate=self.rate,
            vat_percent=self.vat_percent,
            conditions=self.conditions or "",
            overdraft=self.overdraft,
        )


class AcceptanceForm(StaffForm):
    """`version`: exactly the one that is accepted."""

    version: Version


class RefusalForm(StaffForm):
    """`version`: exactly the one that is declined. `text`: why, if they say."""

    version: Version
    text: Letter | None = None
