"""What a change of classification, priority or state does to the clocks: judged anew, done, withdrawn, or no longer paused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from shared.domain import clock as clocks
from shared.domain.clock import Clock
from shared.domain.conclusion import Occasion
from shared.domain.contract import Promise, TargetOn
from shared.domain.evidence import stamp
from shared.domain.ticket import Ticket


def rejudged(ticket: Ticket, occasion: Occasion) -> Ticket:
    """The clocks as the ticket's classification and priority now promise: others withdrawn, each judged from its own start.

    What was judged before the last reopening stays as it was judged; a resolution then promised starts at the reopening.
    """
    promises = promised(ticket, occasion)
    judged = [
        clock if _is_of_the_past(clock, ticket) else _judged(clock, promises.get(clock.promise), ticket, occasion)
        for clock in ticket.clocks
    ]
    judged += [_late(promise, on, ticket, occasion) for promise, on in promises.items() if _is_missing(promise, ticket)]
    return replace(ticket, clocks=tuple(judged))


def promised(ticket: Ticket, occasion: Occasion) -> Mapping[Promise, TargetOn]:
    """What the contract promises a ticket of this product, classification and priority."""
    return occasion.contract.promises(product=ticket.product, classification=ticket.classification, priority=ticket.priority)


def done(ticket: Ticket, occasion: Occasion, promise: Promise) -> Ticket:
    """The open clocks of a promise are done now, and judged for good by what is known now."""
    calendars = occasion.contract.calendars
    after = tuple(
        clocks.planned(replace(clock, done_at=occasion.now), calendars[clock.target.calendar], ticket.pauses, occasion.now)
        if clock.is_open and clock.promise is promise
        else clock
        for clock in ticket.clocks
    )
    return replace(ticket, clocks=after)


def withdrawn(ticket: Ticket, now: datetime) -> Ticket:
    """No open clock runs any further."""
    return replace(ticket, clocks=tuple(_withdrawn(clock, now) if clock.is_open else clock for clock in ticket.clocks))


def unpaused(ticket: Ticket, at: datetime) -> Ticket:
    """Without its hold; an open pause ends at `at`."""
    ended = tuple(replace(p, ends_at=max(at, p.starts_at)) if p.ends_at is None else p for p in ticket.pauses)
    return replace(ticket, hold=None, pauses=ended)


def voided(ticket: Ticket, began: datetime) -> Ticket:
    """A pause that is over, and began then, never was: it ends where it began."""
    ended = (replace(p, ends_at=began) if p.starts_at == began and p.ends_at is not None else p for p in ticket.pauses)
    return replace(ticket, pauses=tuple(ended))


def _is_of_the_past(clock: Clock, ticket: Ticket) -> bool:
    """Whether a reopening has put the clock beyond judgement: a response met or broken, a resolution of a former round."""
    if ticket.reopened_at is None or clock.started_at >= ticket.reopened_at:
        return False
    return clock.promise is Promise.RESOLUTION or clock.done_at is not None


def _is_missing(promise: Promise, ticket: Ticket) -> bool:
    """Whether a promise has no clock that could still be judged."""
    of_it = [clock for clock in ticket.clocks if clock.promise is promise]
    return not of_it or (promise is Promise.RESOLUTION and all(_is_of_the_past(clock, ticket) for clock in of_it))


def _late(promise: Promise, on: TargetOn, ticket: Ticket, occasion: Occasion) -> Clock:
    """A clock for what is promised only now: from receipt; a resolution of a ticket that was reopened, from the reopening."""
    rounds = sum(clock.promise is promise for clock in ticket.clocks)
    is_again = promise is Promise.RESOLUTION and ticket.reopened_at is not None
    start = ticket.reopened_at if is_again and ticket.reopened_at else ticket.received_at
    history = occasion.contract.calendars[on.calendar]
    clock = clocks.started(promise, history, on, start, round=rounds + 1)
    return clocks.planned(_answered(clock, ticket), history, ticket.pauses, occasion.now)


def _judged(clock: Clock, on: TargetOn | None, ticket: Ticket, occasion: Occasion) -> Clock:
    if on is None:
        return _withdrawn(clock, occasion.now)
    history = occasion.contract.calendars[on.calendar]
    judged = clocks.judged_by(clock, history, on)
    return clock if judged is clock else clocks.planned(_answered(judged, ticket), history, ticket.pauses, occasion.now)


def _withdrawn(clock: Clock, now: datetime) -> Clock:
    """Nothing is promised any more; how it stood until then is not forgotten."""
    if clock.is_withdrawn:
        return clock
    due = f", due {stamp(clock.due_at)}" if clock.due_at else ""
    return replace(clock, is_withdrawn=True, due_at=None, stood=f"{clocks.state_of(clock, now).value}{due}")


def _answered(clock: Clock, ticket: Ticket) -> Clock:
    """A response is done since a person took charge, even if nothing was promised then."""
    return replace(clock, done_at=ticket.acknowledged_at) if clock.promise is Promise.RESPONSE else clock
