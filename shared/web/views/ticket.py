"""A ticket with its clocks: whole, in a list, and as a receipt."""

from datetime import datetime

from shared.domain import clock as clocks
from shared.domain import lifecycle
from shared.domain.clock import Clock
from shared.domain.contract import Catalogue, Contract, Promise
from shared.domain.evidence import stamp
from shared.domain.people import Principal
from shared.domain.target import target_to
from shared.domain.ticket import Dispute, Grant, Summary, Ticket
from shared.domain.watch.tie import Tie
from shared.web.views.card import cards_of
from shared.web.views.moments import optional

ERASED = "(erased)"
"""What stands for the subject of a request whose contact's data have been erased."""


def ticket(ticket: Ticket, contract: Contract, viewer: Principal, now: datetime, url: str) -> dict[str, object]:
    """A ticket as `viewer` sees it, with what they may do to it, and every clock read at `now`."""
    for_staff = {"grants": [_grant(each) for each in ticket.grants]} if viewer.is_staff else {}
    return {
        "id": ticket.id,
        "url": url,
        "revision": ticket.revision,
        "state": ticket.state.value,
        "allowed": list(lifecycle.allowed_now(ticket, contract, viewer, now)),
        "customer": ticket.customer,
        "contact": {"name": ticket.contact.name, "email": ticket.contact.email},
        "language": ticket.language,
        "product": ticket.product,
        "subject": ticket.subject or ERASED,
        "channel": ticket.channel.value,
        "tier": ticket.tier,
        "delivery": ticket.delivery,
        "classification": ticket.classification,
        "activity": ticket.activity,
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
        "treated_at": optional(ticket.treated_at),
        **cards_of(ticket, viewer),
        "task": {"package": ticket.task.package, "debited": str(ticket.task.debited)} if ticket.task else None,
        "worked": str(ticket.worked),
        "links": [{"relation": link.relation.value, "ticket": link.ticket} for link in ticket.links],
        "merged_into": ticket.merged_into,
        "outage": _outage(ticket.outage, viewer) if ticket.outage else None,
        "disputes": [_dispute(each) for each in ticket.disputes],
        "erased_at": optional(ticket.erased_at),
        **for_staff,
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
        "state": summary.state.value,
        "customer": summary.customer,
        "product": summary.product,
        "subject": summary.subject or ERASED,
        "classification": summary.classification,
        "priority": summary.priority,
        "assignee": summary.assignee,
        "channel": summary.channel.value,
        "received_at": stamp(summary.received_at),
        "resolved_at": optional(summary.resolved_at),
        "reopen_until": optional(summary.reopen_until),
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


def _outage(tie: Tie, viewer: Principal) -> dict[str, object]:
    """What the ticket is about, or may be. Whom else it affects is for staff."""
    affected = {"affected": list(tie.affected), "affected_count": tie.affected_count} if tie.is_own and viewer.is_staff else {}
    return {
        "id": tie.outage,
        "service": tie.service,
        "is_own": tie.is_own,
        "last_good": optional(tie.last_good),
        "first_bad": stamp(tie.first_bad),
        **affected,
    }


def _dispute(dispute: Dispute) -> dict[str, object]:
    """Both verdicts: the desk's as it was when the customer contested it, and theirs."""
    return {
        "number": dispute.number,
        "about": dispute.about.value,
        "clock": dispute.clock,
        "verdict": dispute.verdict,
        "claim": dispute.claim,
        "raised_at": stamp(dispute.raised_at),
        "upheld": dispute.upheld,
        "answered_at": optional(dispute.answered_at),
    }


def _grant(grant: Grant) -> dict[str, object]:
    return {
        "number": grant.number,
        "operator": grant.operator,
        "granted_by": grant.granted_by,
        "at": stamp(grant.at),
        "until": stamp(grant.until),
        "revoked_at": optional(grant.revoked_at),
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
        "stood": clock.stood,
    }
