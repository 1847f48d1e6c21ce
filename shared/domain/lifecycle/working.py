"""The task in the customer's support package order, and the hours that are worked and debited to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.errors import InvalidInput, NotPermitted, TooFewHours
from shared.domain.lifecycle.needs import is_debited, is_paid
from shared.domain.lifecycle.permission import refused, require
from shared.domain.quotes import package as ledger
from shared.domain.quotes.card import Card, CardKind, plainly
from shared.domain.quotes.cards import in_force
from shared.domain.quotes.entitlement import entitlement_of
from shared.domain.quotes.package import Entry, Package, Posting
from shared.domain.ticket import Content, Debited, Decision, Happened, Task, Ticket
from shared.domain.tier import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Hours worked on a date. Fewer than none: hours that were logged by mistake and are given back.

    `package`: which of the packages they were debited to has them back; None: the last.
    """

    hours: Decimal
    on: date
    text: Said | None = None
    package: int | None = None


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
    needed = max(_accepted_effort(ticket) - ticket.worked, Decimal(0))
    try:
        package = ledger.chosen(packages, needed)
    except TooFewHours as few:
        raise _too_few(ticket, occasion, few) from None
    after = replace(ticket, task=Task(package=package.number, opened_at=occasion.now))
    data = {"package": package.number, "hours": plainly(needed), "available": plainly(package.available)}
    return concluded(after, occasion, Happened(kind="task_opened", data=data))


def package_for(ticket: Ticket, occasion: Occasion, work: Work) -> int | None:
    """The package that hours worked are debited to, or that hours given back go back to. None: there is none."""
    if ticket.task is None:
        return None
    if work.hours > 0:
        return ticket.task.package if is_paid(ticket, occasion.contract) else None
    number = _debited_last(ticket.task) if work.package is None else work.package
    return number if number is not None and ticket.task.debited_to(number) else None


def log_work(ticket: Ticket, occasion: Occasion, work: Work, package: Package | None) -> Debit:
    """Hours worked: debited to the task's package where there is a task; noted, and perhaps to be invoiced, where there is none.

    `package`: the one that `package_for` names. What goes beyond the effort that the customer has accepted is told in the event.
    """
    require(ticket, occasion, "log_work")
    _check(ticket, occasion, work)
    after = replace(ticket, worked=ticket.worked + work.hours)
    posted = None
    if package is not None and ticket.task is not None:
        posting = Posting(ticket=ticket.id, event=ticket.events + 1, by=occasion.actor.actor, at=occasion.now, on=work.on)
        try:
            posted = (ledger.debited if work.hours > 0 else ledger.corrected)(package, abs(work.hours), posting)
        except TooFewHours as few:
            raise _too_few(ticket, occasion, few) from None
        after = replace(after, task=_posted(ticket.task, package.number, work.hours))
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
    elif work.package is not None:
        raise InvalidInput("package says where hours are given back to; hours worked are debited to the task's.", field="package")
    elif ticket.task is None and is_debited(ticket, occasion.contract):
        raise refused(ticket, occasion, f"The hours of {ticket.id} are debited to a support package; open its task first (task).")


def _check_correction(ticket: Ticket, occasion: Occasion, work: Work) -> None:
    if not occasion.actor.is_manager:
        raise NotPermitted("Hours that were logged are given back by the Customer Care Manager.")
    if work.text is None:
        raise InvalidInput("text is missing: say why the hours are given back.")
    package = work.package or package_for(ticket, occasion, work)
    if package is None:
        logged, where = ticket.worked, f"logged on {ticket.id}"
    else:
        logged = ticket.task.debited_to(package) if ticket.task else Decimal(0)
        where = f"debited to package {package} by {ticket.id}"
    if -work.hours > logged:
        raise refused(ticket, occasion, f"{plainly(logged)} hours are {where}; no more can be given back.")


def _debited_last(task: Task) -> int | None:
    return next((each.package for each in reversed(task.debits) if each.hours), None)


def _posted(task: Task, package: int, hours: Decimal) -> Task:
    """With hours debited to a package, or given back to it."""
    if all(each.package != package for each in task.debits):
        return replace(task, debits=(*task.debits, Debited(package=package, hours=hours)))
    debits = (replace(each, hours=each.hours + hours) if each.package == package else each for each in task.debits)
    return replace(task, debits=tuple(debits))


def _too_few(ticket: Ticket, occasion: Occasion, few: TooFewHours) -> TooFewHours:
    """The package's refusal, with what may be done to the ticket."""
    refusal = refused(ticket, occasion, few.detail, TooFewHours, **few.facts)
    assert isinstance(refusal, TooFewHours)
    return refusal


def _accepted_effort(ticket: Ticket) -> Decimal:
    accepted = in_force(ticket, CardKind.INTERVENTION)
    return accepted.effort if accepted is not None else Decimal(0)


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
