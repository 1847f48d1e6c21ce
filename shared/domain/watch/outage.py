"""An outage, with what is certain about its edges."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Down from `first_bad` to `last_bad` for certain. It began after `last_good` (None: never seen good), and ended before
    `first_good` (None: it goes on). The time between is unknown. `number`: of the service's outages. `again`: how often it
    came back within `reopen_within`: then it goes on being this outage, with the edges of its latest spell. `disputed`: the
    witness sees the service up, so that its time counts as unknown."""

    service: str
    number: int
    last_good: datetime | None
    first_bad: datetime
    last_bad: datetime
    first_good: datetime | None = None
    again: int = 0
    detail: str = ""
    disputed: bool = False

    @property
    def id(self) -> str:
        """zenshare-up.7 — the key of its ticket."""
        return f"{self.service}.{self.number}"

    @property
    def is_over(self) -> bool:
        return self.first_good is not None
