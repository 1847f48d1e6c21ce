"""What Table Storage may answer that Azurite never does: pages broken off early, faults, delays, and how they are translated."""

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.actions.ports import Delete, Insert, Replace, Row, Table, Upsert, Write
from shared.adapters import tables, transport
from shared.domain.errors import Conflict, InvalidInput, RowTooLarge, SportelloError, StorageUnavailable
from tests.integration.scripted_server import Answer, Script, scripted_server

T = Table.DESK
ONE: list[Write] = [Insert(Row(key="ada@acme.example", values={"x": 1}))]
TWO: list[Write] = [*ONE, Upsert(Row(key="l", values={"x": 1}))]


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def rows(server: Script) -> tables.TableRows:
    return tables.from_connection_string(server.storage)


def entity(key: str, **values: object) -> dict[str, object]:
    return {"odata.etag": 'W/"1"', "PartitionKey": "p", "RowKey": key, **values}


def page(*keys: str, next: str = "") -> Answer:
    token = {"x-ms-continuation-NextPartitionKey": "p", "x-ms-continuation-NextRowKey": next} if next else {}
    body = json.dumps({"value": [entity(key) for key in keys]})
    return Answer(status=200, body=body, headers={"Content-Type": "application/json", **token})


def fault(status: int, code: str = "", **headers: str) -> Answer:
    body = json.dumps({"odata.error": {"code": code, "message": {"lang": "en-US", "value": "No."}}}) if code else ""
    return Answer(status=status, body=body, headers={"Content-Type": "application/json", **headers})


def batch_fault(status: int, code: str, message: str) -> Answer:
    body = json.dumps({"odata.error": {"code": code, "message": {"lang": "en-US", "value": message}}})
    part = f"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\n\r\n{body}"
    inner = f"--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{part}\r\n--c--\r\n"
    text = f"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{inner}\r\n--b--\r\n"
    return Answer(status=202, body=text, headers={"Content-Type": "multipart/mixed; boundary=b"})


def each_call(rows: tables.TableRows) -> list[Callable[[], object]]:
    return [lambda: rows.get(T, "p", "k"), lambda: rows.commit(T, "p", ONE), lambda: rows.commit(T, "p", TWO)]


def test_a_page_that_breaks_off_early_is_read_on(server: Script, rows: tables.TableRows) -> None:
    server.play(page("a", "b", next="c"), page(next="d"), page("d"))
    assert [row.key for row in rows.scan(T, "p")] == ["a", "b", "d"]
    assert [parse_qs(urlsplit(request.path).query).get("NextRowKey") for request in server.requests] == [None, ["c"], ["d"]]
    server.play(page("a", "b", next="c"), page("c", "d", next="e"))
    assert [row.key for row in rows.scan(T, "p", limit=3)] == ["a", "b", "c"]
    assert len(server.requests) == 2
    server.play(page("a", "b", next="c"))
    assert [row.key for row in rows.scan(T, "p", limit=2)] == ["a", "b"]
    assert len(server.requests) == 1


def test_a_bound_that_ends_in_the_last_character_is_sent_without_it(server: Script, rows: tables.TableRows) -> None:
    def filter_of(after: str, before: str) -> str:
        server.play(page())
        rows.scan(T, "it's", after=after, before=before)
        return parse_qs(urlsplit(server.requests[0].path).query)["$filter"][0]

    assert filter_of("", "\uffff") == "PartitionKey eq 'it''s'"
    assert filter_of("ticket:", "ticket:\uffff") == "PartitionKey eq 'it''s' and RowKey gt 'ticket:' and RowKey lt 'ticket;'"
    assert filter_of("", "it's") == "PartitionKey eq 'it''s' and RowKey lt 'it''s'"


def test_ticks_finer_than_a_microsecond_are_cut(server: Script, rows: tables.TableRows) -> None:
    instant = {"at": "2026-11-23T10:00:00.1234567Z", "at@odata.type": "Edm.DateTime"}
    server.play(Answer(status=200, body=json.dumps(entity("k", **instant)), headers={"Content-Type": "application/json"}))
    row = rows.get(T, "p", "k")
    assert row is not None
    assert row.values == {"at": datetime(2026, 11, 23, 10, 0, 0, 123_456, tzinfo=UTC)}
    assert type(row.values["at"]) is datetime


@pytest.mark.parametrize(
    "writes", [ONE, TWO, [Delete("k")], [Replace(Row(key="k", values={}, etag="e"))], [Upsert(Row(key="k", values={}))]]
)
@pytest.mark.parametrize(
    "answer", [fault(500), fault(503, "ServerBusy"), fault(504), fault(429), fault(408), Answer(status=0, cut=True)]
)
def test_a_commit_that_fails_in_passing_is_not_sent_twice(
    server: Script, rows: tables.TableRows, writes: list[Write], answer: Answer
) -> None:
    server.play(answer)
    with pytest.raises(StorageUnavailable):
        rows.commit(T, "p", writes)
    assert len(server.requests) == 1


