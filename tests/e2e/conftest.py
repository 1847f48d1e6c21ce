"""A real local run to talk to: `sportello` with the demo, `empty_sportello` without, one each for a module."""

from collections.abc import Iterator

import pytest

from dev.azurite import is_installed
from tests.conftest import require
from tests.support.sportello import Sportello, running


@pytest.fixture(scope="module")
def sportello(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sportello]:
    require(is_installed(), "Azurite, the storage emulator,", "make setup")
    with running(tmp_path_factory.mktemp("sportello") / "data") as sportello:
        yield sportello


@pytest.fixture(scope="module")
def empty_sportello(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sportello]:
    require(is_installed(), "Azurite, the storage emulator,", "make setup")
    with running(tmp_path_factory.mktemp("sportello") / "data", demo=False) as sportello:
        yield sportello
