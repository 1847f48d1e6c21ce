"""The limits of Table Storage and Blob Storage, checked before any request, for the real stores and the memory ones.

Azurite lets pass what Azure refuses (sizes, counts, some characters), so the adapter is what holds them.
Sources: "Understanding the Table service data model", "Performing entity group transactions" and "Naming and
referencing containers, blobs, and metadata" in the Azure Storage documentation.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from shared.actions.ports import Delete, Replace, Value, Write
from shared.domain.errors import InvalidInput, RowTooLarge

KEY_UNITS = 512  # 1 KiB of UTF-16
STRING_UNITS = 32_768  # 64 KiB of UTF-16
PROPERTIES = 252  # 255 less PartitionKey, RowKey and Timestamp
ENTITY_BYTES = 1024 * 1024
WRITES = 100
TRANSACTION_BYTES = 4 * 1024 * 1024
PAGE = 1000
BLOCK_BYTES = 4 * 1024 * 1024  # of one append; newer versions of the interface take more, Azurite does not
BLOCKS = 50_000  # appends to one blob
EARLIEST = datetime(1601, 1, 1, tzinfo=UTC)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_RESERVED = {"PartitionKey", "RowKey", "Timestamp"}
_NOT_IN_A_KEY = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_NOT_IN_A_BOUND = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")
_BLOB_NAME = re.compile(r"[A-Za-z0-9._=+@-]+(/[A-Za-z0-9._=+@-]+)*")
_PART_OVERHEAD = 1024  # the request line, headers and boundary of one write in a batch: 450 bytes and the URL of the account


def prepared(partition: str, writes: Sequence[Write]) -> list[Write]:
    """The writes with plain values (see `plain`), or InvalidInput or RowTooLarge for what Azure would refuse.

    A key is refused by InvalidInput, a size or a count by RowTooLarge.
    """
    check_key("partition", partition)
    if len(writes) > WRITES:
        raise RowTooLarge(f"A transaction holds at most {WRITES} writes; this one has {len(writes)}.")
    ready = [_prepared(partition, write) for write in writes]
    if len({_key(write) for write in ready}) < len(ready):
        raise InvalidInput("A transaction may write each key once; this one has a key twice.")
    size = sum(_payload(partition, write) for write in ready)
    if size > TRANSACTION_BYTES:
        raise RowTooLarge(f"A transaction holds at most {TRANSACTION_BYTES} bytes; this one would send {size}.")
    return ready


def check_key(what: str, key: str) -> None:
    """InvalidInput unless `key` may be a PartitionKey or RowKey. Empty keys are refused: a scan could not find them."""
    if not key:
        raise InvalidInput(f"The {what} key is empty.")
    _check_key(what, key, _NOT_IN_A_KEY)


def check_page(after: str, before: str, limit: int) -> None:
    """InvalidInput unless these may bound a scan. Unlike a key a bound may be empty, and may hold U+FFFF."""
    _check_key("first", after, _NOT_IN_A_BOUND)
    _check_key("last", before, _NOT_IN_A_BOUND)
    if not 1 <= limit <= PAGE:
        raise InvalidInput(f"A page has 1 to {PAGE} rows, not {limit}.")


def plain(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values as a store gives them back: exactly str, int, bool or datetime in UTC. InvalidInput for anything else."""
    for name in values:
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise InvalidInput(f"{name!r} cannot be a column: a letter or _ first, then letters, digits and _, 255 at most.")
    return {name: _plain(name, value) for name, value in values.items()}


def check_blob_name(name: str) -> None:
    """InvalidInput unless `name` is a path of letters, digits and `._=+@-` that every store and URL leaves as it is."""
    if not (_BLOB_NAME.fullmatch(name) and len(name) <= 1024) or any(part.strip(".") != part for part in name.split("/")):
        raise InvalidInput("A blob's name is a path of letters, digits and ._=+@- without empty parts, at most 1024 long.")


def check_append(name: str, content: bytes) -> None:
    """InvalidInput for a wrong name or for nothing to append; RowTooLarge for more than one append may bring."""
    check_blob_name(name)
    if not content:
        raise InvalidInput("There is nothing to append.")
    if len(content) > BLOCK_BYTES:
        raise RowTooLarge(f"An append brings at most {BLOCK_BYTES} bytes; this one has {len(content)}.")


