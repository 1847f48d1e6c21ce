"""The JSON Schema (2020-12) of the catalogue's files, for editors that check TOML while it is written."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from shared.catalogue.parser.document import AnnouncementFile, ContractFile
from shared.catalogue.parser.watched import ServicesFile

_ABOUT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A file of Sportello's contract catalogue",
    "oneOf": [{"$ref": "#/$defs/ContractFile"}, {"$ref": "#/$defs/AnnouncementFile"}],
}


def schema() -> Mapping[str, Any]:
    """Of both kinds of file. What only the parser can tell (references, overlaps, unknown zones) is not in it."""
    kinds = [(ContractFile, "validation"), (AnnouncementFile, "validation")]
    _, definitions = models_json_schema(kinds, schema_generator=_ForToml)  # type: ignore[arg-type]
    return {**_ABOUT, **definitions}


def services_schema() -> Mapping[str, Any]:
    """Of the file of services that are watched. What only the parser can tell (addresses, what fits together) is not in it."""
    made = ServicesFile.model_json_schema(schema_generator=_ForToml)
    return {"$schema": _ABOUT["$schema"], "title": "The services that Sportello watches", **made}


class _ForToml(GenerateJsonSchema):
    """TOML has no null; a key that fits no pattern is a mistake; titles would repeat the keys."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        default = _without_null(made.pop("default", None))
        return made if default in (None, {}, []) else {**made, "default": default}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        return {**made, "additionalProperties": False} if "patternProperties" in made else made

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def _without_null(value: object) -> object:
    if isinstance(value, dict):
        return {key: kept for key, each in value.items() if (kept := _without_null(each)) not in (None, {}, [])}
    return value
