"""Who of the customer's people wrote a text. The contact who asked is taken for granted; anybody else is kept beside the text.

Beside, and not in the event: their name and address must be erasable, and the chain not change for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.domain.conclusion import Occasion, Said, content
from shared.domain.custody.privacy import is_contact_of
from shared.domain.evidence import canonical, commitment
from shared.domain.ticket import Content, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The ticket with one more text, that text, what else is kept beside it, and how an event names them."""

    ticket: Ticket
    text: Content
    contents: tuple[Content, ...]
    author: Mapping[str, object]


def written(ticket: Ticket, occasion: Occasion, said: Said) -> Written:
    """`author` is {} for staff and for the contact who asked, otherwise {"author": the commitment to who it was}."""
    after = replace(ticket, contents=ticket.contents + 1)
    text = content(after, said)
    actor = occasion.actor
    if actor.customer is None or is_contact_of(ticket, actor.email or ""):
        return Written(ticket=after, text=text, contents=(text,), author={})
    who = canonical({"by": "author", "name": actor.name, "email": actor.email or ""}).decode()
    after = replace(after, contents=after.contents + 1)
    beside = content(after, Said(text=who, salt=said.beside or commitment(said.salt, "author")))
    return Written(ticket=after, text=text, contents=(text, beside), author={"author": beside.commitment})
