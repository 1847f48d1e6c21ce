"""When each round last ran, and what it came to: how a stalled timer is noticed."""

from dataclasses import dataclass
from datetime import datetime

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    timer: str
    at: datetime
    report: object = None


def beat(desk: Desk, timer: str, now: datetime, report: object) -> None:
    """Notes that a round has done its work. The last one counts."""
    row = Row(key=timer, values={"doc": codec.dumped(Heartbeat(timer=timer, at=now, report=report))})
    desk.rows.commit(Table.SYSTEM, "heartbeat", [Upsert(row)])


def heartbeats(desk: Desk) -> dict[str, Heartbeat]:
    """The last heartbeat of each round that has ever run, in one request."""
    rows = desk.rows.scan(Table.SYSTEM, "heartbeat")
    return {row.key: codec.loaded(Heartbeat, str(row.values["doc"])) for row in rows}
