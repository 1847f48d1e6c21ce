"""The sweep: wakes the tickets whose moment has come and does what is due on them, each thing once.

Idempotent by the milestone keys in the tickets' partitions and by the heads' ETags: two sweeps at once are one.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.actions import agenda, cases
from shared.actions.agenda import Due
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Table
from shared.domain import due_work
from shared.domain.errors import NotFound, StorageUnavailable
from shared.domain.people import SYSTEM
from shared.domain.ticket import State, Ticket

MOST_STEPS = 200
"""Steps one ticket may take in one run; more than any ladder has rungs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a run came to. `kept`: rows ahead of their tickets, left for a later run."""

    due: int = 0
    decisions: int = 0
    kept: int = 0
    failed: int = 0


def sweep(desk: Desk, now: datetime) -> Swept:
    """Works every due row. A ticket that fails is logged, postponed and shown; the others go on."""
    report = Swept()
    for rows in agenda.due(desk, "s", now):
        finished: list[Due] = []
        for row in rows:
            report = replace(report, due=report.due + 1)
            try:
                decisions, is_finished = _work(desk, row, now)
            except Exception as failure:
                report = replace(report, failed=report.failed + 1)
                is_finished, decisions = agenda.postpone(desk, row, failure, now), 0
            report = replace(report, decisions=report.decisions + decisions, kept=report.kept + (not is_finished))
            if is_finished:
                finished.append(row)
        agenda.done(desk, finished)
    return report


def _work(desk: Desk, row: Due, now: datetime) -> tuple[int, bool]:
    """Does all that is due on a row's ticket: how many decisions that took, and whether the row may go."""
    decisions = 0
    for _ in range(MOST_STEPS):
        try:
            case = cases.load(desk, row.ticket)
        except NotFound:
            return decisions, _forgotten(desk, row, now)
        decision = due_work.overdue_work(case.ticket, cases.occasion(desk, case.ticket, SYSTEM, now))
        if decision is None:
            return decisions, _settled(desk, row, case.ticket, now)
        if cases.save(desk, case, decision, now, is_awake=True):
            decisions += 1
            if _nothing_more(decision.ticket, now):
                return decisions, _settled(desk, row, decision.ticket, now)
    raise StorageUnavailable(f"{row.ticket} still has work due after {MOST_STEPS} steps.")


def _nothing_more(ticket: Ticket, now: datetime) -> bool:
    return ticket.wake_at is None or ticket.wake_at > now


def _settled(desk: Desk, row: Due, ticket: Ticket, now: datetime) -> bool:
    """The work is done. A row written for a revision that is not there yet may belong to a commit still under way."""
    agenda.recovered(desk, row)
    if ticket.state is State.CLOSED:
        desk.rows.commit(Table.AGENDA, row.shard, [Delete(f"o|{ticket.id}")])
    return _revision(row) <= ticket.revision or _is_leftover(desk, row, now)


def _forgotten(desk: Desk, row: Due, now: datetime) -> bool:
    """A row for a ticket that was never made, when it is old enough to be sure; what its crash left on the board goes with it."""
    if not _is_leftover(desk, row, now):
        return False
    desk.rows.commit(Table.AGENDA, row.shard, [Delete(f"o|{row.ticket}")])
    return True


def _revision(row: Due) -> int:
    return int(str(row.values.get("revision", 0)))


def _is_leftover(desk: Desk, row: Due, now: datetime) -> bool:
    return now - row.written_at > desk.options.grace
