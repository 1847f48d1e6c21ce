"""How every transition ends: the open clocks are planned anew, the event is chained, the notices are addressed.

The only place where a ticket's revision is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain import announcement, escalation, evidence
from shared.domain import clock as clocks
from shared.domain import correspondence as mail
from shared.domain.clock import Clock
from shared.domain.contract import Contract
from shared.domain.evidence import stamp
from shared.domain.notice import Notice
from shared.domain.people import Directory, Principal
from shared.domain.quotes import validity
from shared.domain.ticket import Content, Decision, Happened, State, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a transition may know besides the ticket: the contract frozen on it, the staff, who acts, and when."""

    contract: Contract
    directory: Directory
    actor: Principal
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Text somebody wrote, with the salt of its commitment. `beside`: another salt, for what is kept beside it."""

    text: str
    salt: str
    beside: str = ""


def concluded(
    ticket: Ticket, occasion: Occasion, happened: Happened, notices: Sequence[Notice] = (), contents: tuple[Content, ...] = ()
) -> Decision:
    """One event, chained to the last; the clocks planned; the notices addressed. The only place where a revision is made."""
    fresh = planned(ticket, occasion)
    notices = [notice for notice in notices if notice.recipient.email]  # the desk's own tickets have no contact
    event = evidence.chained(
        ticket=ticket.id,
        number=ticket.events + 1,
        kind=happened.kind,
        at=happened.at or occasion.now,
        recorded_at=occasion.now,
        actor=occasion.actor.actor,
        data={**happened.data, "stands": _stands(fresh), "deadlines": _deadlines(fresh), **_told(notices)},
        previous=ticket.chain_tip,
    )
    after = replace(fresh, revision=ticket.revision + 1, events=event.number, chain_tip=event.hash)
    told = mail.addressed(notices, after, occasion.directory, event.number, occasion.now)
    announced = announcement.announced(after, occasion.contract, occasion.directory, event)
    return Decision(ticket=after, events=(event,), contents=contents, notices=(*told, *announced))


def _deadlines(ticket: Ticket) -> dict[str, str | None]:
    return {clock.name: stamp(clock.due_at) if clock.due_at else None for clock in ticket.clocks if clock.is_open}


def _stands(ticket: Ticket) -> dict[str, object]:
    """What the ticket is from this event on: with it, and the deadlines, the chain alone tells how the ticket came to stand."""
    return {
        "state": ticket.state.value,
        "classification": ticket.classification,
        "priority": ticket.priority,
        "assignee": ticket.assignee,
    }


def _told(notices: Sequence[Notice]) -> dict[str, object]:
    """Whom the event tells: ["receipt:customer", "arrived:carla"]. It says so when it names more people than it can tell."""
    told = [f"{notice.kind}:{notice.recipient.id}" for notice in notices[: mail.TOLD_AT_ONCE]]
    left = len(notices) - mail.TOLD_AT_ONCE
    return {**({"told": told} if told else {}), **({"not_told": left} if left > 0 else {})}


def planned(ticket: Ticket, occasion: Occasion) -> Ticket:
    """The ticket with the open clocks planned by what is known now, and the next moment it must be looked at."""
    running = tuple(
        clocks.planned(clock, occasion.contract.calendars[clock.target.calendar], ticket.pauses, occasion.now)
        if clock.is_open
        else clock
        for clock in ticket.clocks
    )
    ticket = replace(ticket, clocks=running)
    if ticket.state is State.RESOLVED:
        return replace(ticket, wake_at=ticket.reopen_until + escalation.INSTANT if ticket.reopen_until else None)
    milestone = escalation.next_milestone(occasion.contract, ticket, occasion.now)
    card = validity.waiting(ticket)
    moments = [milestone.reached_at] if milestone else []
    if card is not None and (card_at := validity.next_at(card, occasion.contract.quotation)) is not None:
        moments.append(card_at)
    return replace(ticket, wake_at=min(moments, default=None))


def moved(before: Sequence[Clock], after: Sequence[Clock]) -> dict[str, object]:
    """The deadlines that are no longer where they were: {"resolution.1.2": {"from": …, "to": …}}."""
    return {
        new.name: {
            "from": old.due_at and stamp(old.due_at),
            "to": new.due_at and stamp(new.due_at),
            "calendar_version": new.calendar_version,
        }
        for old, new in zip(before, after, strict=True)
        if old.due_at != new.due_at
    }


def verdicts(ticket: Ticket, now: datetime) -> dict[str, object]:
    return {
        clock.name: {"state": clocks.state_of(clock, now).value, "due_at": stamp(clock.due_at) if clock.due_at else None}
        for clock in ticket.clocks
    }


def content(ticket: Ticket, said: Said) -> Content:
    return Content(key=f"{ticket.number:06d}:{ticket.contents:06d}", text=said.text, salt=said.salt)
