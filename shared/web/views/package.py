"""Support packages and their statements, as JSON and as CSV. Amounts are text: decimals are never floats."""

import csv
import io
from collections.abc import Sequence

from shared.domain.evidence import stamp
from shared.domain.quotes.card import plainly
from shared.domain.quotes.package import Entry, Package

COLUMNS = ("entry", "at", "on", "kind", "hours", "balance", "ticket", "event", "by")
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def package(package: Package) -> dict[str, object]:
    """A package as it stands."""
    return {
        "number": package.number,
        "ticket": package.ticket,
        "card": package.card,
        "contracted_at": stamp(package.contracted_at),
        "rate": plainly(package.rate),
        "currency": package.currency,
        "bought": plainly(package.bought),
        "debited": plainly(package.debited),
        "remaining": plainly(package.remaining),
        "overdraft": plainly(package.overdraft),
    }


def statement(held: Package, entries: Sequence[Entry]) -> dict[str, object]:
    """A package with its ledger, the oldest entry first: the hours of the entries add up to what remains."""
    return {**package(held), "entries": [dict(zip(COLUMNS, _values(entry), strict=True)) for entry in entries]}


def as_csv(entries: Sequence[Entry]) -> str:
    """The ledger by RFC 4180: a header line, commas, CRLF; text that a spreadsheet would run begins with an apostrophe."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows([[_cell(column, value) for column, value in zip(COLUMNS, _values(e), strict=True)] for e in entries])
    return text.getvalue()


def _values(entry: Entry) -> tuple[object, ...]:
    return (
        entry.number,
        stamp(entry.at),
        entry.on.isoformat(),
        entry.kind.value,
        plainly(entry.hours),
        plainly(entry.balance),
        entry.ticket,
        entry.event,
        entry.by,
    )


def _cell(column: str, value: object) -> str:
    text = str(value)
    is_number = column in ("hours", "balance")
    return f"'{text}" if text.startswith(RISKY) and not is_number else text
