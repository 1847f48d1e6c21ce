"""What became of mails after they had left, as the mail service reports it: noted, and acted upon where nobody received them.

A report is deleted from its queue only when its work is done, so it may be worked again: what it says is noted once, on the
notice itself, in the transaction of what that means. Reports come in any order, so a mail that bounced stays bounced, whatever
else is said. A report that overtakes the note that its mail was sent waits for that. One that cannot be understood, or whose work
fails again and again, goes to the quarantine, where the nightly reconciliation tries it once more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from shared.actions import agenda, cases, quarantine
from shared.actions.desk import Desk
from shared.actions.intake import keep_raw
from shared.actions.ports import Delete, Queued, Replace, Row, Table, Upsert, Value, Write
from shared.actions.post import mailed
from shared.actions.post.mailed import Mailed
from shared.actions.running import faults
from shared.actions.status import letters, subscribed
from shared.domain import due_work
from shared.domain.custody.erasure import ERASED
from shared.domain.errors import InvalidInput
from shared.domain.fault import reason
from shared.domain.mail_report import DELIVERED, GONE_FOR_GOOD, MailReport, report_from
from shared.domain.notice import Notice, NoticeKind, NoticeState
from shared.domain.people import SYSTEM
from shared.domain.status.letter import LetterKind
from shared.domain.ticket import Decision, Ticket, parse_ticket_id

HIDDEN = timedelta(minutes=5)
"""How long a report that was received is not given to anybody else; longer than the work on all that one request brings."""
AT_ONCE = 32
RECEIVED = 10
"""Requests for reports in one run, at the most."""
TRIES = 10
"""After so many failures a report is set aside."""
KEPT = timedelta(days=30)
"""How long the quarantine keeps a report: it names an address, and in the end is of no use."""
CONTENT_TYPE = "application/cloudevents+json"
ASKED = (LetterKind.CONFIRM, LetterKind.ALREADY)
"""Letters that anybody can have sent to any address: what becomes of them troubles nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a run came to. `waiting`: reports of mails that are not noted as sent yet, or left for want of time."""

    due: int = 0
    done: int = 0
    failed: int = 0
    waiting: int = 0


def collect(desk: Desk, now: datetime, has_time: Callable[[], bool] = lambda: True) -> Collected:
    """Works the reports that are there, while there is time. With none it costs one request. One that fails comes again."""
    total = Collected()
    for _ in range(RECEIVED):
        messages = desk.reports.receive(HIDDEN)
        outcomes = [_attempted(desk, message, now) if has_time() else "waiting" for message in messages]
        total = Collected(
            due=total.due + len(messages),
            done=total.done + outcomes.count("done"),
            failed=total.failed + outcomes.count("failed"),
            waiting=total.waiting + outcomes.count("waiting"),
        )
        if len(messages) < AT_ONCE or not has_time():
            break
    return total


def try_quarantined(desk: Desk, now: datetime) -> int:
    """Works the reports in the quarantine once more: the program may have learnt to. Old ones are dropped. How many have left."""
    released = 0
    for entry in [each for each in quarantine.every(desk) if each.is_report]:
        if now - entry.received_at <= KEPT and not _is_worked(desk, entry, now):
            continue
        desk.blobs.delete(entry.raw)
        desk.rows.commit(Table.SYSTEM, quarantine.PARTITION, [Delete(entry.id)])
        released += 1
    return released


def _is_worked(desk: Desk, entry: quarantine.Entry, now: datetime) -> bool:
    try:
        return _work(desk, quarantine.raw_of(desk, entry).decode(errors="replace"), now)
    except Exception:
        return False  # why was told when it was set aside, and stands in the quarantine


def _attempted(desk: Desk, message: Queued, now: datetime) -> str:
    """One report: "done", "waiting", or "failed"."""
    try:
        if not _work(desk, message.text, now):
            return "waiting"
        desk.reports.delete(message)
        return "done"
    except Exception as failure:
        return _failed(desk, message, failure, now)


def _failed(desk: Desk, message: Queued, failure: Exception, now: datetime) -> str:
    """It comes again by itself; unless it never will be understood, or has failed too often."""
    faults.tell(desk, "report", failure)
    if isinstance(failure, InvalidInput) or message.tries >= TRIES:
        try:
            _set_aside(desk, message, failure, now)
            desk.reports.delete(message)
        except Exception as again:
            faults.tell(desk, "report", again)
    return "failed"


def _set_aside(desk: Desk, message: Queued, failure: Exception, now: datetime) -> None:
    raw, _ = keep_raw(desk, message.text.encode(errors="replace"))
    entry = quarantine.Entry(
        id=sha256(f"mail report {message.id}".encode()).hexdigest(),
        webhook_id=f"mail-report-{message.id}",
        received_at=now,
        raw=raw,
        content_type=CONTENT_TYPE,
        is_report=True,
        kind=reason(failure),
        detail=failure.detail if isinstance(failure, InvalidInput) else "A mail report could not be worked.",
    )
    quarantine.keep(desk, entry)


def _work(desk: Desk, text: str, now: datetime) -> bool:
    """Whether nothing is left to do. False: its mail is not noted as sent yet."""
    report = report_from(text)
    mail = mailed.find(desk, report.operation)
    if mail is None:
        _tell(desk, None, report)
        return True
    if mail.ticket == "letter":
        _tell(desk, mail, report)
        if report.status in GONE_FOR_GOOD and mail.subscriber:
            subscribed.forget_unreachable(desk, mail.subscriber, mail.at)
        if report.is_not_received and not mail.subscriber and mail.kind not in ASKED:
            whose = f" ({mail.named})" if mail.named else ""
            letters.show_bounced(desk, mail.notice, mail.kind, f"{report.status}{whose}", now)
        return True
    return _on_notice(desk, mail, report, now)


def _on_notice(desk: Desk, mail: Mailed, report: MailReport, now: datetime) -> bool:
    customer, _ = parse_ticket_id(mail.ticket)
    row = desk.rows.get(Table.DESK, customer, f"notice:{mail.notice}")
    notice = cases.notice_in(row) if row is not None else None
    if row is None or notice is None or notice.round != mail.round:
        _tell(desk, mail, report)  # never committed, or sent anew since then
        return True
    if notice.state is NoticeState.OWED:
        return False
    noted = _noting(notice, report)
    if noted is None:
        if notice.reported is None or report.status not in (notice.reported, DELIVERED):
            _tell(desk, mail, report)
        return True
    _tell(desk, mail, report)
    if noted.state is not NoticeState.BOUNCED:
        desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(noted, row.etag))])
        return True
    _show(desk, noted, report, now)
    if notice.kind is NoticeKind.QUESTION:
        _void(desk, noted, report, now)
    else:
        desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(noted, row.etag))])
    return True


def _noting(notice: Notice, report: MailReport) -> Notice | None:
    """The notice with what is reported; None where that is no news: it bounced already, or this says nothing of its end."""
    if notice.state is not NoticeState.SENT:
        return None
    if report.is_not_received:
        is_erased = not notice.recipient.email
        bounced = replace(notice, state=NoticeState.BOUNCED, last_error=ERASED if is_erased else None)
        return replace(bounced, reported=report.status, reported_at=report.at)
    if report.status != DELIVERED or notice.reported is not None:
        return None
    return replace(notice, reported=report.status, reported_at=report.at)


def _show(desk: Desk, notice: Notice, report: MailReport, now: datetime) -> None:
    """People are shown it, but nobody is paged: it is one person's address, not the desk, that does not work."""
    shown: dict[str, Value] = {
        "ticket": notice.ticket,
        "notice": notice.key,
        "kind": notice.kind.value,
        "error": report.status,
        "at": now,
    }
    row = Row(key=f"b|{notice.ticket}|{notice.key}", values=shown)
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, notice.ticket), [Upsert(row)])


def _void(desk: Desk, noted: Notice, report: MailReport, now: datetime) -> None:
    """A question that nobody received: its end and what that means to the ticket are one transaction."""
    customer, _ = parse_ticket_id(noted.ticket)
    writes: list[Write] = []

    def decide(ticket: Ticket) -> Decision | None:
        row = desk.rows.get(Table.DESK, customer, f"notice:{noted.key}")
        if row is None or (stands := _noting(cases.notice_in(row), report)) is None:
            return None  # somebody else was first
        writes[:] = [Replace(cases.notice_row(stands, row.etag))]
        since = due_work.unanswered(cases.events_of(desk, ticket), noted.key) if ticket.pauses else None
        occasion = cases.occasion(desk, ticket, SYSTEM, now)
        return due_work.bounced(ticket, occasion, stands, report, unanswered_since=since)

    cases.change(desk, noted.ticket, decide, now, also=lambda _: list(writes))


def _tell(desk: Desk, mail: Mailed | None, report: MailReport) -> None:
    ticket, notice, kind = (mail.ticket, mail.notice, mail.kind or None) if mail else (None, None, None)
    desk.telemetry.tell(
        "mail.reported", ticket=ticket, notice=notice, kind=kind, operation=report.operation, status=report.status
    )
