"""A desk on an emulator of its own, as the benches need it: every port call counted, the mail kept in memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dev import demo
from dev.azurite import azurite
from dev.bench.counting import CountingBlobs, CountingRows
from dev.bench.portal import SECRET
from dev.ports import free_port
from shared import app
from shared.actions import customers
from shared.actions.desk import Desk
from shared.adapters.memory import MemoryBlobs, MemoryMailer, MemoryRows
from shared.settings import Settings

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday, 9:00 in Rome."""


@dataclass(slots=True)
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def emulator() -> Iterator[str]:
    """The connection string of an emulator that keeps everything in memory."""
    with (
        tempfile.TemporaryDirectory() as folder,
        azurite(free_port(), free_port(), free_port(), Path(folder), in_memory=True) as connection,
    ):
        yield connection


def environment(connection: str) -> dict[str, str]:
    """Settings for a desk on that emulator; its mail service does not exist."""
    return {
        "STORAGE_CONNECTION_STRING": connection,
        "MAIL_CONNECTION_STRING": "endpoint=http://127.0.0.1:1/;accesskey=c2VjcmV0",
        "MAIL_SENDER": "support@desk.example",
        "PORTAL_WEBHOOK_SECRETS": SECRET,
        "PUBLIC_URL": "http://127.0.0.1:7071",
        "LINK_SECRET": "a secret of thirty-two characters or more",
    }


def counted(connection: str | None, clock: Clock) -> tuple[Desk, CountingRows, CountingBlobs]:
    """A populated desk with its counters; `connection` None: on the memory store."""
    wired = app.wire(Settings.from_environ(environment(connection or "UseDevelopmentStorage=true")))
    rows = CountingRows(wired.rows if connection else MemoryRows())
    blobs = CountingBlobs(wired.blobs if connection else MemoryBlobs())
    directory = customers.KeptDirectory(rows)
    desk = replace(wired, clock=clock, rows=rows, blobs=blobs, mailer=MemoryMailer(), directory=directory)
    for person in demo.PEOPLE:
        customers.employ(desk, person)
    for customer in demo.CUSTOMERS:
        customers.enrol(desk, customer)
    desk.directory(clock())
    rows.reset()
    return desk, rows, blobs
