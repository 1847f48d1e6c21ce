"""What Azure's stores refuse is refused before any request (see also tests/integration/test_rows.py for both stores)."""

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from shared.actions.ports import Delete, Insert, Replace, Row, Upsert, Write
from shared.adapters import limits
from shared.domain.errors import InvalidInput, RowTooLarge


def row(key: str = "k", etag: str = "", /, **values: Any) -> Row:
    return Row(key=key, values=values, etag=etag)


def prepare(*writes: Write) -> list[Write]:
    return limits.prepared("p", writes)


def only_value(value: Any) -> Any:
    [write] = prepare(Insert(row(x=value)))
    assert isinstance(write, Insert)
    return write.row.values["x"]


@pytest.mark.parametrize("bad", [*"/\\#?", "\t", "\n", "\x00", "\x1f", "\x7f", "\x85", "\x9f", "\ufffe", "\uffff"])
def test_a_key_with_a_character_azure_forbids_is_refused(bad: str) -> None:
    for write in (Insert(row(f"a{bad}b")), Upsert(row(f"a{bad}")), Delete(f"{bad}b"), Replace(row(bad, "e"))):
        with pytest.raises(InvalidInput, match="key"):
            prepare(write)
    with pytest.raises(InvalidInput, match="partition key"):
        limits.prepared(f"p{bad}", [Delete("k")])


def test_a_key_may_hold_all_other_characters() -> None:
    keys = ["ticket:000042", "a|b", "~", "a b", "it's", "50%", "a+b@c.example", "é", "𐐷", "\xa0", '"<&>"', "\ufffd"]
    assert len(prepare(*map(Delete, keys))) == len(keys)


def test_a_key_is_at_most_512_utf16_units() -> None:
    prepare(Delete("k" * 512), Delete("𐐷" * 256))
    for key in ("k" * 513, "𐐷" * 257):
        with pytest.raises(InvalidInput, match="512"):
            prepare(Delete(key))


@pytest.mark.parametrize("key", ["", "\ud800"])
def test_an_empty_key_and_half_a_character_are_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        prepare(Delete(key))
    with pytest.raises(InvalidInput):
        limits.check_key("row", key)


def test_a_string_holds_at_most_32768_utf16_units() -> None:
    assert only_value("x" * 32_768) == "x" * 32_768
    assert only_value("𐐷" * 16_384) == "𐐷" * 16_384
    for text in ("x" * 32_769, "𐐷" * 16_385):
        with pytest.raises(RowTooLarge, match="x has 327"):
            only_value(text)


def test_a_row_holds_at_most_252_columns() -> None:
    prepare(Insert(row(**{f"c{n}": n for n in range(252)})))
    with pytest.raises(RowTooLarge, match="253"):
        prepare(Insert(row(**{f"c{n}": n for n in range(253)})))


def test_a_row_holds_at_most_one_mebibyte_as_azure_counts_it() -> None:
    # 4 + 2 * (1 + 1) for the keys "p" and "k"; a column of a three-letter name and 32,768 letters: 8 + 6 + 4 + 65,536 = 65,554
    full = {f"c{n:02}": "x" * 32_768 for n in range(15)}
    rest = (1024 * 1024 - 8 - 15 * 65_554 - 18) // 2
    prepare(Insert(row(**full, c99="x" * rest)))
    with pytest.raises(RowTooLarge, match="1048576 bytes; this one has 1048578"):
        prepare(Insert(row(**full, c99="x" * (rest + 1))))


def test_a_transaction_holds_at_most_100_writes() -> None:
    prepare(*(Delete(str(n)) for n in range(100)))
    with pytest.raises(RowTooLarge, match="101"):
        prepare(*(Delete(str(n)) for n in range(101)))


