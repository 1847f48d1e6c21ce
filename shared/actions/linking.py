"""What concerns two tickets of a customer: tying them together, and merging a duplicate into the one it repeats.

Both lie in the customer's partition, so both change in one transaction, or neither does.
"""

from collections.abc import Callable

from shared.actions import cases
from shared.actions.custody import access
from shared.actions.ports import Write
from shared.actions.tickets import Change
from shared.domain import lifecycle
from shared.domain.conclusion import Occasion
from shared.domain.errors import InvalidInput, SportelloError, StaleVersion, StorageUnavailable
from shared.domain.ticket import Decision, Ticket, parse_ticket_id

type Decide = Callable[[Ticket, Ticket, Occasion], tuple[Decision, Decision] | None]


def relate(change: Change, other: str) -> Ticket:
    """Ties the ticket to another, and the other to it."""
    return _both(change, other, lifecycle.relate)


def merge(change: Change, into: str) -> Ticket:
    """The duplicate is closed and goes on as `into`."""
    return _both(change, into, lifecycle.merge)


def _both(change: Change, other: str, decide: Decide) -> Ticket:
    """The ticket that the change is of, after what was decided about it and the other."""
    if other == change.id or parse_ticket_id(other)[0] != parse_ticket_id(change.id)[0]:
        raise InvalidInput(f"{other[:40]} is not another ticket of the same customer as {change.id}.")
    for _ in range(cases.ATTEMPTS):
        first, second = (cases.settled(change.desk, id, change.now) for id in (change.id, other))
        for case in (first, second):
            access.permitted(change.desk, case.ticket, change.actor, change.now)
        if change.if_match is not None and change.if_match != first.ticket.revision:
            return change.as_it_stands(_stale(first.ticket))
        decided = _decided(change, first.ticket, second.ticket, decide)
        if decided is None:
            change.show(first.ticket)
            return first.ticket
        also: list[Write] = [change.seen(first.ticket), change.seen(second.ticket)]
        also += [change.once.row(change.id)] if change.once else []
        saved = cases.save_together(change.desk, list(zip((first, second), decided, strict=True)), change.now, also=also)
        if saved:
            return saved[0]
    raise StorageUnavailable(f"Too many others are changing {change.id} and {other}; try again in a moment.")


def _stale(ticket: Ticket) -> StaleVersion:
    return StaleVersion(f"{ticket.id} is at revision {ticket.revision}; look at it again.", ticket=ticket)


def _decided(change: Change, first: Ticket, second: Ticket, decide: Decide) -> tuple[Decision, Decision] | None:
    """None where nothing is left to be done, or it was done before under the same key."""
    try:
        return decide(first, second, cases.occasion(change.desk, first, change.actor, change.now))
    except SportelloError:
        if change.was_done(first):
            return None
        raise
