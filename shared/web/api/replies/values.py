"""What the answers are made of."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Instant = AwareDatetime
Amount = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["80.00"])]
"""A decimal, as text: never a float."""
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Id = Annotated[str, Field(min_length=1)]
Number = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field()]
TicketState = Literal["new", "in_charge", "quoted", "on_hold", "resolved", "closed"]
ChannelName = Literal["email", "phone", "web"]
Words = Annotated[dict[str, str], Field(examples=[{"it": "Risoluzione", "en": "Resolution"}])]
"""The same in each language."""


class Answered(BaseModel):
    """What every answer's model is."""

    model_config = ConfigDict(populate_by_name=True)


class Stretch(Answered):
    """`to`: null while it goes on."""

    since: Annotated[Instant, Field(alias="from")]
    to: Instant | None


class ContractVersion(Answered):
    """A version of a contract."""

    id: Id
    version: str
