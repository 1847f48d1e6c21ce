"""A ticket, whole and in a list."""

from typing import Annotated, Literal

from pydantic import Field

from shared.web.api.replies.cards import Card
from shared.web.api.replies.values import (
    Amount,
    Answered,
    ChannelName,
    Id,
    Instant,
    Number,
    Seconds,
    Stretch,
    TicketState,
    Words,
)


class Clock(Answered):
    """A promise being kept, read at the ticket's `as_of`. `due_known_at_start`: the due instant as the calendar was known then,
    without pauses. `remaining_s`: working time left; below zero, past due. `stopped_by`: why it does not count now."""

    promise: Literal["response", "resolution"]
    name: Words
    round: Number
    version: Number
    state: Literal["running", "paused", "met", "breached", "withdrawn"]
    target: Annotated[dict[str, object], Field(examples=[{"working_hours": 4}])]
    calendar: str
    calendar_version: Number
    started_at: Instant
    due_at: Instant | None
    due_known_at_start: Instant
    done_at: Instant | None
    remaining_s: Seconds
    stopped_by: str | None
    counts_again_at: Instant | None
    stages_reached: list[str]
    stood: str | None


class ContactPerson(Answered):
    """Who asked, and is answered."""

    name: str
    email: str


class Task(Answered):
    """The task in a support package. `debited`: hours so far."""

    package: Number
    debited: Amount


class TicketLink(Answered):
    """How the ticket stands to another."""

    relation: Literal["related", "follows", "followed_by", "duplicate_of", "has_duplicate"]
    ticket: Id


class Dispute(Answered):
    """What the customer contests. `verdict`: the desk's, as it was then; `claim`: theirs. `upheld`: null until it is answered."""

    number: Number
    about: Literal["classification", "deadline"]
    clock: str | None
    verdict: str
    claim: str
    raised_at: Instant
    upheld: bool | None
    answered_at: Instant | None


class Grant(Answered):
    """Leave to read the ticket."""

    number: Number
    operator: Id
    granted_by: Id
    at: Instant
    until: Instant
    revoked_at: Instant | None


class TicketOutage(Answered):
    """The outage of a service that the ticket is about, and how it began. `is_own`: the desk opened the ticket itself; otherwise
    a customer may have met the outage. `affected`: customers with a product that runs on the service, for staff alone."""

    id: Id
    service: Id
    is_own: bool
    last_good: Instant | None
    first_bad: Instant
    affected: list[str] = []
    affected_count: int = 0


class ContractFrozen(Answered):
    """The version of the contract that the ticket is judged by. `digest`: of its file."""

    id: Id
    version: str
    digest: str


class Ticket(Answered):
    """A ticket as whoever asks may see it. `allowed`: what they may do to it now. `lag_s`: from receipt until the desk saw it.
    `worked`: hours logged. `asked_at`: when the customer was asked what they have not answered yet. `estimate_in_force`: the
    version that was accepted last, while later ones are drawn up, sent or declined. `grants`: for staff alone."""

    id: Id
    url: str
    revision: Number
    state: TicketState
    allowed: list[str]
    customer: Id
    contact: ContactPerson
    language: Literal["it", "en"]
    product: Id
    subject: str
    channel: ChannelName
    tier: str | None
    delivery: str | None
    classification: str | None
    activity: str | None
    classification_wish: str | None
    priority: int | None
    declared_severity: str | None
    portal_reference: str | None
    assignee: str | None
    received_at: Instant
    seen_at: Instant
    lag_s: Seconds
    resolved_at: Instant | None
    reopen_until: Instant | None
    asked_at: Instant | None
    treated_at: Instant | None
    estimate: Card | None
    estimate_in_force: Card | None
    package_offer: Card | None
    task: Task | None
    worked: Amount
    links: list[TicketLink]
    merged_into: str | None
    outage: TicketOutage | None
    disputes: list[Dispute]
    erased_at: Instant | None
    grants: list[Grant] = []
    clocks: list[Clock]
    pauses: list[Stretch]
    contract: ContractFrozen
    as_of: Instant


class TicketSummary(Answered):
    """A ticket in a list; it carries no revision. `next_due_at`: the deadline that it is listed by."""

    id: Id
    state: TicketState
    customer: Id
    product: Id
    subject: str
    classification: str | None
    priority: int | None
    assignee: str | None
    channel: ChannelName
    received_at: Instant
    resolved_at: Instant | None
    reopen_until: Instant | None
    next_due_at: Instant | None
    is_overdue: bool
    clocks: list[Clock]


class TicketPage(Answered):
    """A page of a list. `next_cursor`: null on the last page."""

    tickets: list[TicketSummary]
    total: Number | None
    next_cursor: str | None


class Receipt(Answered):
    """A ticket and its deadlines. `url`: its page, for the customer."""

    ticket: Id
    url: str
    received_at: Instant
    response_due_at: Instant | None
    resolution_due_at: Instant | None
