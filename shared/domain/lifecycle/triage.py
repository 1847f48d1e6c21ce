"""Taking charge of a request, and what the Customer Care Manager makes of it: kind, priority, assignee."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.domain import correspondence as mail
from shared.domain.conclusion import Occasion, concluded, verdicts
from shared.domain.contract import Course, Promise
from shared.domain.custody.access import is_restricted
from shared.domain.errors import InvalidInput
from shared.domain.lifecycle import judging
from shared.domain.lifecycle.permission import require
from shared.domain.notice import Notice, NoticeKind
from shared.domain.quotes.card import Card, CardState
from shared.domain.quotes.entitlement import entitlement_of
from shared.domain.ticket import Decision, Grant, Happened, State, Ticket
from shared.domain.watch.tie import Tie, beginning


def acknowledge(ticket: Ticket, occasion: Occasion) -> Decision:
    """A person takes charge: the response is done. An automatic receipt never does this (SEMANTICS 5)."""
    require(ticket, occasion, "acknowledge")
    after = replace(judging.done(ticket, occasion, Promise.RESPONSE), state=State.IN_CHARGE, acknowledged_at=occasion.now)
    return concluded(after, occasion, Happened(kind="acknowledged", data={"verdicts": verdicts(after, occasion.now)}))


def classify(
    ticket: Ticket,
    occasion: Occasion,
    classification: str,
    activity: str | None = None,
    outage: Tie | None = None,
    *,
    is_over: bool = False,
) -> Decision | None:
    """What the request turns out to be; its clocks are withdrawn, or judged anew from receipt, as the contract promises.

    `activity`: what is asked for, where the contract has terms for it that no classification tells apart (a software update). An
    estimate that waits with the customer is withdrawn: what it was for is in question. `outage`: one that goes on, of a service
    that the product runs on; the request is tied to it, and the customer told. `is_over`: it has ended meanwhile: they are told
    of the end alone (`recover`).
    """
    require(ticket, occasion, "classify")
    occasion.contract.classification(classification)
    if (classification, activity) == (ticket.classification, ticket.activity):
        return None
    after = replace(reclassified(ticket, occasion, classification), activity=activity)
    covered = entitlement_of(occasion.contract, after)
    data: dict[str, object] = {
        "from": ticket.classification,
        "to": classification,
        "activity": activity,
        "entitlement": covered.terms.value,
    }
    if ended := [now.number for before, now in zip(ticket.grants, after.grants, strict=True) if before != now]:
        data["grants_revoked"] = ended
    if outage is None or ticket.outage is not None:
        return _judged_anew(after, occasion, "classified", data)
    after = replace(after, outage=outage)
    facts = {**mail.about(after, occasion.contract), **mail.about_outage(after, beginning(outage))}
    told = [] if after.erased_at or is_over else [mail.letter(NoticeKind.OUTAGE_KNOWN, mail.customer_of(after), facts)]
    return _judged_anew(after, occasion, "classified", {**data, "outage": beginning(outage)}, told)


def reclassified(ticket: Ticket, occasion: Occasion, classification: str) -> Ticket:
    """As another kind of request: triaged anew where that kind has a table of its own, and without a card that waits.

    What turns out to be a vulnerability was shown to others as something else: leave to read it ends, and can be granted anew.
    """
    table = occasion.contract.family_of(ticket.product, classification)
    return replace(
        ticket,
        classification=classification,
        priority=ticket.priority if ticket.priority in table.priorities else None,
        state=State.IN_CHARGE if ticket.state is State.QUOTED else ticket.state,
        estimate=_withdrawn(ticket.estimate),
        offer=_withdrawn(ticket.offer),
        grants=_revoked(ticket, occasion, classification),
    )


def prioritise(ticket: Ticket, occasion: Occasion, priority: int) -> Decision | None:
    """The priority is set, or set again: the ticket is judged by it from receipt; the events keep what was before."""
    require(ticket, occasion, "prioritise")
    occasion.contract.family_of(ticket.product, ticket.classification).priority(priority)
    if priority == ticket.priority:
        return None
    data = {"from": ticket.priority, "to": priority}
    return _judged_anew(replace(ticket, priority=priority), occasion, "prioritised", data)


def assign(ticket: Ticket, occasion: Occasion, assignee: str) -> Decision | None:
    """The request is given to a member of staff, who is told, and who may read it from now on."""
    require(ticket, occasion, "assign")
    staff = occasion.directory.staff.get(assignee)
    if staff is None:
        raise InvalidInput(f"There is no member of staff {assignee!r}; there are: {', '.join(sorted(occasion.directory.staff))}.")
    if assignee == ticket.assignee:
        return None
    after = replace(ticket, assignee=assignee)
    facts = {**mail.about(after, occasion.contract), "deadlines": mail.deadlines(after, occasion.contract, occasion.now)}
    notices = [mail.letter(NoticeKind.ASSIGNED, mail.member(staff), facts)]
    return concluded(after, occasion, Happened(kind="assigned", data={"from": ticket.assignee, "to": assignee}), notices)


def _judged_anew(
    ticket: Ticket, occasion: Occasion, kind: str, data: Mapping[str, object], notices: Sequence[Notice] = ()
) -> Decision:
    after = judging.rejudged(ticket, occasion)
    return concluded(after, occasion, Happened(kind=kind, data={**data, "verdicts": verdicts(after, occasion.now)}), notices)


def _revoked(ticket: Ticket, occasion: Occasion, classification: str) -> tuple[Grant, ...]:
    """The grants, those in force revoked where the request becomes a vulnerability."""
    contract, now = occasion.contract, occasion.now
    if is_restricted(ticket, contract) or contract.classification(classification).course is not Course.VULNERABILITY:
        return ticket.grants
    return tuple(
        replace(each, revoked_at=now) if each.revoked_at is None and now < each.until else each for each in ticket.grants
    )


def _withdrawn(card: Card | None) -> Card | None:
    return replace(card, state=CardState.WITHDRAWN) if card is not None and card.state is CardState.SENT else card
