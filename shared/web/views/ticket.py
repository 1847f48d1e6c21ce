"""A ticket with its clocks: whole, in a list, and as a receipt."""

from datetime import datetime

from shared.domain import clock as clocks
from shared.domain import lifecycle
from shared.domain.clock import Clock
from shared.domain.contract import Catalogue, Contract, Promise
from shared.domain.evidence import stamp
from shared.domain.target import target_to
from shared.domain.ticket import Summary, Ticket
from shared.web.views.moments import optional


def ticket(ticket: Ticket, contract: Contract, now: datetime, url: str) -> dict[str, object]:
    """A ticket as the staff sees it, with every clock read at `now`."""
    return {
        "id": ticket.id,
        "url": url,
        "revision": ticket.revision,
        "state": ticket.state.value,
        "allowed": list(lifecycle.allowed_now(ticket)),
        "customer": ticket.customer,
        "contact": {"name": ticket.contact.name, "email": ticket.contact.email},
        "language": ticket.language,
        "product": ticket.product,
        "subject": ticket.subject,
        "classification": ticket.classification,
        "classification_wish": ticket.classification_wish,
        "priority": ticket.priority,
        "declared_severity": ticket.declared_severity,
        "portal_reference": ticket.portal_reference,
        "assignee": ticket.assignee,
        "received_at": stamp(ticket.received_at),
        "seen_at": stamp(ticket.seen_at),
        "lag_s": (ticket.seen_at - ticket.received_at).total_seconds(),
        "resolved_at": optional(ticket.resolved_at),
        "reopen_until": optional(ticket.reopen_until),
        "asked_at": optional(ticket.hold.asked_at if ticket.hold else None),
        "clocks": [_clock(each, ticket, contract, now) for each in ticket.clocks],
        "pauses": [{"from": stamp(p.starts_at), "to": optional(p.ends_at)} for p in ticket.pauses],
        "contract": {"id": ticket.contract, "version": ticket.contract_version, "digest": ticket.contract_digest},
        "as_of": stamp(now),
    }


def summary(summary: Summary, catalogue: Catalogue, now: datetime) -> dict[str, object]:
    """A ticket in a list, with its open clocks read at `now`."""
    contract = catalogue.version(summary.contract, summary.contract_version)
    read = [_clock(each, summary, contract, now) for each in summary.clocks]
    return {
        "id": summary.id,
        "revision": summary.revision,
        "state": summary.state.value,
        "customer": summary.customer,
        "product": summary.product,
        "subject": summary.subject,
        "classification": summary.classification,
        "priority": summary.priority,
        "assignee": summary.assignee,
        "received_at": stamp(summary.received_at),
        "next_due_at": optional(summary.next_due_at),
        "is_overdue": any(clock["state"] == "breached" for clock in read),
        "clocks": read,
    }


def receipt(ticket: Ticket, url: str) -> dict[str, object]:
    """What the portal is answered: the ticket and its deadlines."""
    due = {clock.promise: clock.due_at for clock in ticket.clocks}
    return {
        "ticket": ticket.id,
        "url": url,
        "received_at": stamp(ticket.received_at),
        "response_due_at": optional(due.get(Promise.RESPONSE)),
        "resolution_due_at": optional(due.get(Promise.RESOLUTION)),
    }


def _clock(clock: Clock, ticket: Ticket | Summary, contract: Contract, now: datetime) -> dict[str, object]:
    history = contract.calendars[clock.target.calendar]
    if clock.is_open:  # a calendar may have changed since the ticket was last written
        clock = clocks.planned(clock, history, ticket.pauses, now)
    reading = clocks.reading(clock, history, ticket.pauses, now)
    family = contract.family_of(ticket.product, ticket.classification)
    return {
        "promise": clock.promise.value,
        "name": dict(family.promise_name(clock.promise)),
        "round": clock.round,
        "version": clock.version,
        "state": reading.state.value,
        "target": target_to(clock.target.target),
        "calendar": clock.target.calendar,
        "calendar_version": clock.calendar_version,
        "started_at": stamp(clock.started_at),
        "due_at": optional(reading.due_at),
        "due_known_at_start": stamp(clock.due_known_at_start),
        "done_at": optional(clock.done_at),
        "remaining_s": reading.remaining.total_seconds(),
        "stopped_by": str(reading.stopped_by) if reading.stopped_by else None,
        "counts_again_at": optional(reading.counts_again_at),
        "stages_reached": list(clock.fired),
    }