def test_a_transaction_holds_at_most_four_mebibytes_as_they_are_sent() -> None:
    def rows(letter: str, count: int) -> list[Write]:
        return [Insert(row(f"k{n}", x=letter * 32_768, y=letter * 8_000)) for n in range(count)]

    limits.prepared("p", rows("x", 99))
    limits.prepared("p", rows("中", 17))
    with pytest.raises(RowTooLarge, match="4194304"):
        limits.prepared("p", [*rows("x", 99), Insert(row("last", **{f"c{n}": "x" * 32_768 for n in range(3)}))])
    with pytest.raises(RowTooLarge, match="4194304"):  # six bytes a letter: the client sends JSON in ASCII
        limits.prepared("p", rows("中", 20))


def test_a_transaction_may_write_a_key_once() -> None:
    with pytest.raises(InvalidInput, match="twice"):
        prepare(Delete("k"), Insert(row("k")))


def test_a_row_is_only_replaced_with_an_etag() -> None:
    with pytest.raises(InvalidInput, match="ETag"):
        prepare(Replace(row("k")))


@pytest.mark.parametrize("value", [None, 1.5, b"x", ["x"], {"x": 1}, timedelta(1)])
def test_a_value_that_is_not_text_number_truth_or_instant_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput, match=f"x is {type(value).__name__}"):
        only_value(value)


def test_a_value_comes_out_as_the_plain_type_that_the_store_gives_back() -> None:
    class Colour(StrEnum):
        RED = "red"

    class Size(IntEnum):
        LARGE = 3

    class Moment(datetime):
        pass

    for given, expected in [
        (Colour.RED, "red"),
        (Size.LARGE, 3),
        (True, True),
        (1, 1),
        ("", ""),
        (Moment(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 7, 1, 10, tzinfo=UTC)),
    ]:
        found = only_value(given)
        assert found == expected
        assert type(found) is type(expected)
    assert only_value(datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))).tzinfo is UTC


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_beyond_64_bits_is_refused(number: int) -> None:
    with pytest.raises(InvalidInput, match="64 bits"):
        only_value(number)


def test_an_instant_needs_a_zone_and_a_year_that_table_storage_knows() -> None:
    assert only_value(datetime(1601, 1, 1, tzinfo=UTC))
    for bad, why in [
        (datetime(2026, 1, 1), "time zone"),
        (datetime(1600, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "1601"),
        (datetime(1601, 1, 1, tzinfo=timezone(timedelta(hours=1))), "1601"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=2))), "9999"),
    ]:
        with pytest.raises(InvalidInput, match=why):
            only_value(bad)


@pytest.mark.parametrize(
    "name", ["", "1st", "a-b", "a b", "a.b", "é", "x@odata.type", "PartitionKey", "RowKey", "Timestamp", "n" * 256]
)
def test_a_column_name_that_azure_would_refuse_or_overwrite_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="column"):
        prepare(Insert(row(**{name: 1})))


def test_a_page_has_1_to_1000_rows_and_its_bounds_may_hold_the_last_character() -> None:
    limits.check_page("", "\uffff", 1)
    limits.check_page("ticket:", "ticket:\uffff", 1000)
    for limit in (0, -1, 1001):
        with pytest.raises(InvalidInput, match="1000"):
            limits.check_page("", "\uffff", limit)
    with pytest.raises(InvalidInput):
        limits.check_page("a/b", "\uffff", 1)


def test_keys_sort_by_utf16_units_as_table_storage_does() -> None:
    keys = ["a", "\ue000", "𐐷", "\ufffd"]
    assert sorted(keys, key=limits.ordinal) == ["a", "𐐷", "\ue000", "\ufffd"]


@pytest.mark.parametrize(
    "name", ["", "/a", "a/", "a//b", "../a", "a/./b", "a/.b", "a.", "a\\b", "a b", "a?b", "a#b", "a%2fb", "é", "a\n", "n" * 1025]
)
def test_a_blob_name_that_a_url_would_change_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="blob"):
        limits.check_blob_name(name)


def test_a_blob_name_is_a_path() -> None:
    limits.check_blob_name("raw/2026/11/23/" + "0" * 64)
    limits.check_blob_name("raw/2026-11-23_a.json")
