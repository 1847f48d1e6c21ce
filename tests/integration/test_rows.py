"""ports.Rows: one suite for both stores, memory and Azurite. What only Azure can show is in test_rows_faults.py."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from dev.bench.counting import CountingRows
from shared.actions.ports import Delete, Insert, Replace, Row, Rows, Table, Upsert, Write
from shared.adapters import limits, tables
from shared.adapters.memory import MemoryRows
from shared.domain.errors import Conflict, InvalidInput, RowTooLarge

T = Table.DESK


@pytest.fixture(scope="session")
def table_rows(azurite: str) -> tables.TableRows:
    return tables.from_connection_string(azurite)


@pytest.fixture(params=["memory", "azurite"])
def rows(request: pytest.FixtureRequest) -> Rows:
    found: Rows = MemoryRows() if request.param == "memory" else request.getfixturevalue("table_rows")
    return found


@pytest.fixture
def p() -> str:
    """A partition of the test's own: the tables are shared."""
    return f"test-{uuid4()}"


def row(key: str, etag: str = "", /, **values: Any) -> Row:
    return Row(key=key, values=values, etag=etag)


def stored(rows: Rows, p: str, key: str) -> Row:
    found = rows.get(T, p, key)
    assert found is not None
    return found


def keys(rows: Rows, p: str, **bounds: Any) -> list[str]:
    return [found.key for found in rows.scan(T, p, **bounds)]


def test_a_row_comes_back_as_it_was_written(rows: Rows, p: str) -> None:
    values = {
        "text": "Perché? 𐐷 \"quoted\" 'single' \\ / \x01 \r\n tab\t",
        "empty": "",
        "long": "é" * 32_768,
        "like_a_date": "2026-11-23T10:00:00Z",
        "like_a_number": "12",
        "yes": True,
        "no": False,
        "zero": 0,
        "one": 1,
        "largest_32": 2**31 - 1,
        "smallest_32": -(2**31),
        "beyond_32": 2**31,
        "below_32": -(2**31) - 1,
        "largest_64": 2**63 - 1,
        "smallest_64": -(2**63),
        "at": datetime(2026, 11, 23, 10, 0, 0, 123_456, tzinfo=UTC),
        "on_the_second": datetime(2026, 11, 23, 10, tzinfo=UTC),
        "earliest": datetime(1601, 1, 1, tzinfo=UTC),
        "latest": datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    }
    rows.commit(T, p, [Insert(row("k", **values))])
    found = stored(rows, p, "k")
    assert found.key == "k"
    assert dict(found.values) == values
    assert {name: type(value) for name, value in found.values.items()} == {name: type(value) for name, value in values.items()}
    assert all(value.tzinfo is UTC for value in found.values.values() if isinstance(value, datetime))
    assert found.etag


def test_an_instant_of_another_zone_comes_back_in_utc(rows: Rows, p: str) -> None:
    rome = timezone(timedelta(hours=2))
    rows.commit(T, p, [Insert(row("k", at=datetime(2026, 7, 1, 12, tzinfo=rome)))])
    assert stored(rows, p, "k").values["at"] == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert str(stored(rows, p, "k").values["at"]) == "2026-07-01 10:00:00+00:00"


def test_what_was_read_can_be_written_again(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row("k", at=datetime(2026, 1, 1, tzinfo=UTC), n=2**40, s="x"))])
    found = stored(rows, p, "k")
    rows.commit(T, p, [Replace(found), Insert(Row(key="copy", values={**found.values, "more": True}))])
    assert dict(stored(rows, p, "k").values) == dict(found.values)
    assert dict(stored(rows, p, "copy").values) == {**found.values, "more": True}


def test_what_was_read_cannot_be_changed_in_place(rows: Rows, p: str) -> None:
    given = {"x": "before"}
    rows.commit(T, p, [Insert(Row(key="k", values=given))])
    given["x"] = "after"
    found: Any = stored(rows, p, "k")
    with pytest.raises(TypeError):
        found.values["x"] = "after"
    assert stored(rows, p, "k").values == {"x": "before"}


