"""Maintenance windows: announced with proof of when, and excluded only as far as the contract allows."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An announced maintenance. `announced_at` is proof: the moment it was written down. `ends_at` may be passed by the work:
    what runs over counts. `cancelled_at`: withdrawn before it began."""

    id: str
    services: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    announced_at: datetime
    announced_by: str
    reason: Text
    cancelled_at: datetime | None = None
