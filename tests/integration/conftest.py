"""Both stores, empty: what a desk is tried on."""

from uuid import uuid4

import pytest

from shared.actions.desk import Desk
from shared.actions.ports import Blobs, Rows
from shared.adapters import blobs, tables
from shared.adapters.memory import MemoryBlobs, MemoryRows
from tests.support.desks import Clock, a_desk


@pytest.fixture(params=["memory", "azurite"])
def empty_store(request: pytest.FixtureRequest) -> tuple[Rows, Blobs]:
    """Tables and blobs that nobody has written to."""
    if request.param == "memory":
        return MemoryRows(), MemoryBlobs()
    emulator: str = request.getfixturevalue("azurite")
    name = uuid4().hex[:12]
    return tables.from_connection_string(emulator, prefix=f"t{name}"), blobs.from_connection_string(
        emulator, container=f"raw-{name}"
    )


@pytest.fixture
def desk(empty_store: tuple[Rows, Blobs]) -> Desk:
    """A desk with its customers and staff, and the staff directory already read."""
    desk = a_desk(Clock(), rows=empty_store[0], blobs=empty_store[1])
    desk.directory(desk.clock())
    return desk