@pytest.mark.parametrize(
    "key",
    [
        "ticket:000042",
        "2026-11-23T10:00:00Z|warn|ACME-42",
        "it's",
        "50%",
        "a%2Fb",
        "a+b@c.example",
        "a b",
        " a",
        "é€𐐷",
        "a&b=c;d,e",
        "~",
        '"<x>"',
        "(x)='y'",
        "k" * 512,
    ],
)
def test_a_key_may_hold_what_azure_allows(rows: Rows, p: str, key: str) -> None:
    rows.commit(T, p + key[:100], [Insert(row(key, x=key[:9])), Insert(row("other"))])
    found = stored(rows, p + key[:100], key)
    assert (found.key, found.values["x"]) == (key, key[:9])
    assert key in keys(rows, p + key[:100])
    assert keys(rows, p + key[:100], after=key) == sorted(
        other for other in ["other"] if limits.ordinal(other) > limits.ordinal(key)
    )
    rows.commit(T, p + key[:100], [Replace(Row(key=key, values={"x": "again"}, etag=found.etag))])
    rows.commit(T, p + key[:100], [Delete(key)])
    assert rows.get(T, p + key[:100], key) is None


def test_a_missing_row_is_none_and_a_missing_partition_is_empty(rows: Rows, p: str) -> None:
    assert rows.get(T, p, "k") is None
    assert rows.scan(T, p) == []


def test_an_insert_of_a_key_that_is_taken_conflicts(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row("k", x=1))])
    with pytest.raises(Conflict):
        rows.commit(T, p, [Insert(row("k", x=2))])
    assert stored(rows, p, "k").values == {"x": 1}


def test_a_replace_drops_the_columns_it_does_not_name(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row("k", x=1, y=2)), Insert(row("l", x=1, y=2))])
    rows.commit(T, p, [Replace(row("k", stored(rows, p, "k").etag, x=3))])
    rows.commit(T, p, [Replace(row("l", stored(rows, p, "l").etag, x=3)), Upsert(row("k", z=4))])
    assert stored(rows, p, "k").values == {"z": 4}
    assert stored(rows, p, "l").values == {"x": 3}


def test_an_upsert_inserts_or_replaces_whatever_is_there(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Upsert(row("k", x=1, y=2))])
    rows.commit(T, p, [Upsert(row("k", x=3))])
    assert stored(rows, p, "k").values == {"x": 3}


@pytest.mark.parametrize("alone", [True, False])
def test_a_stale_etag_conflicts_and_nothing_is_written(rows: Rows, p: str, alone: bool) -> None:
    rows.commit(T, p, [Insert(row("k", x=1))])
    old = stored(rows, p, "k")
    rows.commit(T, p, [Replace(row("k", old.etag, x=2))])
    assert stored(rows, p, "k").etag != old.etag
    others: list[Write] = [] if alone else [Upsert(row("other")), Insert(row("another"))]
    with pytest.raises(Conflict):
        rows.commit(T, p, [*others, Replace(row("k", old.etag, x=3))])
    assert stored(rows, p, "k").values == {"x": 2}
    assert keys(rows, p) == ["k"]


@pytest.mark.parametrize("alone", [True, False])
def test_a_replace_of_a_missing_row_conflicts(rows: Rows, p: str, alone: bool) -> None:
    rows.commit(T, p, [Insert(row("k", x=1))])
    gone = stored(rows, p, "k")
    rows.commit(T, p, [Delete("k")])
    with pytest.raises(Conflict):
        rows.commit(T, p, [Replace(gone)] if alone else [Upsert(row("other")), Replace(gone)])
    assert keys(rows, p) == []


def test_an_etag_does_not_come_back_after_delete_and_insert(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row("k", x=1))])
    old = stored(rows, p, "k")
    rows.commit(T, p, [Delete("k")])
    rows.commit(T, p, [Insert(row("k", x=1))])
    with pytest.raises(Conflict):
        rows.commit(T, p, [Replace(old)])


def test_one_conflict_rolls_the_whole_transaction_back(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row("taken", x=1)), Insert(row("gone"))])
    writes: list[Write] = [Insert(row("a")), Upsert(row("b")), Delete("gone"), Insert(row("taken", x=2)), Upsert(row("c"))]
    with pytest.raises(Conflict):
        rows.commit(T, p, writes)
    assert keys(rows, p) == ["gone", "taken"]
    assert stored(rows, p, "taken").values == {"x": 1}


