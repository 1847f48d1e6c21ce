"""What a customer's people may not read of their own ticket: what was drawn up for them and has never been sent."""

from collections.abc import Sequence

from shared.domain.evidence import Event
from shared.domain.people import Principal

DRAWN_UP = ("estimated", "offer_drafted")
SENT = ("estimate_sent", "offer_sent")


def withheld(events: Sequence[Event], reader: Principal) -> frozenset[str]:
    """The commitments of the texts that are kept from a reader; nothing is kept from staff."""
    return frozenset() if reader.is_staff else unsent(events)


def unsent(events: Sequence[Event]) -> frozenset[str]:
    """The commitments of the cards that were drawn up and never sent."""
    drawn_up, sent = ({str(e.data["commitment"]) for e in events if e.kind in kinds} for kinds in (DRAWN_UP, SENT))
    return frozenset(drawn_up - sent)
