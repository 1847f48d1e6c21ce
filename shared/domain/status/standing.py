"""How the services stand, as anybody may see it: now, day by day for ninety days, and what this month proves. Pure.

What was not watched is unknown, and is never told as up. Nothing of how a service is checked is in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from shared.domain.availability import Verdict
from shared.domain.guarantee import Guarantee
from shared.domain.guarantees.budget import Budget
from shared.domain.guarantees.record import Record
from shared.domain.guarantees.windows import Hours, Terms
from shared.domain.status.incident import Incident
from shared.domain.text import Text
from shared.domain.watch.maintenance import Window
from shared.domain.watch.service import Service

DAYS = 90

_ZERO = timedelta(0)


class Now(StrEnum):
    """What is said of a service at this moment. UNWATCHED: nothing has ever been seen of it."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"
    UNWATCHED = "unwatched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A local day: how long the service was in each state. They add up to the day, or to what is over of it; excluded wins."""

    on: date
    up: timedelta = _ZERO
    down: timedelta = _ZERO
    unknown: timedelta = _ZERO
    excluded: timedelta = _ZERO

    @property
    def kind(self) -> Now:
        """What matters most of it: any time down, then any unknown, then maintenance. Up is only what was up throughout."""
        if self.down:
            return Now.DOWN
        if self.unknown or not (self.up or self.excluded):
            return Now.UNKNOWN
        return Now.MAINTENANCE if self.excluded else Now.UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """An interruption as it is certain: it began after `last_good` (None: never seen good) and at `first_bad` at the latest; it
    ended after `last_bad` and at `first_good` at the latest (None: it goes on). `down`: how long it was down for certain;
    `unknown`: how long it may have been, besides. `again`: how often it came back so soon that it counts as the same. `since`:
    when it last did, or began."""

    outage: str
    service: str
    last_good: datetime | None
    first_bad: datetime
    since: datetime
    last_bad: datetime
    first_good: datetime | None
    down: timedelta
    unknown: timedelta
    again: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a month proves so far: contractual where there is a guarantee, otherwise as seen. Without one there is no verdict, and
    none of a month under a guarantee by the year, nor a budget: these are of the year."""

    month: str
    guarantee: str | None
    name: Text | None
    target: Fraction | None
    minimum: Fraction | None
    maximum: Fraction | None
    coverage: Fraction | None
    verdict: Verdict | None
    up: timedelta
    down: timedelta
    unknown: timedelta
    excluded: timedelta
    is_running: bool
    budget: Budget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Of this month's answers: so many per cent took at most so many ms. `counts`: by bucket, its bound (None: beyond all of
    them) and how many answers are in it."""

    p50: int
    p95: int
    p99: int
    counts: tuple[tuple[int | None, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service. `since`: from when on it has been as it is now; None: as far back as anybody knows. `bars`: the oldest first,
    ninety of them. `proofs`: this month's, then the last one's where its days are known."""

    id: str
    name: Text
    now: Now
    since: datetime | None
    bars: tuple[Bar, ...]
    proofs: tuple[Proof, ...]
    latency: Latency | None
    spells: tuple[Spell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that is public, as of `now`. `incidents`: the newest first. `windows`: those that have not ended, the next first; those
    that were cancelled are said to be. `spells`: interruptions of which nobody has written yet, the newest first."""

    now: datetime
    zone: str
    lines: tuple[Line, ...]
    incidents: tuple[Incident, ...] = ()
    windows: tuple[Window, ...] = ()
    spells: tuple[Spell, ...] = ()

    @property
    def overall(self) -> Now:
        """The worst of what is known, and unknown before up. Nothing watched: unwatched."""
        order = (Now.DOWN, Now.UNKNOWN, Now.MAINTENANCE, Now.UP)
        found = {line.now for line in self.lines}
        if not found - {Now.UNWATCHED}:
            return Now.UNWATCHED
        if Now.UNWATCHED in found:
            found.add(Now.UNKNOWN)
        return next(each for each in order if each in found)

    def only(self, line: Line) -> "Standing":
        """What of it is about one service, or about all of them."""
        return replace(
            self,
            lines=(line,),
            incidents=tuple(each for each in self.incidents if not each.services or line.id in each.services),
            windows=tuple(each for each in self.windows if line.id in each.services),
            spells=tuple(each for each in self.spells if each.service == line.id),
        )

    def name_of(self, service: str) -> Text:
        return next((line.name for line in self.lines if line.id == service), {"en": service})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is known of a service. `record`: the last ninety days, today up to now. `windows`: announced for it; those of the
    whole periods that these days touch, for caps are used up in order. `promised`: its guarantees, with their hours, by the
    version of the contract that judges this month; `promised_before`: the last one, None: the same. `terms`: by guarantee, what
    they were in every period; None: the same in all of them."""

    service: Service
    record: Record
    windows: tuple[Window, ...] = ()
    promised: tuple[tuple[Guarantee, Hours], ...] = ()
    promised_before: tuple[tuple[Guarantee, Hours], ...] | None = None
    terms: Mapping[str, Terms] | None = None

    def terms_of(self, guarantee: Guarantee) -> Terms | None:
        return None if self.terms is None else self.terms.get(guarantee.id)
