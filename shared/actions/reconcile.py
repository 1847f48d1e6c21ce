"""The nightly reconciliation: open tickets, agenda and notices are compared, and what is missing is mended and reported.

What is open and what is owed is known exactly: `open:` and `owed:` rows are written and removed in the tickets' own transactions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.actions import agenda, cases, customers, document
from shared.actions.custody import erasure
from shared.actions.desk import Desk
from shared.actions.lists import places, urgency
from shared.actions.lists.urgency import Urgency
from shared.actions.ports import Delete, Row, Table, Upsert
from shared.actions.post import bounces, mailed
from shared.actions.running import faults
from shared.domain import due_work
from shared.domain.errors import NotFound
from shared.domain.evidence import stamp
from shared.domain.notice import NoticeState
from shared.domain.people import SYSTEM
from shared.domain.ticket import State, Ticket


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
    erasures_finished: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def repairs(self) -> int:
        """How many things had to be mended."""
        missing, shown = (*self.wakes_restored, *self.deliveries_restored), (*self.board_restored, *self.board_removed)
        return len(missing) + len(shown) + len(self.replanned) + len(self.erasures_finished)

    @property
    def is_clean(self) -> bool:
        return not (self.repairs or self.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What the agenda holds: (ticket, moment) of the wakes, the keys of the notices, the rows on the board by ticket."""

    wakes: frozenset[tuple[str, str]]
    notices: frozenset[str]
    boards: Mapping[str, tuple[Row, ...]]


def reconcile(desk: Desk, now: datetime) -> Reconciled:
    """Walks every open ticket and every owed notice once."""
    report = Reconciled()
    found = _agenda(desk)
    open_ids: set[str] = set()
    for customer in customers.every_id(desk):
        _guarded(desk, report, customer, _finish_erasures, desk, customer, now, report)
        for row in cases.under(desk, customer, "open:"):
            id = str(row.values["ticket"])
            open_ids.add(id)
            report.open_tickets += 1
            _guarded(desk, report, id, _mend_ticket, desk, id, found, now, report)
        for row in cases.under(desk, customer, "owed:"):
            report.owed_notices += 1
            _guarded(desk, report, row.key, _mend_notice, desk, row, found, now, report)
    for id in sorted(found.boards.keys() - open_ids):
        _guarded(desk, report, id, _clear_board, desk, id, found, now, report)
    _guarded(desk, report, "reports of mails", _tend_reports, desk, now)
    _tell(desk, report, found, now)
    return report


def _tell(desk: Desk, report: Reconciled, found: Agenda, now: datetime) -> None:
    open_now = urgency.counted((row for rows in found.boards.values() for row in rows if row.key.startswith("o|")), now)
    desk.telemetry.tell(
        "desk.reconciled",
        is_warning=not report.is_clean,
        open_tickets=report.open_tickets,
        owed_notices=report.owed_notices,
        repairs=report.repairs,
        failed=len(report.failed),
        open_later=open_now[Urgency.LATER],
        open_stopped=open_now[Urgency.STOPPED],
    )


def _agenda(desk: Desk) -> Agenda:
    boards: dict[str, tuple[Row, ...]] = {}
    for kind in places.KINDS:
        for _, row in agenda.every(desk, kind):
            id = str(row.values["ticket"])
            boards[id] = (*boards.get(id, ()), row)
    wakes = (row for _, row in agenda.every(desk, "s") if "board" not in row.values)
    return Agenda(
        wakes=frozenset((str(row.values["ticket"]), row.key.split("|")[1]) for row in wakes),
        notices=frozenset(str(row.values["notice"]) for kind in ("d", "w") for _, row in agenda.every(desk, kind)),
        boards=boards,
    )


def _guarded[**P](desk: Desk, report: Reconciled, id: str, mend: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """One that fails is reported; the others go on."""
    try:
        mend(*args, **kwargs)
    except Exception as failure:
        faults.tell(desk, "reconcile", failure, ticket=id)
        report.failed.append(id)


def _tend_reports(desk: Desk, now: datetime) -> None:
    """Reports that could not be understood are tried again; what no report will be about any more is forgotten."""
    bounces.try_quarantined(desk, now)
    mailed.forget_old(desk, now)


def _finish_erasures(desk: Desk, customer: str, now: datetime, report: Reconciled) -> None:
    """Erasures that were cut off, and that nobody has asked for again."""
    finished = erasure.finish(desk, customer, now)
    report.erasures_finished += [each.ticket for each in finished.tickets] + list(finished.refused)


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
    if ticket is case.ticket:
        _mend_board(desk, ticket, found, now, report)


def _mend_board(desk: Desk, ticket: Ticket, found: Agenda, now: datetime, report: Reconciled) -> None:
    """The board shows the ticket as it is, once. What others wrote since the board was read is looked at again."""
    shown = places.row(ticket, now)
    here = {row.key: document.joined("doc", row.values) for row in found.boards.get(ticket.id, ())}
    if here.get(shown.key) != document.joined("doc", shown.values) and _is_missing(desk, shown, ticket):
        cases.show_as_it_is(desk, ticket, now)
        report.board_restored.append(ticket.id)
    _remove(desk, ticket.id, [row for row in found.boards.get(ticket.id, ()) if row.key != shown.key], now, report)


def _is_missing(desk: Desk, shown: Row, ticket: Ticket) -> bool:
    stands = desk.rows.get(Table.AGENDA, agenda.shard_of(desk, ticket.id), shown.key)
    if stands is not None and document.joined("doc", stands.values) == document.joined("doc", shown.values):
        return False
    return cases.load(desk, ticket.id).ticket.board == ticket.board


def _remove(desk: Desk, id: str, strangers: Sequence[Row], now: datetime, report: Reconciled) -> None:
    """Takes rows off the board that are older than any commit still under way, and are still there."""
    shard = agenda.shard_of(desk, id)
    for row in strangers:
        written_at = row.values["written_at"]
        assert isinstance(written_at, datetime)
        if now - written_at > desk.options.grace and desk.rows.get(Table.AGENDA, shard, row.key) is not None:
            desk.rows.commit(Table.AGENDA, shard, [Delete(row.key)])
            report.board_removed.append(id)


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


def _clear_board(desk: Desk, id: str, found: Agenda, now: datetime, report: Reconciled) -> None:
    """The board forgets what is closed, or what a crash left before its ticket was ever made."""
    try:
        if cases.load(desk, id).ticket.state is not State.CLOSED:
            return
    except NotFound:
        pass
    _remove(desk, id, found.boards[id], now, report)