@pytest.mark.parametrize("missing", [["a"], ["a", "c"], ["a", "b", "c"], ["b"]])
def test_a_delete_of_a_missing_row_is_no_error(rows: Rows, p: str, missing: list[str]) -> None:
    rows.commit(T, p, [Insert(row(key)) for key in ["a", "b", "c", "d"] if key not in missing])
    rows.commit(T, p, [Delete("a"), Delete("b"), Delete("c")])
    assert keys(rows, p) == ["d"]


def test_a_delete_of_a_missing_row_does_not_hold_up_the_writes_beside_it(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row("here")), Insert(row("kept", x=1))])
    kept = stored(rows, p, "kept")
    rows.commit(
        T, p, [Delete("missing"), Insert(row("new")), Delete("here"), Delete("never"), Replace(row("kept", kept.etag, x=2))]
    )
    assert keys(rows, p) == ["kept", "new"]
    assert stored(rows, p, "kept").values == {"x": 2}
    with pytest.raises(Conflict):
        rows.commit(T, p, [Delete("missing"), Insert(row("newer")), Insert(row("new"))])
    assert keys(rows, p) == ["kept", "new"]
    rows.commit(T, p, [Delete("missing")])


def test_a_hundred_writes_go_through_at_once_and_nothing_goes_through_for_none(rows: Rows, p: str) -> None:
    rows.commit(T, p, [])
    rows.commit(T, p, [Insert(row(f"{n:03}", n=n)) for n in range(100)])
    assert [found.values["n"] for found in rows.scan(T, p)] == list(range(100))


def test_a_transaction_near_four_mebibytes_goes_through(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row(f"{n:03}", x="x" * 32_768, y="y" * 8_000)) for n in range(99)])
    assert len(keys(rows, p)) == 99


def test_a_row_near_one_mebibyte_goes_through(rows: Rows, p: str) -> None:
    values = {f"c{n:02}": "x" * 32_768 for n in range(15)}
    rows.commit(T, p, [Insert(row("k", **values))])
    assert dict(stored(rows, p, "k").values) == values


def test_a_scan_is_in_key_order_between_its_bounds_which_do_not_count(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row(key)) for key in ["ticket:2", "a", "ticket:10", "ticket:1", "ticket;", "ticket", "z", "it's"]])
    assert keys(rows, p) == ["a", "it's", "ticket", "ticket:1", "ticket:10", "ticket:2", "ticket;", "z"]
    assert keys(rows, p, after="ticket:1") == ["ticket:10", "ticket:2", "ticket;", "z"]
    assert keys(rows, p, before="ticket:10") == ["a", "it's", "ticket", "ticket:1"]
    assert keys(rows, p, after="ticket:", before="ticket:\uffff") == ["ticket:1", "ticket:10", "ticket:2"]
    assert keys(rows, p, after="it's", before="ticket:1") == ["ticket"]
    assert keys(rows, p, after="a", before="a") == []
    assert keys(rows, p, before="") == []


def test_a_scan_orders_by_utf16_as_table_storage_does(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row(key)) for key in ["\ue000", "𐐷", "a", "é"]])
    assert keys(rows, p) == ["a", "é", "𐐷", "\ue000"]
    assert keys(rows, p, after="𐐷") == ["\ue000"]
    assert keys(rows, p, before="\ue000") == ["a", "é", "𐐷"]


def test_a_scan_is_read_on_from_its_last_key(rows: Rows, p: str) -> None:
    for start in range(0, 2500, 100):
        rows.commit(T, p, [Insert(row(f"{n:05}", n=n)) for n in range(start, start + 100)])
    pages, after = [], ""
    while page := rows.scan(T, p, after=after):
        pages.append(page)
        after = page[-1].key
    assert [len(page) for page in pages] == [1000, 1000, 500]
    assert [found.values["n"] for page in pages for found in page] == list(range(2500))
    assert keys(rows, p, after="00009", limit=3) == ["00010", "00011", "00012"]
    assert rows.scan(T, p, limit=1)[0] == stored(rows, p, "00000")
    assert rows.scan(T, p, limit=1)[0].etag == stored(rows, p, "00000").etag


