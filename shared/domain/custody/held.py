"""What is held on a contact, gathered to be told to them; and what of it has been erased. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.custody.left import Left
from shared.domain.evidence import Event
from shared.domain.notice import Notice
from shared.domain.people import Correspondent, Customer
from shared.domain.status.subscriber import Subscriber
from shared.domain.ticket import Content

type Plain = Mapping[str, object]
"""Something as it is stored, every field of it, as JSON would have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A request's bytes as they came. `name`: the blob's; `seen_at`: an instant as text; `content`: None if they are gone."""

    name: str
    seen_at: str
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTicket:
    """One of their tickets with everything beside its head."""

    id: str
    name: str
    head: Plain
    events: tuple[Event, ...]
    contents: tuple[Content, ...]
    notices: tuple[Notice, ...]
    raws: tuple[RawRequest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldWords:
    """What they have left on a ticket that is not theirs: what they wrote and who they said they were; who was told it."""

    id: str
    left: tuple[Left, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request of theirs that could not be understood. `entry`: why, and when it came."""

    id: str
    entry: Plain
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held on one contact. `elsewhere`: on tickets of others. `readings`: who has read their tickets, and what they have
    read themselves. `named`: as their customer has named them to be written to about services; `subscription`: of theirs to
    the news on the status page, told to nobody but them and the Customer Care Manager."""

    customer: Customer
    email: str
    tickets: tuple[HeldTicket, ...]
    elsewhere: tuple[HeldWords, ...]
    refused: tuple[Refused, ...]
    readings: tuple[Plain, ...]
    named: Correspondent | None = None
    subscription: Subscriber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedTicket:
    """How much went from beside one ticket's head, in one run."""

    ticket: str
    texts: int
    notices: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What went in one run, including what an earlier one had begun; empty when nothing was held. `refused`: ids. `written_to`:
    whether they were written to about services."""

    tickets: tuple[ErasedTicket, ...]
    refused: tuple[str, ...]
    written_to: bool = False
