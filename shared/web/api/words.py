"""What a JSON Schema says, in a few words: "text, up to 300 characters"."""

from collections.abc import Iterator, Mapping
from typing import Any

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
    "array": "list",
}
FORMATS = {"date-time": "instant with offset", "date": "date"}


def shape(schema: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]) -> str:
    """The type and its bounds. `models`: what the schema may refer to."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return shape(models[name], models) if "enum" in models.get(name, {}) else name
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(shape(each, models) for each in schema["anyOf"]))
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    return ", ".join((_type(schema, models), *_bounds(schema)))


def _type(schema: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]) -> str:
    if schema.get("type") == "array" and schema.get("items"):
        return f"list of {shape(schema['items'], models)}"
    return FORMATS.get(schema.get("format", "")) or TYPES.get(schema.get("type", ""), "any value")


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        yield f"{least:,g} to {most:,g}"
    elif least is not None:
        yield f"at least {least:,g}"
    if schema.get("multipleOf"):
        yield f"in steps of {schema['multipleOf']:g}"
    if schema.get("maxLength"):
        yield f"up to {schema['maxLength']:,} characters"
    if schema.get("maxItems"):
        yield f"up to {schema['maxItems']:,}"
    if schema.get("default") not in (None, "", []):
        yield f"{schema['default']} if absent"
