"""ports.Blobs: one suite for both stores, memory and Azurite, and the faults that a scripted server shows."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from dev.azurite import KEY
from dev.bench.counting import CountingBlobs
from shared.actions.ports import Blobs
from shared.adapters import blobs as azure_blobs
from shared.adapters import connection, limits, transport
from shared.adapters.blob_container import BlobContainer
from shared.adapters.memory import MemoryBlobs
from shared.adapters.shared_key import SharedKeyPolicy
from shared.domain.errors import Conflict, InvalidInput, RowTooLarge, StorageUnavailable
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


def test_a_name_may_hold_characters_that_a_url_encodes(blobs: Blobs, name: str) -> None:
    odd = f"{name}/a+b=c@d/e._-"
    assert blobs.put(odd, b"odd", content_type="text/plain") is True
    assert blobs.get(odd) == b"odd"


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


def test_what_is_appended_stands_in_order_and_the_log_is_made_when_first_needed(blobs: Blobs, name: str) -> None:
    for line in (b"one\n", b"two\n", b"three\n"):
        blobs.append(f"probes/{name}.jsonl", line)
    assert blobs.get(f"probes/{name}.jsonl") == b"one\ntwo\nthree\n"
    blobs.delete(f"probes/{name}.jsonl")
    assert blobs.get(f"probes/{name}.jsonl") is None


def test_an_append_brings_four_mebibytes_and_no_more(blobs: Blobs, name: str) -> None:
    blobs.append(name, b"x" * 4 * 1024 * 1024)
    with pytest.raises(RowTooLarge, match="at most"):
        blobs.append(name, b"x" * (4 * 1024 * 1024 + 1))
    with pytest.raises(InvalidInput, match="nothing"):
        blobs.append(name, b"")
    with pytest.raises(InvalidInput):
        blobs.append("a/../b", b"x")
    assert len(blobs.get(name) or b"") == 4 * 1024 * 1024


def test_a_name_is_put_or_appended_to_and_never_both(blobs: Blobs, name: str) -> None:
    blobs.put(f"{name}-put", b"put", content_type="text/plain")
    with pytest.raises(Conflict):
        blobs.append(f"{name}-put", b"more")
    blobs.append(f"{name}-log", b"line")
    assert blobs.put(f"{name}-log", b"put", content_type="text/plain") is False
    assert (blobs.get(f"{name}-put"), blobs.get(f"{name}-log")) == (b"put", b"line")


def test_twenty_threads_may_append_to_a_log_that_is_not_there_yet(blobs: Blobs, name: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: blobs.append(name, f"{n}\n".encode()), range(20)))
    assert sorted((blobs.get(name) or b"").split(), key=int) == [str(n).encode() for n in range(20)]


def test_a_log_makes_the_container_when_it_is_first_needed(azurite: str, name: str) -> None:
    fresh = azure_blobs.from_connection_string(azurite, container=uuid4().hex)
    fresh.append(name, b"x")
    assert fresh.get(name) == b"x"


def test_a_full_log_goes_on_under_another_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOCKS", 2)
    blobs = MemoryBlobs()
    for line in b"abcde":
        blobs.append(name, bytes([line]))
    assert [blobs.get(part) for part in (name, f"{name}.2", f"{name}.3", f"{name}.4")] == [b"ab", b"cd", b"e", None]


def test_a_full_log_goes_on_under_another_name_in_azure(server: Script) -> None:
    full = Answer(status=409, headers={"x-ms-error-code": "BlockCountExceedsLimit"})
    missing = Answer(status=404, headers={"x-ms-error-code": "BlobNotFound"})
    server.play(full, missing, Answer(status=201))
    azure_blobs.from_connection_string(server.storage).append("probes/x.jsonl", b"line")
    paths = [request.path.removeprefix("/scripted/sportello/probes/x.jsonl") for request in server.requests]
    assert paths == ["?comp=appendblock", ".2?comp=appendblock", ".2", ".2?comp=appendblock"]
    assert server.requests[2].headers["x-ms-blob-type"] == "AppendBlob"
    assert server.requests[2].headers["if-none-match"] == "*"


@pytest.mark.parametrize("status", [301, 403, 404, 409, 500])
def test_an_append_that_is_answered_strangely_is_unavailable(server: Script, status: int) -> None:
    server.play(Answer(status=status, body="<html>not storage</html>"))
    with pytest.raises(StorageUnavailable):
        azure_blobs.from_connection_string(server.storage).append("probes/x.jsonl", b"x")
    assert {request.path for request in server.requests} == {"/scripted/sportello/probes/x.jsonl?comp=appendblock"}


def test_the_container_is_made_when_it_is_first_needed(azurite: str, name: str) -> None:
    fresh = azure_blobs.from_connection_string(azurite, container=uuid4().hex)
    assert fresh.get(name) is None
    with ThreadPoolExecutor(20) as pool:
        new = list(pool.map(lambda n: fresh.put(f"{name}{n % 3}", b"x", content_type="text/plain"), range(20)))
    assert new.count(True) == 3
    assert fresh.get(f"{name}2") == b"x"


def test_the_content_type_stays_with_the_blob(azurite: str, name: str) -> None:
    endpoint, account, key = connection.loopback_blobs(azurite)
    blobs = azure_blobs.from_connection_string(azurite)
    blobs.put(name, b"{}", content_type="application/json; charset=utf-8")
    answer = BlobContainer(f"{endpoint}/sportello", SharedKeyPolicy(account, key), loopback=True).get_blob(name)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Content-MD5"]  # what a get is checked by


def test_a_wrong_key_opens_nothing(azurite: str, name: str, caplog: pytest.LogCaptureFixture) -> None:
    stranger = azure_blobs.from_connection_string(azurite.replace(KEY, "AAAA" + KEY[4:]))
    for call in (lambda: stranger.put(name, b"x", content_type="text/plain"), lambda: stranger.get(name)):
        caplog.clear()
        with pytest.raises(StorageUnavailable):
            call()
        assert "does not accept our identity" in caplog.text
    assert azure_blobs.from_connection_string(azurite).get(name) is None


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
    container.append(f"{name}-log", b"x")
    sent.clear()
    counting = CountingBlobs(container)
    counting.put(name, b"x" * (1024 * 1024), content_type="application/json")
    counting.put(name, b"x", content_type="application/json")
    counting.get(name)
    counting.get(f"{name}-missing")
    counting.append(f"{name}-log", b"x")
    assert counting.requests == len(sent) == 5
    assert counting.by_call == {"put": 2, "get": 2, "append": 1}
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


def test_a_put_whose_condition_is_not_met_finds_a_blob(server: Script) -> None:
    server.play(Answer(status=412, headers={"x-ms-error-code": "ConditionNotMet"}))
    assert azure_blobs.from_connection_string(server.storage).put("raw/x", b"x", content_type="text/plain") is False
    assert server.requests[0].headers["if-none-match"] == "*"


@pytest.mark.parametrize("status", [301, 401, 403, 404, 409, 418, 500, 501])
def test_a_put_that_is_answered_strangely_is_unavailable_and_makes_no_container(server: Script, status: int) -> None:
    server.play(Answer(status=status, body="<html>not storage</html>"))
    with pytest.raises(StorageUnavailable):
        azure_blobs.from_connection_string(server.storage).put("raw/x", b"x", content_type="text/plain")
    assert {request.path for request in server.requests} == {"/scripted/sportello/raw/x"}


def test_what_storage_says_is_kept_in_our_own_words(server: Script) -> None:
    blobs = azure_blobs.from_connection_string(server.storage)
    server.play(Answer(status=400, headers={"x-ms-error-code": "InvalidHeaderValue"}))
    with pytest.raises(InvalidInput, match="InvalidHeaderValue"):
        blobs.put("raw/a+b=c@d", b"x", content_type="text/plain")
    assert server.requests[0].path == "/scripted/sportello/raw/a%2Bb%3Dc%40d"
    server.play(Answer(status=413, headers={"x-ms-error-code": "RequestBodyTooLarge"}))
    with pytest.raises(RowTooLarge, match="RequestBodyTooLarge"):
        blobs.put("raw/x", b"x", content_type="text/plain")


@pytest.mark.parametrize("status", [201, 206, 301, 403, 409, 500])
def test_a_get_that_is_answered_strangely_is_unavailable(server: Script, status: int) -> None:
    server.play(Answer(status=status, body="x"))
    with pytest.raises(StorageUnavailable):
        azure_blobs.from_connection_string(server.storage).get("raw/x")


def test_a_content_that_broke_off_is_asked_for_again(server: Script) -> None:
    broken = Answer(status=200, body="who", headers={"Content-Length": "5", "Connection": "close"})
    blobs = azure_blobs.from_connection_string(server.storage)
    server.play(broken, Answer(status=200, body="whole"))
    assert blobs.get("raw/x") == b"whole"
    server.play(broken)
    with pytest.raises(StorageUnavailable):
        blobs.get("raw/x")
    assert len(server.requests) == 3


def test_a_content_with_another_hash_is_not_handed_out(server: Script) -> None:
    blobs = azure_blobs.from_connection_string(server.storage)
    server.play(Answer(status=200, body="whole", headers={"Content-MD5": "4J1YuxXx2UvdwCwtc2FoIQ=="}))
    with pytest.raises(StorageUnavailable, match="Content-MD5"):
        blobs.get("raw/x")
    server.play(Answer(status=200, body="", headers={"Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}))  # RFC 1321: of nothing
    assert blobs.get("raw/x") == b""


class Identity:
    """A credential that notes what it is asked for, and gives no token once it is gone."""

    def __init__(self) -> None:
        self.scopes: list[str] = []
        self.is_gone = False

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.scopes += scopes
        if self.is_gone:
            raise ClientAuthenticationError("no identity here")
        return AccessToken("a-token", int(time.time()) + 3600)


def test_an_account_is_reached_by_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[Any] = []

    def refused(self: transport.BoundedTransport, request: Any, **kwargs: Any) -> Any:
        requests.append((request.url, dict(request.headers)))
        raise ServiceRequestError("no network in this test")

    identity = Identity()
    monkeypatch.setattr(transport.BoundedTransport, "send", refused)
    monkeypatch.setattr(connection, "credential", {"0f8f": identity}.__getitem__)
    blobs = azure_blobs.from_account("desk01", "0f8f")
    assert identity.scopes == []
    with pytest.raises(StorageUnavailable):
        blobs.get("raw/x")
    url, headers = requests[0]
    assert (url, headers["Authorization"]) == ("https://desk01.blob.core.windows.net/sportello/raw/x", "Bearer a-token")
    assert headers["x-ms-version"] >= "2017-11-09"  # the first that takes such tokens
    assert identity.scopes == ["https://storage.azure.com/.default"]  # one token for all three attempts
    assert len(requests) == 3


def test_an_identity_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    identity = Identity()
    identity.is_gone = True
    monkeypatch.setattr(connection, "credential", lambda client_id: identity)
    with pytest.raises(StorageUnavailable):
        azure_blobs.from_account("desk01").get("raw/x")
    assert "does not accept our identity" in caplog.text
    assert len(identity.scopes) == 1


def test_a_container_that_is_being_deleted_is_unavailable(server: Script) -> None:
    deleted = Answer(status=409, headers={"x-ms-error-code": "ContainerBeingDeleted"})
    missing = Answer(status=404, headers={"x-ms-error-code": "ContainerNotFound"})
    blobs = azure_blobs.from_connection_string(server.storage)
    for answers in ([deleted], [missing, deleted], [missing, Answer(status=201), missing]):
        server.play(*answers)
        with pytest.raises(StorageUnavailable):
            blobs.put("raw/x", b"x", content_type="text/plain")
        assert len(server.requests) == len(answers)
