"""ports.Blobs: one suite for both stores, memory and Azurite, and the faults that a scripted server shows."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from dev.bench.counting import CountingBlobs
from shared.actions.ports import Blobs
from shared.adapters import blobs as azure_blobs
from shared.adapters import transport
from shared.adapters.memory import MemoryBlobs
from shared.domain.errors import InvalidInput, StorageUnavailable
from tests.integration.scripted_server import Answer, Script, scripted_server


@pytest.fixture(scope="session")
def container(azurite: str) -> azure_blobs.AzureBlobs:
    return azure_blobs.from_connection_string(azurite)


@pytest.fixture(params=["memory", "azurite"])
def blobs(request: pytest.FixtureRequest) -> Blobs:
    found: Blobs = MemoryBlobs() if request.param == "memory" else request.getfixturevalue("container")
    return found


@pytest.fixture
def name() -> str:
    return f"raw/2026/11/23/{uuid4().hex}{uuid4().hex}"


@pytest.mark.parametrize("content", [b"", b"{}", bytes(range(256)), b"x" * (1024 * 1024)])
def test_bytes_come_back_as_they_were_put(blobs: Blobs, name: str, content: bytes) -> None:
    blobs.put(name, content, content_type="application/json")
    assert blobs.get(name) == content


def test_what_was_never_put_is_none(blobs: Blobs, name: str) -> None:
    assert blobs.get(name) is None


def test_putting_the_same_name_again_is_harmless_and_the_first_content_stays(blobs: Blobs, name: str) -> None:
    assert blobs.put(name, b"first", content_type="application/json") is True
    assert blobs.put(name, b"first", content_type="application/json") is False
    assert blobs.put(name, b"second", content_type="text/plain") is False
    assert blobs.get(name) == b"first"


def test_twenty_threads_may_put_one_name(blobs: Blobs, name: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        new = list(pool.map(lambda _: blobs.put(name, b"same", content_type="application/json"), range(20)))
    assert new.count(True) == 1
    assert blobs.get(name) == b"same"


@pytest.mark.parametrize("bad", ["", "/a", "a//b", "a/../b", "a\\b", "a b", "a?b", "n" * 1025])
def test_both_stores_refuse_a_name_that_a_url_would_change(blobs: Blobs, bad: str) -> None:
    with pytest.raises(InvalidInput):
        blobs.put(bad, b"", content_type="text/plain")
    with pytest.raises(InvalidInput):
        blobs.get(bad)


def test_the_container_is_made_when_it_is_first_needed(azurite: str, name: str) -> None:
    fresh = azure_blobs.from_connection_string(azurite, container=uuid4().hex)
    assert fresh.get(name) is None
    with ThreadPoolExecutor(20) as pool:
        new = list(pool.map(lambda n: fresh.put(f"{name}{n % 3}", b"x", content_type="text/plain"), range(20)))
    assert new.count(True) == 3
    assert fresh.get(f"{name}2") == b"x"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every HTTP request the Azure clients send."""
    requests: list[Any] = []
    send = transport.BoundedTransport.send

    def recorded(self: transport.BoundedTransport, request: Any, **kwargs: Any) -> Any:
        requests.append(request)
        return send(self, request, **kwargs)

    monkeypatch.setattr(transport.BoundedTransport, "send", recorded)
    return requests


def test_a_call_of_the_port_is_one_storage_request(container: azure_blobs.AzureBlobs, name: str, sent: list[Any]) -> None:
    container.put(f"{name}-first", b"x", content_type="text/plain")
    sent.clear()
    counting = CountingBlobs(container)
    counting.put(name, b"x" * (1024 * 1024), content_type="application/json")
    counting.put(name, b"x", content_type="application/json")
    counting.get(name)
    counting.get(f"{name}-missing")
    assert counting.requests == len(sent) == 4
    assert counting.by_call == {"put": 2, "get": 2}
    assert sent[0].headers["x-ms-blob-content-type"] == "application/json"


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


def test_a_store_that_fails_in_passing_is_asked_three_times(server: Script) -> None:
    blobs = azure_blobs.from_connection_string(server.storage)
    busy = Answer(status=503, headers={"x-ms-error-code": "ServerBusy", "Retry-After": "20"})
    server.play(busy, busy, Answer(status=201))
    blobs.put("raw/x", b"x", content_type="text/plain")
    assert len(server.requests) == 3
    server.play(busy)
    started = time.monotonic()
    with pytest.raises(StorageUnavailable):
        blobs.put("raw/x", b"x", content_type="text/plain")
    with pytest.raises(StorageUnavailable):
        blobs.get("raw/x")
    assert len(server.requests) == 6
    assert time.monotonic() - started < 8


def test_a_put_whose_answer_was_lost_finds_its_own_blob(server: Script) -> None:
    server.play(Answer(status=0, cut=True), Answer(status=409, headers={"x-ms-error-code": "BlobAlreadyExists"}))
    assert azure_blobs.from_connection_string(server.storage).put("raw/x", b"x", content_type="text/plain") is False
    assert [request.method for request in server.requests] == ["PUT", "PUT"]


def test_a_container_that_is_being_deleted_is_unavailable(server: Script) -> None:
    deleted = Answer(status=409, headers={"x-ms-error-code": "ContainerBeingDeleted"})
    missing = Answer(status=404, headers={"x-ms-error-code": "ContainerNotFound"})
    blobs = azure_blobs.from_connection_string(server.storage)
    for answers in ([deleted], [missing, deleted], [missing, Answer(status=201), missing]):
        server.play(*answers)
        with pytest.raises(StorageUnavailable):
            blobs.put("raw/x", b"x", content_type="text/plain")
        assert len(server.requests) == len(answers)
