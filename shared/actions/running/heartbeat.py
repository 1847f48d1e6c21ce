"""When each round last ran, who ran it, and what it came to: how a stalled timer is noticed.

What a timer ran and what the watchdog ran in its place are told apart: the work is done in both cases, but a timer that does not
run is dead, and somebody must be told. Rows of the partition `heartbeat`: `<round>`, and `<round>|tick`.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert

TIMER, TICK = "timer", "tick"
"""Who runs a round: its timer, or the watchdog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """`since`: of the watchdog's, when it ran the round for the first time."""

    timer: str
    at: datetime
    report: object = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """The last heartbeats of a round, one of them at least."""

    by_timer: Heartbeat | None = None
    by_tick: Heartbeat | None = None

    @property
    def last(self) -> Heartbeat:
        """Whoever ran it."""
        return max((each for each in (self.by_timer, self.by_tick) if each is not None), key=lambda each: each.at)

    @property
    def at(self) -> datetime:
        return self.last.at

    @property
    def report(self) -> object:
        return self.last.report

    @property
    def timer_silent_since(self) -> datetime:
        """When the timer last ran it; one that never has is waited for since the watchdog first did it."""
        if self.by_timer is not None:
            return self.by_timer.at
        return self.last.since or self.last.at


def beat(desk: Desk, timer: str, now: datetime, report: object, *, by: str = TIMER) -> None:
    """Notes that a round has done its work. The last one counts."""
    key, since = timer, None
    if by == TICK:
        key = f"{timer}|{TICK}"
        before = desk.rows.get(Table.SYSTEM, "heartbeat", key)
        since = (_read(before).since if before is not None else None) or now
    doc = codec.dumped(Heartbeat(timer=timer, at=now, report=report, since=since))
    desk.rows.commit(Table.SYSTEM, "heartbeat", [Upsert(Row(key=key, values={"doc": doc}))])


def heartbeats(desk: Desk) -> dict[str, Beats]:
    """The last heartbeats of each round that has ever run, in one request."""
    rows = {row.key: _read(row) for row in desk.rows.scan(Table.SYSTEM, "heartbeat")}
    names = {each.timer for each in rows.values()}
    return {name: Beats(by_timer=rows.get(name), by_tick=rows.get(f"{name}|{TICK}")) for name in names}


def _read(row: Row) -> Heartbeat:
    return codec.loaded(Heartbeat, str(row.values["doc"]))
