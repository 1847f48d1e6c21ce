"""The ledger of a deadline: every stretch from start to due, what it counted, and if nothing, why.

Source: SEMANTICS 7 (explain). What counts: open time that is not paused and, for a target in working days, comes after the day of
receipt. So in hours the counted time adds up to the target. In days there is no amount to add up to: the counted time is the open
time of the working days that count, up to due; with that of the day of receipt (reason `day_of_receipt`) it is W(start, due) less
what was paused. A pause pushes the due instant whether it fell on the day of receipt or later, and the open time it is pushed
through counts like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.calendar import Calendar
from shared.domain.worktime.deadline import day_of_receipt, due_without_pauses, pushed
from shared.domain.worktime.pause import Pause, Paused, union
from shared.domain.worktime.promised import Target, WorkingDays
from shared.domain.worktime.reason import DAY_OF_RECEIPT, PAUSED, Reason
from shared.domain.worktime.span import utc

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A stretch that counted in full (no reason) or not at all (a reason). `ends_at` None: still paused."""

    starts_at: datetime
    ends_at: datetime | None
    counted: timedelta
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`ledger`: contiguous from start to `due`; when that is None (still paused), to a last row without an end."""

    due: datetime | None
    ledger: tuple[LedgerRow, ...]


def explain(calendar: Calendar, start: datetime, target: Target, pauses: Sequence[Pause] = ()) -> Explanation:
    """The due instant and how it comes about. Of a pause that begins at or after it there is no row; in a pause, whatever else
    would be said of the time (weekend, closure), the row says paused."""
    start = utc(start)
    paused = union(pauses, start)
    due_at = pushed(calendar, due_without_pauses(calendar, start, target), paused)
    counts_from = _counts_from(calendar, start, target)
    rows: list[LedgerRow] = []
    for begins, ends in _up_to(due_at, paused):
        rows += _running(calendar, start, begins, counts_from)
        rows.append(LedgerRow(starts_at=begins, ends_at=ends, counted=_ZERO, reason=PAUSED))
        start = ends or begins
    if due_at is not None:
        rows += _running(calendar, start, due_at, counts_from)
    return Explanation(due=due_at, ledger=tuple(rows))


def _counts_from(calendar: Calendar, start: datetime, target: Target) -> datetime:
    """Hours count from the start, days from the opening of the first working day after the day of receipt."""
    if not isinstance(target, WorkingDays):
        return start
    return calendar.first_open_of(calendar.working_day_after(day_of_receipt(calendar, start, target), 1))


def _up_to(due_at: datetime | None, paused: Sequence[Paused]) -> Sequence[Paused]:
    """The pauses that begin before the due instant, cut there.

    One may reach beyond it: due on Wednesday 09:00 (`same_time`), paused from Tuesday evening to Wednesday 20:00. All of
    Wednesday's open time was paused, and from 09:00 on that much open time ends with Wednesday's close, during the pause.
    """
    if due_at is None:
        return paused
    return [(begins, due_at if ends is None else min(ends, due_at)) for begins, ends in paused if begins < due_at]


def _running(calendar: Calendar, start: datetime, end: datetime, counts_from: datetime) -> Iterator[LedgerRow]:
    """The rows of a time that was not paused."""
    for stretch in calendar.stretches(start, end):
        if stretch.reason is not None:
            yield LedgerRow(starts_at=stretch.starts_at, ends_at=stretch.ends_at, counted=_ZERO, reason=stretch.reason)
            continue
        middle = min(max(stretch.starts_at, counts_from), stretch.ends_at)
        if stretch.starts_at < middle:
            yield LedgerRow(starts_at=stretch.starts_at, ends_at=middle, counted=_ZERO, reason=DAY_OF_RECEIPT)
        if middle < stretch.ends_at:
            yield LedgerRow(starts_at=middle, ends_at=stretch.ends_at, counted=stretch.ends_at - middle, reason=None)
