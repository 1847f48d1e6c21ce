"""What the Customer Care Manager says when something is to be erased."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.custody.privacy import RequestedBy
from shared.web.forms.reading import Letter, StaffForm


def _short(text: str) -> str:
    if len(text) > 2000:
        raise ValueError("must have at most 2000 characters")
    return text


class ErasureForm(StaffForm):
    """`text`: why; it is kept, so it names nobody. `requested_by`: on whose request."""

    text: Annotated[Letter, AfterValidator(_short)]
    requested_by: Annotated[RequestedBy, Field(strict=False)] = RequestedBy.CONTACT
