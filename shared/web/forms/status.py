"""What the status page asks for, and what managers say of incidents."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.domain.errors import InvalidInput
from shared.domain.names import OUTAGE_PATTERN
from shared.web.forms.reading import Address, Id, Letter, Line, StaffForm

_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


def address_in(text: str) -> str:
    """An e-mail address that somebody typed. Raises InvalidInput."""
    try:
        return _ADDRESS.validate_python(text.strip())
    except ValidationError:
        raise InvalidInput("email must be an address such as anna@acme.example.", field="email") from None


class BothLines(BaseModel):
    """A line in both languages."""

    model_config = ConfigDict(extra="forbid")

    it: Annotated[Line, Field(max_length=150)]
    en: Annotated[Line, Field(max_length=150)]


class BothTexts(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid")

    it: Annotated[Letter, Field(max_length=2000)]
    en: Annotated[Letter, Field(max_length=2000)]


OutageId = Annotated[str, Field(pattern=OUTAGE_PATTERN)]


class IncidentForm(StaffForm):
    """`services`, `outages`: ids; without services it concerns everybody. `started_at`: when it began; absent: now. An
    announcement tells of no trouble."""

    title: BothLines
    text: BothTexts
    phase: Literal["investigating", "identified", "monitoring", "resolved", "announcement"] = "investigating"
    services: Annotated[list[Id], Field(max_length=100)] = []
    outages: Annotated[list[OutageId], Field(max_length=100)] = []
    started_at: AwareDatetime | None = None


class EntryForm(StaffForm):
    """A line more of the timeline. `corrects`: the number of an earlier entry that it puts right: nothing is ever changed."""

    text: BothTexts
    phase: Literal["investigating", "identified", "monitoring", "resolved", "announcement"]
    outages: Annotated[list[OutageId], Field(max_length=100)] = []
    corrects: Annotated[int | None, Field(strict=True, ge=1)] = None
