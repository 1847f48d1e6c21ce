"""Whom a customer wants to be written to about their services."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.people import Correspondent
from shared.web.forms.reading import Address, Line, StaffForm


class AddresseeForm(StaffForm):
    """`language`: of the letters."""

    email: Annotated[Address, Field(max_length=254)]
    name: Annotated[Line, Field(max_length=200)]
    language: Literal["it", "en"]

    def addressee(self) -> Correspondent:
        return Correspondent(name=self.name, email=self.email, language=self.language)
