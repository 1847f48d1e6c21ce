"""Ports that fail at their k-th call, before or after taking effect: a process that dies, or a service that does not answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.ports import Blobs, Mailer, MailReports, Publisher, Queued, Row, Rows, Table, Write
from shared.domain.errors import StorageUnavailable
from shared.domain.mail import Mail, SentMail


class Crash(BaseException):
    """The process is gone: nothing that is written in the program can catch it."""


@dataclass
class Fuse:
    """Blows at call number `at` (the first is 0), before or after the call has taken effect."""

    at: int
    after_effect: bool
    failure: Callable[[], BaseException]
    calls: int = 0
    has_blown: bool = False

    def through[T](self, effect: Callable[[], T]) -> T:
        number, self.calls = self.calls, self.calls + 1
        if number != self.at or self.has_blown:
            return effect()
        self.has_blown = True
        if self.after_effect:
            effect()
        raise self.failure()


@dataclass(frozen=True)
class FusedRows:
    inner: Rows
    fuse: Fuse

    def get(self, table: Table, partition: str, key: str) -> Row | None:
        return self.fuse.through(lambda: self.inner.get(table, partition, key))

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        return self.fuse.through(lambda: self.inner.scan(table, partition, after=after, before=before, limit=limit))

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        self.fuse.through(lambda: self.inner.commit(table, partition, writes))


@dataclass(frozen=True)
class FusedBlobs:
    inner: Blobs
    fuse: Fuse

    def put(self, name: str, content: bytes, *, content_type: str) -> bool:
        return self.fuse.through(lambda: self.inner.put(name, content, content_type=content_type))

    def append(self, name: str, content: bytes) -> None:
        self.fuse.through(lambda: self.inner.append(name, content))

    def get(self, name: str) -> bytes | None:
        return self.fuse.through(lambda: self.inner.get(name))

    def delete(self, name: str) -> None:
        self.fuse.through(lambda: self.inner.delete(name))


@dataclass(frozen=True)
class FusedMailer:
    inner: Mailer
    fuse: Fuse

    def send(self, mail: Mail) -> SentMail:
        return self.fuse.through(lambda: self.inner.send(mail))


@dataclass(frozen=True)
class FusedReports:
    inner: MailReports
    fuse: Fuse

    def receive(self, hidden_for: timedelta) -> list[Queued]:
        return self.fuse.through(lambda: self.inner.receive(hidden_for))

    def delete(self, message: Queued) -> None:
        self.fuse.through(lambda: self.inner.delete(message))


@dataclass(frozen=True)
class FusedPublisher:
    inner: Publisher
    fuse: Fuse

    def post(self, url: str, secrets: Sequence[str], id: str, body: bytes, now: datetime) -> int:
        return self.fuse.through(lambda: self.inner.post(url, secrets, id, body, now))

    def check(self, url: str) -> None:
        self.fuse.through(lambda: self.inner.check(url))


def fused(desk: Desk, fuse: Fuse) -> Desk:
    """The desk with every port behind one fuse."""
    return replace(
        desk,
        rows=FusedRows(desk.rows, fuse),
        blobs=FusedBlobs(desk.blobs, fuse),
        mailer=FusedMailer(desk.mailer, fuse),
        reports=FusedReports(desk.reports, fuse),
        publisher=FusedPublisher(desk.publisher, fuse),
    )


def unavailable() -> StorageUnavailable:
    return StorageUnavailable("The service does not answer.")
