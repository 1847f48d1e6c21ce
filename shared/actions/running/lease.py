"""A lease: one holder at a time, for as long as it takes and no longer than was said. A holder that crashed loses it by itself.

The row `lease` / <name> of the system table, taken and given back by ETag.
"""

import logging
from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.ports import Insert, Replace, Row, Table, Write
from shared.domain.errors import Conflict, StorageUnavailable

log = logging.getLogger("sportello.lease")

PARTITION = "lease"


def take(desk: Desk, name: str, holder: str, now: datetime, length: timedelta) -> bool:
    """Whether the lease is the holder's now. `holder`: whatever nobody else is called."""
    row = desk.rows.get(Table.SYSTEM, PARTITION, name)
    if row is not None and _until(row) > now:
        return False
    return _kept(desk, row, Row(key=name, values={"holder": holder, "until": now + length}))


def give_back(desk: Desk, name: str, holder: str, now: datetime) -> None:
    """Ends the lease at `now`, if it is still the holder's. What cannot be given back ends by itself."""
    try:
        row = desk.rows.get(Table.SYSTEM, PARTITION, name)
        if row is not None and row.values["holder"] == holder:
            _kept(desk, row, Row(key=name, values={"holder": holder, "until": now}))
    except StorageUnavailable:
        log.warning("the lease %s could not be given back; it ends by itself", name)


def _kept(desk: Desk, before: Row | None, row: Row) -> bool:
    write: Write = Insert(row) if before is None else Replace(Row(key=row.key, values=row.values, etag=before.etag))
    try:
        desk.rows.commit(Table.SYSTEM, PARTITION, [write])
    except Conflict:
        return False
    return True


def _until(row: Row) -> datetime:
    until = row.values["until"]
    assert isinstance(until, datetime)
    return until
