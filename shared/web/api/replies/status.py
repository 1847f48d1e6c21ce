"""What is public of the services, and incidents as managers write them."""

from typing import Annotated, Literal

from pydantic import Field

from shared.web.api.replies.availability import Exact, Percent, PublicBudget, Verdict
from shared.web.api.replies.values import Answered, Id, Instant, Number, Seconds, Words

Shown = Literal["up", "down", "unknown", "maintenance", "unwatched"]
PhaseName = Literal["investigating", "identified", "monitoring", "resolved", "announcement"]


class PublicDay(Answered):
    """A local day; `excluded_s`: maintenance, by the contract. `state`: what matters most of it."""

    day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    state: Shown
    up_s: Seconds
    down_s: Seconds
    unknown_s: Seconds
    excluded_s: Seconds


class PublicMonth(Answered):
    """`states_at`: all that the figures follow from, as the calculator takes it."""

    month: str
    is_running: bool
    guarantee: Id | None
    target: Percent | None
    min: Percent | None
    max: Percent | None
    min_exact: Exact | None
    max_exact: Exact | None
    coverage: Percent | None
    verdict: Verdict | None
    up_s: Seconds
    down_s: Seconds
    unknown_s: Seconds
    excluded_s: Seconds
    budget: PublicBudget | None
    states_at: str


class Percentiles(Answered):
    """So many per cent of this month's answers took at most so many ms, as follows from `counts`: the bound of a bucket in ms
    (null: beyond all of them), and how many answers are in it."""

    p50: Number
    p95: Number
    p99: Number
    counts: list[tuple[Number | None, Number]]


class PublicLink(Answered):
    """The contractual figures of a frozen month, or of an amendment. `number`: in the chain; `at`: when it was frozen or amended.
    `contract_digest`: of its file. `evidence`: of the states and windows. `corrections`: all that hold of the month by then."""

    number: Number
    at: Instant
    contract: str
    contract_digest: str
    target: Exact
    min: Percent | None
    max: Percent | None
    min_exact: Exact | None
    max_exact: Exact | None
    verdict: Verdict | None
    up_us: Number
    down_us: Number
    unknown_us: Number
    excluded_us: Number
    budget: PublicBudget | None
    corrections: list[list[str]]
    evidence: str
    previous: str
    hash: str
    states_at: str


class PublicFrozenMonth(Answered):
    """`record`: as it was frozen, for good. `amendments`: in order; the last one has the figures that hold now."""

    month: str
    record: PublicLink
    amendments: list[PublicLink]


class PublicChain(Answered):
    """`first_broken`: the number of the first link that does not hold; null: all of them do."""

    guarantee: Id
    name: Words
    first_broken: Number | None
    months: list[PublicFrozenMonth]


class PublicFrozen(Answered):
    """The months of a service that are over and recorded, under each of its guarantees, the latest first."""

    service: Id
    guarantees: list[PublicChain]


class PublicService(Answered):
    """`since`: from when on it has been so."""

    id: Id
    name: Words
    state: Shown
    since: Instant | None
    months: list[PublicMonth]
    latency_ms: Percentiles | None
    days: list[PublicDay]
    days_at: str
    frozen_at: str
    badge: str


class Interruption(Answered):
    """`down_s`: for certain; `unknown_s`: perhaps, besides. `first_good`: null while it goes on."""

    outage: Id
    service: Id
    last_good: Instant | None
    first_bad: Instant
    last_bad: Instant
    first_good: Instant | None
    down_s: Seconds
    unknown_s: Seconds
    again: Number


class IncidentEntry(Answered):
    """`corrects`: the number of an earlier entry that this puts right."""

    number: Number
    at: Instant
    phase: PhaseName
    text: Words
    corrects: int | None


class PublicIncident(Answered):
    """The oldest entry first."""

    id: Id
    title: Words
    phase: PhaseName
    services: list[Id]
    outages: list[Id]
    started_at: Instant
    updated_at: Instant
    resolved_at: Instant | None
    entries: list[IncidentEntry]


class PublicWindow(Answered):
    """Announced maintenance."""

    id: Id
    services: list[Id]
    starts_at: Instant
    ends_at: Instant
    announced_at: Instant
    cancelled_at: Instant | None
    reason: Words


class PublicStatus(Answered):
    """`as_of`: the moment of the latest look. `interruptions`: those that no incident speaks of."""

    as_of: Instant
    zone: str
    state: Shown
    services: list[PublicService]
    interruptions: list[Interruption]
    incidents: list[PublicIncident]
    maintenance: list[PublicWindow]


class IncidentList(Answered):
    """The newest first."""

    incidents: list[PublicIncident]


class SubscriptionFields(Answered):
    """What the page's form sends."""

    email: str
    lang: Literal["it", "en"] | None = None


class ConfirmationFields(Answered):
    """What the button sends: as in the link."""

    token: str
    until: str
    key: str
    lang: Literal["it", "en"] | None = None


class UnsubscriptionFields(Answered):
    """`token`: here or in the query."""

    token: str | None = None
    lang: Literal["it", "en"] | None = None
