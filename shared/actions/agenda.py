"""The agenda: what must happen at or after a moment is a row keyed by that moment, so that looking for it costs what is due.

A row's partition is a shard chosen by the ticket. Kinds of rows, by the first letter of their key:

    s|<moment>|<ticket>|<revision>                wake the ticket: a stage, the end of a window
    s|<moment>|<ticket>|<token>                   look whether the board shows the ticket as it is (see `places`)
    d|<moment>|<urgency>|<ticket>|<notice>        deliver a notice by mail
    w|<moment>|<ticket>|<notice>                  deliver a notice by webhook
    s|<moment>|list|<salt>                        file who was shown a page of a list (see `access_filing`)
    p|<moment>|<outage>|<what>                    tell what happened to an outage of a watched service (see `watch.events`)
    o|… and r|…                                   the ticket on the board of open requests (see `places`)
    m|…                                           mail that belongs to no ticket (see `status.letters`)
    f|<ticket>|<notice>                           a notice that was given up, for people to see
    b|<ticket>|<notice>                           a notice that bounced, for people to see (see `bounces`)
    x|<ticket>                                    a ticket whose work failed, for people to see

Rows are written BEFORE the commit they belong to and removed AFTER the work. A row that is ahead of its ticket is either a commit
still under way or a crash's leftover: it is dropped only when it is older than the grace period.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.lists import places
from shared.actions.ports import Delete, Row, Table, Upsert, Value, Write
from shared.actions.running import faults
from shared.domain.evidence import stamp
from shared.domain.notice import Notice, NoticeKind
from shared.domain.ticket import Ticket

BATCH = 100
"""Writes that fit one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A row of the agenda that has come due."""

    shard: str
    key: str
    ticket: str
    at: datetime
    written_at: datetime
    values: Mapping[str, Value]

    @property
    def failures(self) -> int:
        """How often its work has failed."""
        return int(str(self.values.get("failures", 0)))

    @property
    def round(self) -> int:
        """Of a notice: which of its rounds is to be delivered."""
        return int(str(self.values.get("round", 1)))


def shard_of(desk: Desk, ticket: str) -> str:
    """The partition of a ticket's agenda rows: stable for a given number of shards."""
    return f"{zlib.crc32(ticket.encode()) % desk.options.agenda_shards:02d}"


def shards(desk: Desk) -> list[str]:
    return [f"{number:02d}" for number in range(desk.options.agenda_shards)]


def wake_row(ticket: Ticket, at: datetime, now: datetime, *, failures: int = 0) -> Row:
    """Wakes a ticket. The revision in the key keeps the rows of different writers apart: removing one removes no other."""
    values: dict[str, Value] = {
        "ticket": ticket.id,
        "at": at,
        "written_at": now,
        "revision": ticket.revision,
        "failures": failures,
    }
    return Row(key=f"s|{stamp(at)}|{ticket.id}|{ticket.revision:06d}", values=values)


def delivery_row(notice: Notice, at: datetime, now: datetime) -> Row:
    """Webhooks have rows of their own, so that they neither wait for mail nor use its quota."""
    values: dict[str, Value] = {
        "ticket": notice.ticket,
        "at": at,
        "written_at": now,
        "notice": notice.key,
        "round": notice.round,
        "owed_at": notice.owed_at,
    }
    if notice.kind is NoticeKind.EVENT:
        return Row(key=f"w|{stamp(at)}|{notice.ticket}|{notice.key}", values=values)
    return Row(key=f"d|{stamp(at)}|{int(notice.urgency)}|{notice.ticket}|{notice.key}", values=values)


def plan(desk: Desk, ticket: Ticket, writes: Sequence[Write]) -> None:
    """Writes agenda rows of one ticket, in one request where they fit."""
    for start in range(0, len(writes), BATCH):
        desk.rows.commit(Table.AGENDA, shard_of(desk, ticket.id), writes[start : start + BATCH])


def planned_writes(
    desk: Desk, before: Ticket | None, after: Ticket, notices: Sequence[Notice], now: datetime, *, is_awake: bool = False
) -> list[Write]:
    """The rows that must stand before a change is committed: its place on the board and the next wake if they moved, the notices.

    `is_awake`: the caller works on a row of this ticket and keeps it until nothing more is due, so a wake that has passed needs
    no row of its own.
    """
    writes = places.moves(before, places.placed(before, after), now, desk.options.grace, is_awake=is_awake)
    is_covered = is_awake and after.wake_at is not None and after.wake_at <= now
    if after.wake_at is not None and not is_covered and (before is None or before.wake_at != after.wake_at):
        writes.append(Upsert(wake_row(after, after.wake_at, now)))
    writes.extend(Upsert(delivery_row(notice, now, now)) for notice in notices)
    return writes


