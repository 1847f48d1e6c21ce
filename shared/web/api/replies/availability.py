"""Availability as judged, maintenance, and frozen months."""

from typing import Annotated, Literal

from pydantic import Field

from shared.web.api.replies.values import Answered, Id, Instant, Number, Seconds

Percent = Annotated[str, Field(pattern=r"^[0-9]{1,3}\.[0-9]{4}$")]
Exact = Annotated[str, Field(pattern=r"^-?[0-9]+/[0-9]+$")]
Minutes = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{4}$")]
Verdict = Literal["MET", "MISSED", "INDETERMINATE"]


class Judged(Answered):
    """`min`, `max`: per cent, cut to four decimals and never rounded up; `min_exact`, `max_exact`: as numerator/denominator."""

    up_s: Seconds
    down_s: Seconds
    unknown_s: Seconds
    excluded_s: Seconds
    min: Percent | None
    max: Percent | None
    min_exact: Exact | None
    max_exact: Exact | None
    verdict: Verdict | None


class PublicBudget(Answered):
    """Minutes: what may be lost, by the period's real length without what is excluded, and what is left (least and most), cut;
    what is used for certain, and what is unknown, raised."""

    allowed: Minutes
    used: Minutes
    unknown: Minutes
    left: list[Minutes]
    left_exact: list[Exact]


class ErrorBudget(PublicBudget):
    """`gap_alarm`: so much is unknown that it begins to decide the verdict."""

    gap_alarm: bool


class AvailabilityReport(Answered):
    """`now`: where a running period is cut off. `coverage`: the share that was watched. `states_at`: what figures follow from,
    as the calculator takes it."""

    services: list[Id]
    guarantee: Id | None
    target: str | None
    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    now: Instant | None
    raw: Judged
    contractual: Judged | None
    coverage: Percent | None
    budget: ErrorBudget | None
    states_at: str


class Availability(Answered):
    """`together`: the services of a guarantee as one. `contract`: the version that the period is judged by."""

    period: str
    contract: str
    contract_digest: str
    services: list[AvailabilityReport]
    together: list[AvailabilityReport]


class Maintenance(Answered):
    """`announced_at`: by the desk's own clock."""

    id: Id
    services: list[Id]
    starts_at: Instant
    ends_at: Instant
    announced_at: Instant
    announced_by: str
    reason: dict[str, str]
    cancelled_at: Instant | None


class MaintenanceList(Answered):
    """In order of beginning, those cancelled too."""

    maintenance: list[Maintenance]


class MaintenancePart(Answered):
    """`why`: it is excluded, or why it counts."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    why: Literal["excluded", "cancelled", "never_excluded", "afterwards", "notice", "hours", "cap"]


class MaintenanceEffect(Answered):
    """What of a window is excluded for one service under one guarantee."""

    guarantee: Id
    service: Id
    parts: list[MaintenancePart]


class MaintenanceWithEffects(Maintenance):
    """As far as is known now."""

    effects: list[MaintenanceEffect]


class FrozenFigures(Answered):
    """Microseconds; shares exact, and as they are shown. `verdict`: null of a month under a guarantee by the year."""

    up_us: Number
    down_us: Number
    unknown_us: Number
    excluded_us: Number
    min: Exact | None
    max: Exact | None
    min_shown: Percent | None
    max_shown: Percent | None
    verdict: Verdict | None


class FrozenMonth(Answered):
    """A link of the chain. `amends`: the number of the record that an amendment corrects. `digest`: of the contract's file.
    `hash`: over all of it but `states_at`, which is where the states are that the figures follow from.
    `evidence`: of the states and windows. `corrections`: all that hold of the month by then, as from, to, state. Of all services
    as one: which `services` those are, and which link an amendment `follows`, as "archive 3"."""

    guarantee: Id
    service: Id
    number: Number
    month: str
    starts_at: Instant
    ends_at: Instant
    contract: str
    digest: str
    target: Exact
    raw: FrozenFigures
    contractual: FrozenFigures
    evidence: str
    frozen_at: Instant
    amends: Number | None
    author: str
    reason: str
    corrections: list[list[str]]
    services: list[Id] | None = None
    follows: str | None = None
    previous: str
    hash: str
    states_at: str


class FrozenMonths(Answered):
    """`first_broken`: the number of the first link that does not hold; null: all of them do."""

    months: list[FrozenMonth]
    first_broken: Number | None
