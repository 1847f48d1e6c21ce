"""Which mail an operation of the mail service is about: its id is made of the mail's key, and cannot be turned back.

Partition `mailed` of `system`, a row an operation, written before the mail is handed over, for many mails at once. The nightly
reconciliation removes those that are older than `KEPT`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.ports import Delete, Row, Table, Upsert, Value
from shared.domain.identity import operation_id
from shared.domain.notice import effect

PARTITION = "mailed"
KEPT = timedelta(days=14)
"""What is reported of a mail later than this finds nothing. Servers try for five days at the most, Event Grid for one more."""
BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """One round of a ticket's notice; or a letter about the services, by the hash of its key (`ticket` is "letter", as where
    people see what was given up), with the subscriber it was for, if any. `kind`: a letter's. `named`:
    customer and id of the address, where they have named it. `at`: just before it left."""

    ticket: str
    notice: str
    at: datetime
    round: int = 1
    subscriber: str = ""
    kind: str = ""
    named: str = ""


def of_notice(ticket: str, notice: str, round: int, at: datetime) -> Row:
    """The row that stands before this mail leaves."""
    return _row(effect(ticket, notice, round), {"ticket": ticket, "notice": notice, "round": round, "at": at})


def of_letter(key: str, name: str, subscriber: str, at: datetime, *, kind: str = "", named: str = "") -> Row:
    """The same for a letter. `name`: the hash of its key."""
    return _row(key, {"ticket": "letter", "notice": name, "subscriber": subscriber, "kind": kind, "named": named, "at": at})


def expect(desk: Desk, rows: Iterable[Row]) -> None:
    """Writes them, a hundred to a request. The same again changes nothing but the moment."""
    by_key = {row.key: row for row in rows}
    ready = list(by_key.values())
    for start in range(0, len(ready), BATCH):
        desk.rows.commit(Table.SYSTEM, PARTITION, [Upsert(row) for row in ready[start : start + BATCH]])


def find(desk: Desk, operation: str) -> Mailed | None:
    """The mail of an operation; None: it is not ours, or too old."""
    row = desk.rows.get(Table.SYSTEM, PARTITION, operation)
    if row is None:
        return None
    at = row.values["at"]
    assert isinstance(at, datetime)
    return Mailed(
        ticket=str(row.values["ticket"]),
        notice=str(row.values["notice"]),
        at=at,
        round=int(str(row.values.get("round", 1))),
        subscriber=str(row.values.get("subscriber", "")),
        kind=str(row.values.get("kind", "")),
        named=str(row.values.get("named", "")),
    )


def forget_old(desk: Desk, now: datetime) -> int:
    """Removes what is older than `KEPT`; how many those were."""
    forgotten, after = 0, ""
    while page := desk.rows.scan(Table.SYSTEM, PARTITION, after=after):
        after = page[-1].key
        old = [row.key for row in page if _is_old(row, now)]
        for start in range(0, len(old), BATCH):
            desk.rows.commit(Table.SYSTEM, PARTITION, [Delete(key) for key in old[start : start + BATCH]])
        forgotten += len(old)
    return forgotten


def _is_old(row: Row, now: datetime) -> bool:
    at = row.values["at"]
    return isinstance(at, datetime) and now - at > KEPT


def _row(key: str, values: dict[str, Value]) -> Row:
    return Row(key=operation_id(key), values=values)