PAGE = 1000
"""Rows a request brings at the most."""


def due(desk: Desk, kind: str, now: datetime, *, pages: int = 1) -> Iterator[list[Due]]:
    """The due rows of a kind, oldest first, shard by shard: one request a shard when little is due, at most `pages`."""
    for shard in shards(desk):
        after = f"{kind}|"
        for _ in range(pages):
            found = desk.rows.scan(Table.AGENDA, shard, after=after, before=f"{kind}|{stamp(now)}~", limit=PAGE)
            yield [_due(shard, row) for row in found]
            if len(found) < PAGE:
                break
            after = found[-1].key


POSTPONED_S = (60, 300, 900, 3600)
"""How long work that failed waits before it is tried again, by the number of failures."""


def postpone(desk: Desk, row: Due, failure: Exception, now: datetime) -> bool:
    """Puts a row back for later and shows its ticket as failing. Whether that could be done; if not, the row stays as it is."""
    failures = row.failures + 1
    faults.tell(desk, "agenda", failure, ticket=row.ticket)
    again_at = now + timedelta(seconds=POSTPONED_S[min(failures, len(POSTPONED_S)) - 1])
    kind, _, *rest = row.key.split("|")
    later = Row(
        key="|".join((kind, stamp(again_at), *rest)),
        values={**row.values, "at": again_at, "written_at": now, "failures": failures},
    )
    shown = Row(
        key=f"x|{row.ticket}", values={"ticket": row.ticket, "failures": failures, "error": repr(failure)[:1000], "at": now}
    )
    try:
        desk.rows.commit(Table.AGENDA, row.shard, [Upsert(later), Upsert(shown)])
    except Exception as again:
        faults.tell(desk, "agenda", again, ticket=row.ticket)  # the row stays due
        return False
    return True


def put_off(desk: Desk, rows: Sequence[Due], until: datetime) -> None:
    """Moves rows whose work was not begun to a later moment, half a batch of pairs to a request."""
    for shard in sorted({row.shard for row in rows}):
        moved = [row for row in rows if row.shard == shard and row.at < until]
        for start in range(0, len(moved), BATCH // 2):
            pairs = [(_at(row, until), Delete(row.key)) for row in moved[start : start + BATCH // 2]]
            desk.rows.commit(Table.AGENDA, shard, [write for pair in pairs for write in pair])


def _at(row: Due, at: datetime) -> Upsert:
    kind, _, *rest = row.key.split("|")
    return Upsert(Row(key="|".join((kind, stamp(at), *rest)), values={**row.values, "at": at}))


def recovered(desk: Desk, row: Due) -> None:
    """Work that had failed has been done: its ticket is no longer shown as failing."""
    if row.failures:
        desk.rows.commit(Table.AGENDA, row.shard, [Delete(f"x|{row.ticket}")])


def done(desk: Desk, rows: Sequence[Due]) -> None:
    """Removes rows whose work is done, many to a request."""
    by_shard: dict[str, list[Write]] = {}
    for row in rows:
        by_shard.setdefault(row.shard, []).append(Delete(row.key))
    for shard, deletes in by_shard.items():
        for start in range(0, len(deletes), BATCH):
            desk.rows.commit(Table.AGENDA, shard, deletes[start : start + BATCH])


def every(desk: Desk, kind: str) -> Iterator[tuple[str, Row]]:
    """Every row of a kind, past and future, with its shard."""
    for shard in shards(desk):
        after = f"{kind}|"
        while page := desk.rows.scan(Table.AGENDA, shard, after=after, before=f"{kind}|~"):
            for row in page:
                yield shard, row
            after = page[-1].key


def _due(shard: str, row: Row) -> Due:
    at, written_at, ticket = row.values["at"], row.values["written_at"], row.values["ticket"]
    assert isinstance(at, datetime) and isinstance(written_at, datetime) and isinstance(ticket, str)
    return Due(shard=shard, key=row.key, ticket=ticket, at=at, written_at=written_at, values=row.values)
