"""A desk's storage account as backup and restore see it: whole tables, page by page, and every blob."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.data.tables import TableClient, TableEntity

from dev.ops.shelf import Shelf
from dev.ops.trouble import Refused
from shared.actions.ports import Table
from shared.adapters import connection
from shared.adapters.blobs import CONTAINER
from shared.adapters.shared_key import SharedKeyPolicy
from shared.adapters.storage_faults import code_of
from shared.adapters.transport import BoundedTransport

PAGE = 1000
"""Rows a request brings at the most; Azure's limit."""

Token = Mapping[str, str]
"""Where a listing goes on: what the service has answered with a page."""

_SCOPE = "https://storage.azure.com/.default"
_RETRIES: dict[str, Any] = {"retry_total": 6, "retry_backoff_factor": 0.5}
"""Nobody waits for an answer here, and all that is sent may be sent again."""
_NO_ECHO = {"response_preference": "return-no-content"}


def opened(environ: Mapping[str, str], *, prefix: str = "", container: str = CONTAINER) -> "Account":
    """The account that STORAGE_ACCOUNT_NAME names, by identity; or an emulator here, by STORAGE_CONNECTION_STRING."""
    name, local = environ.get("STORAGE_ACCOUNT_NAME", ""), environ.get("STORAGE_CONNECTION_STRING", "")
    if bool(name) == bool(local):
        raise Refused("Set STORAGE_ACCOUNT_NAME (by identity: az login), or STORAGE_CONNECTION_STRING of an emulator; not both.")
    return _emulated(local, prefix, container) if local else _real(name, environ.get("AZURE_CLIENT_ID"), prefix, container)


def _emulated(local: str, prefix: str, container: str) -> "Account":
    endpoint, account, key = connection.loopback_blobs(local)

    def client(table: str) -> TableClient:
        return TableClient.from_connection_string(local, prefix + table, transport=BoundedTransport(loopback=True), **_RETRIES)

    shelf = Shelf(f"{endpoint}/{container}", SharedKeyPolicy(account, key), loopback=True)
    return Account(f"{endpoint}/{prefix}", client, shelf)


def _real(name: str, client_id: str | None, prefix: str, container: str) -> "Account":
    credential = connection.credential(client_id)

    def client(table: str) -> TableClient:
        transport = BoundedTransport(loopback=False)
        url = f"https://{name}.table.core.windows.net"
        return TableClient(url, prefix + table, credential=credential, transport=transport, **_RETRIES)

    authorization = BearerTokenCredentialPolicy[HttpRequest, HttpResponse](credential, _SCOPE)
    return Account(name, client, Shelf(f"https://{name}.blob.core.windows.net/{container}", authorization, loopback=False))


class Account:
    """`name` tells accounts apart. A table that is not there is an empty one."""

    def __init__(self, name: str, client: Any, shelf: Shelf) -> None:
        self.name = name
        self.shelf = shelf
        self._client = cache(client)

    def pages(
        self, table: Table, *, since: datetime | None = None, token: Token | None = None
    ) -> Iterator[tuple[list[TableEntity], Token | None]]:
        """Rows in the order of their keys, each page with where the next begins; `since`: only those written from then on.

        Azure looks at every row to find those, so that it costs as much as listing all.
        """
        filter = f"Timestamp ge datetime'{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z'" if since else ""
        pages = self._client(table).query_entities(filter, results_per_page=PAGE).by_page(continuation_token=token)
        try:
            for page in pages:
                found = list(page)
                yield found, pages.continuation_token
        except ResourceNotFoundError:
            return

    def between(self, table: Table, partition: str, first: str, last: str) -> Iterator[TableEntity]:
        """The rows of a partition from one key to another, both included."""
        terms = {"p": partition, "f": first, "l": last}
        filter = "PartitionKey eq @p and RowKey ge @f and RowKey le @l"
        try:
            yield from self._client(table).query_entities(filter, parameters=terms, results_per_page=PAGE)
        except ResourceNotFoundError:
            return

    def now(self) -> datetime:
        """The service's clock, to the second: rows' timestamps are its."""
        told: list[datetime] = []

        def note(answer: Any) -> None:
            told.append(parsedate_to_datetime(answer.http_response.headers["Date"]))

        pages = self._client(Table.SYSTEM).query_entities("", results_per_page=1, raw_response_hook=note).by_page()
        try:
            next(pages, None)
        except ResourceNotFoundError as error:
            answer: Any = error.response
            return parsedate_to_datetime(answer.headers["Date"])
        return told[0]

    def make(self, table: Table) -> None:
        try:
            self._client(table).create_table()
        except ResourceExistsError:
            return

    def add(self, table: Table, rows: Sequence[Mapping[str, object]]) -> bool:
        """At most 100 rows of one partition, all or none. False, and nothing is written, when one of them is there already.

        Rows are created and not replaced: the emulator takes no row of nearly 1 MiB otherwise, if its letters are not ASCII.
        """
        try:
            self._client(table).submit_transaction([("create", dict(row), _NO_ECHO) for row in rows])
        except AzureError as error:
            if code_of(error) != "EntityAlreadyExists":
                raise
            return False
        return True

    def remove(self, table: Table, partition: str, keys: Iterable[str]) -> None:
        for key in keys:
            self._client(table).delete_entity(partition, key)

    def is_empty(self, *, but: str = "") -> bool:
        """Whether there is no row and no blob; rows of the partition `but` do not count."""
        rows = any(row["PartitionKey"] != but for table in Table for page, _ in self.pages(table) for row in page)
        return not rows and not self.shelf.listed("", most=1)[0]
