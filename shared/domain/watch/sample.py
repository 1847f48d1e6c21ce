"""What one look at a service came to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Seer(StrEnum):
    """Who looked: our own probe, a quick re-probe after a failure (never counted as a sample), or the second witness.

    CONTROL: our own probe, to see whether our network is there; it tells nothing of the service.
    """

    PROBE = "probe"
    REPROBE = "reprobe"
    WITNESS = "witness"
    CONTROL = "control"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`at`: when the look began. `latency_ms`: of the slowest check, None when nothing answered. `detail`: why it was bad, in a
    sentence without secrets; `check`: the number of the check that failed (0 is the first)."""

    service: str
    at: datetime
    outcome: Outcome
    seer: Seer = Seer.PROBE
    latency_ms: int | None = None
    check: int | None = None
    detail: str = ""
