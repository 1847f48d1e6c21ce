"""What goes out as JSON: tickets with their clocks, events, notices, ledgers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.domain import clock as clocks
from shared.domain import lifecycle
from shared.domain.clock import Clock
from shared.domain.contract import Catalogue, Contract, Promise
from shared.domain.evidence import Event, stamp
from shared.domain.notice import Notice
from shared.domain.target import Explanation, target_to
from shared.domain.ticket import Content, Summary, Ticket


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
        "resolved_at": _optional(ticket.resolved_at),
        "reopen_until": _optional(ticket.reopen_until),
        "asked_at": _optional(ticket.hold.asked_at if ticket.hold else None),
        "clocks": [_clock(each, ticket, contract, now) for each in ticket.clocks],
        "pauses": [{"from": stamp(p.starts_at), "to": _optional(p.ends_at)} for p in ticket.pauses],
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
        "next_due_at": _optional(summary.next_due_at),
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
        "response_due_at": _optional(due.get(Promise.RESPONSE)),
        "resolution_due_at": _optional(due.get(Promise.RESOLUTION)),
    }


def event(event: Event) -> dict[str, object]:
    """An event as it is chained: `hash` covers all of it, and `previous` is the hash of the one before."""
    return {
        "number": event.number,
        "kind": event.kind,
        "at": stamp(event.at),
        "recorded_at": stamp(event.recorded_at),
        "actor": event.actor,
        "data": event.data,
        "previous": event.previous,
        "hash": event.hash,
    }


def history(events: Sequence[Event], contents: Sequence[Content]) -> dict[str, object]:
    """A ticket's events, and the texts they hold commitments to."""
    texts = [{"text": content.text, "commitment": content.commitment} for content in contents]
    return {"events": [event(each) for each in events], "texts": texts}


def notice(notice: Notice) -> dict[str, object]:
    return {
        "key": notice.key,
        "kind": notice.kind.value,
        "to": notice.recipient.id,
        "email": notice.recipient.email,
        "language": notice.recipient.language,
        "state": notice.state.value,
        "owed_at": stamp(notice.owed_at),
        "sent_at": _optional(notice.sent_at),
        "attempts": notice.attempts,
        "message_id": notice.message_id,
        "last_error": notice.last_error,
    }


def explained(clock: Clock, explanation: Explanation, version: Mapping[str, object]) -> dict[str, object]:
    """One clock's ledger: contiguous from its start to its due instant, with a reason for every stretch that does not count."""
    return {
        "clock": clock.name,
        "promise": clock.promise.value,
        "target": target_to(clock.target.target),
        "calendar": version,
        "started_at": stamp(clock.started_at),
        "due_at": _optional(explanation.due),
        "ledger": [
            {
                "from": stamp(row.starts_at),
                "to": _optional(row.ends_at),
                "counted_s": row.counted.total_seconds(),
                "reason": str(row.reason) if row.reason else None,
            }
            for row in explanation.ledger
        ],
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
        "due_at": _optional(reading.due_at),
        "due_known_at_start": stamp(clock.due_known_at_start),
        "done_at": _optional(clock.done_at),
        "remaining_s": reading.remaining.total_seconds(),
        "stopped_by": str(reading.stopped_by) if reading.stopped_by else None,
        "counts_again_at": _optional(reading.counts_again_at),
        "stages_reached": list(clock.fired),
    }


def _optional(at: datetime | None) -> str | None:
    return stamp(at) if at else None
