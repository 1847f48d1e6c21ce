"""What a reader of a ticket's history may not read, though they may read the ticket.

    a card drawn up and never sent          for staff alone
    who accepted a card and from where,     for the Customer Care Manager, the service manager and the person themself;
    who of the customer's people wrote      other staff are left the name, the customer's other people nothing

Commitments stay, so the history proves itself to everybody.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from shared.domain.evidence import Event, canonical
from shared.domain.mailbox import is_same
from shared.domain.people import Principal, Role
from shared.domain.ticket import Content

DRAWN_UP = ("estimated", "offer_drafted")
SENT = ("estimate_sent", "offer_sent")

OF_A_PERSON = ("whence", "author")
"""As what an event's data hold the commitment to who somebody is."""

type Happening = tuple[str, Mapping[str, object]]
"""An event's kind and data."""


def withheld(events: Sequence[Event], contents: Sequence[Content], reader: Principal) -> dict[str, str | None]:
    """By commitment, what a reader gets in place of a text: what is left of it, or None. All others are theirs to read."""
    kept: dict[str, str | None] = {} if reader.is_staff else dict.fromkeys(unsent(events))
    if reader.roles & {Role.CUSTOMER_CARE_MANAGER, Role.SERVICE_MANAGER}:
        return kept
    people = of_people(happenings(events))
    for content in contents:
        if content.commitment in people and not content.erased and not names(content, _address(reader)):
            kept[content.commitment] = _name_alone(content) if reader.is_staff else None
    return kept


def withheld_from_contact(events: Sequence[Event], contents: Sequence[Content], email: str) -> dict[str, str | None]:
    """The same for the contact with this address, whoever asks on their behalf."""
    people = of_people(happenings(events))
    others = (each.commitment for each in contents if each.commitment in people and not names(each, email))
    return dict.fromkeys([*unsent(events), *others])


def may_be_withheld(happened: Iterable[Happening]) -> frozenset[str]:
    """The commitments of all texts that are kept from somebody; no other is ever kept back."""
    known = list(happened)
    return _unsent(known) | of_people(known)


def unsent(events: Sequence[Event]) -> frozenset[str]:
    """The commitments of the cards that were drawn up and never sent."""
    return _unsent(happenings(events))


def of_people(happened: Iterable[Happening]) -> frozenset[str]:
    """The commitments to who somebody is."""
    return frozenset(str(data[name]) for _, data in happened for name in OF_A_PERSON if data.get(name) is not None)


def happenings(events: Sequence[Event]) -> list[Happening]:
    return [(event.kind, event.data) for event in events]


def names(content: Content, email: str) -> bool:
    """Whether a record of who somebody is names the person with this address, in whatever case it is written."""
    return bool(email) and is_same(said_of(content).get("email", ""), email)


def said_of(content: Content) -> dict[str, str]:
    """What a record of who somebody is says of them; {} once it is erased."""
    if not content.text.startswith("{"):
        return {}
    try:
        read = json.loads(content.text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): value for name, value in read.items() if isinstance(value, str)} if isinstance(read, dict) else {}


def _unsent(happened: Iterable[Happening]) -> frozenset[str]:
    known = list(happened)
    drawn_up, sent = ({str(data.get("commitment")) for kind, data in known if kind in kinds} for kinds in (DRAWN_UP, SENT))
    return frozenset(drawn_up - sent)


def _address(reader: Principal) -> str:
    return reader.email or "" if reader.customer is not None else ""


def _name_alone(content: Content) -> str:
    return canonical({"name": said_of(content).get("name", "")}).decode()
