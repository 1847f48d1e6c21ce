"""How a ticket begins, and how it begins again."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain import clock as clocks
from shared.domain import correspondence as mail
from shared.domain.conclusion import Occasion, Said, concluded
from shared.domain.contract import Promise
from shared.domain.evidence import commitment, stamp
from shared.domain.lifecycle import judging
from shared.domain.lifecycle.authorship import written
from shared.domain.lifecycle.permission import refused, require
from shared.domain.notice import NoticeKind
from shared.domain.people import Role, Staff
from shared.domain.ticket import Decision, Happened, Link, Relation, State, Ticket
from shared.domain.watch.tie import beginning


def received(ticket: Ticket, occasion: Occasion, description: Said) -> Decision:
    """A request has come in: its clocks start at the instant it was received, on the strictest priority of its table.

    What the desk opens itself, about an outage, is classified already, and has nobody who would want a receipt.
    """
    running = tuple(
        clocks.started(promise, occasion.contract.calendars[on.calendar], on, ticket.received_at)
        for promise, on in judging.promised(ticket, occasion).items()
    )
    wrote = written(replace(ticket, clocks=running), occasion, description)
    ticket = wrote.ticket
    data = {
        "customer": ticket.customer,
        "contract": f"{ticket.contract}@{ticket.contract_version}",
        "contract_digest": ticket.contract_digest,
        "product": ticket.product,
        "channel": ticket.channel.value,
        "tier": ticket.tier,
        "language": ticket.language,
        "declared_severity": _committed(description.salt, ticket.declared_severity),
        "classification_wish": _committed(description.salt, ticket.classification_wish),
        "portal_reference": _committed(description.salt, ticket.portal_reference),
        "links": [{"relation": link.relation.value, "ticket": link.ticket} for link in ticket.links],
        "seen_at": stamp(ticket.seen_at),
        "subject": commitment(description.salt, ticket.subject),
        "description": wrote.text.commitment,
        **wrote.author,
        **_outage(ticket),
    }
    facts = {**mail.about(ticket, occasion.contract), "deadlines": mail.deadlines(ticket, occasion.contract, occasion.now)}
    if ticket.outage is not None:
        facts |= mail.about_outage(ticket, beginning(ticket.outage))
    is_own = ticket.outage is not None and ticket.outage.is_own
    notices = [] if is_own else [mail.letter(NoticeKind.RECEIPT, mail.customer_of(ticket), facts)]
    for manager in occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER):
        notices.append(mail.letter(NoticeKind.OUTAGE if is_own else NoticeKind.ARRIVED, mail.member(manager), facts))
    return concluded(ticket, occasion, Happened(kind="received", data=data, at=ticket.received_at), notices, wrote.contents)


def reopen(ticket: Ticket, occasion: Occasion, reason: Said) -> Decision:
    """Inside the window a resolved request opens again. What was judged stays judged; a new resolution clock starts now.

    A vulnerability is treated again.
    """
    require(ticket, occasion, "reopen")
    if ticket.reopen_until is not None and occasion.now > ticket.reopen_until:
        ended = f"The reopening window of {ticket.id} ended at {stamp(ticket.reopen_until)}; open a new request."
        raise refused(ticket, occasion, ended)
    contract = occasion.contract
    wrote = written(again(ticket, occasion), occasion, reason)
    after = wrote.ticket
    facts = {**mail.about(after, contract), "text": reason.text, "deadlines": mail.deadlines(after, contract, occasion.now)}
    notices = [mail.letter(NoticeKind.REOPENED, mail.member(person), facts) for person in _in_charge_of(ticket, occasion)]
    data = {"reason": wrote.text.commitment, **wrote.author}
    return concluded(after, occasion, Happened(kind="reopened", data=data), notices, wrote.contents)


def again(ticket: Ticket, occasion: Occasion) -> Ticket:
    """In charge again, with a new clock for its resolution."""
    running = ticket.clocks
    if (on := judging.promised(ticket, occasion).get(Promise.RESOLUTION)) is not None:
        round = 1 + max((c.round for c in ticket.clocks if c.promise is Promise.RESOLUTION), default=0)
        history = occasion.contract.calendars[on.calendar]
        running += (clocks.started(Promise.RESOLUTION, history, on, occasion.now, round=round),)
    return replace(
        ticket,
        state=State.IN_CHARGE,
        clocks=running,
        resolved_at=None,
        reopen_until=None,
        treated_at=None,
        reopened_at=occasion.now,
    )


def followed(ticket: Ticket, occasion: Occasion, by: str) -> Decision:
    """The window has passed and the matter goes on as a new ticket, `by`: noted on the old one, which stays closed."""
    after = replace(ticket, links=(*ticket.links, Link(relation=Relation.FOLLOWED_BY, ticket=by)))
    return concluded(after, occasion, Happened(kind="followed", data={"by": by}))


def _outage(ticket: Ticket) -> dict[str, object]:
    """What ties it to an outage, if anything does: its beginning, and the customers that it affects."""
    tie = ticket.outage
    if tie is None:
        return {}
    affected = {"affected": list(tie.affected), "affected_count": tie.affected_count} if tie.is_own else {}
    return {"outage": {**beginning(tie), **affected}}


def _committed(salt: str, text: str | None) -> str | None:
    return None if text is None else commitment(salt, text)


def _in_charge_of(ticket: Ticket, occasion: Occasion) -> Iterator[Staff]:
    staff = occasion.directory.staff.get(ticket.assignee or "")
    yield from (staff,) if staff else occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER)
