"""Which events owe whom which message. A notice is owed from the moment its event is written, and sent by the delivery timer.

`facts` is all that the template needs, frozen when the notice falls due: what was said can be shown later as it was said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum


class NoticeKind(StrEnum):
    RECEIPT = "receipt"
    """To the customer: we have your request, these are its deadlines."""
    ARRIVED = "arrived"
    """To the Customer Care Manager: there is a new request to take in charge."""
    ASSIGNED = "assigned"
    REPLY = "reply"
    QUESTION = "question"
    """To the customer: we need something from you; the clocks stand still until you answer."""
    RESOLVED = "resolved"
    REOPENED = "reopened"
    WARN = "warn"
    BREACH = "breach"
    ESCALATE = "escalate"
    MESSAGE = "message"
    """To the assignee: the customer has written, or answered."""
    CLOSED = "closed"
    """To the customer: closed by the Customer Care Manager, and why."""
    TREATED = "treated"
    """To the Customer Care Manager: a vulnerability has been treated and can be closed."""
    ESTIMATE = "estimate"
    """To the customer: the intervention card, to be accepted or declined."""
    OFFER = "offer"
    """To the customer: the offer form of a support package, to be accepted or declined."""
    REMINDER = "reminder"
    """To the customer: a card or an offer still waits for them."""
    DECIDED = "decided"
    """To the customer and the Customer Care Manager: a card or an offer was accepted or declined."""
    EXPIRED = "expired"
    """To the customer and the Customer Care Manager: nobody decided in time; closed as not accepted."""
    DISPUTED = "disputed"
    DISPUTE_ANSWERED = "dispute_answered"
    MERGED = "merged"
    """To the customer: a duplicate goes on as another request."""
    GRANTED = "granted"
    """To an operator: they may read a ticket that is not assigned to them, and why."""
    OUTAGE = "outage"
    """To the Customer Care Manager: a service is down, and this is its ticket."""
    OUTAGE_BACK = "outage_back"
    """To those in charge: the outage has come back."""
    OUTAGE_OVER = "outage_over"
    """To those in charge, and to customers whose request is tied to it: the outage is over."""
    OUTAGE_KNOWN = "outage_known"
    """To a customer: what they write of may be an outage that we know of."""
    BOUNCED = "bounced"
    """To those in charge: a question was not received, so that no clock ever stood still for it."""
    EVENT = "event"
    """To another system, by webhook: something happened."""


class Urgency(IntEnum):
    """What goes first when the mail service's quota is short: breaches first."""

    BREACH = 0
    WARNING = 1
    CUSTOMER = 2
    STAFF = 3


URGENCY: Mapping[NoticeKind, Urgency] = {
    NoticeKind.BREACH: Urgency.BREACH,
    NoticeKind.ESCALATE: Urgency.BREACH,
    NoticeKind.WARN: Urgency.WARNING,
    NoticeKind.QUESTION: Urgency.CUSTOMER,
    NoticeKind.REPLY: Urgency.CUSTOMER,
    NoticeKind.RESOLVED: Urgency.CUSTOMER,
    NoticeKind.RECEIPT: Urgency.CUSTOMER,
    NoticeKind.REOPENED: Urgency.STAFF,
    NoticeKind.ASSIGNED: Urgency.STAFF,
    NoticeKind.ARRIVED: Urgency.STAFF,
    NoticeKind.MESSAGE: Urgency.STAFF,
    NoticeKind.CLOSED: Urgency.CUSTOMER,
    NoticeKind.TREATED: Urgency.STAFF,
    NoticeKind.ESTIMATE: Urgency.CUSTOMER,
    NoticeKind.OFFER: Urgency.CUSTOMER,
    NoticeKind.REMINDER: Urgency.CUSTOMER,
    NoticeKind.DECIDED: Urgency.CUSTOMER,
    NoticeKind.EXPIRED: Urgency.CUSTOMER,
    NoticeKind.DISPUTED: Urgency.STAFF,
    NoticeKind.DISPUTE_ANSWERED: Urgency.CUSTOMER,
    NoticeKind.MERGED: Urgency.CUSTOMER,
    NoticeKind.GRANTED: Urgency.STAFF,
    NoticeKind.OUTAGE: Urgency.BREACH,
    NoticeKind.OUTAGE_BACK: Urgency.BREACH,
    NoticeKind.OUTAGE_OVER: Urgency.CUSTOMER,
    NoticeKind.OUTAGE_KNOWN: Urgency.CUSTOMER,
    NoticeKind.BOUNCED: Urgency.WARNING,
    NoticeKind.EVENT: Urgency.STAFF,
}


class NoticeState(StrEnum):
    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    """Given up after the last attempt, or refused for good: shown and alarmed, never silent."""
    BOUNCED = "bounced"
    """Sent, and then reported as received by nobody: shown until somebody has it sent again, or dismisses it."""


LEFT = frozenset({NoticeState.SENT, NoticeState.BOUNCED})
"""States of a notice that has left the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a notice is for: `id` is "customer" or a member of staff."""

    id: str
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to one person about one event. `key` is unique within the customer and makes sending idempotent.

    `round`: how often it was owed anew because it had bounced, counted from one; each round is a message of its own. `reported`:
    what the mail service said became of it, as Azure words it, and when that was.
    """

    key: str
    ticket: str
    kind: NoticeKind
    recipient: Recipient
    facts: Mapping[str, object]
    owed_at: datetime
    state: NoticeState = NoticeState.OWED
    attempts: int = 0
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    operation_id: str | None = None
    last_error: str | None = None
    round: int = 1
    reported: str | None = None
    reported_at: datetime | None = None

    @property
    def effect(self) -> str:
        """The key of the message everywhere, not only within its customer: what makes sending it twice impossible."""
        return effect(self.ticket, self.key, self.round)

    @property
    def urgency(self) -> Urgency:
        return URGENCY[self.kind]

    def anew(self) -> "Notice":
        """Owed again. One that had bounced is another message from now on, which nobody takes for the one that bounced."""
        owed = replace(self, state=NoticeState.OWED, attempts=0, leased_until=None)
        if self.state is not NoticeState.BOUNCED:
            return owed
        forgotten = replace(owed, sent_at=None, message_id=None, operation_id=None, last_error=None)
        return replace(forgotten, round=self.round + 1, reported=None, reported_at=None)


def notice_key(ticket_number: int, event_number: int, kind: NoticeKind, recipient: str) -> str:
    """000042:000007:breach:carla — sorts by ticket, then by event."""
    return f"{ticket_number:06d}:{event_number:06d}:{kind}:{recipient}"


def effect(ticket: str, key: str, round: int = 1) -> str:
    """The key of one round of a ticket's notice everywhere."""
    return f"{ticket}|{key}" if round == 1 else f"{ticket}|{key}|{round}"


BACKOFF_S = (60, 120, 240, 480, 960, 1800, 3600, 3600, 3600, 7200, 7200, 14400)
"""Seconds to wait after each failed attempt; after the last, the notice is given up (twelve hours)."""


def backoff_s(attempts: int, retry_after_s: float | None) -> float | None:
    """How long to wait after so many attempts; the service's own word when it asks for more; None: give up."""
    if attempts > len(BACKOFF_S):
        return None
    return max(float(BACKOFF_S[attempts - 1]), retry_after_s or 0.0)
