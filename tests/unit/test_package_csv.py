"""A statement for spreadsheets: what stands in it, and that nothing in it runs there."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.domain.quotes.package import Entry, EntryKind
from shared.web.views.package import COLUMNS, as_csv
from tests.support.desks import rome

ENTRY = Entry(
    package=1,
    number=2,
    kind=EntryKind.DEBIT,
    hours=Decimal("-2.50"),
    ticket="ACME-2",
    event=12,
    by="omar",
    at=rome("2026-03-02 09:00"),
    on=date(2026, 3, 2),
    balance=Decimal("17.5"),
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_line_is_an_entry_with_a_decimal_point() -> None:
    text = as_csv([ENTRY])
    assert text == (
        "entry,at,on,kind,hours,balance,ticket,event,by\r\n"
        "2,2026-03-02T08:00:00.000000Z,2026-03-02,debit,-2.5,17.5,ACME-2,12,omar\r\n"
    )


def test_a_package_without_entries_is_its_header() -> None:
    assert rows(as_csv([])) == [list(COLUMNS)]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_is_text(begin: str) -> None:
    [_, row] = rows(as_csv([replace(ENTRY, by=f'{begin}HYPERLINK("http://evil.example")')]))
    assert row[-1] == f'\'{begin}HYPERLINK("http://evil.example")'


def test_commas_quotes_and_lines_stay_in_their_cell() -> None:
    name = 'a, "b"\nc'
    assert rows(as_csv([replace(ENTRY, by=name)]))[1][-1] == name
