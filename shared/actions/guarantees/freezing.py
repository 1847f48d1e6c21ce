"""Freezing months that are over: once, in a chain for each service under each guarantee, and for all services of a guarantee as
one (see `chains`).

A month is due when nothing that is told later can change it. Where the watch is asleep, it is due three days after its end, and
at once where a service is not watched any more: then time that a later look could still change is frozen as unknown, and the
record says so (`corrections`). Of two who freeze the same month one finds it done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.actions.desk import Desk
from shared.actions.guarantees import chains, known, reports
from shared.actions.ports import Row, Table, Upsert
from shared.actions.watch import maintenance
from shared.domain.availability import State
from shared.domain.guarantees import frozen, promises
from shared.domain.guarantees.correction import Correction
from shared.domain.guarantees.frozen import Frozen
from shared.domain.guarantees.report import Report
from shared.domain.watch.maintenance import Window
from shared.domain.worktime.span import Span

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
    if not watched.is_any:
        return Froze()
    zone = ZoneInfo(promises.contract_at(desk.catalogue(), watched.contract, now).zone)
    froze = Froze()
    for month in _undone(desk, now.astimezone(zone).date()):
        one = _freeze(desk, month, zone, now)
        froze = Froze(months=froze.months + one.months, waiting=froze.waiting + one.waiting)
    return froze


def _freeze(desk: Desk, month: str, zone: ZoneInfo, now: datetime) -> Froze:
    span = reports.span_of(month, zone)
    unsettled = {id: at for id, at in known.settled(desk, now).items() if at is None or at < span[1]}
    asleep = {id: (_as_unknown(span, at),) for id, at in unsettled.items()}
    judged = reports.judged(desk, month, now, corrections=asleep)
    waits = unsettled.keys() & desk.services().services.keys() if now - span[1] < ASLEEP else set()
    month_of = _Month(desk=desk, name=month, windows=maintenance.between(desk, *span), lasts=chains.lasts(desk), now=now)
    seen = {report.services[0] for report in judged.services if report.states}
    links: list[tuple[Frozen, Row | None]] = []
    waiting = 0
    for is_together, each in ((False, judged.services), (True, judged.together)):
        for report in each:
            if report.guarantee is None or seen.isdisjoint(report.services) or month_of.is_frozen(report, is_together):
                continue  # nothing promised, never watched, or done
            if waits.intersection(report.services):
                waiting += 1
                continue
            links.append(month_of.frozen(report, is_together, () if is_together else asleep.get(report.services[0], ())))
    for start in range(0, len(links), BATCH):
        desk.rows.commit(
            Table.WATCH, chains.PARTITION, [w for link, row in links[start : start + BATCH] for w in chains.writes_of(link, row)]
        )
    if not waiting:
        done = Row(key=f"done|{month}", values={"at": now})
        desk.rows.commit(Table.WATCH, chains.PARTITION, [Upsert(done)])
    return Froze(months=len(links), waiting=waiting)


def _as_unknown(span: Span, settled: datetime | None) -> Correction:
    """What of a month a look still to come could change, and none has come: nobody knows it."""
    return Correction(starts_at=max(span[0], settled or span[0]), ends_at=span[1], state=State.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """A month that is being frozen. `lasts`: the last link of every chain."""

    desk: Desk
    name: str
    windows: Sequence[Window]
    lasts: Mapping[str, Row]
    now: datetime

    def is_frozen(self, report: Report, is_together: bool) -> bool:
        last = self._last(report, is_together)
        return last is not None and str(last.values["month"]) >= self.name

    def frozen(self, report: Report, is_together: bool, corrections: tuple[Correction, ...]) -> tuple[Frozen, Row | None]:
        """The month's link, and the one that it replaces as the last."""
        assert report.guarantee is not None
        catalogue, id = self.desk.catalogue(), self.desk.services().contract
        contract, _ = promises.judging(catalogue, id, report.guarantee, report.starts_at)
        windows = [window for window in self.windows if set(report.services) & set(window.services)]
        row = self._last(report, is_together)
        last = None if row is None else chains.link_in(row)
        link = frozen.freeze(
            report, self.name, contract, windows, last, self.now, corrections=corrections, is_together=is_together
        )
        return link, row

    def _last(self, report: Report, is_together: bool) -> Row | None:
        assert report.guarantee is not None
        return self.lasts.get(f"{report.guarantee.id}|{frozen.TOGETHER if is_together else report.services[0]}")


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
