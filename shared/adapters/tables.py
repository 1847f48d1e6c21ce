"""ports.Rows on Azure Table Storage.

Reads are asked again twice on a passing fault. A commit is sent once: a transaction that was carried out but whose answer was
lost would, sent again, be answered with a conflict with itself. So Conflict always means that nothing was written, and
StorageUnavailable that it may have been; the caller loads again before it decides again.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from types import MappingProxyType
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import EdmType, EntityProperty, TableClient, TableEntity, TableTransactionError, UpdateMode

from shared.actions.ports import Delete, Insert, Replace, Row, Table, Upsert, Value, Write
from shared.adapters import connection, limits
from shared.adapters.storage_faults import MISSING, code_of, translated
from shared.domain.errors import StorageUnavailable

_NO_ECHO = {"response_preference": "return-no-content"}


def from_connection_string(connection_string: str, *, prefix: str = "") -> "TableRows":
    """The tables of an emulator on this machine. InvalidInput for any other host. `prefix` goes before the tables' names."""
    connection.loopback_storage(connection_string)
    options = cache(_options)

    def opened(table: str) -> TableClient:
        return TableClient.from_connection_string(connection_string, table, **options(loopback=True))

    return TableRows(opened, prefix=prefix)


def from_account(name: str, client_id: str | None = None, *, prefix: str = "") -> "TableRows":
    """The tables of a storage account, by Entra identity (see `connection.credential`)."""
    options = cache(_options)

    def opened(table: str) -> TableClient:
        credential = connection.credential(client_id)
        return TableClient(f"https://{name}.table.core.windows.net", table, credential=credential, **options(loopback=False))

    return TableRows(opened, prefix=prefix)


class TableRows:
    """ports.Rows. Threads share it, and one client a table, which is made when the table is first used."""

    def __init__(self, opened: Callable[[str], TableClient], *, prefix: str = "") -> None:
        self._opened = opened
        self._prefix = prefix
        self._clients: dict[Table, TableClient] = {}
        self._lock = Lock()

    def get(self, table: Table, partition: str, key: str) -> Row | None:
        limits.check_key("partition", partition)
        limits.check_key("row", key)
        try:
            return _row(self._client(table).get_entity(partition, key))
        except ResourceNotFoundError:  # the row; or the table, which the first commit makes
            return None
        except AzureError as error:
            raise translated(error) from error

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        """One request; more only where Azure breaks a page off early (after 5 s, or between two of its servers)."""
        limits.check_key("partition", partition)
        limits.check_page(after, before, limit)
        rows: list[Row] = []
        try:
            for page in self._client(table).query_entities(_filter(partition, after, before), results_per_page=limit).by_page():
                rows += map(_row, page)
                if len(rows) >= limit:
                    break
        except ResourceNotFoundError:
            return []
        except AzureError as error:
            raise translated(error) from error
        return rows[:limit]

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        """One request. One more makes the table the first time, and one more for each Delete whose row is missing.

        Azure fails a transaction that deletes a missing row. Nothing was written then, so it is sent again without that Delete.
        """
        pending = limits.prepared(partition, writes)
        client = self._client(table)
        for _ in range(len(pending) + 2):
            if not pending:
                return
            try:
                return _send(client, partition, pending)
            except AzureError as error:
                pending = _mended(client, pending, error)
        raise StorageUnavailable(f"The table {table} was made, and still is not there.")

    def _client(self, table: Table) -> TableClient:
        with self._lock:
            if table not in self._clients:
                self._clients[table] = self._opened(self._prefix + table)
            return self._clients[table]


def _options(*, loopback: bool) -> dict[str, Any]:
    from shared.adapters.transport import BoundedTransport

    connection.quieten()
    return {"transport": BoundedTransport(loopback=loopback), **connection.READ_RETRIES}


def _filter(partition: str, after: str, before: str) -> str:
    """OData. U+FFFF is not sent, as not every part of Azure takes it for a character: nothing is before or after it anyway."""
    terms = [f"PartitionKey eq {_quoted(partition)}"]
    if after:
        terms.append(f"RowKey gt {_quoted(after)}")
    if before != "\uffff":
        terms.append(f"RowKey lt {_quoted(_without_last(before))}")
    return " and ".join(terms)


def _without_last(before: str) -> str:
    """The same bound without a final U+FFFF, which no key holds: all keys before "ticket:\\uffff" are before "ticket;"."""
    stem = before.removesuffix("\uffff")
    return before if stem == before or ord(stem[-1]) >= 0xD7FF else stem[:-1] + chr(ord(stem[-1]) + 1)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _send(client: TableClient, partition: str, writes: Sequence[Write]) -> None:
    """One write costs half as much outside a batch: both in the client's CPU and on the wire."""
    if len(writes) > 1:
        client.submit_transaction([_operation(partition, write) for write in writes], retry_total=0)
        return
    match writes[0]:
        case Insert(row):
            client.create_entity(_entity(partition, row), retry_total=0, **_NO_ECHO)
        case Replace(row):
            client.update_entity(_entity(partition, row), retry_total=0, **_replacing(row))
        case Upsert(row):
            client.upsert_entity(_entity(partition, row), retry_total=0, mode=UpdateMode.REPLACE)
        case Delete(key):
            client.delete_entity(partition, key, retry_total=0)


def _operation(partition: str, write: Write) -> tuple[str, dict[str, Any], dict[str, Any]]:
    match write:
        case Insert(row):
            return "create", _entity(partition, row), _NO_ECHO
        case Replace(row):
            return "update", _entity(partition, row), _replacing(row)
        case Upsert(row):
            return "upsert", _entity(partition, row), {"mode": UpdateMode.REPLACE}
        case Delete(key):
            return "delete", {"PartitionKey": partition, "RowKey": key}, {}


def _replacing(row: Row) -> dict[str, Any]:
    return {"mode": UpdateMode.REPLACE, "etag": row.etag, "match_condition": MatchConditions.IfNotModified}


def _mended(client: TableClient, pending: list[Write], error: AzureError) -> list[Write]:
    """What is left to send after making the missing table, or without the Delete of a missing row. Raises anything else."""
    code = code_of(error)
    if code == "TableNotFound":
        _make(client)
        return pending
    failed = re.match(r"(\d+):", error.message) if isinstance(error, TableTransactionError) and code in MISSING else None
    if failed and isinstance(pending[int(failed[1])], Delete):
        return [write for index, write in enumerate(pending) if index != int(failed[1])]
    raise translated(error) from error


def _make(client: TableClient) -> None:
    try:
        client.create_table()
    except ResourceExistsError:  # another writer made it first
        return
    except AzureError as error:
        raise translated(error) from error


def _entity(partition: str, row: Row) -> dict[str, Any]:
    return {"PartitionKey": partition, "RowKey": row.key, **{name: _stored(value) for name, value in row.values.items()}}


def _stored(value: Value) -> object:
    """Whole numbers beyond 32 bits need their type said; the client refuses them otherwise."""
    return EntityProperty(value, EdmType.INT64) if type(value) is int and not -(2**31) <= value < 2**31 else value


def _row(entity: TableEntity) -> Row:
    values = {name: _plain(value) for name, value in entity.items() if name not in ("PartitionKey", "RowKey")}
    return Row(key=entity["RowKey"], values=MappingProxyType(values), etag=entity.metadata["etag"] or "")


def _plain(value: Any) -> Value:
    if isinstance(value, EntityProperty):
        return int(value.value)
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.time(), UTC)
    return value  # type: ignore[no-any-return]