def part_of_log(name: str, part: int) -> str:
    """The name of a log's part: the first has the log's own, the second is `<name>.2`."""
    return name if part == 1 else f"{name}.{part}"


def ordinal(key: str) -> bytes:
    """What Table Storage sorts keys by: their UTF-16 code units, which is not Python's order beyond U+FFFF."""
    return key.encode("utf-16-be")


def _prepared(partition: str, write: Write) -> Write:
    check_key("row", _key(write))
    if isinstance(write, Delete):
        return write
    if isinstance(write, Replace) and not write.row.etag:
        raise InvalidInput("A row can only be replaced with the ETag it was read with.")
    row = replace(write.row, values=plain(write.row.values))
    if len(row.values) > PROPERTIES:
        raise RowTooLarge(f"A row holds at most {PROPERTIES} columns; this one has {len(row.values)}.")
    size = _entity_bytes(partition, row.key, row.values)
    if size > ENTITY_BYTES:
        raise RowTooLarge(f"A row holds at most {ENTITY_BYTES} bytes; this one has {size}.")
    return type(write)(row)


def _key(write: Write) -> str:
    return write.key if isinstance(write, Delete) else write.row.key


def _check_key(what: str, key: str, forbidden: re.Pattern[str]) -> None:
    if found := forbidden.search(key):
        raise InvalidInput(f"The {what} key holds {found[0]!r}; keys may not hold / \\ # ? or control characters.")
    if _units(what, key) > KEY_UNITS:
        raise InvalidInput(f"The {what} key is longer than {KEY_UNITS} UTF-16 units.")


def _units(name: str, text: str) -> int:
    if text.isascii():
        return len(text)
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise InvalidInput(f"{name} holds half of a surrogate pair, which is no character.") from None


def _plain(name: str, value: object) -> Value:
    match value:
        case bool():
            return value
        case int():
            return _plain_int(name, int(value))
        case str():
            return _plain_str(name, str.__str__(value))
        case datetime():
            return _plain_datetime(name, value)
    raise InvalidInput(f"{name} is {type(value).__name__}; a column holds text, a whole number, true or false, or an instant.")


def _plain_int(name: str, value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise InvalidInput(f"{name} is a number beyond 64 bits.")
    return value


def _plain_str(name: str, value: str) -> str:
    if (units := _units(name, value)) > STRING_UNITS:
        raise RowTooLarge(f"{name} has {units} UTF-16 units; a column holds at most {STRING_UNITS}.")
    return value


def _plain_datetime(name: str, value: datetime) -> datetime:
    if value.tzinfo is None:
        raise InvalidInput(f"{name} is an instant without a time zone.")
    try:
        utc = value.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(f"{name} is an instant outside the years 1601 to 9999.") from None
    if utc < EARLIEST:
        raise InvalidInput(f"{name} is an instant before 1601, which Table Storage cannot hold.")
    return datetime.combine(utc.date(), utc.time(), UTC)  # not a subclass, whatever came in


def _entity_bytes(partition: str, key: str, values: Mapping[str, Value]) -> int:
    """What Azure counts: 4 + 2 a unit of the keys; a column: 8 + 2 a letter of its name + its value (text: 4 + 2 a unit)."""
    keys = 4 + 2 * (_units("partition", partition) + _units("row", key))
    return keys + sum(8 + 2 * len(name) + _value_bytes(name, value) for name, value in values.items())


def _value_bytes(name: str, value: Value) -> int:
    if isinstance(value, str):
        return 4 + 2 * _units(name, value)
    return 1 if isinstance(value, bool) else 8


def _payload(partition: str, write: Write) -> int:
    """At least what a write adds to the body of a batch, where the client sends JSON in ASCII, and keys also in the URL.

    A column adds its JSON, its name once more and `@odata.type` with the name of the type.
    """
    keys = _key_payload(partition) + _key_payload(_key(write))
    if isinstance(write, Delete):
        return _PART_OVERHEAD + keys
    values = write.row.values
    return _PART_OVERHEAD + keys + sum(2 * len(name) + 48 + _json_bytes(value) for name, value in values.items())


def _key_payload(key: str) -> int:
    return len(quote(key.replace("'", "''"))) + len(json.dumps(key))


def _json_bytes(value: Value) -> int:
    return len(json.dumps(value)) if isinstance(value, str) else 32
