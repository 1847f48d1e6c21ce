"""What tests of several kinds share: a storage emulator of their own, and how a test says that a component is missing."""

import os
from collections.abc import Iterator

import pytest

from dev.azurite import azurite as running_azurite
from dev.azurite import is_installed
from dev.ports import free_port


def require(is_here: bool, what: str, install: str) -> None:
    """Skips with the install command when a component is missing; in CI, where nothing may be missing, fails."""
    if is_here:
        return
    message = f"{what} is missing; install it with: {install}"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of an emulator that keeps its data in memory: one for all tests, so use names of your own."""
    require(is_installed(), "Azurite, the storage emulator,", "make setup")
    ports = free_port(), free_port(), free_port()
    with running_azurite(*ports, tmp_path_factory.mktemp("azurite"), in_memory=True) as connection_string:
        yield connection_string
