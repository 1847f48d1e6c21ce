"""When each round last ran, who ran it, and what it came to: how a stalled timer is noticed.

What a timer ran and what the watchdog ran in its place are told apart: the work is done in both cases, but a timer that does not
run is dead, and somebody must be told. A timer whose run failed is not dead, and its work is not done. Rows of the partition
`heartbeat`: `<round>`, done by its timer; `<round>|tick`, by the watchdog; `<round>|failed`, tried by its timer; `<round>|rest`,
of a round of the watch: when the desk watched nothing, last.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert

TIMER, TICK = "timer", "tick"
"""Who runs a round: its timer, or the watchdog."""

FAILED, REST = "failed", "rest"
"""What is noted of a round besides that it has done its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """`since`: of the watchdog's, when it ran the round for the first time."""

    timer: str
    at: datetime
    report: object = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """The last heartbeats of a round, one of the first three at least. `failed`: its timer ran it, in vain."""

    by_timer: Heartbeat | None = None
    by_tick: Heartbeat | None = None
    failed: Heartbeat | None = None
    rest: Heartbeat | None = None

    @property
    def last(self) -> Heartbeat | None:
        """Of its work done, whoever did it; None: it has never been."""
        return _latest(self.by_timer, self.by_tick)

    @property
    def at(self) -> datetime | None:
        return self.last.at if self.last is not None else None

    @property
    def report(self) -> object:
        return self.last.report if self.last is not None else None

    @property
    def undone_since(self) -> datetime | None:
        """From when its work is waited for: never from before it was last at rest. None: it has never been done."""
        return self._not_at_rest(self.last.at) if self.last is not None else None

    @property
    def fired(self) -> Heartbeat | None:
        """When its timer last ran it, whatever came of it."""
        return _latest(self.by_timer, self.failed)

    @property
    def timer_silent_since(self) -> datetime:
        """When the timer last ran it; one that never has is waited for since the watchdog first did it."""
        known = self.fired or self.by_tick
        assert known is not None
        return self._not_at_rest(known.since or known.at)

    def _not_at_rest(self, since: datetime) -> datetime:
        return max(since, self.rest.at) if self.rest is not None else since


def _latest(*beats: Heartbeat | None) -> Heartbeat | None:
    return max((each for each in beats if each is not None), key=lambda each: each.at, default=None)


def beat(desk: Desk, timer: str, now: datetime, report: object, *, by: str = TIMER, resting: Collection[str] = ()) -> None:
    """Notes that a round has done its work. The last one counts. `resting`: the rounds that the desk does not go now."""
    key, since = timer, None
    if by == TICK:
        key = f"{timer}|{TICK}"
        before = desk.rows.get(Table.SYSTEM, "heartbeat", key)
        since = (_read(before).since if before is not None else None) or now
    beats = {key: Heartbeat(timer=timer, at=now, report=report, since=since)}
    _write(desk, beats | {f"{each}|{REST}": Heartbeat(timer=f"{each}|{REST}", at=now) for each in resting})


def fail(desk: Desk, timer: str, now: datetime) -> None:
    """Notes that its timer ran a round, which failed: the timer is alive, and the work is not done."""
    key = f"{timer}|{FAILED}"
    _write(desk, {key: Heartbeat(timer=key, at=now)})


def _write(desk: Desk, beats: dict[str, Heartbeat]) -> None:
    rows = [Row(key=key, values={"doc": codec.dumped(each)}) for key, each in beats.items()]
    desk.rows.commit(Table.SYSTEM, "heartbeat", [Upsert(row) for row in rows])


def heartbeats(desk: Desk) -> dict[str, Beats]:
    """The last heartbeats of each round that has ever run, in one request."""
    rows = {row.key: _read(row) for row in desk.rows.scan(Table.SYSTEM, "heartbeat")}
    names = {name for name, _, what in (key.partition("|") for key in rows) if what != REST}
    return {
        name: Beats(
            by_timer=rows.get(name),
            by_tick=rows.get(f"{name}|{TICK}"),
            failed=rows.get(f"{name}|{FAILED}"),
            rest=rows.get(f"{name}|{REST}"),
        )
        for name in names
    }


def _read(row: Row) -> Heartbeat:
    return codec.loaded(Heartbeat, str(row.values["doc"]))
