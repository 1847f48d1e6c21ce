"""Stores that count what is asked of them. A call of a port is one storage request, which tests/integration shows."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from threading import Lock

from shared.actions.ports import Blobs, MailReports, Queued, Row, Rows, Table, Write


class _Count:
    def __init__(self) -> None:
        self.by_call: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def requests(self) -> int:
        """Storage requests since the start, or since the last `reset`."""
        return self.by_call.total()

    def reset(self) -> None:
        with self._lock:
            self.by_call.clear()

    def _count(self, call: str) -> None:
        with self._lock:
            self.by_call[call] += 1


class CountingRows(_Count):
    """ports.Rows around another; `by_call` counts "get desk", "scan agenda", "commit desk" and so on."""

    def __init__(self, inner: Rows) -> None:
        super().__init__()
        self._inner = inner

    def get(self, table: Table, partition: str, key: str) -> Row | None:
        self._count(f"get {table}")
        return self._inner.get(table, partition, key)

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        self._count(f"scan {table}")
        return self._inner.scan(table, partition, after=after, before=before, limit=limit)

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        if writes:  # nothing to write is no request
            self._count(f"commit {table}")
        self._inner.commit(table, partition, writes)


class CountingBlobs(_Count):
    """ports.Blobs around another; `by_call` counts "put", "append", "get" and "delete"."""

    def __init__(self, inner: Blobs) -> None:
        super().__init__()
        self._inner = inner

    def put(self, name: str, content: bytes, *, content_type: str) -> bool:
        self._count("put")
        return self._inner.put(name, content, content_type=content_type)

    def append(self, name: str, content: bytes) -> None:
        self._count("append")
        self._inner.append(name, content)

    def get(self, name: str) -> bytes | None:
        self._count("get")
        return self._inner.get(name)

    def delete(self, name: str) -> None:
        self._count("delete")
        self._inner.delete(name)


class CountingMailReports(_Count):
    """ports.MailReports around another; `by_call` counts "receive" and "delete"."""

    def __init__(self, inner: MailReports) -> None:
        super().__init__()
        self._inner = inner

    def receive(self, hidden_for: timedelta) -> list[Queued]:
        self._count("receive")
        return self._inner.receive(hidden_for)

    def delete(self, message: Queued) -> None:
        self._count("delete")
        self._inner.delete(message)
