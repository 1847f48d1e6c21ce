"""A text of any length in the columns of a row: Table Storage takes 32,768 UTF-16 units a column, and a character may be two."""

from collections.abc import Mapping

from shared.actions.ports import Value

CHUNK = 16_000
"""Characters a column."""


def columns(name: str, text: str) -> dict[str, Value]:
    """{"doc": "…", "doc1": "…"}: as many columns as it needs, at least one."""
    chunks = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)] or [""]
    return {name if number == 0 else f"{name}{number}": chunk for number, chunk in enumerate(chunks)}


def joined(name: str, values: Mapping[str, Value]) -> str:
    """The text again."""
    parts = [str(values[name])]
    while (column := f"{name}{len(parts)}") in values:
        parts.append(str(values[column]))
    return "".join(parts)
