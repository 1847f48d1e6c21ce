"""What a ticket leaves behind: events, messages, ledgers, who has read it, what it is entitled to."""

from typing import Annotated, Literal

from pydantic import Field

from shared.web.api.replies.values import Answered, ChannelName, ContractVersion, Hash, Id, Instant, Number, Seconds, Words


class Event(Answered):
    """`hash` covers all of it; `previous` is the hash of the event before. `data` holds commitments, never what people wrote."""

    number: Number
    kind: str
    at: Instant
    recorded_at: Instant
    actor: str
    data: dict[str, object]
    previous: str
    hash: Hash


class CommittedText(Answered):
    """What somebody wrote, null once erased or where it is not for the reader, and its commitment."""

    text: str | None
    commitment: str


class History(Answered):
    """Events, and the texts that they commit to."""

    events: list[Event]
    texts: list[CommittedText]


class Notice(Answered):
    """A message that was owed. `to`: `customer`, or a member of staff. `message_id`: the mail service's. `reported`: what that
    said became of it, in its own word, such as Delivered or Bounced; null while it has said nothing. `state`: bounced is what
    left, and nobody received."""

    key: Id
    kind: str
    to: str
    email: str | None
    language: str
    state: Literal["owed", "sent", "failed", "bounced"]
    owed_at: Instant
    sent_at: Instant | None
    attempts: Number
    message_id: str | None
    reported: str | None
    reported_at: Instant | None
    last_error: str | None


class Notices(Answered):
    """A ticket's messages."""

    notices: list[Notice]


class LedgerRow(Answered):
    """A stretch of a clock's time. `reason`: why it does not count, null where it does."""

    since: Annotated[Instant, Field(alias="from")]
    to: Instant | None
    counted_s: Seconds
    reason: str | None


class CalendarUsed(Answered):
    """A version of a calendar. `contract`: of which contract."""

    name: str
    version: Number
    contract: str


class Ledger(Answered):
    """A clock's time from its start to its due instant, contiguous."""

    clock: Id
    promise: Literal["response", "resolution"]
    target: Annotated[dict[str, object], Field(examples=[{"working_hours": 4}])]
    calendar: CalendarUsed
    started_at: Instant
    due_at: Instant | None
    ledger: list[LedgerRow]


class Explanation(Answered):
    """The ledger of every clock."""

    ticket: Id
    clocks: list[Ledger]


class Access(Answered):
    """One read. `who`: a member of staff, or a token for one of the customer's people, whose `name` only they see themselves.
    `basis`: on what ground; `detail`: which grant or role, or each ticket's ground where they differ."""

    at: Instant
    who: Id
    name: str | None
    what: str
    tickets: list[str]
    basis: Literal["own", "administrator", "role", "assignment", "grant", "link", "several"]
    detail: str | None


class Accesses(Answered):
    """A page of the record of reads. `next_cursor`: null at the end."""

    accesses: list[Access]
    next_cursor: str | None


class Named(Answered):
    """Something of the contract with its name."""

    id: Id
    name: Words


class Clause(Answered):
    """What the contract says, in its own words."""

    id: Id
    text: Words


class Entitlement(Answered):
    """`classification`: null where the contract has none. `sentence`: the answer for people. `phone_opens_at`: when the telephone
    is answered again, where that matters."""

    classification: Named | None
    terms: Literal["covered", "charged", "quoted", "not_covered"]
    ground: str
    right: Named | None
    clause: Clause | None
    sentence: Words
    needs_estimate: bool
    phone_opens_at: Instant | None


class _Asked(Answered):
    product: Id
    tier: str | None
    delivery: str | None
    channel: ChannelName
    activity: str | None
    received_at: Instant
    contract: ContractVersion
    entitlements: list[Entitlement]


class TicketEntitlement(_Asked):
    """The question as it was understood, and the answer for each classification that the ticket may have."""

    ticket: Id


class CustomerEntitlement(_Asked):
    """The question as it was understood, and the answer for each classification that was asked about."""

    customer: Id


class EvidenceFile(Answered):
    """All that proves how a ticket was dealt with, in canonical JSON. `seal`: the hash of all the rest."""

    format: str
    exported_at: Instant
    ticket: dict[str, object]
    contract: dict[str, object]
    calendars: list[dict[str, object]]
    events: list[Event]
    contents: list[dict[str, object]]
    clocks: list[dict[str, object]]
    pauses: list[dict[str, object]]
    ledgers: list[dict[str, object]]
    notices: list[dict[str, object]]
    seal: str
