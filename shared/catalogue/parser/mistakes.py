"""From what pydantic found wrong to sentences that name the key and say what is allowed."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, TypeAliasType, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.catalogue.parser.words import listed, shown

_KINDS = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def sentences(error: ValidationError, shape: type[BaseModel]) -> Iterator[str]:
    """One for each mistake: `families.up.calendar names 'offce', which is not among the calendars; allowed: office`."""
    for details in error.errors(include_url=False):
        key, complaint = _key(details["loc"]), _complaint(details, shape).rstrip(". ")
        yield f"{key} {complaint}." if key else f"The file {complaint}."


def _complaint(details: ErrorDetails, shape: type[BaseModel]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "missing":
        return f"is missing. {_described(shape, details['loc'])}"
    if kind == "extra_forbidden":
        return f"is not a key that may stand here; allowed: {listed(_keys(shape, details['loc'][:-1]))}"
    if kind in _KINDS:
        return f"must be {_KINDS[kind]}, not {shown(details['input'])}"
    if kind in ("enum", "literal_error"):
        return f"must be {context['expected']}, not {shown(details['input'])}"
    if kind == "too_short":
        return "must have at least one entry"
    if kind == "greater_than_equal":
        return f"must be {context['ge']} or more, not {shown(details['input'])}"
    return f"is wrong: {details['msg']}"


def _key(loc: tuple[int | str, ...]) -> str:
    """Dotted, with entries of a list counted from 1: `calendars.office.closures[2].ends`."""
    key = ""
    for part in loc:
        if isinstance(part, int):
            key += f"[{part + 1}]"
        elif part != "[key]":  # pydantic's mark for a mistake in the key itself
            key += f".{part}" if key else part
    return key


def _described(shape: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    here = _inside(shape, loc[:-1])
    field = here.model_fields.get(str(loc[-1])) if isinstance(here, type) and issubclass(here, BaseModel) else None
    return (field.description or "") if field else ""


def _keys(shape: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[str, ...]:
    here = _inside(shape, loc)
    return tuple(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else ()


def _inside(shape: object, loc: tuple[int | str, ...]) -> object:
    """The type that stands at a place of the file."""
    for part in loc:
        shape = _bare(shape)
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            shape = shape.model_fields[str(part)].annotation
        else:
            shape = get_args(shape)[-1]  # what a list or a table holds
    return _bare(shape)


def _bare(annotation: Any) -> object:
    """Without Annotated, `| None` and aliases."""
    if isinstance(annotation, TypeAliasType):
        return _bare(annotation.__value__)
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(each for each in get_args(annotation) if each is not type(None)))
    return annotation
