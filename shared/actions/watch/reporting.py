"""Outages that go on, and the requests of customers who may have met one: in the partition `outages` of `watch`.

    open|<outage>              while it goes on: what a request is told of it
    tied|<outage>|<ticket>     a request that was tied to it, written before the request itself

A row that a crash has left names a ticket that is not there, or is not tied: whoever works it looks.
"""

from collections.abc import Iterator
from datetime import datetime

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Row, Table, Upsert
from shared.domain.conclusion import Occasion
from shared.domain.contract import Course
from shared.domain.ticket import Ticket
from shared.domain.watch.tie import Tie

PARTITION = "outages"
_PAGE = 1000


def begun(desk: Desk, tie: Tie) -> None:
    """From now on requests are told of it."""
    desk.outages.forget()
    desk.rows.commit(Table.WATCH, PARTITION, [Upsert(Row(key=f"open|{tie.outage}", values={"doc": codec.dumped(tie)}))])


def over(desk: Desk, outage: str) -> None:
    """From now on they are not."""
    desk.outages.forget()
    desk.rows.commit(Table.WATCH, PARTITION, [Delete(f"open|{outage}")])


def tied(desk: Desk, ticket: Ticket, now: datetime) -> Tie | None:
    """The outage that a request coming in may be about, noted for when it ends; None: its product runs on nothing that is down.

    Costs nothing while nothing is watched, and a look every twenty seconds and instance otherwise.
    """
    tie = _affecting(desk, ticket, now)
    if tie is not None:
        _note(desk, tie.outage, ticket.id)
    return tie


def known(desk: Desk, ticket: Ticket, occasion: Occasion, classification: str) -> Tie | None:
    """The outage that a request may be about which is being classified: something to be repaired, and tied to none so far."""
    kind = occasion.contract.classifications.get(classification)
    if ticket.outage is not None or kind is None or kind.course is not Course.REPAIR:
        return None
    return _affecting(desk, ticket, occasion.now)


def note(desk: Desk, ticket: Ticket) -> None:
    """Before a ticket is saved that is tied to an outage now."""
    if ticket.outage is not None:
        _note(desk, ticket.outage.outage, ticket.id)


def reporters(desk: Desk, outage: str) -> Iterator[str]:
    """The ids of the tickets that were tied to it."""
    prefix = f"tied|{outage}|"
    after = prefix
    while page := desk.rows.scan(Table.WATCH, PARTITION, after=after, before=f"{prefix}~", limit=_PAGE):
        yield from (row.key.removeprefix(prefix) for row in page)
        if len(page) < _PAGE:
            return
        after = page[-1].key


def _affecting(desk: Desk, ticket: Ticket, now: datetime) -> Tie | None:
    services = desk.services().services
    if not any(service.is_public and ticket.product in service.products for service in services.values()):
        return None
    for tie in desk.outages.open(now, lambda: _open(desk)):
        service = services.get(tie.service)
        if service is not None and service.is_public and ticket.product in service.products:
            return tie
    return None


def _open(desk: Desk) -> list[Tie]:
    rows = desk.rows.scan(Table.WATCH, PARTITION, after="open|", before="open|~", limit=_PAGE)
    return [codec.loaded(Tie, str(row.values["doc"])) for row in rows]


def _note(desk: Desk, outage: str, ticket: str) -> None:
    desk.rows.commit(Table.WATCH, PARTITION, [Upsert(Row(key=f"tied|{outage}|{ticket}", values={"ticket": ticket}))])
