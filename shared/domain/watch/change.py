"""From which instant on a service was in which state: what a period is judged by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.availability import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`at`: exact. `why`: see `Why`; `outage`: its id, if any.

    A change may be told late, about an instant that has passed (the bracket of an outage begins at the last good sample), and a
    later word about the same instant replaces the earlier one: stored by service and instant, it overwrites it. `folded` does the
    same.
    """

    service: str
    at: datetime
    state: State
    why: str
    outage: str | None = None


class Why:
    """What a change rests on. Plain texts: a newer version of the program may add some."""

    FIRST = "first probe"
    RESUMED = "resumed"
    BRACKET = "bracket"
    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    UNCONFIRMED = "unconfirmed"
    RECOVERING = "recovering"
    RECOVERED = "recovered"
    STILL_DOWN = "still down"
    GAP = "gap"
    OWN_NETWORK = "own network"
    WITNESS = "witness"
    DISAGREES = "witness disagrees"


def folded(changes: Iterable[Change]) -> tuple[Change, ...]:
    """What stands of one service's changes, given in the order in which they were told: by instant, the last word on each, and
    nothing that only repeats what held before."""
    last = {change.at: change for change in changes}
    kept: list[Change] = []
    for at in sorted(last):
        change = last[at]
        if not kept or (kept[-1].state, kept[-1].outage) != (change.state, change.outage):
            kept.append(change)
    return tuple(kept)
