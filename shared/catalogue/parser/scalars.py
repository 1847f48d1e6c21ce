"""The single values of a catalogue file as pydantic types: ids, references, texts, numbers, zones, instants."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, TypeIs

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator, ValidationInfo, WithJsonSchema

from shared.catalogue.parser import moments
from shared.catalogue.parser.names import Names
from shared.catalogue.parser.words import listed, shown
from shared.domain.names import ID_PATTERN, LONGEST_ID

_DATE_TIME = {"type": "string", "format": "date-time"}


class Shape(BaseModel):
    """A table of the file: unknown keys are mistakes, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def names_in(info: ValidationInfo) -> Names:
    """What the file defines; `loading` puts it into the validation context."""
    assert isinstance(info.context, Names)
    return info.context


def known(section: str) -> AfterValidator:
    """A reference: the id of something that the file defines under `section`."""

    def check(value: str, info: ValidationInfo) -> str:
        defined = names_in(info).defined[section]
        if value not in defined:
            raise ValueError(f"names {shown(value)}, which is not among the {section}; allowed: {listed(defined)}")
        return value

    return AfterValidator(check)


def number_of(value: object) -> int | Decimal:
    if _is_number(value):
        return value
    raise ValueError(f"must be a number, not {shown(value)}")


def _is_number(value: object) -> TypeIs[int | Decimal]:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, Decimal) and value.is_finite())


def _share(value: object) -> Fraction:
    if _is_number(value) and 0 < value <= 1:
        return Fraction(value)
    raise ValueError(f"must be a number above 0 and at most 1, such as 0.75 for three quarters, not {shown(value)}")


def _percent(value: object) -> Fraction:
    if _is_number(value) and 0 < value <= 100:
        return Fraction(value) / 100
    raise ValueError(f"must be a number above 0 and at most 100, such as 99.95, not {shown(value)}")


def _hours_of_a_day(value: object) -> Decimal:
    if _is_number(value) and 0 < value <= 24:
        return Decimal(value)
    raise ValueError(f"must be a number above 0 and at most 24, such as 8, not {shown(value)}")


def _tax(value: object) -> Decimal:
    if _is_number(value) and 0 <= value <= 100:
        return Decimal(value)
    raise ValueError(f"must be a number from 0 to 100, such as 22, not {shown(value)}")


def _currency(value: object) -> str:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper():
        return value
    raise ValueError(f'must be three capital letters, such as "EUR", not {shown(value)}')


def _priority_number(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and str(int(value)) == value:
        return int(value)
    raise ValueError("is not a priority; allowed: whole numbers such as 1 (the strictest), 2, 3")


def _written(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise ValueError(f"must be a text in quotes, not {shown(value) if value != '' else 'an empty one'}")


def _id(value: object) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isascii() and value[0].isalnum() and _is_plain(value):
        return value
    raise ValueError("is not an id; allowed: up to 64 letters without accents, digits, - and _, beginning with a letter or digit")


def _is_plain(value: str) -> bool:
    return value.replace("-", "").replace("_", "").isalnum()


def _version(value: object) -> str:
    if (
        isinstance(value, str)
        and 0 < len(value) <= 64
        and value.isascii()
        and value[0].isalnum()
        and _is_plain(value.replace(".", "-"))
    ):
        return value
    raise ValueError(f'must be a text in quotes of letters, digits, -, _ and dots, such as "2026-1", not {shown(value)}')


def _text(value: object, info: ValidationInfo) -> dict[str, str]:
    languages = names_in(info).languages
    if isinstance(value, str):
        return dict.fromkeys(languages or ("en",), _written(value))
    if not isinstance(value, dict):
        raise ValueError(f"must be a text, or a table with a text for each language, not {shown(value)}")
    for language, text in value.items():
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"must have a text in quotes for {language!r}, not {shown(text) if text != '' else 'an empty one'}")
    return _in_languages(value, languages or tuple(value))


def _in_languages(text: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    missing = [language for language in languages if language not in text]
    foreign = [language for language in text if language not in languages]
    if missing:
        raise ValueError(f"lacks the language {listed(missing)}; the contract's languages are {listed(languages)}")
    if foreign:
        raise ValueError(f"has the language {listed(foreign)}, which is not one of the contract's: {listed(languages)}")
    return {language: text[language] for language in languages}


def _effective(value: object, info: ValidationInfo) -> datetime:
    return moments.effective_of(value, names_in(info).zone)


def _language(value: object) -> str:
    if isinstance(value, str) and value.replace("-", "").isalpha() and value.isascii() and 2 <= len(value) <= 12:
        return value
    raise ValueError(f'must be a language tag such as "it" or "en", not {shown(value)}')


def _zone_name(value: object) -> str:
    return moments.zone_of(_written(value)).key


def _email(value: object) -> str:
    name, at, host = _written(value).partition("@")
    if at and name and host and not any(map(str.isspace, name + host)):
        return f"{name}@{host}"
    raise ValueError(f"must be an e-mail address, not {shown(value)}")


type Text = Annotated[
    dict[str, str],
    PlainValidator(_text),
    WithJsonSchema(
        {
            "description": "A text: one string for every language, or a table with one for each of the contract's languages.",
            "oneOf": [
                {"type": "string", "minLength": 1},
                {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string", "minLength": 1}},
            ],
        }
    ),
]

Written = Annotated[str, PlainValidator(_written), WithJsonSchema({"type": "string", "minLength": 1})]
Id = Annotated[str, PlainValidator(_id), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})]
Version = Annotated[
    str, PlainValidator(_version), WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"})
]
Language = Annotated[str, PlainValidator(_language), WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z-]{2,12}$"})]
Email = Annotated[str, PlainValidator(_email), WithJsonSchema({"type": "string", "format": "email"})]
ZoneName = Annotated[str, PlainValidator(_zone_name), WithJsonSchema({"type": "string", "examples": ["Europe/Rome", "UTC"]})]
PriorityNumber = Annotated[
    int, PlainValidator(_priority_number), WithJsonSchema({"type": "string", "pattern": r"^(0|[1-9]\d*)$"})
]
Number = Annotated[int | Decimal, PlainValidator(number_of), WithJsonSchema({"type": "number"})]
Share = Annotated[Fraction, PlainValidator(_share), WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 1})]
Percent = Annotated[Fraction, PlainValidator(_percent), WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 100})]
HoursOfADay = Annotated[
    Decimal, PlainValidator(_hours_of_a_day), WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 24})
]
Tax = Annotated[Decimal, PlainValidator(_tax), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100})]
Currency = Annotated[str, PlainValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]
Effective = Annotated[
    datetime,
    PlainValidator(_effective),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
Instant = Annotated[datetime, PlainValidator(moments.instant_of), WithJsonSchema(_DATE_TIME)]
Local = Annotated[
    datetime, PlainValidator(moments.local_of), WithJsonSchema({"type": "string", "examples": ["2026-12-24T14:30:00"]})
]
Day = Annotated[date, PlainValidator(moments.day_of), WithJsonSchema({"type": "string", "format": "date"})]

CalendarName = Annotated[str, known("calendars")]
FamilyName = Annotated[str, known("families")]
TierName = Annotated[str, known("tiers")]
ClassificationName = Annotated[str, known("classifications")]
ClosingName = Annotated[str, known("classifications of the course closure")]
ProcedureName = Annotated[str, known("procedures")]
DeliveryName = Annotated[str, known("delivery")]
ActivityName = Annotated[str, known("activities")]
ClauseName = Annotated[str, known("clauses")]
