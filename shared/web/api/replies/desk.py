"""How the desk fares; what is held on a contact; what was refused."""

from typing import Annotated, Literal

from pydantic import Field

from shared.web.api.replies.values import Answered, Id, Instant, Number, Seconds


class Timer(Answered):
    """`age_s`: since it last ran; null: never. `limit_s`: from when somebody should be paged."""

    age_s: Seconds | None
    limit_s: Seconds


class OverdueWork(Answered):
    """What should have been done by now."""

    overdue: Number
    oldest_overdue_s: Seconds
    unfiled_list_records: Number


class Health(Answered):
    """`problems`: a sentence for each thing that should page somebody. `dependencies`: `ok`, or what is wrong.
    `agenda`: empty where storage does not answer. `alarms`: error budgets that burn, or are eaten by gaps."""

    status: Literal["ok", "failing"]
    as_of: Instant
    problems: list[str]
    dependencies: dict[str, str]
    timers: dict[str, Timer]
    agenda: OverdueWork | dict[str, object]
    alarms: list[str]
    given_up_notices: Number
    failing_tickets: Number
    quarantined: Number


class OverdueRound(Answered):
    """`timer`: the round's name. `late_s`: how much later than it should it was run; null: it had never run."""

    timer: str
    late_s: Number | None
    outcome: Literal["ok", "failed"]


class Tick(Answered):
    """`busy`: another tick was at it. `ran`: what was overdue, and run. `left`: overdue, but there was no time for it."""

    as_of: Instant
    busy: bool
    ran: list[OverdueRound]
    left: list[str]


class Failures(Answered):
    """Tickets whose work has failed and will be tried again; messages that were given up or bounced, and that nobody has
    dismissed."""

    tickets: list[dict[str, object]]
    notices: list[dict[str, object]]


class Quarantined(Answered):
    """A request that was refused. `kind`, `detail`: why. `raw`: where its bytes are. `is_report`: it is no customer's
    request, but what the mail service reported of a mail."""

    id: Id
    webhook_id: Id
    received_at: Instant
    kind: str
    detail: str
    content_type: str
    is_report: bool
    raw: str


class Quarantine(Answered):
    """The requests that were refused."""

    quarantined: list[Quarantined]


class ExportedFile(Answered):
    """A file of the archive."""

    path: str
    bytes: Number
    sha256: str


class Addressee(Answered):
    """`id`: removes it. `language`: of the letters."""

    id: Id
    email: str
    name: str
    language: str


class Addressees(Answered):
    """Whom a customer has written to about their services."""

    customer: Id
    addressees: list[Addressee]


class Subscribed(Answered):
    """To the news on the status page."""

    email: str
    language: str
    asked_at: Instant
    confirmed_at: Instant | None


class WrittenTo(Answered):
    """About services: because their customer has named them, or because they asked for it."""

    named: Addressee | None
    subscription: Subscribed | None


class ContactExport(Answered):
    """All that is held on a contact. `elsewhere`: what they left on requests of others. `readings`: who has read their tickets,
    and what they have read themselves. `files`: what the archive has besides."""

    format: str
    exported_at: Instant
    customer: dict[str, object]
    contact: dict[str, object]
    tickets: list[dict[str, object]]
    elsewhere: list[dict[str, object]]
    written_to: WrittenTo
    quarantined: list[dict[str, object]]
    readings: list[dict[str, object]]
    files: list[ExportedFile]


class ErasedFromTicket(Answered):
    """How much went from beside a ticket."""

    ticket: Id
    texts: Number
    notices: Number
    files: Number


class Erasure(Answered):
    """What went in this run; nothing where there was nothing left. `written_to`: they were written to about services."""

    customer: Id
    erased_at: Instant
    tickets: list[ErasedFromTicket]
    quarantined: list[str]
    written_to: bool


class ProblemType(Answered):
    """What a problem type means."""

    type: Annotated[str, Field(pattern="^/api/problems/[a-z-]+$")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    meaning: str


class WrongField(Answered):
    """A field of the body, and what would be right."""

    field: str
    message: str


class Problem(Answered):
    """Problem details (RFC 9457). `type`: a reference that the desk answers with what it means. `detail`: a sentence for people.
    `errors`: every field that is wrong; `field`: the one. `state`, `allowed`: of 409, how the ticket is and what may be done to
    it now. `current`: of 412, the ticket as it is. `transition`: of 403, what was asked. `quarantined`: of a refused request from
    the portal, the entry that keeps it. `card`: of 409, how the version that was named stands."""

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    instance: str
    errors: list[WrongField] = []
    field: str = ""
    state: str = ""
    allowed: list[str] = []
    current: dict[str, object] = {}
    transition: str = ""
    quarantined: str = ""
    card: str = ""
