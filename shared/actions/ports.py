"""What the actions need from the outside world, as Protocols. `shared/adapters/` has the implementations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.domain.mail import Mail, SentMail
from shared.domain.watch.sample import Sample
from shared.domain.watch.service import Service

Value = str | int | bool | datetime
"""What a column holds. Instants are timezone-aware UTC, kept to the microsecond."""


class Table(StrEnum):
    """Table names. `desk`: a partition a customer. `agenda`: a partition a shard. `system`: staff, subscriptions with
    their logs, heartbeats, quarantine. `watch`: what is known of the watched services, a partition a day and a month."""

    DESK = "desk"
    AGENDA = "agenda"
    SYSTEM = "system"
    WATCH = "watch"


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
    """Raw bytes under a name. Putting the same name again is harmless. A name is put, or it is appended to: never both."""

    def put(self, name: str, content: bytes, *, content_type: str) -> bool:
        """Whether the name was new. The first content under a name stays."""

    def append(self, name: str, content: bytes) -> None:
        """Adds at most 4 MiB (RowTooLarge) at the end of a log, which is made when first needed. At least once: what is repeated
        after a lost answer may stand twice. A log that is full, after 50,000 appends, goes on under `<name>.2`, `<name>.3`, …
        """

    def get(self, name: str) -> bytes | None: ...

    def delete(self, name: str) -> None:
        """Deletes if present; a missing name is no error. For erasure alone: nothing else ever leaves."""


class Publisher(Protocol):
    def post(self, url: str, secrets: Sequence[str], id: str, body: bytes, now: datetime) -> int:
        """Hands an event to a subscriber and answers its HTTP status, which is a success. Signed by the Standard Webhooks scheme
        under `id`, with each of `secrets`. Raises HookPostponed, HookRefused, or AddressRefused for where the desk does not send.
        """

    def check(self, url: str) -> None:
        """Raises AddressRefused where `post` would: not https, or a private or loopback address."""


class Prober(Protocol):
    def probe(self, services: Sequence[Service], now: datetime, budget: timedelta) -> list[Sample]:
        """Looks at all of them at once, and is done within the budget, whoever hangs. Never raises because of a target.

        Of each service, next to each other: a PROBE and, if that is bad, REPROBEs, `reprobe_after` apart, up to
        `thresholds.failures` in all or until one is good. `at` is when the attempt began, by `now`; a REPROBE may have begun
        before the PROBE was given up. No sample at all: it was us who could not look. The budget should hold the longest time-out
        and `reprobe_after` for each re-probe; in a shorter one they are squeezed together.
        """


class Mailer(Protocol):
    def send(self, mail: Mail) -> SentMail:
        """Hands a message over once: the same key twice is one message. Raises MailPostponed or MailRefused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A message of a queue as it was received for the `tries`-th time. `receipt`: what deletes it, until it is received again."""

    id: str
    receipt: str
    tries: int
    text: str


class MailReports(Protocol):
    """The queue of what became of mails that had left: each report at least once, in any order."""

    def receive(self, hidden_for: timedelta) -> list[Queued]:
        """A few messages, 32 at the most, in one request. Nobody else receives them for so long; then they come again."""

    def delete(self, message: Queued) -> None:
        """Deletes what was received. One that is gone, or that somebody has received since, is no error."""


class Webhooks(Protocol):
    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> str:
        """The webhook-id of an authentic, fresh request. Raises SignatureInvalid or TimestampStale.

        `headers` have lower-case names. Source: the Standard Webhooks specification.
        """


class Telemetry(Protocol):
    def tell(self, event: str, /, *, is_warning: bool = False, **fields: str | int | bool | None) -> None:
        """Tells whoever watches the desk of one event, to count it and to be alerted. Ids only: never an address, a name,
        a text, a link or a secret. Never raises. Events and their fields: docs/operations/telemetry.md.
        """