def test_a_read_is_tried_three_times(server: Script, rows: tables.TableRows) -> None:
    server.play(fault(503, "ServerBusy"), Answer(status=0, cut=True), page("a"))
    assert [row.key for row in rows.scan(T, "p")] == ["a"]
    assert len(server.requests) == 3
    server.play(fault(500))
    for call in (lambda: rows.get(T, "p", "k"), lambda: rows.scan(T, "p")):
        server.requests.clear()
        with pytest.raises(StorageUnavailable):
            call()
        assert len(server.requests) == 3


def test_a_long_retry_after_does_not_hold_a_read_up(
    server: Script, rows: tables.TableRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LONGEST_PAUSE_S", 0.05)
    server.play(fault(503, "ServerBusy", **{"Retry-After": "20"}))
    started = time.monotonic()
    with pytest.raises(StorageUnavailable):
        rows.get(T, "p", "k")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("writes", [ONE, TWO])
def test_a_store_that_does_not_answer_is_unavailable(
    server: Script, rows: tables.TableRows, monkeypatch: pytest.MonkeyPatch, writes: list[Write]
) -> None:
    monkeypatch.setattr(transport, "READ_S", 0.2)
    server.play(Answer(status=0, hangs=True))
    started = time.monotonic()
    with pytest.raises(StorageUnavailable):
        rows.commit(T, "p", writes)
    assert time.monotonic() - started < 5


def test_a_store_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/scripted"
        rows = tables.from_connection_string(f"AccountName=scripted;AccountKey=a2V5;TableEndpoint={url};BlobEndpoint={url}")
        for call in each_call(rows):
            with pytest.raises(StorageUnavailable):
                call()


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (409, "EntityAlreadyExists", Conflict),
        (412, "UpdateConditionNotSatisfied", Conflict),
        (412, "ConditionNotMet", Conflict),
        (404, "EntityNotFound", Conflict),
        (409, "TableBeingDeleted", StorageUnavailable),
        (409, "AccountBeingCreated", StorageUnavailable),
        (400, "EntityTooLarge", RowTooLarge),
        (400, "PropertyValueTooLarge", RowTooLarge),
        (400, "TooManyProperties", RowTooLarge),
        (413, "RequestBodyTooLarge", RowTooLarge),
        (400, "OutOfRangeInput", InvalidInput),
        (404, "", StorageUnavailable),
        (501, "NotImplemented", StorageUnavailable),
    ],
)
@pytest.mark.parametrize("writes", [ONE, TWO])
def test_each_refusal_has_its_error(
    server: Script, rows: tables.TableRows, writes: list[Write], status: int, code: str, error: type[SportelloError]
) -> None:
    server.play(fault(status, code))
    with pytest.raises(error) as caught:
        rows.commit(T, "p", writes)
    assert type(caught.value) is error
    assert "ada@acme.example" not in caught.value.detail
    if code and len(writes) > 1:
        server.play(batch_fault(status, code, "1:No."))
        with pytest.raises(error) as caught:
            rows.commit(T, "p", writes)
        assert type(caught.value) is error


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AuthorizationFailure"), (401, "InvalidAuthenticationInfo"), (403, "AuthenticationFailed")]
)
def test_an_identity_that_is_not_accepted_is_logged_as_an_error(
    server: Script, rows: tables.TableRows, caplog: pytest.LogCaptureFixture, status: int, code: str
) -> None:
    server.play(fault(status, code))
    for call in each_call(rows):
        caplog.clear()
        with pytest.raises(StorageUnavailable):
            call()
        assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize("writes", [ONE, TWO, [Delete("k"), Delete("l")]])
def test_a_table_that_is_made_and_still_is_not_there_ends_in_an_error(
    server: Script, rows: tables.TableRows, writes: list[Write]
) -> None:
    missing = fault(404, "TableNotFound") if len(writes) == 1 else batch_fault(404, "TableNotFound", "0:No.")
    server.play(
        missing,
        fault(409, "TableAlreadyExists"),
        missing,
        Answer(status=201),
        missing,
        fault(409, "TableAlreadyExists"),
        missing,
        Answer(status=201),
    )
    with pytest.raises(StorageUnavailable):
        rows.commit(T, "p", writes)
    server.play(missing, fault(409, "TableBeingDeleted"))
    with pytest.raises(StorageUnavailable):
        rows.commit(T, "p", writes)
    assert len(server.requests) == 2


def test_no_delete_is_left_out_unless_the_store_says_which_row_is_missing(server: Script, rows: tables.TableRows) -> None:
    server.play(batch_fault(404, "ResourceNotFound", "The specified resource does not exist."))
    with pytest.raises(Conflict):
        rows.commit(T, "p", [Delete("a"), Upsert(Row(key="b", values={}))])
    assert len(server.requests) == 1


def test_the_clients_log_no_keys(server: Script, rows: tables.TableRows, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    server.play(page("a"))
    rows.scan(T, "p", after="ada@acme.example")
    server.play(fault(404, "ResourceNotFound"))
    rows.get(T, "p", "ada@acme.example")
    assert "ada" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("azure")]
