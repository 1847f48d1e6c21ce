"""A ticket: one customer's request, what it turned out to be, who has it, and the clocks that run on it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.clock import Clock
from shared.domain.errors import InvalidInput
from shared.domain.evidence import GENESIS, Event, commitment
from shared.domain.notice import Notice
from shared.domain.people import Contact
from shared.domain.quotes.card import Card
from shared.domain.target import Pause
from shared.domain.tier import Channel
from shared.domain.watch.tie import Tie


class State(StrEnum):
    """`in_charge`: a person has taken charge. `on_hold`: the customer has been asked, and the clocks stand still.

    `quoted`: an estimate, or a package's offer form, is with the customer, who decides.
    """

    NEW = "new"
    IN_CHARGE = "in_charge"
    QUOTED = "quoted"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Personal text, kept beside the chain. The chain holds only `commitment`, so erasing this leaves the proof intact.

    `erased`: the commitment to a text that has been erased together with its salt; empty while the text is here.
    """

    key: str
    text: str
    salt: str
    erased: str = ""

    @property
    def commitment(self) -> str:
        return self.erased or commitment(self.salt, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The customer has been asked something by the notice `notice`. No clock pauses before that has really been sent."""

    asked_at: datetime
    notice: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Leave for an operator to read a ticket that is not assigned to them. `reason`: the commitment to why; it can be revoked."""

    number: int
    operator: str
    granted_by: str
    at: datetime
    until: datetime
    reason: str
    revoked_at: datetime | None = None


class Relation(StrEnum):
    """How one ticket stands to another."""

    RELATED = "related"
    FOLLOWS = "follows"
    """This one goes on with what the other, closed for good, was about."""
    FOLLOWED_BY = "followed_by"
    DUPLICATE_OF = "duplicate_of"
    HAS_DUPLICATE = "has_duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    relation: Relation
    ticket: str


class DisputeAbout(StrEnum):
    CLASSIFICATION = "classification"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """The customer does not agree with what the desk has judged. Both verdicts stay: ours as it was then, and theirs.

    `verdict`: what the desk said then (a classification, or how a clock stood); `claim`: the customer's own word for it.
    Of a deadline, `promise`, `judged` and `due_at` say how `clock` stood. `upheld`: None while nobody has answered. `text` and
    `answer` are commitments to what was written.
    """

    number: int
    about: DisputeAbout
    raised_at: datetime
    verdict: str
    claim: str
    text: str
    clock: str | None = None
    promise: str | None = None
    judged: str | None = None
    due_at: datetime | None = None
    upheld: bool | None = None
    answered_at: datetime | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Debited:
    """Hours that a request has debited to one package, less those it was given back."""

    package: int
    hours: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The task in the customer's support package order that a request's hours are debited to.

    `package`: where they are debited now. `debits`: what was debited so far, by package, in the order of the first debits.
    """

    package: int
    opened_at: datetime
    debits: tuple[Debited, ...] = ()

    @property
    def debited(self) -> Decimal:
        return sum((each.hours for each in self.debits), Decimal(0))

    def debited_to(self, package: int) -> Decimal:
        return sum((each.hours for each in self.debits if each.package == package), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as it stands at `revision`. `received_at` starts its clocks; `seen_at - received_at` is the intake's lag.

    `contract_version` and `contract_digest` are frozen at receipt, and so are `tier` and `delivery`, what the customer held then.
    `wake_at`: the next moment at which something about this ticket falls due by itself; the agenda holds a row for it.
    `reopened_at`: the last time; what was judged before stays judged. `estimate`, `offer`: the latest version of each card;
    `in_force`: those accepted before it, until it is accepted too (`cards.in_force`). `customer_name`: as it was at receipt.
    `worked`: all hours logged. `board`: the key under which the board of open requests shows this ticket. `outage`: of a service
    that it is about, or may be.
    """

    id: str
    customer: str
    number: int
    revision: int = 0
    state: State = State.NEW
    contract: str
    contract_version: str
    contract_digest: str
    product: str
    subject: str
    language: str
    contact: Contact
    received_at: datetime
    seen_at: datetime
    channel: Channel = Channel.WEB
    customer_name: str = ""
    tier: str | None = None
    delivery: str | None = None
    portal_reference: str | None = None
    declared_severity: str | None = None
    classification_wish: str | None = None
    classification: str | None = None
    activity: str | None = None
    priority: int | None = None
    assignee: str | None = None
    clocks: tuple[Clock, ...] = ()
    pauses: tuple[Pause, ...] = ()
    hold: Hold | None = None
    acknowledged_at: datetime | None = None
    reopened_at: datetime | None = None
    resolved_at: datetime | None = None
    reopen_until: datetime | None = None
    treated_at: datetime | None = None
    estimate: Card | None = None
    offer: Card | None = None
    in_force: tuple[Card, ...] = ()
    task: Task | None = None
    worked: Decimal = Decimal(0)
    links: tuple[Link, ...] = ()
    merged_into: str | None = None
    disputes: tuple[Dispute, ...] = ()
    grants: tuple[Grant, ...] = ()
    outage: Tie | None = None
    erased_at: datetime | None = None
    wake_at: datetime | None = None
    board: str = ""
    contents: int = 0
    events: int = 0
    chain_tip: str = GENESIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a list shows of a ticket, with what its open clocks are read from, and what says who may see it.

    `contact`: `access.contact_token`, no address. `clocks`: the open ones. `grants`: those that are not revoked.
    """

    id: str
    customer: str
    contact: str
    subject: str
    product: str
    channel: Channel
    state: State
    classification: str | None
    priority: int | None
    assignee: str | None
    received_at: datetime
    resolved_at: datetime | None
    reopen_until: datetime | None
    next_due_at: datetime | None
    contract: str
    contract_version: str
    clocks: tuple[Clock, ...]
    pauses: tuple[Pause, ...]
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event before it is numbered and chained. `at` is None for "now"."""

    kind: str
    data: Mapping[str, object]
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a transition came to: the ticket as it will stand, and everything that must be written with it, or not at all.

    `milestones`: keys that may exist only once (promise, round, deadline version, stage); `delivered`: keys of notices that
    have nothing left to be done.
    """

    ticket: Ticket
    events: tuple[Event, ...]
    contents: tuple[Content, ...] = ()
    notices: tuple[Notice, ...] = ()
    milestones: tuple[str, ...] = ()


def ticket_id(customer: str, number: int) -> str:
    """ACME and 42 make ACME-42: human, sequential per customer, and naming its own partition."""
    return f"{customer}-{number}"


def parse_ticket_id(id: str) -> tuple[str, int]:
    """ACME-42 is customer ACME, number 42. InvalidInput for anything else."""
    customer, _, number = id.rpartition("-")
    if not customer or not number.isascii() or not number.isdigit() or number.startswith("0") or len(number) > 9:
        raise InvalidInput(f"{id!r} is not a ticket number; they look like ACME-42.")
    return customer, int(number)
