"""What the actions need from the outside world, as Protocols. `shared/adapters/` has the implementations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.domain.mail import Mail, SentMail

Value = str | int | bool | datetime
"""What a column holds. Instants are timezone-aware UTC, kept to the microsecond."""


class Table(StrEnum):
    """Table names. `desk`: a partition a customer. `agenda`: a partition a shard. `system`: staff, heartbeats, quarantine."""

    DESK = "desk"
    AGENDA = "agenda"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it is, or will be, stored. `etag` is empty on a row that was not read from the store."""

    key: str
    values: Mapping[str, Value]
    etag: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Insert:
    """Fails with Conflict when the key is taken."""

    row: Row


@dataclass(frozen=True, slots=True)
class Replace:
    """Replaces all values. Fails with Conflict unless the stored row still has `row.etag` (which must not be empty)."""

    row: Row


@dataclass(frozen=True, slots=True)
class Upsert:
    """Inserts or replaces all values, whatever is there."""

    row: Row


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes if present, whatever is there; a missing row is no error."""

    key: str


Write = Insert | Replace | Upsert | Delete


class Rows(Protocol):
    """Table Storage as this program uses it. Every call is one storage request (a scan: one a page)."""

    def get(self, table: Table, partition: str, key: str) -> Row | None: ...

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        """Rows with after < key < before in key order, at most `limit` (<= 1000). A full page may have successors:
        ask again with `after` = the last key."""

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        """All or nothing, in one entity group transaction of at most 100 writes on distinct keys.

        Raises Conflict (nothing was written), RowTooLarge, InvalidInput for a key Azure would refuse, or
        StorageUnavailable (it may or may not have been written).
        """


class Blobs(Protocol):
    """Raw bytes under a name. Putting the same name again is harmless."""

    def put(self, name: str, content: bytes, *, content_type: str) -> bool:
        """Whether the name was new. The first content under a name stays."""

    def get(self, name: str) -> bytes | None: ...

    def delete(self, name: str) -> None:
        """Deletes if present; a missing name is no error. For erasure alone: nothing else ever leaves."""


class Publisher(Protocol):
    def post(self, url: str, secret: str, id: str, body: bytes, now: datetime) -> int:
        """Hands an event to a subscriber, signed with `secret` by the Standard Webhooks scheme under `id`, and answers its HTTP
        status, which is a success. Raises HookPostponed, HookRefused, or AddressRefused for where the desk does not send."""

    def check(self, url: str) -> None:
        """Raises AddressRefused where `post` would: not https, or a private or loopback address."""


class Mailer(Protocol):
    def send(self, mail: Mail) -> SentMail:
        """Hands a message over once: the same key twice is one message. Raises MailPostponed or MailRefused."""


class Webhooks(Protocol):
    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> str:
        """The webhook-id of an authentic, fresh request. Raises SignatureInvalid or TimestampStale.

        `headers` have lower-case names. Source: the Standard Webhooks specification.
        """
