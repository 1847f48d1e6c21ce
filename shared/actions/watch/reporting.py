"""Outages that go on, and the requests of customers who may have met one: in the partition `outages` of `watch`.

    open|<outage>              while it goes on: what a request is told of it
    tied|<outage>|<ticket>     a request that was tied to it, written before the request itself; or one that was tied to another,
                               which is over, and whose product runs on this one's service too: then `over` is that other one

A row that a crash has left names a ticket that is not there, or is not tied: whoever works it looks.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Row, Table, Upsert, Value
from shared.actions.watch import events, timeline
from shared.domain.conclusion import Occasion
from shared.domain.contract import Course
from shared.domain.ticket import Ticket
from shared.domain.watch.outage import Outage
from shared.domain.watch.tie import Tie
from shared.domain.watch.tie import tied as tie_to

PARTITION = "outages"

LATE = timedelta(minutes=2)
"""After so long no instance takes an outage for open that is over, and a ticket that was about to be saved is."""

BEFORE, AFTER = timedelta(days=1), timedelta(hours=2)
"""About when a request came in, spells began that it may be about: one that had begun long before was known to be open."""

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


def known(desk: Desk, ticket: Ticket, occasion: Occasion, classification: str) -> tuple[Tie | None, Outage | None]:
    """The outage that a request may be about which is being classified: something to be repaired, and tied to none so far. And
    that outage again, if it is over: it was going on, or may have been, when the request came in.

    Costs a look, where the product runs on something that is watched.
    """
    kind = occasion.contract.classifications.get(classification)
    if ticket.outage is not None or kind is None or kind.course is not Course.REPAIR:
        return None, None
    if (open := _affecting(desk, ticket, occasion.now)) is not None:
        return open, None
    return _missed(desk, ticket) or (None, None)


def ask_again(desk: Desk, over: Outage, now: datetime) -> None:
    """Has the end told once more, to whoever was tied to the outage since, when the ticket that is about to be saved is there."""
    events.ask_about_end(desk, over, now + LATE, now)


def note(desk: Desk, ticket: Ticket) -> None:
    """Before a ticket is saved that is tied to an outage now."""
    if ticket.outage is not None:
        _note(desk, ticket.outage.outage, ticket.id)


def reporters(desk: Desk, outage: Outage) -> Iterator[tuple[str, Outage]]:
    """The ids of the tickets that are to be told now that it is over, and of which outage: each of the one that it is tied to."""
    prefix = f"tied|{outage.id}|"
    after = prefix
    while page := desk.rows.scan(Table.WATCH, PARTITION, after=after, before=f"{prefix}~", limit=_PAGE):
        for row in page:
            earlier = codec.loaded(Outage, str(row.values["over"])) if "over" in row.values else outage
            yield row.key.removeprefix(prefix), outage if earlier.id == outage.id else earlier
        if len(page) < _PAGE:
            return
        after = page[-1].key


def waits(desk: Desk, ticket: Ticket, over: Outage) -> bool:
    """Whether something else that its product runs on is still down. Then it is told when that is over, which is noted there."""
    other = _first_of(desk, ticket, _open(desk))
    if other is not None:
        _note(desk, other.outage, ticket.id, over)
    return other is not None


def _affecting(desk: Desk, ticket: Ticket, now: datetime) -> Tie | None:
    services = desk.services().services.values()
    if not any(service.is_public and ticket.product in service.products for service in services):
        return None
    return _first_of(desk, ticket, desk.outages.open(now, lambda: _open(desk)))


def _missed(desk: Desk, ticket: Ticket) -> tuple[Tie, Outage] | None:
    """The last outage that was over before a request was looked at: it came in after the last good look before it and before the
    first good one after. Whoever reports first is often ahead of our own confirmation."""
    services, received_at = desk.services(), ticket.received_at
    affecting = {id for id, each in services.services.items() if each.is_public and ticket.product in each.products}
    if not affecting:
        return None
    for row in timeline.between(desk, received_at - BEFORE, received_at + AFTER):
        if timeline.kind_of(row) != timeline.OUTAGE or (spell := timeline.outage_of(row)).service not in affecting:
            continue
        began = spell.last_good or spell.first_bad
        if spell.first_good is not None and began <= received_at <= spell.first_good:
            return tie_to(spell, services.services[spell.service].name), spell
    return None


def _first_of(desk: Desk, ticket: Ticket, open: Iterable[Tie]) -> Tie | None:
    services = desk.services().services
    for tie in open:
        service = services.get(tie.service)
        if service is not None and service.is_public and ticket.product in service.products:
            return tie
    return None


def _open(desk: Desk) -> list[Tie]:
    rows = desk.rows.scan(Table.WATCH, PARTITION, after="open|", before="open|~", limit=_PAGE)
    return [codec.loaded(Tie, str(row.values["doc"])) for row in rows]


def _note(desk: Desk, outage: str, ticket: str, over: Outage | None = None) -> None:
    values: dict[str, Value] = {"ticket": ticket}
    if over is not None:
        values["over"] = codec.dumped(over)
    desk.rows.commit(Table.WATCH, PARTITION, [Upsert(Row(key=f"tied|{outage}|{ticket}", values=values))])
