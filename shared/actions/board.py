"""The board: the open requests of all customers by urgency, read without touching the tickets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from shared.actions import agenda, codec, document
from shared.actions.desk import Desk
from shared.domain.ticket import State, Summary

LAST = "9999"
"""Sorts after every instant: requests on which nothing falls due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """Summaries of requests as `agenda.board_row` writes them, the urgent first. `next_cursor`: where the next page begins."""

    requests: tuple[Mapping[str, object], ...]
    total: int
    next_cursor: str | None


def open_requests(desk: Desk, *, limit: int, cursor: str | None, filters: Mapping[str, str]) -> BoardPage:
    """Open requests that fit all filters (column to value), by the deadline that comes (or came) first."""
    found = sorted(
        (
            request
            for _, row in agenda.every(desk, "o")
            if (request := json.loads(document.joined("doc", row.values)))["state"] not in (State.RESOLVED, State.CLOSED)
            or "state" in filters
            if all(str(request.get(column, "")) == value for column, value in filters.items())
        ),
        key=_position,
    )
    rest = [r for r in found if cursor is None or "|".join(_position(r)) > cursor]
    page = rest[:limit]
    more = len(rest) > limit
    return BoardPage(requests=tuple(page), total=len(found), next_cursor="|".join(_position(page[-1])) if more else None)


def summary_in(request: Mapping[str, object]) -> Summary:
    """A summary as values: what its clocks are read from."""
    summary: Summary = codec.revived(Summary, request)
    return summary


def _position(request: Mapping[str, object]) -> tuple[str, str, str]:
    """Earliest deadline first, then the stricter priority, then the number."""
    return str(request.get("next_due_at") or LAST), f"{request.get('priority') or 0:>4}", str(request["id"])
