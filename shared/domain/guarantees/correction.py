"""What turns out to be wrong about a month that was judged: from when to when the service was really in which state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.availability import State
from shared.domain.guarantees.report import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """From `starts_at` up to `ends_at` the service was in this state, whatever the probes said."""

    starts_at: datetime
    ends_at: datetime
    state: State


def corrected(states: Iterable[Held], corrections: Iterable[Correction]) -> tuple[Held, ...]:
    """The states with corrections laid over them, in the order in which they were made: the last word counts."""
    held = sorted(states)
    for each in corrections:
        before = [state for at, state in held if at <= each.ends_at]
        resumes = before[-1] if before else State.UNKNOWN
        held = [(at, state) for at, state in held if not each.starts_at <= at <= each.ends_at]
        held = sorted([*held, (each.starts_at, each.state), (each.ends_at, resumes)])
    return tuple(held)
