"""Why a stretch of time does not count."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReasonKind(StrEnum):
    OUTSIDE_HOURS = "outside_hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSURE = "closure"
    PAUSED = "paused"
    DAY_OF_RECEIPT = "day_of_receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A kind, and for a holiday or closure what it is called ("Natale"; "" where it has no name)."""

    kind: ReasonKind
    name: str = ""

    def __str__(self) -> str:
        """For people: "outside hours", "holiday: Natale"."""
        words = self.kind.value.replace("_", " ")
        return f"{words}: {self.name}" if self.name else words


OUTSIDE_HOURS = Reason(kind=ReasonKind.OUTSIDE_HOURS)
WEEKEND = Reason(kind=ReasonKind.WEEKEND)
PAUSED = Reason(kind=ReasonKind.PAUSED)
DAY_OF_RECEIPT = Reason(kind=ReasonKind.DAY_OF_RECEIPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From an instant up to another (UTC): open where `reason` is None, closed for one reason otherwise."""

    starts_at: datetime
    ends_at: datetime
    reason: Reason | None
