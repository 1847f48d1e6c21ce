"""What the portal sends."""

from typing import Annotated

from pydantic import AliasChoices, AwareDatetime, Field

from shared.web.forms.reading import Address, JsonForm, Language, Line, OptionalLine, Prose


class ContactForm(JsonForm):
    """The person who asks."""

    name: Line
    email: Annotated[Address, Field(validation_alias=AliasChoices("email", "e-mail", "e_mail"))]


class PortalRequestForm(JsonForm):
    """A request as the portal sends it. Fields it does not know are left alone: the portal may be newer than the desk."""

    customer: Annotated[str, Field(max_length=40)]
    contact: ContactForm
    language: Language = None
    product: Annotated[str, Field(max_length=100)]
    subject: Line
    description: Prose
    severity: Annotated[OptionalLine | None, Field(validation_alias=AliasChoices("severity", "declared_severity"))] = None
    classification: Annotated[
        OptionalLine | None, Field(validation_alias=AliasChoices("classification", "classification_wish"))
    ] = None
    reference: Annotated[OptionalLine | None, Field(validation_alias=AliasChoices("reference", "portal_reference"))] = None
    occurred_at: AwareDatetime | None = None
