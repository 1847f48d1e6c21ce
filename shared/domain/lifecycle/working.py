"""The task in the customer's support package order, and the hours that are worked and debited to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from shared.domain import package as ledger
from shared.domain.card import Card, CardState, plainly
from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.entitlement import entitlement_of
from shared.domain.errors import InvalidInput, NotAllowedNow, NotPermitted
from shared.domain.lifecycle.permission import require
from shared.domain.package import Entry, Package, Posting
from shared.domain.ticket import Content, Decision, Happened, Task, Ticket
from shared.domain.tier import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Hours worked on a date. Fewer than none: hours that were debited by mistake and are given back."""

    hours: Decimal
    on: date
    text: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    """A decision about a ticket with what it means for a package, to be written with it or not at all."""

    decision: Decision
    package: Package | None = None
    entry: Entry | None = None


def open_task(ticket: Ticket, occasion: Occasion, packages: Iterable[Package]) -> Decision:
    """Opens the task in the oldest of the customer's packages that has the hours still to be worked.

    TooFewHours where none has them: the offer form of a package is to be sent first.
    """
    require(ticket, occasion, "open_task")
    needed = _accepted_effort(ticket) - ticket.worked
    package = ledger.chosen(packages, max(needed, Decimal(0)))
    after = replace(ticket, task=Task(package=package.number, opened_at=occasion.now))
    data = {"package": package.number, "hours": plainly(max(needed, Decimal(0))), "available": plainly(package.available)}
    return concluded(after, occasion, Happened(kind="task_opened", data=data))


def log_work(ticket: Ticket, occasion: Occasion, work: Work, package: Package | None) -> Debit:
    """Hours worked: debited to the task's package where there is a task; noted, and perhaps to be invoiced, where there is none.

    `package`: that of the ticket's task. What goes beyond the effort that the customer has accepted is told in the event.
    """
    require(ticket, occasion, "log_work")
    _check(ticket, occasion, work)
    after = replace(ticket, worked=ticket.worked + work.hours)
    posted = None
    if package is not None and ticket.task is not None:
        posting = Posting(ticket=ticket.id, event=ticket.events + 1, by=occasion.actor.actor, at=occasion.now, on=work.on)
        post = ledger.debited if work.hours > 0 else ledger.corrected
        posted = post(package, abs(work.hours), posting)
        after = replace(after, task=replace(ticket.task, debited=ticket.task.debited + work.hours))
    contents: tuple[Content, ...] = ()
    if work.text is not None:
        after = replace(after, contents=after.contents + 1)
        contents = (content(after, work.text),)
    data = {**_worked(ticket, after, occasion, work, posted), "text": contents[0].commitment if contents else None}
    decision = concluded(after, occasion, Happened(kind="worked", data=data), contents=contents)
    return Debit(decision=decision, package=posted[0] if posted else None, entry=posted[1] if posted else None)


def contracted(decision: Decision, offer: Card, occasion: Occasion) -> tuple[Package, Entry]:
    """The package that the acceptance of an offer form brings about, to be written with it."""
    assert offer.package is not None, "an offer form carries the number that is kept for its package"
    [event] = decision.events
    today = occasion.now.astimezone(ZoneInfo(occasion.contract.zone)).date()
    posting = Posting(ticket=event.ticket, event=event.number, by=event.actor, at=event.at, on=today)
    return ledger.contracted(offer.package, offer, posting)


def _check(ticket: Ticket, occasion: Occasion, work: Work) -> None:
    zone = ZoneInfo(occasion.contract.zone)
    first, today = ticket.received_at.astimezone(zone).date(), occasion.now.astimezone(zone).date()
    if not first <= work.on <= today:
        raise InvalidInput(f"on is {work.on}; work on {ticket.id} was done between {first} and {today}.")
    if work.hours == 0:
        raise InvalidInput("hours is 0; give the hours worked, or fewer than none to give back what was logged by mistake.")
    if work.hours < 0:
        _check_correction(ticket, occasion, work)
    elif ticket.task is None and _is_debited(ticket, occasion):
        raise NotAllowedNow(f"The hours of {ticket.id} are debited to a support package; open its task first (task).")


def _check_correction(ticket: Ticket, occasion: Occasion, work: Work) -> None:
    if not occasion.actor.is_manager:
        raise NotPermitted("Hours that were logged are given back by the Customer Care Manager.")
    if work.text is None:
        raise InvalidInput("text is missing: say why the hours are given back.")
    logged = ticket.task.debited if ticket.task else ticket.worked
    if -work.hours > logged:
        raise NotAllowedNow(f"{plainly(logged)} hours are logged on {ticket.id}; no more can be given back.")


def _is_debited(ticket: Ticket, occasion: Occasion) -> bool:
    return entitlement_of(occasion.contract, ticket).terms is Terms.QUOTED


def _accepted_effort(ticket: Ticket) -> Decimal:
    is_accepted = ticket.estimate is not None and ticket.estimate.state is CardState.ACCEPTED
    return ticket.estimate.effort if ticket.estimate is not None and is_accepted else Decimal(0)


def _worked(
    before: Ticket, after: Ticket, occasion: Occasion, work: Work, posted: tuple[Package, Entry] | None
) -> dict[str, object]:
    data: dict[str, object] = {"hours": plainly(work.hours), "on": work.on.isoformat(), "worked": plainly(after.worked)}
    if posted is not None:
        package, entry = posted
        data |= {"package": package.number, "entry": entry.number, "remaining": plainly(package.remaining)}
    elif entitlement_of(occasion.contract, before).terms is Terms.CHARGED:
        data |= {"to_invoice": True}
    accepted = _accepted_effort(before)
    if accepted and after.worked > accepted:
        data |= {"beyond_estimate": plainly(after.worked - accepted)}
    return data
