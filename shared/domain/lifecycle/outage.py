"""What the desk itself notes on tickets when a service that broke recovers, and when it breaks again: each once.

Tickets are those that the desk opened about an outage, and requests of customers who may have met it (`Tie`). What comes to be
known late, when the outage is further on already, is noted and told to nobody.
"""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain import correspondence as mail
from shared.domain.conclusion import Occasion, concluded
from shared.domain.lifecycle.opening import again
from shared.domain.lifecycle.permission import require
from shared.domain.notice import Notice, NoticeKind
from shared.domain.people import Role, Staff
from shared.domain.ticket import Decision, Happened, State, Ticket
from shared.domain.watch.outage import Outage
from shared.domain.watch.tie import Tie, edges, step_of


def recover(ticket: Ticket, occasion: Occasion, outage: Outage) -> Decision | None:
    """The outage is over. Of the desk's own ticket the Customer Care Manager is told, who closes it, and the assignee; a customer
    whose request is tied to it is told once, however often it comes back. None: it is noted already."""
    require(ticket, occasion, "recover")
    tie = ticket.outage
    assert tie is not None and outage.first_good is not None
    if step_of(outage) in tie.noted or (tie.noted and not tie.is_own):
        return None
    after = _noting(ticket, tie, outage)
    told = _to_the_desk if tie.is_own else _to_the_customer
    data = edges(outage)
    is_news = not tie.noted or step_of(outage) > max(tie.noted)
    return concluded(
        after,
        occasion,
        Happened(kind="outage_over", data=data, at=max(outage.first_good, ticket.received_at)),
        told(after, occasion, NoticeKind.OUTAGE_OVER, data) if is_news else (),
    )


def come_back(ticket: Ticket, occasion: Occasion, outage: Outage) -> Decision | None:
    """It is back so soon that it is the same one: noted on the desk's own ticket, which is opened again if it was resolved.

    None: it is noted already.
    """
    tie = ticket.outage
    require(ticket, occasion, "relapse" if ticket.state is State.RESOLVED else "come_back")
    assert tie is not None
    if step_of(outage) in tie.noted:
        return None
    after, is_news = _noting(ticket, tie, outage), step_of(outage) > max(tie.noted)
    if ticket.state is State.RESOLVED and is_news:
        after = again(after, occasion)
    data = edges(outage)
    return concluded(
        after,
        occasion,
        Happened(kind="outage_back", data=data, at=max(outage.first_bad, ticket.received_at)),
        _to_the_desk(after, occasion, NoticeKind.OUTAGE_BACK, data) if is_news else (),
    )


def _noting(ticket: Ticket, tie: Tie, outage: Outage) -> Ticket:
    return replace(ticket, outage=replace(tie, noted=tuple(sorted((*tie.noted, step_of(outage))))))


def _to_the_desk(ticket: Ticket, occasion: Occasion, kind: NoticeKind, data: mail.Facts) -> list[Notice]:
    facts = {
        **mail.about(ticket, occasion.contract),
        **mail.about_outage(ticket, data),
        "deadlines": mail.deadlines(ticket, occasion.contract, occasion.now),
    }
    return [mail.letter(kind, mail.member(person), facts) for person in in_charge(ticket, occasion)]


def _to_the_customer(ticket: Ticket, occasion: Occasion, kind: NoticeKind, data: mail.Facts) -> list[Notice]:
    """Nobody whose data were erased, or whose request goes on as another one, which is told itself."""
    if ticket.erased_at is not None or ticket.merged_into is not None:
        return []
    facts = {**mail.about(ticket, occasion.contract), **mail.about_outage(ticket, data)}
    return [mail.letter(kind, mail.customer_of(ticket), facts)]


def in_charge(ticket: Ticket, occasion: Occasion) -> Iterator[Staff]:
    """Every Customer Care Manager, and the assignee."""
    managers = occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER)
    yield from managers
    assignee = occasion.directory.staff.get(ticket.assignee or "")
    if assignee is not None and assignee not in managers:
        yield assignee
