"""Erasing what a ticket holds on its contact. The history stays: events hold no text, and the chain verifies as before.

The head is emptied by a transition like any other. Texts, messages and raw bytes, beside it, are emptied by
`actions/custody/erasure.py`.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.custody.left import QUOTED
from shared.domain.custody.privacy import RequestedBy
from shared.domain.lifecycle.permission import require
from shared.domain.notice import Notice, NoticeKind, NoticeState
from shared.domain.people import Contact
from shared.domain.quotes.card import Card
from shared.domain.ticket import Content, Decision, Happened, Ticket

ERASED_ALL = "erased"
"""The event after which none of the texts before it need be there."""

ERASED_WORDS = "words_erased"
"""The event that names the texts which have gone, on a request of somebody else's."""

ERASED = "erased"
"""What stands as the error of a message that is no longer owed, because there is nobody to send it to."""

KEPT_FACTS = frozenset(
    {
        "ticket",
        "customer",
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


def erase_words(
    ticket: Ticket, occasion: Occasion, texts: Sequence[str], reason: Said, requested_by: RequestedBy
) -> Decision | None:
    """On a ticket that stays its contact's: what somebody else has left. The event names the texts; None when there are none."""
    if not texts:
        return None
    require(ticket, occasion, "erase")
    after = replace(ticket, contents=ticket.contents + 1)
    why = content(after, reason)
    data = {"reason": why.commitment, "requested_by": requested_by.value, "texts": list(texts)}
    return concluded(after, occasion, Happened(kind="words_erased", data=data), contents=(why,))


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
    is_given_up = notice.state in (NoticeState.OWED, NoticeState.BOUNCED) or notice.last_error is not None
    return replace(
        notice,
        recipient=recipient,
        facts=facts,
        state=NoticeState.FAILED if notice.state is NoticeState.OWED else notice.state,
        leased_until=None,
        last_error=ERASED if is_given_up else None,
    )


def without_quotation(notice: Notice) -> Notice:
    """A message to somebody else without what it quoted of a person. One still owed that quoted something is given up."""
    facts = {name: fact for name, fact in notice.facts.items() if name not in QUOTED}
    if notice.kind is NoticeKind.EVENT or facts == dict(notice.facts):
        return notice
    if notice.state is NoticeState.SENT:
        return replace(notice, facts=facts)
    if notice.state is NoticeState.BOUNCED:
        return replace(notice, facts=facts, last_error=ERASED)
    return replace(notice, facts=facts, state=NoticeState.FAILED, leased_until=None, last_error=ERASED)


def _emptied(ticket: Ticket) -> Ticket:
    return replace(
        ticket,
        contact=Contact(name="", email=""),
        subject="",
        portal_reference=None,
        declared_severity=None,
        classification_wish=None,
        estimate=_without_terms(ticket.estimate) if ticket.estimate else None,
        offer=_without_terms(ticket.offer) if ticket.offer else None,
        in_force=tuple(_without_terms(card) for card in ticket.in_force),
    )


def _without_terms(card: Card) -> Card:
    """A card's figures and the commitment to what it said; not what it said."""
    return replace(card, intervention="", conditions="")
