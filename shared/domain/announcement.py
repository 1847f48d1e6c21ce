"""What other systems are told of events: which of them, of what, in which words, and under which id.

An announcement is thin: it says what happened to which ticket and how that now stands, and never who the customer's people are or
what anybody wrote. Whoever needs more asks the API for the ticket. Nothing is told of a request that takes the course of
vulnerabilities. Source of `type`, `timestamp`, `data`: the Standard Webhooks specification 1.0.0, "Payload structure".
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from uuid import UUID, uuid5

from shared.domain.contract import Contract
from shared.domain.custody.access import is_restricted
from shared.domain.evidence import Event, canonical, stamp
from shared.domain.notice import Notice, NoticeKind, Recipient, notice_key
from shared.domain.people import Directory
from shared.domain.ticket import Ticket

MOST = 10
"""Subscriptions that one event can tell, beside the people: their notices are written in the same transaction."""

_NAMESPACE = UUID("3f0d5a52-6a0b-5a0e-9d6c-0e6b7c5f1a48")
"""It must never change: an event sent before a change would be taken for another after it."""

_EVENTS = (
    "received acknowledged classified prioritised assigned replied message asked hold_void paused bounced resumed"
    " resolved reopened closed settled treated warned breached escalated replanned"
    " estimated estimate_sent estimate_accepted estimate_declined estimate_reminded estimate_expired estimate_dropped"
    " offer_drafted offer_sent offer_accepted offer_declined offer_reminded offer_expired offer_dropped task_opened worked"
    " disputed dispute_answered merged absorbed linked followed granted grant_revoked erased words_erased"
    " outage_over outage_back"
)

TYPES = frozenset(f"ticket.{event}" for event in _EVENTS.split())
"""Every type that a subscription can name."""


def announced(ticket: Ticket, contract: Contract, directory: Directory, event: Event) -> tuple[Notice, ...]:
    """The notices that an event owes to other systems. `ticket` as it stands after the event."""
    if not directory.subscriptions or is_restricted(ticket, contract):
        return ()
    type = f"ticket.{event.kind}"
    wanting = (s for s in directory.subscriptions if s.wants(type, ticket.customer))
    recipients = [
        Recipient(id=f"hook:{subscription.id}", name="webhook", email="", language="en") for subscription in islice(wanting, MOST)
    ]
    facts = _payload(ticket, type, event)
    return tuple(
        Notice(
            key=notice_key(ticket.number, event.number, NoticeKind.EVENT, to.id),
            ticket=ticket.id,
            kind=NoticeKind.EVENT,
            recipient=to,
            facts=facts,
            owed_at=event.recorded_at,
        )
        for to in recipients
    )


def subscriber(notice: Notice) -> str:
    """The id of the subscription that a notice is for."""
    return notice.recipient.id.removeprefix("hook:")


def webhook_id(notice: Notice) -> str:
    """A UUIDv5 of the notice's effect: the same at every attempt and replay, so that a receiver knows a repetition."""
    return str(uuid5(_NAMESPACE, notice.effect))


def body(facts: Mapping[str, object]) -> bytes:
    """The same bytes at every attempt and replay."""
    return canonical(facts)


def ping(subscription: str, now: datetime) -> bytes:
    """What a subscriber is sent to see whether it can be reached: of the type "ping", about nothing that happened."""
    return canonical({"type": "ping", "timestamp": stamp(now), "data": {"subscription": subscription}})


def _payload(ticket: Ticket, type: str, event: Event) -> dict[str, object]:
    deadlines = sorted(clock.due_at for clock in ticket.clocks if clock.is_open and clock.due_at)
    return {
        "type": type,
        "timestamp": stamp(event.at),
        "data": {
            "ticket": ticket.id,
            "customer": ticket.customer,
            "event": event.number,
            "revision": ticket.revision,
            "state": ticket.state.value,
            "classification": ticket.classification,
            "priority": ticket.priority,
            "assignee": ticket.assignee,
            "product": ticket.product,
            "next_due_at": stamp(deadlines[0]) if deadlines else None,
        },
    }
