"""Domain values as plain JSON and back, by their type hints: instants as sortable text, targets as the contract writes them."""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from shared.domain.evidence import stamp
from shared.domain.target import Target, WorkingDays, WorkingTime, target_from, target_to

_PLAIN = frozenset({str, int, bool, float})


def dumped(value: object) -> str:
    """A domain value as one line of JSON. Fields that are None are left out."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def loaded[T](kind: type[T], text: str) -> T:
    """The value again; a field that a newer version of the program added takes its default."""
    value: T = revived(kind, json.loads(text))
    return value


def plain(value: object) -> object:
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, WorkingTime | WorkingDays):
        return target_to(value)
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((name, getattr(value, name)) for name in _names(type(value)))
        return {name: plain(item) for name, item in pairs if item is not None}
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(str(plain(item)) for item in value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


def revived(kind: Any, value: Any) -> Any:
    if value is None or kind in _PLAIN or kind is object:
        return value
    if kind == Target or kind in (WorkingTime, WorkingDays):
        return target_from(value)
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = [arg for arg in get_args(kind) if arg is not type(None)]
        return revived(inner[0], value)
    if origin in (tuple, frozenset):
        item = get_args(kind)[0]
        return origin(revived(item, each) for each in value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**_absent(kind) | {name: revived(hints[name], item) for name, item in value.items() if name in hints})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


@cache
def _absent(kind: Any) -> dict[str, None]:
    """What is None when it is not there: fields without a default."""
    return {f.name: None for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
