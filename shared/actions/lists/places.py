"""A ticket's place on the board of open requests: a row of the agenda whose key sorts as lists do.

    o|<next due, or 9999>|<priority>|<ticket>|<token>      open, the most urgent first
    r|<end of the window>|<ticket>|<token>                 resolved, for as long as it may be reopened

Closed tickets have none. The token is a hash of the revision and of all that the row shows: the same decision made again writes
the same key, and two different decisions never share one, so writers add and remove rows of their own alone. The head remembers
the key of its row; while nothing changes that the board shows, the row stays.

Rows are written ahead of the commit they belong to. So with every new key goes a look: a row of the agenda that has the sweep
compare board and head once the grace period is over, when a commit that has not come to pass never will.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from shared.actions import codec, document
from shared.actions.ports import Delete, Row, Upsert, Value, Write
from shared.domain.evidence import stamp
from shared.domain.summary import summarised
from shared.domain.ticket import State, Ticket

KINDS = ("o", "r")

LAST = "9999"
"""Sorts after every instant: requests on which nothing falls due."""

INSTANT = timedelta(microseconds=1)


def placed(before: Ticket | None, after: Ticket) -> Ticket:
    """The ticket with the key of its row: the one it had, if the board would show it as before."""
    if after.state is State.CLOSED:
        return replace(after, board="")
    if before is not None and before.board and (_order(before), _doc(before)) == (_order(after), _doc(after)):
        return replace(after, board=before.board)
    return replace(after, board=_key(after))


def row(ticket: Ticket, now: datetime) -> Row:
    """What lists show of a ticket without reading it: domain.ticket.Summary, as JSON."""
    values: dict[str, Value] = {"ticket": ticket.id, "written_at": now, **document.columns("doc", _doc(ticket))}
    return Row(key=ticket.board or _key(ticket), values=values)


def moves(before: Ticket | None, after: Ticket, now: datetime, grace: timedelta, *, is_awake: bool) -> list[Write]:
    """What a change writes on the board ahead of its commit: nothing, where the board shows what it showed.

    `is_awake`: the caller works on a row of this ticket and keeps it until all is well, so no look is needed.
    """
    left = before.board if before else ""
    if after.board == left:
        return []
    writes: list[Write] = [Delete(left)] if left else []
    if after.board:
        writes.append(Upsert(row(after, now)))
    if not is_awake:
        writes.append(Upsert(look(after, after.board, now, grace)))
    return writes


def look(ticket: Ticket, key: str, now: datetime, grace: timedelta) -> Row:
    """Has the sweep look, after the grace period, whether the row `key` is the ticket's and stands on the board."""
    at = now + grace + INSTANT
    values: dict[str, Value] = {
        "ticket": ticket.id,
        "at": at,
        "written_at": now,
        "revision": ticket.revision,
        "failures": 0,
        "board": key,
    }
    return Row(key=f"s|{stamp(at)}|{ticket.id}|{key.rpartition('|')[2] or 'closed'}", values=values)


def _key(ticket: Ticket) -> str:
    token = hashlib.sha256(f"{ticket.revision}|{_doc(ticket)}".encode()).hexdigest()[:12]
    return f"{_order(ticket)}|{ticket.id}|{token}"


def _order(ticket: Ticket) -> str:
    if ticket.state is State.RESOLVED:
        return f"r|{stamp(ticket.reopen_until) if ticket.reopen_until else LAST}"
    due_at = summarised(ticket).next_due_at
    return f"o|{stamp(due_at) if due_at else LAST}|{ticket.priority or 0:03d}"


def _doc(ticket: Ticket) -> str:
    return codec.dumped(summarised(ticket))
