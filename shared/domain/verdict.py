"""Which promises a change has judged: met or missed, once their clock has stopped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared.domain.clock import Clock
from shared.domain.contract import Promise
from shared.domain.ticket import Ticket


class Judgement(StrEnum):
    MET = "met"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    """Judged before; the request turned out to be of a kind of which this is not promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a promise was judged. `late`: how long after the deadline it was kept; nothing unless it was missed."""

    promise: Promise
    round: int
    judgement: Judgement
    late: timedelta = timedelta(0)


def verdicts(before: Ticket | None, after: Ticket) -> Iterator[Verdict]:
    """What a change has judged, or judged otherwise than before: another priority has another deadline, from the same start."""
    known = {(clock.promise, clock.round): _judged(clock) for clock in before.clocks} if before else {}
    for clock in after.clocks:
        old, new = known.get((clock.promise, clock.round)), _judged(clock)
        if new is not None and new != old:
            yield new
        elif new is None and old is not None and clock.is_withdrawn:
            yield Verdict(promise=clock.promise, round=clock.round, judgement=Judgement.WITHDRAWN)


def _judged(clock: Clock) -> Verdict | None:
    if clock.is_withdrawn or clock.done_at is None or clock.due_at is None:
        return None
    late = max(clock.done_at - clock.due_at, timedelta(0))
    judgement = Judgement.MISSED if late else Judgement.MET
    return Verdict(promise=clock.promise, round=clock.round, judgement=judgement, late=late)
