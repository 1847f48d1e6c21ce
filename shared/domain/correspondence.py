"""Who is owed which message when something happens to a ticket, and what that message will need to know."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from shared.domain import clock as clocks
from shared.domain.clock import Clock
from shared.domain.contract import Contract, Text
from shared.domain.evidence import stamp
from shared.domain.notice import Notice, NoticeKind, Recipient, notice_key
from shared.domain.people import Directory, Staff
from shared.domain.target import target_to
from shared.domain.ticket import Ticket
from shared.domain.worktime.reason import Reason
from shared.domain.worktime.why import folded

type Facts = Mapping[str, object]


def customer_of(ticket: Ticket) -> Recipient:
    """The contact who asked, in the language of the request."""
    return Recipient(id="customer", name=ticket.contact.name, email=ticket.contact.email, language=ticket.language)


def member(staff: Staff) -> Recipient:
    return Recipient(id=staff.id, name=staff.name, email=staff.email, language=staff.language)


def letter(kind: NoticeKind, to: Recipient, facts: Facts) -> Notice:
    """A notice not yet addressed to an event: `addressed` gives it its key."""
    epoch = datetime.min
    return Notice(key="", ticket="", kind=kind, recipient=to, facts=facts, owed_at=epoch)


TOLD_AT_ONCE = 35
"""People whom one event can tell: their notices are written with it, two rows each, in one transaction of a hundred rows, and so
are those of up to ten other systems (`announcement.MOST`)."""


def addressed(
    notices: Iterable[Notice], ticket: Ticket, directory: Directory, event_number: int, now: datetime
) -> tuple[Notice, ...]:
    """The notices an event owes, each under the key that lets it exist only once; the first `TOLD_AT_ONCE` of them.

    Each names who has the ticket now, and carries the event's hash out of the house: whoever made the history up anew would have
    to find every letter.
    """
    event = f"{ticket.id}/{event_number} {ticket.chain_tip}"
    assignee = directory.staff.get(ticket.assignee or "")
    name = assignee.name if assignee else ticket.assignee
    return tuple(
        replace(
            n,
            key=notice_key(ticket.number, event_number, n.kind, n.recipient.id),
            ticket=ticket.id,
            owed_at=now,
            facts={**n.facts, "assignee": name, "event": event},
        )
        for n in islice(notices, TOLD_AT_ONCE)
    )


def about(ticket: Ticket, contract: Contract) -> dict[str, object]:
    """What every message says: which request it is about."""
    product = contract.products.get(ticket.product)
    return {
        "ticket": ticket.id,
        "subject": ticket.subject,
        "customer": ticket.customer_name or ticket.customer,
        "contact": ticket.contact.name,
        "state": ticket.state.value,
        "priority": ticket.priority,
        "severity": dict(severity) if (severity := _severity(ticket, contract)) else None,
        "product": dict(product.name) if product else {"en": ticket.product},
        "vendor": contract.vendor,
        "zone": contract.zone,
        "support_email": contract.support.email,
        "received_at": stamp(ticket.received_at),
    }


def about_outage(ticket: Ticket, edges: Facts) -> dict[str, object]:
    """What letters say of the outage that a ticket is tied to; {} where it is tied to none. `edges`: see `watch.tie.edges`."""
    tie = ticket.outage
    if tie is None:
        return {}
    return {"outage": {**edges, "service": tie.service, "name": dict(tie.name), "affected": tie.affected_count}}


def _severity(ticket: Ticket, contract: Contract) -> Text | None:
    """What the contract calls the ticket's priority; None before triage."""
    if ticket.priority is None:
        return None
    row = contract.family_of(ticket.product, ticket.classification).priorities.get(ticket.priority)
    return row.severity if row else None


def deadlines(ticket: Ticket, contract: Contract, now: datetime) -> list[dict[str, object]]:
    """The deadlines of a ticket's open clocks, each with its reasons."""
    return [deadline(clock, ticket, contract, now) for clock in ticket.clocks if clock.is_open]


def deadline(clock: Clock, ticket: Ticket, contract: Contract, now: datetime) -> dict[str, object]:
    """One deadline and why it is what it is: {"promise", "name", "target", "due_at", "why": [{"first", "last", …}], …}."""
    history = contract.calendars[clock.target.calendar]
    family = contract.family_of(ticket.product, ticket.classification)
    explained = clocks.explanation(clock, history, ticket.pauses, now)
    return {
        "promise": clock.promise.value,
        "name": dict(family.promise_name(clock.promise)),
        "target": target_to(clock.target.target),
        "started_at": stamp(clock.started_at),
        "due_at": stamp(clock.due_at) if clock.due_at else None,
        "calendar": clock.target.calendar,
        "calendar_version": clock.calendar_version,
        "why": [
            {
                "first": days.first.isoformat(),
                "last": days.last.isoformat(),
                "counted_s": days.counted.total_seconds(),
                "reason": days.reason.kind if days.reason else None,
                "name": _named(days.reason, contract),
            }
            for days in folded(explained.ledger, ZoneInfo(contract.zone))
        ],
    }


def _named(reason: Reason | None, contract: Contract) -> object:
    """What a holiday or closure is called: in the contract's languages where it says, otherwise its local name."""
    name = reason.name if reason else ""
    return dict(contract.local_names[name]) if name in contract.local_names else name
