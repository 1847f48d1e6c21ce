"""Whom an export or an erasure is about. The address is in the body, never in the path: paths are logged."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.custody.privacy import RequestedBy
from shared.web.forms.reading import ANY_ADDRESS_PATTERN, Letter, StaffForm


def _short(text: str) -> str:
    if len(text) > 2000:
        raise ValueError("must have at most 2000 characters")
    return text


AnyAddress = Annotated[str, Field(max_length=254, pattern=ANY_ADDRESS_PATTERN)]
"""As it was written, even where no mail could be sent to it: requests were refused for that, and their bytes are held too."""


class ExportForm(StaffForm):
    """`email`: the contact's address, in whatever case."""

    email: AnyAddress


class ErasureForm(ExportForm):
    """`email`: the contact's address. `text`: why; it is kept, so it names nobody. `requested_by`: on whose request."""

    text: Annotated[Letter, AfterValidator(_short)]
    requested_by: Annotated[RequestedBy, Field(strict=False)] = RequestedBy.CONTACT
