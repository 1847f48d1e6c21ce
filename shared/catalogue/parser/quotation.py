"""The terms of estimates, and for how long what a customer has sent may be looked back at, in a contract file."""

from fractions import Fraction
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.catalogue.parser.scalars import ClosingName, Currency, HoursOfADay, Shape, Share, Tax


def _rising(value: list[Fraction] | None) -> list[Fraction] | None:
    if value and (value[-1] >= 1 or any(later <= earlier for earlier, later in pairwise(value))):
        raise ValueError("must be in order, each once, and below 1: at 1 there is nothing left to remind of")
    return value


class Quotation(Shape):
    """The terms of estimates."""

    currency: Annotated[Currency | None, Field(description="ISO 4217; without it, EUR.")] = None
    vat_percent: Annotated[Tax | None, Field(description="Value added tax, in per cent; without it, 22.")] = None
    hours_per_day: Annotated[HoursOfADay | None, Field(description="How many hours a day of work has; without it, 8.")] = None
    validity_days: Annotated[
        int | None, Field(ge=1, description="For how many days of 24 hours an estimate may be accepted; without it, 30.")
    ] = None
    reminders: Annotated[
        list[Share] | None,
        AfterValidator(_rising),
        Field(description="After which shares of that time the customer is reminded; without it, 0.5 and 0.9."),
    ] = None
    declined_as: Annotated[
        ClosingName | None,
        Field(description="What a request becomes when its estimate is declined or lapses; without it, it stays what it is."),
    ] = None


class Access(Shape):
    """Who may read what a customer has sent."""

    grace_days: Annotated[
        int, Field(ge=0, description="Days of 24 hours after the resolution in which the assignee still may.")
    ] = 3
