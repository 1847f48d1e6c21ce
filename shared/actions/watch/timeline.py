"""Outages, maintenance and incidents in one partition, newest first, so that a page of the last ninety days is one request.

    <inverted instant>|o|<outage>|<again>      a spell of an outage, by its first bad look
    <inverted instant>|w|<window>              announced maintenance, by its beginning; what is ahead comes first
    <inverted instant>|i|<incident>            an incident, by when something was last told of it

A row's text is JSON in the column `doc`. Who keeps maintenance and incidents writes them with `row`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.actions import codec, document
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert
from shared.domain.watch.outage import Outage

PARTITION = "timeline"
OUTAGE, WINDOW, INCIDENT = "o", "w", "i"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 10**17
_END = ":"  # after all digits; what is kept of incidents beside their rows comes after it
_PAGE = 1000


def key(at: datetime, kind: str, id: str) -> str:
    return f"{inverted(at)}|{kind}|{id}"


def inverted(at: datetime) -> str:
    """Sorts as time does, backwards."""
    return f"{_LAST - (at - _EPOCH) // timedelta(microseconds=1):017d}"


def row(at: datetime, kind: str, id: str, text: str) -> Row:
    return Row(key=key(at, kind, id), values={"at": at, "kind": kind, **document.columns("doc", text)})


def file(desk: Desk, outage: Outage) -> None:
    """Notes a spell of an outage, or what has become of it. The same again changes nothing."""
    spell = row(outage.first_bad, OUTAGE, f"{outage.id}|{outage.again:04d}", codec.dumped(outage))
    desk.rows.commit(Table.WATCH, PARTITION, [Upsert(spell)])


def since(desk: Desk, at: datetime) -> Iterator[Row]:
    """All that began at an instant or later, and all that is ahead; the latest first. One request for a thousand rows."""
    return _rows(desk, "", f"{inverted(at)}~")


def between(desk: Desk, starts_at: datetime, ends_at: datetime) -> Iterator[Row]:
    """All that began within some time, its ends included; the latest first. One request for a thousand rows."""
    return _rows(desk, inverted(ends_at), f"{inverted(starts_at)}~")


def outages(desk: Desk, limit: int, cursor: str = "") -> tuple[list[Outage], str]:
    """Spells of outages, the latest first, and the cursor of the next page; empty: there is none."""
    found: list[Row] = []
    for each in _rows(desk, cursor, _END):
        if kind_of(each) == OUTAGE:
            found.append(each)
        if len(found) > limit:
            break
    return [outage_of(each) for each in found[:limit]], found[limit - 1].key if len(found) > limit else ""


def kind_of(row: Row) -> str:
    return row.key.split("|")[1]


def outage_of(row: Row) -> Outage:
    return codec.loaded(Outage, document.joined("doc", row.values))


def _rows(desk: Desk, after: str, before: str) -> Iterator[Row]:
    while page := desk.rows.scan(Table.WATCH, PARTITION, after=after, before=before, limit=_PAGE):
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].key
