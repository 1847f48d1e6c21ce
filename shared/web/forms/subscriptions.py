"""What is asked for when another system wants to be told of events."""

from typing import Annotated

from pydantic import Field

from shared.web.forms.reading import StaffForm


class SubscriptionForm(StaffForm):
    """`kinds`: event types such as "ticket.resolved"; none: all. `customer`: only of that customer's tickets; absent: of all."""

    url: Annotated[str, Field(max_length=2000)]
    kinds: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)] = []
    customer: Annotated[str, Field(max_length=40)] | None = None
