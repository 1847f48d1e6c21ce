"""What is owed and must leave the house, by mail or by webhook: each notice once, whatever crashes.

A notice is claimed by ETag with a lease, sent under an id that follows from its key, and marked. After a crash between sending
and marking, the second attempt carries the same id, and whoever receives it takes it for the first. This is the one place that
reads the clock more than once: a run may last, and leases and pauses begin at their own moments.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from shared.actions import agenda, cases
from shared.actions.agenda import Due
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Insert, Replace, Row, Table, Upsert, Value, Write
from shared.actions.running import faults
from shared.domain.custody.erasure import ERASED
from shared.domain.errors import (
    AddressRefused,
    Conflict,
    HookPostponed,
    HookRefused,
    HookWithdrawn,
    InvalidInput,
    MailPostponed,
    MailRefused,
    MailWithdrawn,
    NotAllowedNow,
    NotFound,
    SportelloError,
)
from shared.domain.evidence import stamp
from shared.domain.fault import reason as reason_of
from shared.domain.notice import Notice, NoticeKind, NoticeState, backoff_s
from shared.domain.ticket import parse_ticket_id

PAGES = 50
"""Pages of due rows that are looked at, so that what is urgent is found behind any backlog."""

LEASE = timedelta(minutes=2)
"""How long a sender may take; longer than any adapter's own time limits together."""


class Way(Protocol):
    """How notices leave, and what their leaving means. `name`: what it is called where it is told of."""

    name: ClassVar[str]

    def send(self, notice: Notice) -> Notice:
        """Sends a claimed notice, and answers it with what was said of it. Raises what refuses it for good, or for now."""

    def noted(self, notice: Notice, now: datetime) -> None:
        """What an attempt came to, before it is written to the notice itself. May be told twice."""

    def settled(self, notice: Notice, writes: list[Write], now: datetime) -> bool:
        """Whether `writes`, the notice's own end, went in with what that means to its ticket. False: they are still to write."""


def attempted(desk: Desk, row: Due, way: Way) -> str:
    """One notice: "sent", "postponed", "failed", "kept" (not ours to touch now) or "dropped" (nothing left to do)."""
    try:
        outcome = _attempt(desk, row, way)
    except Exception as failure:
        return "failed" if agenda.postpone(desk, row, failure, desk.clock()) else "kept"
    if outcome != "kept":
        agenda.recovered(desk, row)
    return outcome


def again(desk: Desk, ticket: str, key: str, now: datetime, *, even_if_sent: bool = False) -> Notice:
    """Owes a notice again that had been given up. The same ids go with it: had it arrived after all, it will not arrive twice.

    One that bounced goes under new ids, for the mail service would take it for the one that it had.

    `even_if_sent`: also one that was sent, for a receiver who has lost it and tells repetitions by their id.
    """
    customer, notice, etag = found(desk, ticket, key)
    if notice.state is NoticeState.OWED or (notice.state is NoticeState.SENT and not even_if_sent):
        return notice
    if notice.kind is NoticeKind.QUESTION:
        raise NotAllowedNow("A question that did not go out stopped no clock, and its hold is void; ask again instead.")
    if notice.last_error == ERASED:
        raise NotAllowedNow("What this message said has been erased; there is nothing left to send.")
    owed = notice.anew()
    shard = agenda.shard_of(desk, ticket)
    desk.rows.commit(Table.AGENDA, shard, [Upsert(agenda.delivery_row(owed, now, now))])
    marker = Insert(Row(key=f"owed:{key}", values={"ticket": ticket}))
    desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(owed, etag)), marker])
    desk.rows.commit(Table.AGENDA, shard, _shown(ticket, key))
    return owed


def dismiss(desk: Desk, ticket: str, key: str) -> Notice:
    """Somebody has seen that a notice was given up, or has bounced: it stays so on the ticket, and is shown no more."""
    _, notice, _ = found(desk, ticket, key)
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, ticket), _shown(ticket, key))
    return notice


def _shown(ticket: str, key: str) -> list[Write]:
    return [Delete(f"{kind}|{ticket}|{key}") for kind in ("f", "b")]


def found(desk: Desk, ticket: str, key: str) -> tuple[str, Notice, str]:
    """A ticket's notice, with its customer and its ETag. NotFound when there is none."""
    customer, _ = parse_ticket_id(ticket)
    try:
        row = desk.rows.get(Table.DESK, customer, f"notice:{key}")
    except InvalidInput:
        row = None  # no row can have such a key
    if row is None or (notice := cases.notice_in(row)).ticket != ticket:
        raise NotFound(f"{ticket} has no notice {key[:100]}.")
    return customer, notice, row.etag


