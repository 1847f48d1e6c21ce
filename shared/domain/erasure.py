"""Erasing what a ticket holds on its contact. The history stays: events hold no text, and the chain verifies as before.

The head is emptied by a transition like any other. Texts, messages and raw bytes, beside it, are emptied by `actions/erasure.py`.
"""

from dataclasses import replace

from shared.domain.card import Card
from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.lifecycle.permission import require
from shared.domain.notice import Notice, NoticeKind, NoticeState
from shared.domain.people import Contact
from shared.domain.privacy import RequestedBy
from shared.domain.ticket import Content, Decision, Happened, Ticket

ERASED = "erased"
"""What stands as the error of a message that is no longer owed, because there is nobody to send it to."""

KEPT_FACTS = frozenset(
    {
        "ticket",
        "event",
        "state",
        "priority",
        "severity",
        "product",
        "vendor",
        "zone",
        "support_email",
        "received_at",
        "deadlines",
        "stage",
        "percent",
        "at",
        "reopen_until",
    }
)
"""What a message may go on saying: the contract's words, moments and figures. Whatever is not named here is erased."""


def erase(ticket: Ticket, occasion: Occasion, reason: Said, requested_by: RequestedBy) -> Decision | None:
    """The head without what it says of the contact; None when that has been done. The reason is kept, as the desk's own text.

    The event says how many texts went.
    """
    if ticket.erased_at is not None:
        return None
    require(ticket, occasion, "erase")
    after = replace(_emptied(ticket), erased_at=occasion.now, contents=ticket.contents + 1)
    text = content(after, reason)
    data = {"reason": text.commitment, "requested_by": requested_by.value, "texts": ticket.contents}
    return concluded(after, occasion, Happened(kind="erased", data=data), contents=(text,))


def without_text(content: Content) -> Content:
    """A text without its words and its salt: the commitment alone, which nobody can guess them from."""
    return Content(key=content.key, text="", salt="", erased=content.commitment)


def without_words(notice: Notice) -> Notice:
    """A message without what it said and, if it was the contact's, to whom. One still owed is given up.

    What another system is told of (`EVENT`) holds neither, and is left as it is.
    """
    if notice.kind is NoticeKind.EVENT:
        return notice
    recipient = replace(notice.recipient, name="", email="") if notice.recipient.id == "customer" else notice.recipient
    facts = {name: fact for name, fact in notice.facts.items() if name in KEPT_FACTS}
    is_given_up = notice.state is NoticeState.OWED or notice.last_error is not None
    return replace(
        notice,
        recipient=recipient,
        facts=facts,
        state=NoticeState.FAILED if notice.state is NoticeState.OWED else notice.state,
        leased_until=None,
        last_error=ERASED if is_given_up else None,
    )


def _emptied(ticket: Ticket) -> Ticket:
    return replace(
        ticket,
        contact=Contact(name="", email=""),
        subject="",
        portal_reference=None,
        declared_severity=None,
        classification_wish=None,
        estimate=_without_terms(ticket.estimate),
        offer=_without_terms(ticket.offer),
    )


def _without_terms(card: Card | None) -> Card | None:
    """A card's figures and the commitment to what it said; not what it said."""
    return replace(card, intervention="", conditions="") if card else None
