"""Freezing months that are over: once, in a chain for each service under each guarantee (see `chains`).

A month is due when nothing that is told later can change it; where the watch is asleep, three days after its end, its sleep
unknown. Of two who freeze the same month one finds it done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Upsert
from shared.actions.watch import chains, known, maintenance, reports
from shared.domain.watch import frozen, promises
from shared.domain.watch.frozen import Frozen
from shared.domain.watch.maintenance import Window
from shared.domain.watch.report import Report

ASLEEP = timedelta(days=3)
BATCH = 50
"""Links that fit a transaction, two writes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Froze:
    """What a run came to. `waiting`: chains whose month may still change."""

    months: int = 0
    waiting: int = 0


def freeze(desk: Desk, now: datetime) -> Froze:
    """Freezes the months that are over and due, the oldest first: the last one, and those before it since one was done. One
    request when there is nothing to do."""
    watched = desk.services()
    if not watched.services:
        return Froze()
    zone = ZoneInfo(promises.contract_at(desk.catalogue(), watched.contract, now).zone)
    froze = Froze()
    for month in _undone(desk, now.astimezone(zone).date()):
        one = _freeze(desk, month, zone, now)
        froze = Froze(months=froze.months + one.months, waiting=froze.waiting + one.waiting)
    return froze


def _freeze(desk: Desk, month: str, zone: ZoneInfo, now: datetime) -> Froze:
    span = reports.span_of(month, zone)
    judged = reports.judged(desk, month, now)
    safe = known.settled(desk, span[1], now)
    lasts = chains.lasts(desk)
    windows = maintenance.between(desk, *span)
    links: list[tuple[Frozen, Row | None]] = []
    waiting = 0
    for report in judged.services:
        if report.guarantee is None or not report.states:
            continue  # nothing promised, or never watched
        before = lasts.get(f"{report.guarantee.id}|{report.services[0]}")
        if before is not None and str(before.values["month"]) >= month:
            continue  # frozen already
        if report.services[0] not in safe and now - span[1] < ASLEEP:
            waiting += 1
            continue
        last = None if before is None else chains.link_in(before)
        links.append((frozen.freeze(report, month, judged.contract, _of(windows, report), last, now), before))
    for start in range(0, len(links), BATCH):
        desk.rows.commit(
            Table.WATCH, chains.PARTITION, [w for link, row in links[start : start + BATCH] for w in chains.writes_of(link, row)]
        )
    if not waiting:
        done = Row(key=f"done|{month}", values={"at": now})
        desk.rows.commit(Table.WATCH, chains.PARTITION, [Upsert(done)])
    return Froze(months=len(links), waiting=waiting)


def _of(windows: Sequence[Window], report: Report) -> list[Window]:
    return [window for window in windows if report.services[0] in window.services]


def _undone(desk: Desk, today: date) -> list[str]:
    """The months that are over and not done, the oldest first: back to the last one done, or the last month alone."""
    rows = desk.rows.scan(Table.WATCH, chains.PARTITION, after="done|", before="done|~")
    last_done = rows[-1].key.removeprefix("done|") if rows else ""
    found: list[str] = []
    month = _month_before(today)
    while month > last_done and (last_done or not found):
        found.append(month)
        month = _month_before(date.fromisoformat(f"{month}-01"))
    return found[::-1]


def _month_before(day: date) -> str:
    return (day.replace(day=1) - timedelta(days=1)).isoformat()[:7]