def _attempt(desk: Desk, row: Due, way: Way) -> str:
    now = desk.clock()
    customer, _ = parse_ticket_id(row.ticket)
    stored = desk.rows.get(Table.DESK, customer, f"notice:{row.values['notice']}")
    if stored is None:
        return "dropped" if now - row.written_at > desk.options.grace else "kept"
    notice = cases.notice_in(stored)
    if notice.state is not NoticeState.OWED or notice.round != row.round:
        return "dropped"
    if notice.leased_until is not None and notice.leased_until > now:
        return "kept"
    claimed = replace(notice, leased_until=now + LEASE, attempts=notice.attempts + 1)
    try:
        desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(claimed, stored.etag))])
    except Conflict:
        return "kept"
    return _send(desk, customer, claimed, row, way)


def _send(desk: Desk, customer: str, notice: Notice, row: Due, way: Way) -> str:
    try:
        sent = way.send(notice)
    except (HookWithdrawn, MailWithdrawn) as withdrawn:
        ended = replace(notice, state=NoticeState.FAILED, leased_until=None, last_error=withdrawn.detail)
        _finish(desk, customer, ended, desk.clock(), way)
        return "dropped"
    except (MailRefused, HookRefused, AddressRefused) as refused:
        return _give_up(desk, customer, notice, refused, way)
    except (MailPostponed, HookPostponed) as postponed:
        return _put_back(desk, customer, notice, postponed, row, way)
    except Exception as failure:
        faults.tell(desk, way.name, failure, ticket=notice.ticket)
        return _put_back(desk, customer, notice, failure, row, way)
    now = desk.clock()
    done = replace(sent, state=NoticeState.SENT, sent_at=now, leased_until=None, last_error=None)
    if _finish(desk, customer, done, now, way):
        waited_s = round((now - notice.owed_at).total_seconds())
        _tell(desk, "notice.sent", notice, way, waited_s=waited_s, attempts=notice.attempts)
    return "sent"


def _tell(desk: Desk, event: str, notice: Notice, way: Way, *, is_warning: bool = False, **fields: str | int) -> None:
    desk.telemetry.tell(event, is_warning=is_warning, ticket=notice.ticket, notice=notice.key, way=way.name, **fields)


def _give_up(desk: Desk, customer: str, notice: Notice, failure: Exception, way: Way) -> str:
    """Given up: people are shown it."""
    now, error = desk.clock(), _said(failure)
    shown: dict[str, Value] = {
        "ticket": notice.ticket,
        "notice": notice.key,
        "kind": notice.kind.value,
        "error": error,
        "at": now,
    }
    row = Row(key=f"f|{notice.ticket}|{notice.key}", values=shown)
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, notice.ticket), [Upsert(row)])
    if _finish(desk, customer, replace(notice, state=NoticeState.FAILED, leased_until=None, last_error=error), now, way):
        reason = reason_of(failure)
        _tell(desk, "notice.given_up", notice, way, is_warning=True, attempts=notice.attempts, reason=reason)
    return "failed"


def _said(failure: Exception) -> str:
    return (failure.detail if isinstance(failure, SportelloError) else repr(failure))[:1000]


def _finish(desk: Desk, customer: str, notice: Notice, now: datetime, way: Way) -> bool:
    """Writes what became of a notice, together with what that means for its ticket, in one transaction. Whether it was ours to.

    Should another sender have finished it meanwhile (its lease had ended), what that one wrote stands.
    """
    way.noted(notice, now)
    row = desk.rows.get(Table.DESK, customer, f"notice:{notice.key}")
    if row is None or cases.notice_in(row).state is not NoticeState.OWED:
        return False
    writes: list[Write] = [Replace(cases.notice_row(notice, row.etag)), Delete(f"owed:{notice.key}")]
    if way.settled(notice, writes, now):
        return True
    try:
        desk.rows.commit(Table.DESK, customer, writes)
    except Conflict:
        return False  # somebody else finished it first
    return True


def _put_back(desk: Desk, customer: str, notice: Notice, failure: Exception, row: Due, way: Way) -> str:
    """Back on the agenda for later: the new row first, then the lease is given back, then (by the caller) the old row goes."""
    wait = backoff_s(notice.attempts, getattr(failure, "retry_after_s", None))
    if wait is None:
        return _give_up(desk, customer, notice, failure, way)
    now = desk.clock()
    again_at = now + timedelta(seconds=wait)
    desk.rows.commit(Table.AGENDA, row.shard, [Upsert(agenda.delivery_row(notice, again_at, now))])
    reason = reason_of(failure)
    _tell(desk, "notice.postponed", notice, way, is_warning=True, attempts=notice.attempts, until=stamp(again_at), reason=reason)
    released = replace(notice, leased_until=None, last_error=_said(failure))
    way.noted(released, now)
    stored = desk.rows.get(Table.DESK, customer, f"notice:{notice.key}")
    if stored is None or cases.notice_in(stored).leased_until != notice.leased_until:
        return "postponed"  # the lease had ended, and somebody else has it now
    with suppress(Conflict):  # somebody else claimed it first
        desk.rows.commit(Table.DESK, customer, [Replace(cases.notice_row(released, stored.etag))])
    return "postponed"
