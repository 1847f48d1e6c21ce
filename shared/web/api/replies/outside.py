"""What is exchanged without sign-in."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from shared.web.api.replies.values import Answered


class Decision(Answered):
    """The fields of a card's page. `key`: the link's. `reason`: why it is declined, if they say; a longer one is cut."""

    key: str
    lang: Literal["it", "en"] | None = None
    reason: Annotated[str | None, Field()] = None


class WitnessReceipt(Answered):
    """`results`: how many the webhook has."""

    results: int


class Anything(Answered):
    """A JSON object."""

    model_config = ConfigDict(extra="allow")
