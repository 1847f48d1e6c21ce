"""What is asked of availability: which period and which time, what is announced, and how a frozen month is corrected."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.domain.availability import State
from shared.domain.guarantees.correction import Correction
from shared.web.forms.reading import Id, JsonForm, Letter, Line, StaffForm, in_utc

Instant = Annotated[AwareDatetime, Field(strict=False)]


class PeriodQuery(JsonForm):
    """`period`: a month ("2026-11") or a year ("2026") in the contract's zone. `service`, `guarantee`: only of that one."""

    period: Annotated[str, Field(max_length=20)]
    service: Id | None = None
    guarantee: Id | None = None


class StatesQuery(JsonForm):
    """`from`, `to`: any time of 366 days at most. `guarantee`: absent: the first that the service has. `link`: the number of
    a link of its chain: the states of that frozen month, or amendment. `format`: "jsonl", as the calculator takes it, or
    "csv"."""

    starts_at: Annotated[Instant, Field(alias="from")]
    ends_at: Annotated[Instant, Field(alias="to")]
    guarantee: Id | None = None
    link: Annotated[int | None, Field(ge=1, le=999_999)] = None
    format: Literal["jsonl", "csv"] | None = None


class WindowsQuery(JsonForm):
    """Which windows are listed: those that touch a time. `from`: absent: from now on. `to`: absent: a year of it."""

    starts_at: Annotated[Instant | None, Field(alias="from")] = None
    ends_at: Annotated[Instant | None, Field(alias="to")] = None


class Worded(JsonForm):
    """One text in the languages that customers are written to in."""

    it: Line
    en: Line


class MaintenanceForm(StaffForm):
    """A maintenance that is ahead. When it was announced is the desk's own clock."""

    services: Annotated[list[Id], Field(min_length=1, max_length=100)]
    starts_at: Instant
    ends_at: Instant
    reason: Worded


class CorrectionForm(JsonForm):
    """From `from` up to `to`, the service was in this state."""

    starts_at: Annotated[Instant, Field(alias="from")]
    ends_at: Annotated[Instant, Field(alias="to")]
    state: Annotated[State, Field(strict=False)]

    def correction(self) -> Correction:
        starts_at, ends_at = in_utc(self.starts_at), in_utc(self.ends_at)
        assert starts_at is not None and ends_at is not None
        return Correction(starts_at=starts_at, ends_at=ends_at, state=self.state)


class AmendmentForm(StaffForm):
    """A correction of a frozen month, and why."""

    month: Annotated[str, Field(max_length=20)]
    reason: Letter
    corrections: Annotated[list[CorrectionForm], Field(min_length=1, max_length=100)]
