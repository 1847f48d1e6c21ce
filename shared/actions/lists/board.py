"""The board: the open requests of all customers by urgency, or the resolved ones by the end of their window; no ticket is read.

A page is one request a shard, whatever is open or closed: a range of rows whose keys sort as the list does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.actions import agenda, codec, document
from shared.actions.desk import Desk
from shared.actions.lists import cursor
from shared.actions.ports import Row, Table
from shared.domain.listing import Filters, fits
from shared.domain.ticket import State, Summary

Visible = Callable[[Summary], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list. `total`: of the whole list, where all of it was looked at; `next_cursor`: where the next page begins.

    A page may hold fewer than were asked for, or none, and still have a next one.
    """

    tickets: tuple[Summary, ...]
    total: int | None
    next_cursor: str | None


def open_requests(desk: Desk, now: datetime, *, limit: int, after: str | None, filters: Filters, visible: Visible) -> Page:
    """The requests on the board that fit, and that the caller may see. `filters.states`: open ones, or RESOLVED alone."""
    kind = "r" if filters.states == {State.RESOLVED} else "o"
    start = cursor.unsealed(after, f"{kind}|", desk.seal) if after else f"{kind}|"
    rows, horizon = _rows(desk, kind, start)
    is_whole = horizon is None and after is None
    found: list[tuple[str, Summary]] = []
    for row in rows:
        summary = codec.loaded(Summary, document.joined("doc", row.values))
        contract = desk.catalogue().version(summary.contract, summary.contract_version)
        if fits(summary, filters, contract, now) and visible(summary):
            found.append((row.key, summary))
            if len(found) > limit and not is_whole:
                break
    last = found[limit - 1][0] if len(found) > limit else horizon
    return Page(
        tickets=tuple(summary for _, summary in found[:limit]),
        total=len(found) if is_whole else None,
        next_cursor=cursor.sealed(last, desk.seal) if last else None,
    )


def _rows(desk: Desk, kind: str, start: str) -> tuple[list[Row], str | None]:
    """The next rows of all shards in the order of their keys, as far as none can be missing between them.

    With them the last key of which that is certain; None: these are all.
    """
    end = f"{kind}|~"
    pages = [desk.rows.scan(Table.AGENDA, shard, after=start, before=end, limit=agenda.PAGE) for shard in agenda.shards(desk)]
    horizon = min((page[-1].key for page in pages if len(page) == agenda.PAGE), default=None)
    rows = sorted(_each_once(row for page in pages for row in page), key=lambda row: row.key)
    return [row for row in rows if horizon is None or row.key <= horizon], horizon


def _each_once(rows: Iterator[Row]) -> list[Row]:
    """A row a ticket: of two, which is how a change under way may look, the one written last."""
    latest: dict[object, Row] = {}
    for row in rows:
        known = latest.get(row.values["ticket"])
        if known is None or known.values["written_at"] < row.values["written_at"]:  # type: ignore[operator]
            latest[row.values["ticket"]] = row
    return list(latest.values())
