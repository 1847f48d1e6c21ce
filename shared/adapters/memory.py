"""The storage, mail and webhook ports in dictionaries: a real implementation, with the same errors and limits, for one process.

Everything held is immutable, and one lock orders all calls, so threads see what they would see of Table Storage.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from threading import Lock
from types import MappingProxyType

from shared.actions.ports import Delete, Insert, Queued, Replace, Row, Table, Write
from shared.adapters import limits
from shared.domain.errors import AddressRefused, Conflict, SportelloError
from shared.domain.identity import message_id, operation_id
from shared.domain.mail import Mail, SentMail
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Service


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

    def copied(self) -> "MemoryRows":
        """Another store that holds the same from now on, until either is written to."""
        other = MemoryRows()
        with self._lock:
            other._partitions = {
                place: _Partition(rows=dict(found.rows), order=list(found.order)) for place, found in self._partitions.items()
            }
            other._etags = count(next(self._etags))
        return other

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
            end = bisect_left(found.order, limits.ordinal(before), lo=first, key=limits.ordinal)
            return [found.rows[key] for key in found.order[first : min(end, first + limit)]]

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
    """ports.Blobs. The first content under a name stays, as it does in the real store; a log is kept as its appends."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._content: dict[str, bytes] = {}
        self._logs: dict[str, list[bytes]] = {}

    def put(self, name: str, content: bytes, *, content_type: str) -> bool:
        limits.check_blob_name(name)
        with self._lock:
            was_new = name not in self._content and name not in self._logs
            if was_new:
                self._content[name] = bytes(content)
            return was_new

    def append(self, name: str, content: bytes) -> None:
        limits.check_append(name, content)
        with self._lock:
            for part in count(1):
                part_name = limits.part_of_log(name, part)
                if part_name in self._content:
                    raise Conflict("This name was put; nothing can be appended to it.")
                blocks = self._logs.setdefault(part_name, [])
                if len(blocks) < limits.BLOCKS:
                    return blocks.append(bytes(content))

    def get(self, name: str) -> bytes | None:
        limits.check_blob_name(name)
        with self._lock:
            return b"".join(self._logs[name]) if name in self._logs else self._content.get(name)

    def delete(self, name: str) -> None:
        limits.check_blob_name(name)
        with self._lock:
            self._content.pop(name, None)
            self._logs.pop(name, None)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a subscriber received."""

    url: str
    secrets: tuple[str, ...]
    id: str
    body: bytes
    at: datetime


class MemoryMailReports:
    """ports.MailReports. `put` is Event Grid's side. What was received is hidden until `forward` has gone so far."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers = count(1)
        self._messages: dict[str, tuple[Queued, timedelta]] = {}
        self._clock = timedelta()

    def put(self, text: str) -> None:
        with self._lock:
            id = str(next(self._numbers))
            self._messages[id] = (Queued(id=id, receipt="", tries=0, text=text), self._clock)

    def forward(self, by: timedelta) -> None:
        with self._lock:
            self._clock += by

    @property
    def waiting(self) -> int:
        """Messages that nobody has deleted, hidden or not."""
        with self._lock:
            return len(self._messages)

    def receive(self, hidden_for: timedelta) -> list[Queued]:
        with self._lock:
            found: list[Queued] = []
            for id, (message, visible_at) in self._messages.items():
                if visible_at <= self._clock and len(found) < 32:
                    received = replace(message, receipt=str(next(self._numbers)), tries=message.tries + 1)
                    self._messages[id] = (received, self._clock + hidden_for)
                    found.append(received)
            return found

    def delete(self, message: Queued) -> None:
        with self._lock:
            kept = self._messages.get(message.id)
            if kept is not None and kept[0].receipt == message.receipt:
                del self._messages[message.id]


