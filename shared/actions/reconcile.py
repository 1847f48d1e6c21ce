"""The nightly reconciliation: open tickets, agenda and notices are compared, and what is missing is mended and reported.

What is open and what is owed is known exactly: `open:` and `owed:` rows are written and removed in the tickets' own transactions.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.actions import agenda, cases, customers
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Row, Table, Upsert
from shared.domain import due_work
from shared.domain.errors import NotFound
from shared.domain.evidence import stamp
from shared.domain.notice import NoticeState
from shared.domain.people import SYSTEM
from shared.domain.ticket import State

log = logging.getLogger("sportello.reconcile")


@dataclass(slots=True, kw_only=True)
class Reconciled:
    """What was looked at, and what had to be mended (each with the ids concerned)."""

    open_tickets: int = 0
    owed_notices: int = 0
    wakes_restored: list[str] = field(default_factory=list)
    deliveries_restored: list[str] = field(default_factory=list)
    board_restored: list[str] = field(default_factory=list)
    board_removed: list[str] = field(default_factory=list)
    replanned: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (
            self.wakes_restored
            or self.deliveries_restored
            or self.board_restored
            or self.board_removed
            or self.replanned
            or self.failed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What the agenda holds: (ticket, moment) of the wakes, the keys of the notices, the revisions on the board."""

    wakes: frozenset[tuple[str, str]]
    notices: frozenset[str]
    boards: Mapping[str, int]


def reconcile(desk: Desk, now: datetime) -> Reconciled:
    """Walks every open ticket and every owed notice once."""
    report = Reconciled()
    found = _agenda(desk)
    open_ids: set[str] = set()
    for customer in customers.every_id(desk):
        for row in cases.under(desk, customer, "open:"):
            id = str(row.values["ticket"])
            open_ids.add(id)
            report.open_tickets += 1
            _guarded(report, id, _mend_ticket, desk, id, found, now, report)
        for row in cases.under(desk, customer, "owed:"):
            report.owed_notices += 1
            _guarded(report, row.key, _mend_notice, desk, row, found, now, report)
    for id in sorted(found.boards.keys() - open_ids):
        _guarded(report, id, _clear_board, desk, id, report)
    log.info(
        "reconciled" if report.is_clean else "reconciled with repairs",
        extra={"open": report.open_tickets, "clean": report.is_clean},
    )
    return report


def _agenda(desk: Desk) -> Agenda:
    return Agenda(
        wakes=frozenset((str(row.values["ticket"]), row.key.split("|")[1]) for _, row in agenda.every(desk, "s")),
        notices=frozenset(str(row.values["notice"]) for _, row in agenda.every(desk, "d")),
        boards={row.key.removeprefix("o|"): int(str(row.values["revision"])) for _, row in agenda.every(desk, "o")},
    )


def _guarded[**P](report: Reconciled, id: str, mend: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """One that fails is reported; the others go on."""
    try:
        mend(*args, **kwargs)
    except Exception:
        log.exception("could not be reconciled", extra={"id": id})
        report.failed.append(id)


def _mend_ticket(desk: Desk, id: str, found: Agenda, now: datetime, report: Reconciled) -> None:
    """Plans what a calendar has moved, wakes what has no wake, and brings the board up to date."""
    case = cases.load(desk, id)
    decision = due_work.overdue_work(case.ticket, cases.occasion(desk, case.ticket, SYSTEM, now))
    ticket = case.ticket
    if decision is not None and decision.events[0].kind == "replanned":
        ticket = cases.change(desk, id, lambda _: None, now)
        report.replanned.append(id)
    shard = agenda.shard_of(desk, id)
    if ticket.wake_at is not None and ticket is case.ticket and (id, stamp(ticket.wake_at)) not in found.wakes:
        desk.rows.commit(Table.AGENDA, shard, [Upsert(agenda.wake_row(ticket, ticket.wake_at, now))])
        report.wakes_restored.append(id)
    if ticket is case.ticket and found.boards.get(id) != ticket.revision:
        cases.show_as_it_is(desk, id)
        report.board_restored.append(id)


def _mend_notice(desk: Desk, owed: Row, found: Agenda, now: datetime, report: Reconciled) -> None:
    """A notice that is owed but on nobody's agenda is put there."""
    key = owed.key.removeprefix("owed:")
    if key in found.notices:
        return
    customer = str(owed.values["ticket"]).rpartition("-")[0]
    row = desk.rows.get(Table.DESK, customer, f"notice:{key}")
    if row is None or (notice := cases.notice_in(row)).state is not NoticeState.OWED:
        return
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, notice.ticket), [Upsert(agenda.delivery_row(notice, now, now))])
    report.deliveries_restored.append(key)


def _clear_board(desk: Desk, id: str, report: Reconciled) -> None:
    """The board forgets what is closed, or what a crash left before its ticket was ever made."""
    try:
        if cases.load(desk, id).ticket.state is not State.CLOSED:
            return
    except NotFound:
        pass
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, id), [Delete(f"o|{id}")])
    report.board_removed.append(id)
