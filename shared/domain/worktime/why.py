"""Why a deadline is what it is, day by day: a ledger folded into the few lines that a mail or a page can show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.calendar import Reason
from shared.domain.target import LedgerRow

STRONGEST = ("paused", "holiday", "closure", "weekend", "day_of_receipt", "outside_hours")
"""Which reason names a day on which nothing was counted, when several hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Consecutive local dates, first to last, of one kind. `counted` is of each day; `reason` says why it is not more."""

    first: date
    last: date
    counted: timedelta
    reason: Reason | None


def folded(ledger: tuple[LedgerRow, ...], zone: ZoneInfo) -> tuple[Days, ...]:
    """The ledger by local date, equal neighbours joined.

    Friday 7 August 2026 17:50 with a target of 4 working hours: Friday 40 min, Saturday and Sunday weekend, Monday 3 h 20 min.
    """
    days: list[Days] = []
    for day, rows in _by_day(ledger, zone):
        counted = sum((row.counted for row in rows), timedelta(0))
        here = Days(first=day, last=day, counted=counted, reason=_reason(rows, counted))
        if days and (days[-1].counted, days[-1].reason) == (here.counted, here.reason):
            here = Days(first=days.pop().first, last=day, counted=counted, reason=here.reason)
        days.append(here)
    return tuple(days)


def _by_day(ledger: tuple[LedgerRow, ...], zone: ZoneInfo) -> Iterator[tuple[date, list[LedgerRow]]]:
    rows: list[LedgerRow] = []
    current: date | None = None
    for row in _cut_at_midnight(ledger, zone):
        day = row.starts_at.astimezone(zone).date()
        if current is not None and day != current:
            yield current, rows
            rows = []
        current = day
        rows.append(row)
    if current is not None:
        yield current, rows


def _cut_at_midnight(ledger: tuple[LedgerRow, ...], zone: ZoneInfo) -> Iterator[LedgerRow]:
    for row in ledger:
        start, left = row.starts_at, row.counted
        while row.ends_at is not None:
            tomorrow = start.astimezone(zone).date() + timedelta(days=1)
            midnight = datetime.combine(tomorrow, time.min, zone).astimezone(UTC)
            if midnight >= row.ends_at:
                break
            counted = min(left, midnight - start) if left else left
            yield LedgerRow(starts_at=start, ends_at=midnight, counted=counted, reason=row.reason)
            start, left = midnight, left - counted
        yield LedgerRow(starts_at=start, ends_at=row.ends_at, counted=left, reason=row.reason)


def _reason(rows: list[LedgerRow], counted: timedelta) -> Reason | None:
    """The strongest reason of the day; ordinary hours outside an otherwise counted day are not worth a word."""
    reasons = sorted((row.reason for row in rows if row.reason), key=lambda r: STRONGEST.index(r.kind))
    if not reasons or (counted and reasons[0].kind == "outside_hours"):
        return None
    return reasons[0]
