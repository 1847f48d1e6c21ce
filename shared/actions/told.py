"""What is told to the desk itself, not brought by the portal: a call that staff enter, a customer who comes back too late.

Whoever tells it is told of a refusal at once, so nothing refused is kept.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from shared.actions import intake
from shared.actions.desk import Desk
from shared.actions.intake import Request, Taken
from shared.actions.ports import Table, Write
from shared.domain.errors import KeyReused, SportelloError, StorageUnavailable
from shared.domain.ticket import Ticket


def taken_in(
    desk: Desk,
    request: Request,
    *,
    source: str,
    raw: bytes,
    now: datetime,
    also: Callable[[Ticket], Sequence[Write]] = lambda ticket: (),
) -> Taken:
    """Takes in what was said to the desk itself, received now. Its bytes stay only if it becomes a ticket."""
    name, is_first = intake.keep_raw(desk, raw)
    try:
        taken = intake.accept(desk, request, source=source, raw=name, seen_at=now, now=now, also=also)
        if not taken.is_new and _raw_of(desk, taken.ticket.customer, source) != name:
            raise KeyReused("This Idempotency-Key was used for another request; make a new key for each request.")
        return taken
    except StorageUnavailable:
        raise  # it may have become one
    except SportelloError:
        if is_first:
            desk.blobs.delete(name)
        raise


def _raw_of(desk: Desk, customer: str, source: str) -> str | None:
    """The name of the bytes that a source brought in."""
    row = desk.rows.get(Table.DESK, customer, f"source:{intake.source_hash(source)}")
    return str(row.values["raw"]) if row else None
