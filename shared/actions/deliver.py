"""Sends the notices that are owed, breaches first, within the mail service's quota; each once, whatever crashes.

A notice is claimed by ETag with a lease, sent under an operation id and a Message-ID that follow from its key, and marked sent.
After a crash between sending and marking, the second attempt carries the same ids and the service takes it for the first.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.actions import agenda, cases
from shared.actions.agenda import Due
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Insert, Replace, Row, Table, Upsert, Value, Write
from shared.domain import due_work, quota
from shared.domain.errors import Conflict, MailPostponed, MailRefused, NotFound
from shared.domain.evidence import stamp
from shared.domain.mail import SentMail
from shared.domain.notice import Notice, NoticeKind, NoticeState, backoff_s
from shared.domain.people import SYSTEM
from shared.domain.ticket import Decision, Ticket, parse_ticket_id

log = logging.getLogger("sportello.deliver")

LIMIT = 500
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
    """Sends what is due: the most urgent first, then the oldest."""
    rows = [row for shard in agenda.due(desk, "d", now, LIMIT) for row in shard]
    if not rows:
        return Delivered()
    rows.sort(key=lambda row: (row.key.split("|")[2], row.at))
    allowed = _allowance(desk, len(rows), now)
    outcomes: list[str] = []
    finished: list[Due] = []
    for row in rows[:allowed]:
        if outcomes[-TROUBLE:] == ["postponed"] * TROUBLE:
            break
        outcome = _attempt(desk, row, now)
        outcomes.append(outcome)
        if outcome != "kept":
            finished.append(row)
    agenda.done(desk, finished)
    return Delivered(
        due=len(rows),
        sent=outcomes.count("sent"),
        postponed=outcomes.count("postponed"),
        failed=outcomes.count("failed"),
        waiting=len(rows) - len(outcomes),
    )


def retry(desk: Desk, ticket: str, key: str, now: datetime) -> Notice:
    """Owes a notice again that had been given up. The same ids go with it: had it arrived after all, it will not arrive twice."""
    customer, _ = parse_ticket_id(ticket)
    row = desk.rows.get(Table.DESK, customer, f"notice:{key}")
    if row is None or cases.notice_in(row).ticket != ticket:
        raise NotFound(f"{ticket} has no notice {key[:100]}.")
    notice = cases.notice_in(row)
    if notice.state is not NoticeState.FAILED:
        return notice
    again = replace(notice, state=NoticeState.OWED, attempts=0, leased_until=None)
    shard = agenda.shard_of(desk, ticket)
    desk.rows.commit(Table.AGENDA, shard, [Upsert(agenda.delivery_row(again, now, now))])
    owed = Insert(Row(key=f"owed:{key}", values={"ticket": ticket}))
    desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(again, row.etag)), owed])
    desk.rows.commit(Table.AGENDA, shard, [Delete(f"f|{ticket}|{key}")])
    return again


def _allowance(desk: Desk, wanted: int, now: datetime) -> int:
    """Takes as many mails out of the bucket as it gives; two runs at once cannot take the same ones."""
    options = desk.options
    row = desk.rows.get(Table.SYSTEM, "quota", "mail")
    if row is None:
        bucket = quota.full(options.mail_per_minute, options.mail_per_hour, now)
    else:
        minute, hour, filled_at = row.values["minute"], row.values["hour"], row.values["filled_at"]
        assert isinstance(minute, int) and isinstance(hour, int) and isinstance(filled_at, datetime)
        stored = quota.Bucket(minute=minute, hour=hour, filled_at=filled_at)
        bucket = quota.refilled(stored, options.mail_per_minute, options.mail_per_hour, now)
    left, given = quota.taken(bucket, wanted)
    values: dict[str, Value] = {"minute": left.minute, "hour": left.hour, "filled_at": left.filled_at}
    write = Row(key="mail", values=values, etag=row.etag if row else "")
    try:
        desk.rows.commit(Table.SYSTEM, "quota", [Replace(write) if row else Insert(write)])
    except Conflict:
        return 0
    return given


def _attempt(desk: Desk, row: Due, now: datetime) -> str:
    """One notice: "sent", "postponed", "failed", "kept" (not ours to touch now) or "dropped" (nothing left to do)."""
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
    return _send(desk, customer, claimed, row, now)


def _send(desk: Desk, customer: str, notice: Notice, row: Due, now: datetime) -> str:
    try:
        sent = desk.mailer.send(desk.render(notice))
    except MailRefused as refused:
        return _give_up(desk, customer, notice, refused.detail, now)
    except MailPostponed as postponed:
        return _put_back(desk, customer, notice, postponed.detail, postponed.retry_after_s, row, now)
    except Exception as failure:
        log.exception("notice could not be rendered or sent", extra={"ticket": notice.ticket, "notice": notice.key})
        return _put_back(desk, customer, notice, repr(failure), None, row, now)
    _mark_sent(desk, customer, notice, sent, now)
    return "sent"


def _mark_sent(desk: Desk, customer: str, notice: Notice, sent: SentMail, now: datetime) -> None:
    """Sent, and what follows from it: the pause of the clocks begins with the question that has really gone out."""
    done = replace(
        notice,
        state=NoticeState.SENT,
        sent_at=now,
        leased_until=None,
        last_error=None,
        operation_id=sent.operation_id,
        message_id=sent.message_id,
    )
    _finish(desk, customer, done, now)


def _give_up(desk: Desk, customer: str, notice: Notice, error: str, now: datetime) -> str:
    """Given up: people are shown it, and a question that nobody received stops no clock."""
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
    """Writes what became of a notice, together with what that means for its ticket, in one transaction."""
    writes: list[Write] = [Upsert(cases.notice_row(notice)), Delete(f"owed:{notice.key}")]
    try:
        if notice.kind is NoticeKind.QUESTION:
            cases.change(desk, notice.ticket, lambda ticket: _consequence(desk, ticket, notice, now), now, also=writes)
            if not _is_finished(desk, customer, notice.key):
                desk.rows.commit(Table.DESK, customer, writes)
        else:
            desk.rows.commit(Table.DESK, customer, writes)
    except Conflict:
        if not _is_finished(desk, customer, notice.key):
            raise


def _is_finished(desk: Desk, customer: str, key: str) -> bool:
    row = desk.rows.get(Table.DESK, customer, f"notice:{key}")
    return row is None or cases.notice_in(row).state is not NoticeState.OWED


def _consequence(desk: Desk, ticket: Ticket, notice: Notice, now: datetime) -> Decision | None:
    occasion = cases.occasion(desk, ticket, SYSTEM, now)
    if notice.state is NoticeState.SENT:
        return due_work.sent(ticket, occasion, notice, now)
    return due_work.undeliverable(ticket, occasion, notice)


def _put_back(desk: Desk, customer: str, notice: Notice, error: str, retry_after_s: float | None, row: Due, now: datetime) -> str:
    """Back on the agenda for later: the new row first, then the lease is given back, then (by the caller) the old row goes."""
    wait = backoff_s(notice.attempts, retry_after_s)
    if wait is None:
        return _give_up(desk, customer, notice, error, now)
    again_at = now + timedelta(seconds=wait)
    log.warning("notice postponed", extra={"ticket": notice.ticket, "notice": notice.key, "until": stamp(again_at)})
    later = agenda.delivery_row(notice, again_at, now)
    desk.rows.commit(Table.AGENDA, row.shard, [Upsert(later)])
    released = replace(notice, leased_until=None, last_error=error[:1000])
    desk.rows.commit(Table.DESK, customer, [Upsert(cases.notice_row(released))])
    return "postponed"
