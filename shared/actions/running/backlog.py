"""What should have been done by now, and what went wrong and waits for people: read by the health door and by the measuring."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.actions import agenda, quarantine
from shared.actions.custody import access_filing
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table

LATE = timedelta(minutes=5)
"""An agenda row that has been due for so long means that nobody works it."""

OTHERS = ("s", "w", "p")
"""The kinds of rows that somebody works when they are due, but for mail, which may have to wait for its quota."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much is due and not done, others than mail counted to a thousand of a kind and shard.

    `overdue`: what nobody has worked, mail left out: it may wait for its quota. News of the services that a crash may have left
    (see `letters`) count from the end of their grace period. `unfiled`: records of who read which list that are late for filing.
    `mails`: due and not sent, of tickets and about services; `oldest_mail`: how long the oldest mail that is owed has waited, one
    that is put off until later included. `quarantined`: requests of customers; `unread_reports`: reports of mails.
    """

    overdue: int
    oldest_overdue: timedelta
    unfiled: int
    mails: int
    oldest_mail: timedelta
    failing_tickets: int
    given_up_notices: int
    quarantined: int
    unread_reports: int


def look(desk: Desk, now: datetime) -> Backlog:
    """One request for each kind and shard, and another where mail is owed."""
    owed = [row for _, row in agenda.every(desk, "d")]
    letters = [row for _, row in agenda.every(desk, "m")]
    others = [row for kind in OTHERS for page in agenda.due(desk, kind, now) for row in page]
    owed += [row for row in letters if "|letter|" in row.key]
    due = [row.at for row in others]
    due += [at for row in letters if "|letter|" not in row.key and (at := _since(row, desk.options.grace)) <= now]
    requests, reports = quarantine.counts(desk)
    return Backlog(
        overdue=len(due),
        oldest_overdue=_longest(now, due),
        unfiled=sum(access_filing.is_list(row) and now - row.at > LATE for row in others),
        mails=sum(_moment(row, "at") <= now for row in owed),
        oldest_mail=_longest(now, (at for row in owed if (at := _moment(row, "owed_at")) <= now)),
        failing_tickets=_count(desk, "x"),
        given_up_notices=_count(desk, "f"),
        quarantined=requests,
        unread_reports=reports,
    )


def _moment(row: Row, name: str) -> datetime:
    moment = row.values.get(name, row.values["at"])
    assert isinstance(moment, datetime)
    return moment


def _since(row: Row, grace: timedelta) -> datetime:
    """From when a row of `m` that is no mail is overdue."""
    written_at = row.values["written_at"]
    assert isinstance(written_at, datetime)
    return max(_moment(row, "at"), written_at + grace)


def _longest(now: datetime, since: Iterable[datetime]) -> timedelta:
    return max((now - at for at in since), default=timedelta(0))


def _count(desk: Desk, kind: str) -> int:
    return sum(len(desk.rows.scan(Table.AGENDA, shard, after=f"{kind}|", before=f"{kind}|~")) for shard in agenda.shards(desk))
