"""Sends the notices that are owed, breaches first, within the mail service's quota; each once, whatever crashes.

A notice is claimed by ETag with a lease, sent under an operation id and a Message-ID that follow from its key, and marked sent.
After a crash between sending and marking, the second attempt carries the same ids and the service takes it for the first. This is
the one action that reads the clock more than once: a run may last, and clocks pause from when a question was really sent.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.actions import agenda, allowance, cases
from shared.actions.agenda import Due
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Insert, Replace, Row, Table, Upsert, Value, Write
from shared.domain import due_work
from shared.domain.errors import Conflict, MailPostponed, MailRefused, NotAllowedNow, NotFound
from shared.domain.evidence import stamp
from shared.domain.notice import Notice, NoticeKind, NoticeState, backoff_s
from shared.domain.people import SYSTEM
from shared.domain.ticket import Decision, Ticket, parse_ticket_id

log = logging.getLogger("sportello.deliver")

PAGES = 50
"""Pages of due rows that are looked at, so that a breach is found behind any backlog of receipts."""

LEASE = timedelta(minutes=2)
"""How long a sender may take; longer than the mail adapter's own time limits together."""

TROUBLE = 3
"""After so many postponed mails in a row the service is in trouble: the rest of the run waits for the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a run came to. `waiting`: due, but over the quota or held back because the service is in trouble."""

    due: int = 0
    sent: int = 0
    postponed: int = 0
    failed: int = 0
    waiting: int = 0


def deliver(desk: Desk, now: datetime) -> Delivered:
    """Sends what is due: the most urgent first, then the oldest. One that fails is postponed and shown; the others go on."""
    rows = [row for page in agenda.due(desk, "d", now, pages=PAGES) for row in page]
    if not rows:
        return Delivered()
    rows.sort(key=lambda row: (row.key.split("|")[2], row.at))
    allowed = allowance.take(desk, len(rows), now)
    outcomes: list[str] = []
    finished: list[Due] = []
    for row in rows:
        if outcomes.count("sent") == allowed or outcomes[-TROUBLE:] == ["postponed"] * TROUBLE:
            break
        outcomes.append(_guarded(desk, row))
        if outcomes[-1] != "kept":
            finished.append(row)
    agenda.done(desk, finished)
    allowance.give_back(desk, allowed - outcomes.count("sent"))
    return Delivered(
        due=len(rows),
        sent=outcomes.count("sent"),
        postponed=outcomes.count("postponed"),
        failed=outcomes.count("failed"),
        waiting=len(rows) - len(outcomes),
    )


def retry(desk: Desk, ticket: str, key: str, now: datetime) -> Notice:
    """Owes a notice again that had been given up. The same ids go with it: had it arrived after all, it will not arrive twice."""
    customer, notice, etag = _found(desk, ticket, key)
    if notice.state is not NoticeState.FAILED:
        return notice
    if notice.kind is NoticeKind.QUESTION:
        raise NotAllowedNow("A question that did not go out stopped no clock, and its hold is void; ask again instead.")
    again = replace(notice, state=NoticeState.OWED, attempts=0, leased_until=None)
    shard = agenda.shard_of(desk, ticket)
    desk.rows.commit(Table.AGENDA, shard, [Upsert(agenda.delivery_row(again, now, now))])
    owed = Insert(Row(key=f"owed:{key}", values={"ticket": ticket}))
    desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(again, etag)), owed])
    desk.rows.commit(Table.AGENDA, shard, [Delete(f"f|{ticket}|{key}")])
    return again


def dismiss(desk: Desk, ticket: str, key: str) -> Notice:
    """Somebody has seen that a notice was given up: it stays on the ticket as failed, and alarms nobody any more."""
    _, notice, _ = _found(desk, ticket, key)
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, ticket), [Delete(f"f|{ticket}|{key}")])
    return notice


def _found(desk: Desk, ticket: str, key: str) -> tuple[str, Notice, str]:
    customer, _ = parse_ticket_id(ticket)
    row = desk.rows.get(Table.DESK, customer, f"notice:{key}")
    if row is None or (notice := cases.notice_in(row)).ticket != ticket:
        raise NotFound(f"{ticket} has no notice {key[:100]}.")
    return customer, notice, row.etag


def _guarded(desk: Desk, row: Due) -> str:
    """One notice: "sent", "postponed", "failed", "kept" (not ours to touch now) or "dropped" (nothing left to do)."""
    try:
        outcome = _attempt(desk, row)
    except Exception as failure:
        return "failed" if agenda.postpone(desk, row, failure, desk.clock()) else "kept"
    if outcome != "kept":
        agenda.recovered(desk, row)
    return outcome


