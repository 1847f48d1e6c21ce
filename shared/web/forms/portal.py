"""What the portal sends."""

from typing import Annotated

from pydantic import AliasChoices, AwareDatetime, Field

from shared.web.forms.reading import Address, JsonForm, Language, Line, OptionalLine, Prose


class ContactForm(JsonForm):
    """The person who asks."""

    name: Line
    email: Annotated[Address, Field(validation_alias=AliasChoices("email", "e-mail", "e_mail"))]


class PortalRequestForm(JsonForm):
    """A request as the portal sends it. Fields it does not know are left alone: the portal may be newer than the desk.

    `contact`: who asked, and is answered. `language`: absent: detected from subject and description. `severity`: what the
    customer declared (also `declared_severity`); information, not the priority. `classification`: what they take it to be (also
    `classification_wish`); information. `reference`: the portal's own (also `portal_reference`). `occurred_at`: when the portal
    received the request: the clocks start there; absent: now; not more than five minutes ahead of now.
    """

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