class MemoryPublisher:
    """ports.Publisher. `received` has every post that arrived, repetitions too. Failures are lined up with `fail_next`.

    It sends to every https address: what is refused is the real one's business.
    """

    def __init__(self) -> None:
        self.received: list[Posted] = []
        self._lock = Lock()
        self._failures: deque[tuple[SportelloError, bool]] = deque()

    def fail_next(self, error: SportelloError, *, arrived: bool = False, times: int = 1) -> None:
        """The next `times` posts raise `error`; with `arrived` the event gets there and only the answer is lost."""
        with self._lock:
            self._failures.extend([(error, arrived)] * times)

    def post(self, url: str, secrets: Sequence[str], id: str, body: bytes, now: datetime) -> int:
        with self._lock:
            error, arrived = self._failures.popleft() if self._failures else (None, True)
            if arrived:
                self.received.append(Posted(url=url, secrets=tuple(secrets), id=id, body=body, at=now))
            if error:
                raise error
            return 200

    def check(self, url: str) -> None:
        if not url.startswith("https://"):
            raise AddressRefused("The URL must begin with https://.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """How a service answers from `since` until before `until`. `outcome` None: the prober cannot look."""

    since: datetime
    until: datetime
    outcome: Outcome | None
    latency_ms: int | None
    detail: str


class MemoryProber:
    """ports.Prober with services that answer as a test says; unless it says otherwise, well, after 20 ms.

    Time passes only from attempt to attempt: each is given its outcome by the instant that it begins at.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, datetime]] = []
        self._spells: dict[str, list[Spell]] = {}

    def down(
        self, service: str, since: datetime, until: datetime, detail: str = "no answer within 5 s", latency_ms: int | None = None
    ) -> None:
        self._says(service, Spell(since=since, until=until, outcome=Outcome.BAD, latency_ms=latency_ms, detail=detail))

    def slow(self, service: str, since: datetime, until: datetime, latency_ms: int) -> None:
        self._says(service, Spell(since=since, until=until, outcome=Outcome.GOOD, latency_ms=latency_ms, detail=""))

    def blind(self, service: str, since: datetime, until: datetime) -> None:
        """It is we who cannot look."""
        self._says(service, Spell(since=since, until=until, outcome=None, latency_ms=None, detail=""))

    def probe(self, services: Sequence[Service], now: datetime, budget: timedelta) -> list[Sample]:
        return [sample for service in services for sample in self._samples(service, now)]

    def _samples(self, service: Service, now: datetime) -> list[Sample]:
        self.asked.append((service.id, now))
        found: list[Sample] = []
        for number in range(service.thresholds.failures):
            at = now + number * service.thresholds.reprobe_after
            spell = next((spell for spell in self._spells.get(service.id, []) if spell.since <= at < spell.until), None)
            if spell is not None and spell.outcome is None:
                return []
            found.append(_sample(service, at, Seer.REPROBE if number else Seer.PROBE, spell))
            if found[-1].outcome is Outcome.GOOD:
                break
        return found

    def _says(self, service: str, spell: Spell) -> None:
        """The latest word counts."""
        self._spells.setdefault(service, []).insert(0, spell)


def _sample(service: Service, at: datetime, seer: Seer, spell: Spell | None) -> Sample:
    if spell is None or spell.outcome is None:
        return Sample(service=service.id, at=at, outcome=Outcome.GOOD, seer=seer, latency_ms=20)
    return Sample(
        service=service.id,
        at=at,
        outcome=spell.outcome,
        seer=seer,
        latency_ms=spell.latency_ms,
        check=0 if spell.outcome is Outcome.BAD else None,
        detail=spell.detail,
    )


def _check(found: _Partition, write: Write) -> None:
    if isinstance(write, Insert) and write.row.key in found.rows:
        raise Conflict("A row to be inserted is already there; nothing was written.")
    if isinstance(write, Replace):
        stored = found.rows.get(write.row.key)
        if stored is None or stored.etag != write.row.etag:
            raise Conflict("A row to be replaced has changed; nothing was written.")


class MemoryTelemetry:
    """ports.Telemetry. `told`: each event's name and fields, `is_warning` among them, in the order they were told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, str | int | bool | None]]] = []

    def tell(self, event: str, /, *, is_warning: bool = False, **fields: str | int | bool | None) -> None:
        self.told.append((event, {"is_warning": is_warning, **fields}))
