"""Accounts of their own on the emulator, as the desk sees them and as the operator does, and processes that die."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from dev.ops.account import Account, opened
from dev.ops.compare import compare
from dev.ops.folder import Folder
from shared.actions.ports import Blobs, Row, Rows, Table, Upsert
from shared.adapters import blobs, tables

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass
class Place:
    """An account: tables with a prefix and a container that nobody else uses."""

    environ: dict[str, str]
    name: str

    @property
    def rows(self) -> Rows:
        return tables.from_connection_string(self.environ["STORAGE_CONNECTION_STRING"], prefix=self.name)

    @property
    def blobs(self) -> Blobs:
        return blobs.from_connection_string(self.environ["STORAGE_CONNECTION_STRING"], container=self.name)

    @property
    def account(self) -> Account:
        return opened(self.environ, prefix=self.name, container=self.name)


def a_place(azurite: str) -> Place:
    return Place({"STORAGE_CONNECTION_STRING": azurite}, f"t{uuid4().hex[:12]}")


def quiet(_: str) -> None:
    """Says nothing."""


def seeded(place: Place, number: int) -> None:
    """So many rows in four partitions of `desk`."""
    for partition in range(4):
        for start in range(0, number // 4, 100):
            keys = range(start, min(start + 100, number // 4))
            writes = [Upsert(Row(key=f"event:{key:06d}", values={"n": key, "at": NOON, "doc": "è" * 20})) for key in keys]
            place.rows.commit(Table.DESK, f"C{partition}", writes)


def emptied(place: Place, *only: Table) -> None:
    """As after the account was deleted and made again: no table (of those named, or of all), and no blob."""
    account = place.account
    for table in only or Table:
        for page, _ in account.pages(table):
            for entity in page:
                account._client(table).delete_entity(entity["PartitionKey"], entity["RowKey"])
    if not only:
        for blob in account.shelf.listed("")[0]:
            place.blobs.delete(blob.name)


def differences(account: Account, folder: Folder) -> list[str]:
    return [str(each) for each in compare(account, folder) if not each.is_same]


class Dies(Exception):
    """What a kill is here: at a request, with nothing said to anybody."""


def mortal(account: Account, requests: int) -> Account:
    """The same account, whose process dies before the request after so many."""
    left = iter(range(requests))

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            if next(left, None) is None:
                raise Dies
            return call(*args, **kwargs)

        return called

    pages = account.pages

    def dying_pages(*args: Any, **kwargs: Any) -> Iterator[Any]:
        for page in pages(*args, **kwargs):
            if next(left, None) is None:
                raise Dies
            yield page

    account.pages = dying_pages  # type: ignore[method-assign]
    for thing, names in ((account, ("add", "remove")), (account.shelf, ("listed", "pieces", "put", "append"))):
        for name in names:
            setattr(thing, name, dying(getattr(thing, name)))
    return account


def lives(work: Callable[[int], object]) -> int:
    """How often it was killed before it came to its end; each time after three requests more."""
    for kills in range(200):
        try:
            work(1 + 3 * kills)
            return kills
        except Dies:
            continue
    raise AssertionError("it never gets further")
