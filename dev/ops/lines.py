"""A row as a line of JSON, types and all, and back again.

Texts, truth values and whole numbers of 32 bits are JSON's own; {"int64": "…"} is a longer number, {"at": "…"} an instant to the
microsecond. Nothing else is in a desk's tables: another type is refused, rather than kept as something it is not.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from azure.data.tables import EdmType, EntityProperty

from dev.ops.trouble import Refused

Key = tuple[str, str]
"""PartitionKey and RowKey."""


def line_of(entity: Mapping[str, Any]) -> bytes:
    values = {name: _written(entity, name) for name in sorted(entity) if name not in ("PartitionKey", "RowKey")}
    return json.dumps([entity["PartitionKey"], entity["RowKey"], values], separators=(",", ":")).encode() + b"\n"


def row_of(line: bytes) -> dict[str, object]:
    partition, key, values = json.loads(line)
    return {"PartitionKey": partition, "RowKey": key, **{name: _read(value) for name, value in values.items()}}


def key_of(line: bytes) -> Key:
    partition, key, _ = json.loads(line)
    return partition, key


def ordinal(key: Key) -> tuple[bytes, bytes]:
    """What tables are sorted by: UTF-16 code units."""
    return key[0].encode("utf-16-be"), key[1].encode("utf-16-be")


def batches(lines: Iterable[bytes], *, most: int = 100, most_bytes: int = 2 * 1024 * 1024) -> Iterator[list[bytes]]:
    """Neighbours of one partition, as many as a transaction takes: 100 rows and (with room to spare) 4 MiB."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == most or size + len(line) > most_bytes or key_of(line)[0] != key_of(batch[0])[0]):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _written(entity: Mapping[str, Any], name: str) -> object:
    value = entity[name]
    if isinstance(value, EntityProperty) and value.edm_type == EdmType.INT64:
        return {"int64": str(value.value)}
    if isinstance(value, datetime):
        told = str(getattr(value, "tables_service_value", ""))
        if len(told.rstrip("Z0").partition(".")[2]) > 6:
            raise Refused(f"Column {name} holds an instant finer than a microsecond, which no desk has written.")
        return {"at": datetime.combine(value.date(), value.time(), UTC).isoformat(timespec="microseconds")}
    if type(value) in (str, bool, int):
        return value
    raise Refused(f"Column {name} holds a {type(value).__name__}, which no desk has written.")


def _read(value: Any) -> object:
    match value:
        case {"int64": text}:
            return EntityProperty(int(text), EdmType.INT64)
        case {"at": text}:
            return datetime.fromisoformat(text)
        case _:
            return value
