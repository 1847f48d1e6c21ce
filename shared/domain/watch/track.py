"""What is remembered of a service from one look to the next: enough to tell the story on, and to put right what is not settled
yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.availability import State
from shared.domain.watch.change import Change
from shared.domain.watch.outage import Outage
from shared.domain.watch.witness import Spell


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One service's.

    `seen`: our latest look, `sampled_at`: our latest sample, `run_at`: when the run began that took it; the next is `expected_at`
    (an interval after the sample) and a gap once it is past `late_at` (one and a half): by the interval in force when the sample
    was taken. `is_lapsed`: that gap has been counted.
    `is_blind`: a run since then was void. `last_good`: our latest good look outside an outage. `suspect`, `suspects`,
    `suspicion`: first, number and reason of the bad looks in a row that no outage has come of. `hopeful`, `goods`: the first good
    look, and the number of good samples in a row, that have not ended the open outage. `ended`: the latest outage that is over.
    `outages`: how many there have been. `own`: what our looks say; `told`: what was said, the witness heard; both from what stood
    at `settled` on. `heard`: the witness's latest word; `spells`: for how long its words hold. `known`: up to when the story was
    told.
    """

    service: str
    seen: datetime | None = None
    sampled_at: datetime | None = None
    run_at: datetime | None = None
    expected_at: datetime | None = None
    late_at: datetime | None = None
    is_lapsed: bool = False
    is_blind: bool = False
    last_good: datetime | None = None
    suspect: datetime | None = None
    suspects: int = 0
    suspicion: str = ""
    hopeful: datetime | None = None
    goods: int = 0
    outage: Outage | None = None
    ended: Outage | None = None
    outages: int = 0
    own: tuple[Change, ...] = ()
    told: tuple[Change, ...] = ()
    heard: datetime | None = None
    spells: tuple[Spell, ...] = ()
    known: datetime | None = None

    @property
    def settled(self) -> datetime | None:
        """No look still to come changes what was told of the time before: our last good look; in an outage, the last bad one.

        A month is safe to freeze once it has passed. None: nothing has been told.
        """
        return self.outage.last_bad if self.outage else self.last_good

    @property
    def state(self) -> State:
        """As told, at `known`."""
        return self.told[-1].state if self.told else State.UNKNOWN

    @property
    def since(self) -> datetime | None:
        return self.told[-1].at if self.told else None


def standing(changes: Sequence[Change], at: datetime) -> Change | None:
    """The one of them (in order) that holds at an instant; None before the first."""
    return next((change for change in reversed(changes) if change.at <= at), None)


def since(changes: Sequence[Change], at: datetime | None) -> tuple[Change, ...]:
    """Of them (in order) what holds at an instant, and all that comes later; with None, all."""
    if at is None:
        return tuple(changes)
    first = max((number for number, change in enumerate(changes) if change.at <= at), default=0)
    return tuple(changes[first:])
