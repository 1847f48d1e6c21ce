"""What is asked before a request is entered: what would the customer's support give them for it?"""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.domain.tier import Channel
from shared.web.forms.reading import StaffForm

Id = Annotated[str, Field(min_length=1, max_length=100)]


class EntitlementQuery(StaffForm):
    """The parameters of the URL. `classification`: without it, every kind of request it may turn out to be. `activity`: one that
    the contract names. `at`: without it, now."""

    customer: Annotated[str, Field(max_length=40)]
    product: Id
    classification: Id | None = None
    channel: Channel = Channel.WEB
    activity: Id | None = None
    at: AwareDatetime | None = None
