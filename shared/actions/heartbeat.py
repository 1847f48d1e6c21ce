"""When each timer last ran, and what it came to: how a stalled timer is noticed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert

EXPECTED = {
    "probe": timedelta(minutes=5),
    "judge": timedelta(minutes=20),
    "sweep": timedelta(minutes=5),
    "deliver": timedelta(minutes=5),
    "publish": timedelta(minutes=10),
    "reconcile": timedelta(hours=26),
}
"""Every timer, with the age of its heartbeat at which somebody should be paged. Where nothing is watched, WATCHING have none."""

WATCHING = frozenset({"probe", "judge"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    timer: str
    at: datetime
    report: object = None


def beat(desk: Desk, timer: str, now: datetime, report: object) -> None:
    """Notes that a timer has done its work. The last one counts."""
    row = Row(key=timer, values={"doc": codec.dumped(Heartbeat(timer=timer, at=now, report=report))})
    desk.rows.commit(Table.SYSTEM, "heartbeat", [Upsert(row)])


def heartbeats(desk: Desk) -> dict[str, Heartbeat]:
    """The last heartbeat of each timer that has ever run."""
    rows = desk.rows.scan(Table.SYSTEM, "heartbeat")
    return {row.key: codec.loaded(Heartbeat, str(row.values["doc"])) for row in rows}
