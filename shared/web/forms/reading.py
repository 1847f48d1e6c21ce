"""How a form is read from JSON, and what forms are made of. A wrong value names its field and what would be right."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, from_json

from shared.domain.errors import InvalidInput, MalformedJson, UnsupportedMediaType
from shared.domain.names import ID_PATTERN, LONGEST_ID, OUTAGE_PATTERN

UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""What Unicode counts among letters, marks and symbols, and yet shows nothing."""


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _without_nul(text: str) -> str:
    return text.replace("\x00", "\ufffd").strip()


def _language(value: object) -> object:
    """ "it-IT" is Italian; "" is as good as nothing."""
    return value.strip().lower().replace("_", "-").split("-")[0] or None if isinstance(value, str) else value


def _as_text(value: object) -> object:
    """A severity may come as the number of the portal's table."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _is_seen(letter: str) -> bool:
    """Not a space, nor another character that shows nothing: joiners, marks of direction, controls, blanks of other scripts."""
    return unicodedata.category(letter)[0] not in "CZ" and letter not in UNSEEN


def _not_blank(text: str) -> str:
    if not any(_is_seen(letter) for letter in text):
        raise ValueError("must not be blank")
    return text


def _without_marks(address: str) -> str:
    """Two addresses that look the same are the same: none holds characters of format, which show nothing (category Cf)."""
    if any(unicodedata.category(letter) == "Cf" for letter in address):
        raise ValueError("must not hold characters that are not shown")
    return address


LARGEST = 1024 * 1024
"""Bytes that a form may have."""

NOT_BLANK = {"minLength": 1, "pattern": r"\S"}
"""What the API's description says of text that must not be blank."""

Line = Annotated[str, Field(max_length=300, json_schema_extra=NOT_BLANK), AfterValidator(_one_line), AfterValidator(_not_blank)]
OptionalLine = Annotated[str, Field(max_length=300), BeforeValidator(_as_text), AfterValidator(_one_line)]
Prose = Annotated[
    str, Field(max_length=100_000, json_schema_extra=NOT_BLANK), AfterValidator(_without_nul), AfterValidator(_not_blank)
]
Letter = Annotated[
    str, Field(max_length=20_000, json_schema_extra=NOT_BLANK), AfterValidator(_without_nul), AfterValidator(_not_blank)
]
"""What goes into a mail."""

ADDRESS_PATTERN = r"^[^@\s<>\"(),;:\\\x00-\x1f\x7f]+@[^@\s<>\"(),;:\\.\x00-\x1f\x7f]+(\.[^@\s<>\"(),;:\\.\x00-\x1f\x7f]+)+$"
ANY_ADDRESS_PATTERN = r"^[^@\s]+@[^@\s]+$"

Address = Annotated[str, Field(max_length=254, pattern=ADDRESS_PATTERN), AfterValidator(_without_marks)]
Id = Annotated[str, Field(pattern=ID_PATTERN)]
"""What a file of contracts or services calls something."""

Language = Annotated[Literal["it", "en"] | None, BeforeValidator(_language)]


class JsonForm(BaseModel):
    """What every form is."""


class StaffForm(JsonForm):
    """What the staff API takes: a field it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid")


def read[Form: JsonForm](form: type[Form], body: bytes, content_type: str) -> Form:
    """The form in a JSON body. Raises UnsupportedMediaType, MalformedJson or InvalidInput; an empty body is {}."""
    if body and content_type.split(";")[0].strip().lower() not in ("application/json", "text/json"):
        raise UnsupportedMediaType(f"The content type is {content_type[:100]!r}; send application/json.")
    try:
        value = from_json(body or b"{}", allow_inf_nan=False)
    except ValueError as error:
        raise MalformedJson(f"The body is not JSON in UTF-8: {error}.") from None
    return checked(form, value)


def checked[Form: JsonForm](form: type[Form], value: object) -> Form:
    """The form in a JSON value, or in the parameters of a URL. Raises InvalidInput."""
    try:
        return form.model_validate(value)
    except ValidationError as error:
        raise InvalidInput(_sentence(error), errors=_details(error)) from None


def in_utc(at: datetime | None) -> datetime | None:
    """An instant of a form as the domain wants it. Raises InvalidInput at the ends of time, where it has no UTC."""
    try:
        return at.astimezone(UTC) if at else None
    except OverflowError:
        raise InvalidInput("An instant is out of range; allowed are the years 1990 to 2200.") from None


PLAINLY = {
    "model_type": "must be an object: {…}",
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "timezone_aware": "must have an offset from UTC, such as 2026-08-07T17:50:00+02:00",
}
"""What pydantic says for programmers, for people."""

PATTERNS = {
    ADDRESS_PATTERN: "must be an e-mail address such as anna@acme.example",
    ANY_ADDRESS_PATTERN: "must be an e-mail address such as anna@acme.example",
    ID_PATTERN: f"must be an id: up to {LONGEST_ID} letters without accents, digits, - and _, beginning with a letter or a digit",
    OUTAGE_PATTERN: "must be an outage, such as zenshare-up.7",
}
"""What a text that does not match a pattern should be."""


def _details(error: ValidationError) -> list[dict[str, str]]:
    return [
        {
            "field": ".".join(map(str, e["loc"])) or "(body)",
            "message": _message(e),
        }
        for e in error.errors()[:20]
    ]


def _message(error: ErrorDetails) -> str:
    if error["type"] == "string_pattern_mismatch" and error["ctx"]["pattern"] in PATTERNS:
        return PATTERNS[error["ctx"]["pattern"]]
    return PLAINLY.get(error["type"], error["msg"].removeprefix("Value error, "))


def _sentence(error: ValidationError) -> str:
    return "; ".join(f"{detail['field']}: {detail['message']}" for detail in _details(error)) + "."
