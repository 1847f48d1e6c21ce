"""The sweep: wakes the tickets whose moment has come and does what is due on them, each thing once.

Idempotent by the milestone keys in the tickets' partitions and by the heads' ETags: two sweeps at once are one.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from shared.actions import agenda, cases
from shared.actions.agenda import Due
from shared.actions.custody import access_filing
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Table
from shared.domain import due_work
from shared.domain.errors import NotFound, StorageUnavailable
from shared.domain.people import SYSTEM
from shared.domain.ticket import Ticket

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
    """Works every due row, those of a ticket together. A ticket that fails is logged, postponed and shown; the others go on."""
    report = Swept()
    for page in agenda.due(desk, "s", now):
        finished: list[Due] = []
        for ticket, rows in _by_ticket(page).items():
            try:
                decisions, over = _filed(desk, rows) if access_filing.is_list(rows[0]) else _work(desk, ticket, rows, now)
            except Exception as failure:
                report = replace(report, failed=report.failed + 1)
                decisions, over = 0, [row for row in rows if agenda.postpone(desk, row, failure, now)]
            report = replace(
                report,
                due=report.due + len(rows),
                decisions=report.decisions + decisions,
                kept=report.kept + len(rows) - len(over),
            )
            finished += over
        agenda.done(desk, finished)
    return report


def _by_ticket(rows: Sequence[Due]) -> dict[str, list[Due]]:
    found: dict[str, list[Due]] = {}
    for row in rows:
        found.setdefault(row.ticket, []).append(row)
    return found


def _filed(desk: Desk, rows: Sequence[Due]) -> tuple[int, list[Due]]:
    """Files who was shown a page of a list."""
    for row in rows:
        access_filing.file(desk, row)
        agenda.recovered(desk, row)
    return 0, list(rows)


def _work(desk: Desk, id: str, rows: Sequence[Due], now: datetime) -> tuple[int, list[Due]]:
    """Does all that is due on a ticket: how many decisions that took, and which of its rows may go."""
    decisions = 0
    places: set[str] = set()
    for _ in range(MOST_STEPS):
        try:
            case = cases.load(desk, id)
        except NotFound:
            return decisions, _forgotten(desk, rows, now)
        ticket = case.ticket
        places.add(ticket.board)
        decision = due_work.overdue_work(ticket, cases.occasion(desk, ticket, SYSTEM, now))
        saved = cases.save(desk, case, decision, now, is_awake=True) if decision is not None else None
        if saved is not None:
            ticket, decisions = saved, decisions + 1
            places.add(ticket.board)
        if decision is None or (saved is not None and _nothing_more(ticket, now)):
            return decisions, _settled(desk, rows, ticket, places, now)
    raise StorageUnavailable(f"{id} still has work due after {MOST_STEPS} steps.")


def _nothing_more(ticket: Ticket, now: datetime) -> bool:
    return ticket.wake_at is None or ticket.wake_at > now


def _settled(desk: Desk, rows: Sequence[Due], ticket: Ticket, places: Set[str], now: datetime) -> list[Due]:
    """The work is done: the rows that may go. One for a revision that is not there yet may belong to a commit still under way.

    `places`: where the board showed the ticket rightly in the course of the work; what a look finds elsewhere is a leftover.
    """
    for row in [row for row in rows if row.failures][:1]:
        agenda.recovered(desk, row)
    over = [row for row in rows if _revision(row) <= ticket.revision or _is_leftover(desk, row, now)]
    if strays := _places(over) - places:
        _tidy(desk, ticket, strays, now)
    return over


def _tidy(desk: Desk, ticket: Ticket, strays: Iterable[str], now: datetime) -> None:
    """The board shows a ticket once, where it is. Rows are read first: to delete one that is not there costs more."""
    shard = agenda.shard_of(desk, ticket.id)
    for key in sorted(strays):
        if key and desk.rows.get(Table.AGENDA, shard, key) is not None:
            desk.rows.commit(Table.AGENDA, shard, [Delete(key)])
    if ticket.board and desk.rows.get(Table.AGENDA, shard, ticket.board) is None:
        cases.show_as_it_is(desk, ticket, now)


def _forgotten(desk: Desk, rows: Sequence[Due], now: datetime) -> list[Due]:
    """Rows for a ticket that was never made, when old enough to be sure; what its crash left on the board goes with them."""
    over = [row for row in rows if _is_leftover(desk, row, now)]
    if strays := _places(over) - {""}:
        desk.rows.commit(Table.AGENDA, over[0].shard, [Delete(key) for key in sorted(strays)])
    return over


def _places(rows: Iterable[Due]) -> set[str]:
    """The keys on the board that looks are for."""
    return {str(row.values["board"]) for row in rows if "board" in row.values}


def _revision(row: Due) -> int:
    return int(str(row.values.get("revision", 0)))


def _is_leftover(desk: Desk, row: Due, now: datetime) -> bool:
    return now - row.written_at > desk.options.grace
