"""What is asked about access: leave to read, for whom, why and for how long."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.web.forms.reading import Letter, StaffForm


class GrantForm(StaffForm):
    """`operator`: a member of staff. `text`: the reason, which the operator and the customer can read. `until`: absent, for seven
    days."""

    operator: Annotated[str, Field(max_length=100)]
    text: Letter
    until: AwareDatetime | None = None