def test_a_scan_sees_deletions(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row(key)) for key in "abc"])
    rows.commit(T, p, [Delete("b")])
    assert keys(rows, p) == ["a", "c"]


def test_tables_and_partitions_are_apart(rows: Rows, p: str) -> None:
    rows.commit(Table.DESK, p, [Insert(row("k", x=1))])
    rows.commit(Table.AGENDA, p, [Insert(row("k", x=2))])
    rows.commit(Table.DESK, p + "'", [Insert(row("k", x=3))])
    found = [
        rows.get(Table.DESK, p, "k"),
        rows.get(Table.AGENDA, p, "k"),
        rows.get(Table.DESK, p + "'", "k"),
        rows.get(Table.SYSTEM, p, "k"),
    ]
    assert [one.values["x"] if one else None for one in found] == [1, 2, 3, None]
    scanned = [[one.values["x"] for one in rows.scan(table, p)] for table in (Table.DESK, Table.AGENDA, Table.SYSTEM)]
    assert scanned == [[1], [2], []]


def test_both_stores_refuse_what_azure_would(rows: Rows, p: str) -> None:
    refused: list[Callable[[], object]] = [
        lambda: rows.get(T, p, "a/b"),
        lambda: rows.get(T, "a?b", "k"),
        lambda: rows.get(T, p, ""),
        lambda: rows.scan(T, "a#b"),
        lambda: rows.scan(T, p, limit=1001),
        lambda: rows.scan(T, p, after="\t"),
        lambda: rows.commit(T, p, [Insert(row("a\\b"))]),
        lambda: rows.commit(T, "", [Insert(row("k"))]),
        lambda: rows.commit(T, p, [Insert(row("k", x=None))]),
        lambda: rows.commit(T, p, [Upsert(row("k", x=1.5))]),
        lambda: rows.commit(T, p, [Upsert(row("k", at=datetime(2026, 1, 1)))]),
        lambda: rows.commit(T, p, [Delete("k"), Insert(row("k"))]),
        lambda: rows.commit(T, p, [Replace(row("k"))]),
    ]
    for call in refused:
        with pytest.raises(InvalidInput):
            call()
    for writes in [
        [Insert(row("k", x="x" * 32_769))],
        [Insert(row("k", **{f"c{n}": n for n in range(253)}))],
        [Insert(row("k", **{f"c{n}": "x" * 32_768 for n in range(17)}))],
        [Insert(row(f"k{n}")) for n in range(101)],
        [Insert(row(f"k{n}", x="x" * 32_768, y="y" * 32_768)) for n in range(65)],
    ]:
        with pytest.raises(RowTooLarge):
            rows.commit(T, p, writes)
    assert keys(rows, p) == []


def test_of_twenty_writers_with_one_etag_exactly_one_wins(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row("head", n=0))])
    head = stored(rows, p, "head")

    def write(n: int) -> bool:
        try:
            rows.commit(T, p, [Replace(row("head", head.etag, n=n)), Insert(row(f"event:{n}"))])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        won = list(pool.map(write, range(1, 21)))
    assert won.count(True) == 1
    winner = won.index(True) + 1
    assert stored(rows, p, "head").values == {"n": winner}
    assert keys(rows, p) == [f"event:{winner}", "head"]


def test_writers_who_load_and_try_again_lose_no_update(rows: Rows, p: str) -> None:
    rows.commit(T, p, [Insert(row("head", n=0))])

    def add(_: int) -> None:
        while True:
            head = stored(rows, p, "head")
            n = head.values["n"]
            assert isinstance(n, int)
            try:
                return rows.commit(T, p, [Replace(row("head", head.etag, n=n + 1)), Insert(row(f"event:{n:03}"))])
            except Conflict:
                continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert stored(rows, p, "head").values == {"n": 24}
    assert len(keys(rows, p)) == 25


