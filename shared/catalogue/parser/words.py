"""How a sentence about a mistake quotes values and lists what is allowed."""

from collections.abc import Iterable
from datetime import date


def shown(value: object) -> str:
    """A value as a sentence about it may quote it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "…")
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return value.isoformat() if isinstance(value, date) else str(value)


def listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none is defined"
