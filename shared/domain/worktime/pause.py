"""Pauses: the time in which a clock waits for the customer.

Source: SEMANTICS 4. A pause begins when the customer was asked for something and the request was really sent; it ends at the
receipt of the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.errors import InvalidInput
from shared.domain.worktime.span import utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Half-open. `ends_at` None: still paused. Raises InvalidInput when it ends before it starts, or an instant is naive."""

    starts_at: datetime
    ends_at: datetime | None

    def __post_init__(self) -> None:
        begins = utc(self.starts_at)
        if self.ends_at is not None and utc(self.ends_at) < begins:
            raise InvalidInput(f"A pause ends before it starts: {self.starts_at.isoformat()} to {self.ends_at.isoformat()}.")


Paused = tuple[datetime, datetime | None]
"""A stretch of paused time in UTC; None: still paused."""


def union(pauses: Iterable[Pause], start: datetime) -> list[Paused]:
    """The pauses as one: in order, disjoint, clipped at `start`; touching and overlapping ones joined, empty ones dropped.

    09:00-10:00, 09:30-11:00 and 11:00-11:15 are one pause of 09:00-11:15. After an open pause nothing more can begin.
    """
    joined: list[Paused] = []
    for begins, ends in sorted(((max(utc(p.starts_at), start), p.ends_at) for p in pauses), key=lambda p: p[0]):
        until = None if ends is None else utc(ends)
        if until is not None and until <= begins:
            continue
        if not joined or (joined[-1][1] is not None and joined[-1][1] < begins):
            joined.append((begins, until))
        else:
            joined[-1] = (joined[-1][0], _later(joined[-1][1], until))
    return joined


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)
