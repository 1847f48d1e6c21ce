"""The storage and mail ports in dictionaries: a real implementation, with the same errors and limits, for one process.

Everything held is immutable, and one lock orders all calls, so threads see what they would see of Table Storage.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Lock
from types import MappingProxyType

from shared.actions.ports import Delete, Insert, Replace, Row, Table, Write
from shared.adapters import limits
from shared.adapters.mail_identity import message_id, operation_id
from shared.domain.errors import Conflict, SportelloError
from shared.domain.mail import Mail, SentMail


@dataclass(slots=True)
class _Partition:
    rows: dict[str, Row] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)


class MemoryRows:
    """ports.Rows. ETags come from one counter, so no two versions of a row ever share one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._partitions: dict[tuple[Table, str], _Partition] = {}
        self._etags = count(1)

    def get(self, table: Table, partition: str, key: str) -> Row | None:
        limits.check_key("partition", partition)
        limits.check_key("row", key)
        with self._lock:
            found = self._partitions.get((table, partition))
            return found.rows.get(key) if found else None

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        limits.check_key("partition", partition)
        limits.check_page(after, before, limit)
        with self._lock:
            found = self._partitions.get((table, partition), _Partition())
            first = bisect_right(found.order, limits.ordinal(after), key=limits.ordinal)
            page = found.order[first : first + limit]
            return [found.rows[key] for key in page if limits.ordinal(key) < limits.ordinal(before)]

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        ready = limits.prepared(partition, writes)
        with self._lock:
            found = self._partitions.setdefault((table, partition), _Partition())
            for write in ready:
                _check(found, write)
            for write in ready:
                self._apply(found, write)

    def _apply(self, found: _Partition, write: Write) -> None:
        key = write.key if isinstance(write, Delete) else write.row.key
        if isinstance(write, Delete):
            if found.rows.pop(key, None):
                del found.order[bisect_left(found.order, limits.ordinal(key), key=limits.ordinal)]
            return
        if key not in found.rows:
            insort(found.order, key, key=limits.ordinal)
        found.rows[key] = replace(write.row, values=MappingProxyType(dict(write.row.values)), etag=f'W/"{next(self._etags)}"')


class MemoryBlobs:
    """ports.Blobs. The first content under a name stays, as it does in the real store."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._content: dict[str, bytes] = {}

    def put(self, name: str, content: bytes, *, content_type: str) -> bool:
        limits.check_blob_name(name)
        with self._lock:
            was_new = name not in self._content
            self._content.setdefault(name, bytes(content))
            return was_new

    def get(self, name: str) -> bytes | None:
        limits.check_blob_name(name)
        with self._lock:
            return self._content.get(name)

    def delete(self, name: str) -> None:
        limits.check_blob_name(name)
        with self._lock:
            self._content.pop(name, None)


class MemoryMailer:
    """ports.Mailer. `sent` has each key once, in the order of acceptance. Failures are lined up with `fail_next`."""

    def __init__(self, sender: str = "assistenza@sportello.example") -> None:
        self.sent: list[Mail] = []
        self._sender = sender
        self._keys: set[str] = set()
        self._lock = Lock()
        self._failures: deque[tuple[SportelloError, bool]] = deque()

    def fail_next(self, error: SportelloError, *, accepted: bool = False, times: int = 1) -> None:
        """The next `times` sends raise `error`; with `accepted` the message goes out and only the answer is lost."""
        with self._lock:
            self._failures.extend([(error, accepted)] * times)

    def send(self, mail: Mail) -> SentMail:
        with self._lock:
            error, accepted = self._failures.popleft() if self._failures else (None, True)
            if accepted and mail.key not in self._keys:
                self._keys.add(mail.key)
                self.sent.append(mail)
            if error:
                raise error
            return SentMail(operation_id=operation_id(mail.key), message_id=message_id(mail.key, self._sender))


def _check(found: _Partition, write: Write) -> None:
    if isinstance(write, Insert) and write.row.key in found.rows:
        raise Conflict("A row to be inserted is already there; nothing was written.")
    if isinstance(write, Replace):
        stored = found.rows.get(write.row.key)
        if stored is None or stored.etag != write.row.etag:
            raise Conflict("A row to be replaced has changed; nothing was written.")