def test_the_first_run_finds_no_tables_and_makes_them(azurite: str, p: str) -> None:
    fresh = tables.from_connection_string(azurite, prefix="t" + uuid4().hex[:20])
    assert fresh.get(T, p, "k") is None
    assert fresh.scan(T, p) == []
    fresh.commit(T, p, [Insert(row("k"))])
    fresh.commit(Table.AGENDA, p, [Insert(row("a")), Upsert(row("b"))])
    fresh.commit(Table.SYSTEM, p, [Delete("a"), Delete("b")])
    assert keys(fresh, p) == ["k"]
    assert [found.key for found in fresh.scan(Table.AGENDA, p)] == ["a", "b"]
    assert fresh.scan(Table.SYSTEM, p) == []
    with pytest.raises(Conflict):
        tables.from_connection_string(azurite, prefix="t" + uuid4().hex[:20]).commit(T, p, [Replace(row("k", 'W/"x"'))])


def test_twenty_threads_may_meet_an_empty_account_at_once(azurite: str, p: str) -> None:
    fresh = tables.from_connection_string(azurite, prefix="t" + uuid4().hex[:20])
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: fresh.commit(T, p, [Insert(row(f"{n:02}"))]), range(20)))
    assert len(keys(fresh, p)) == 20


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every HTTP request the Azure clients send."""
    from shared.adapters.transport import BoundedTransport

    requests: list[Any] = []
    send = BoundedTransport.send

    def recorded(self: BoundedTransport, request: Any, **kwargs: Any) -> Any:
        requests.append(request)
        return send(self, request, **kwargs)

    monkeypatch.setattr(BoundedTransport, "send", recorded)
    yield requests


def test_a_call_of_the_port_is_one_storage_request(table_rows: tables.TableRows, p: str, sent: list[Any]) -> None:
    counting = CountingRows(table_rows)
    counting.commit(T, p, [Insert(row("a"))])
    found = counting.get(T, p, "a")
    assert found is not None
    calls: list[Callable[[], object]] = [
        lambda: counting.commit(T, p, [Replace(found)]),
        lambda: counting.commit(T, p, [Upsert(row("b"))]),
        lambda: counting.commit(T, p, [Delete("b")]),
        lambda: counting.commit(T, p, [Delete("b")]),
        lambda: counting.commit(T, p, [Insert(row(f"{n:03}")) for n in range(100)]),
        lambda: counting.commit(T, p, [Delete("000"), Upsert(row("001")), Insert(row("b"))]),
        lambda: counting.get(T, p, "missing"),
        lambda: counting.scan(T, p),
        lambda: counting.scan(T, p, limit=10),
        lambda: counting.scan(T, p, after="0", before="1", limit=99),
    ]
    assert counting.requests == len(sent) == 2
    for number, call in enumerate(calls, 3):
        call()
        assert counting.requests == len(sent) == number
    with pytest.raises(Conflict):
        counting.commit(T, p, [Insert(row("a"))])
    with pytest.raises(Conflict):
        counting.commit(T, p, [Upsert(row("c")), Insert(row("a"))])
    counting.commit(T, p, [])
    assert counting.requests == len(sent) == 14
    assert counting.by_call == {"commit desk": 9, "get desk": 2, "scan desk": 3}


def test_what_a_transaction_is_reckoned_to_send_is_at_least_what_it_sends(
    table_rows: tables.TableRows, p: str, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(map(chr, range(1, 0x300))) + "𐐷" * 50 + "'\"\\"
    at = datetime(2026, 11, 23, 10, 0, 0, 123_456, tzinfo=UTC)
    p = p + "é'" * 100
    table_rows.commit(T, p, [Insert(row("'" * 512)), Insert(row("𐐷" * 256))])
    etag = stored(table_rows, p, "'" * 512).etag
    writes: list[Write] = [
        *(Insert(row(f"{n}" + "é" * 300, **{f"column_{c}": text for c in range(9)})) for n in range(20)),
        *(Upsert(row(f"u{n}", **{f"c{c}": at for c in range(20)}, n=-(2**63), b=False)) for n in range(20)),
        *(Upsert(row(f"v{n}")) for n in range(20)),
        Replace(row("'" * 512, etag, s="")),
        Delete("𐐷" * 256),
    ]
    reckoned = sum(limits._payload(p, write) for write in writes)
    table_rows.commit(T, p, writes)
    body = len(sent[-1].data)
    assert body <= reckoned <= 1.6 * body