def _attempt(desk: Desk, row: Due) -> str:
    now = desk.clock()
    customer, _ = parse_ticket_id(row.ticket)
    stored = desk.rows.get(Table.DESK, customer, f"notice:{row.values['notice']}")
    if stored is None:
        return "dropped" if now - row.written_at > desk.options.grace else "kept"
    notice = cases.notice_in(stored)
    if notice.state is not NoticeState.OWED:
        return "dropped"
    if notice.leased_until is not None and notice.leased_until > now:
        return "kept"
    claimed = replace(notice, leased_until=now + LEASE, attempts=notice.attempts + 1)
    try:
        desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(claimed, stored.etag))])
    except Conflict:
        return "kept"
    return _send(desk, customer, claimed, row)


def _send(desk: Desk, customer: str, notice: Notice, row: Due) -> str:
    try:
        sent = desk.mailer.send(desk.render(notice))
    except MailRefused as refused:
        return _give_up(desk, customer, notice, refused.detail)
    except MailPostponed as postponed:
        return _put_back(desk, customer, notice, postponed.detail, postponed.retry_after_s, row)
    except Exception as failure:
        log.exception("notice could not be rendered or sent", extra={"ticket": notice.ticket, "notice": notice.key})
        return _put_back(desk, customer, notice, repr(failure), None, row)
    sent_at = desk.clock()
    done = replace(notice, state=NoticeState.SENT, sent_at=sent_at, operation_id=sent.operation_id, message_id=sent.message_id)
    _finish(desk, customer, replace(done, leased_until=None, last_error=None), sent_at)
    return "sent"


def _give_up(desk: Desk, customer: str, notice: Notice, error: str) -> str:
    """Given up: people are shown it, and a question that nobody received stops no clock."""
    now = desk.clock()
    log.error("notice given up", extra={"ticket": notice.ticket, "notice": notice.key, "attempts": notice.attempts})
    shown: dict[str, Value] = {
        "ticket": notice.ticket,
        "notice": notice.key,
        "kind": notice.kind.value,
        "error": error[:1000],
        "at": now,
    }
    row = Row(key=f"f|{notice.ticket}|{notice.key}", values=shown)
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, notice.ticket), [Upsert(row)])
    _finish(desk, customer, replace(notice, state=NoticeState.FAILED, leased_until=None, last_error=error[:1000]), now)
    return "failed"


def _finish(desk: Desk, customer: str, notice: Notice, now: datetime) -> None:
    """Writes what became of a notice, together with what that means for its ticket, in one transaction.

    Should another sender have finished it meanwhile (its lease had ended), what that one wrote stands.
    """
    row = desk.rows.get(Table.DESK, customer, f"notice:{notice.key}")
    if row is None or cases.notice_in(row).state is not NoticeState.OWED:
        return
    writes: list[Write] = [Replace(cases.notice_row(notice, row.etag)), Delete(f"owed:{notice.key}")]
    if notice.kind is NoticeKind.QUESTION:
        before = cases.change(desk, notice.ticket, lambda ticket: _consequence(desk, ticket, notice, now), now, also=writes)
        if before.hold is not None and before.hold.notice == notice.key and notice.state is NoticeState.SENT:
            return
    try:
        desk.rows.commit(Table.DESK, customer, writes)
    except Conflict:
        log.info("somebody else finished a notice first", extra={"ticket": notice.ticket, "notice": notice.key})


def _consequence(desk: Desk, ticket: Ticket, notice: Notice, now: datetime) -> Decision | None:
    occasion = cases.occasion(desk, ticket, SYSTEM, now)
    if notice.state is NoticeState.SENT:
        return due_work.sent(ticket, occasion, notice, now)
    return due_work.undeliverable(ticket, occasion, notice)


def _put_back(desk: Desk, customer: str, notice: Notice, error: str, retry_after_s: float | None, row: Due) -> str:
    """Back on the agenda for later: the new row first, then the lease is given back, then (by the caller) the old row goes."""
    wait = backoff_s(notice.attempts, retry_after_s)
    if wait is None:
        return _give_up(desk, customer, notice, error)
    now = desk.clock()
    again_at = now + timedelta(seconds=wait)
    log.warning("notice postponed", extra={"ticket": notice.ticket, "notice": notice.key, "until": stamp(again_at)})
    desk.rows.commit(Table.AGENDA, row.shard, [Upsert(agenda.delivery_row(notice, again_at, now))])
    stored = desk.rows.get(Table.DESK, customer, f"notice:{notice.key}")
    if stored is None or cases.notice_in(stored).leased_until != notice.leased_until:
        return "postponed"  # the lease had ended, and somebody else has it now
    released = replace(notice, leased_until=None, last_error=error[:1000])
    try:
        desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(released, stored.etag))])
    except Conflict:
        log.info("somebody else claimed a notice first", extra={"ticket": notice.ticket, "notice": notice.key})
    return "postponed"
