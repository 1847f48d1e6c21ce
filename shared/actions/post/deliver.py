"""Sends the mail that is owed, breaches first, within the mail service's quota; each once, whatever crashes (see `owed`)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from shared.actions import agenda, cases
from shared.actions.agenda import Due
from shared.actions.desk import Desk
from shared.actions.ports import Row, Write
from shared.actions.post import allowance, mailed, owed
from shared.actions.post.owed import dismiss as dismiss
from shared.actions.status import letters
from shared.domain import due_work
from shared.domain.errors import MailWithdrawn
from shared.domain.notice import Notice, NoticeKind, NoticeState
from shared.domain.people import SYSTEM
from shared.domain.ticket import Decision, Ticket

TROUBLE = 3
"""After so many postponed mails in a row the service is in trouble: the rest of the run waits for the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a run came to. `waiting`: due, but over the quota, held back because the service is in trouble, or out of time."""

    due: int = 0
    sent: int = 0
    postponed: int = 0
    failed: int = 0
    waiting: int = 0


def deliver(desk: Desk, now: datetime, has_time: Callable[[], bool] = lambda: True) -> Delivered:
    """Sends what is due, while there is time: that of tickets, then letters about the services, which belong to none."""
    tickets, services = _notices(desk, now, has_time), letters.work(desk, now, has_time)
    return Delivered(
        due=tickets.due + services.due,
        sent=tickets.sent + services.sent,
        postponed=tickets.postponed + services.postponed,
        failed=tickets.failed + services.failed,
        waiting=tickets.waiting + services.waiting,
    )


def _notices(desk: Desk, now: datetime, has_time: Callable[[], bool]) -> Delivered:
    """The most urgent first, then the oldest. One that fails is postponed and shown; the others go on."""
    rows = [row for page in agenda.due(desk, "d", now, pages=owed.PAGES) for row in page]
    if not rows:
        return Delivered()
    rows.sort(key=lambda row: (row.key.split("|")[2], row.at))
    allowed = allowance.take(desk, len(rows), now)
    outcomes: list[str] = []
    finished: list[Due] = []
    for number, row in enumerate(rows):
        if outcomes.count("sent") == allowed or outcomes[-TROUBLE:] == ["postponed"] * TROUBLE or not has_time():
            break
        if number % mailed.BATCH == 0:
            mailed.expect(desk, [_expected(row, now) for row in rows[number : number + mailed.BATCH]])
        outcomes.append(owed.attempted(desk, row, ByMail(desk)))
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


def _expected(row: Due, now: datetime) -> Row:
    return mailed.of_notice(row.ticket, str(row.values["notice"]), row.round, now)


def retry(desk: Desk, ticket: str, key: str, now: datetime) -> Notice:
    """Owes a notice again that had been given up, or has bounced."""
    return owed.again(desk, ticket, key, now)


@dataclass(frozen=True, slots=True)
class ByMail:
    """owed.Way. A question that was sent pauses the clocks; one that nobody received stops none."""

    name: ClassVar[str] = "mail"

    desk: Desk

    def send(self, notice: Notice) -> Notice:
        if notice.kind is NoticeKind.QUESTION:
            self._check_still_asked(notice)
        sent = self.desk.mailer.send(self.desk.render(notice))
        return replace(notice, operation_id=sent.operation_id, message_id=sent.message_id)

    def _check_still_asked(self, notice: Notice) -> None:
        """A question that was answered, or overtaken by the closing, before it left is not asked any more."""
        hold = cases.load(self.desk, notice.ticket).ticket.hold
        if hold is None or hold.notice != notice.key:
            raise MailWithdrawn("The question was answered or overtaken before it left.")

    def noted(self, notice: Notice, now: datetime) -> None:
        """The notice's own row says it all."""

    def settled(self, notice: Notice, writes: list[Write], now: datetime) -> bool:
        if notice.kind is not NoticeKind.QUESTION:
            return False
        before = cases.change(self.desk, notice.ticket, lambda ticket: self._consequence(ticket, notice, now), now, also=writes)
        return before.hold is not None and before.hold.notice == notice.key and notice.state is NoticeState.SENT

    def _consequence(self, ticket: Ticket, notice: Notice, now: datetime) -> Decision | None:
        occasion = cases.occasion(self.desk, ticket, SYSTEM, now)
        if notice.state is NoticeState.SENT:
            return due_work.sent(ticket, occasion, notice, now)
        return due_work.undeliverable(ticket, occasion, notice)
