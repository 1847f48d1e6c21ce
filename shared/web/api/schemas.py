"""JSON Schemas of forms and answers, as components of an OpenAPI document.

What a docstring says of a field ("`until`: absent, for seven days.") becomes the field's description.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.web.forms.reading import JsonForm

REF = "#/components/schemas/{model}"
ROOMS = ("availability", "status", "ticket", "cards", "record", "desk", "hooks", "outside")
_OF_FIELDS = re.compile(r"((?:`\w+`(?:, )?)+): ")

type Schema = dict[str, Any]


def form(dotted: str) -> "type[JsonForm]":
    """The form with this dotted name."""
    module, _, name = dotted.rpartition(".")
    found: type[JsonForm] = getattr(import_module(module), name)
    return found


def reply(name: str) -> "type[JsonForm]":
    """The model of an answer. KeyError for none."""
    for room in ROOMS:
        module = import_module(f"shared.web.api.replies.{room}")
        if getattr(getattr(module, name, None), "__module__", "") == module.__name__:
            found: type[JsonForm] = getattr(module, name)
            return found
    raise KeyError(name)


def components(models: "Iterable[type[JsonForm]]") -> dict[str, Schema]:
    """Each model's schema by its name, with those it is made of."""
    found: dict[str, Schema] = {}
    for model in models:
        schema = model.model_json_schema(ref_template=REF)
        parts = schema.pop("$defs", {})
        for name, part in {model.__name__: schema, **parts}.items():
            plain = _untitled(part)
            if found.setdefault(name, _explained(plain)) != found[name]:
                raise ValueError(f"two models are called {name}")
    return dict(sorted(found.items()))


def _untitled(schema: Schema) -> Schema:
    """Without the titles that pydantic makes of every name."""
    return {name: _walked(name, value) for name, value in schema.items() if name != "title"}


def _walked(name: str, value: Any) -> Any:
    if name == "properties":
        return {each: _untitled(schema) for each, schema in value.items()}
    if isinstance(value, dict) and name not in ("default", "examples", "const"):
        return _untitled(value)
    if isinstance(value, list):
        return [_walked("", each) for each in value]
    return value


def _explained(schema: Schema) -> Schema:
    lead, said = told(schema.get("description", ""))
    properties = {
        name: {**shape, "description": said[name]} if name in said else shape
        for name, shape in schema.get("properties", {}).items()
    }
    explained = {**schema, **({"properties": properties} if properties else {}), "description": lead}
    return {name: value for name, value in explained.items() if name != "description" or value}


def told(docstring: str) -> tuple[str, Mapping[str, str]]:
    """What a docstring says of the whole, and of each field that it names."""
    text = " ".join(docstring.split())
    lead, *rest = _OF_FIELDS.split(text)
    return lead.strip(" ;"), dict(_pairs(rest))


def _pairs(rest: list[str]) -> Iterator[tuple[str, str]]:
    for names, said in zip(rest[::2], rest[1::2], strict=True):
        sentence = said.strip(" ;.")
        for name in re.findall(r"`(\w+)`", names):
            yield name, f"{sentence[:1].upper()}{sentence[1:]}."
