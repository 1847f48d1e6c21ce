"""One local day of a service: exactly, as its changes tell it, and minute by minute for the eye.

Rome: 29 March 2026 has 1,380 minutes, 25 October 1,500; minute 150 of either is not half past two but two and a half hours,
really elapsed, after midnight. A minute is down if any part of it was, else unknown if any part was, else up. Figures come from
the changes, never from the minutes.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from shared.domain.availability import State
from shared.domain.errors import InvalidInput
from shared.domain.watch.change import Change
from shared.domain.watch.histogram import Histogram
from shared.domain.watch.tally import Counts
from shared.domain.worktime.span import Span, midnight

MINUTE = timedelta(minutes=1)


class Minute(IntEnum):
    """What two bits say. EXCLUDED is for those who know of maintenance: a day does not."""

    UNKNOWN = 0
    UP = 1
    DOWN = 2
    EXCLUDED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How long a service was in each state, of the time of a day that has been told. They add up to it."""

    up: timedelta
    down: timedelta
    unknown: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """`opening`: the state at its beginning. `changes`: those after its beginning, in order. `until`: up to when it has been
    told, None: not at all. `promised`: the ids of all guarantees that it was under on that day; None: that was not kept."""

    service: str
    on: date
    zone: str
    opening: State = State.UNKNOWN
    changes: tuple[Change, ...] = ()
    until: datetime | None = None
    counts: Counts = field(default_factory=Counts)
    latency: Histogram = field(default_factory=Histogram)
    promised: tuple[str, ...] | None = None

    @property
    def span(self) -> Span:
        """From its midnight to the next, in UTC."""
        zone = ZoneInfo(self.zone)
        return midnight(self.on, zone), midnight(self.on + timedelta(days=1), zone)

    @property
    def length(self) -> int:
        """Its minutes: 1,440, or 1,380 and 1,500 where the clocks change."""
        start, end = self.span
        return -((start - end) // MINUTE)


def marked(day: Day, story: Sequence[Change], until: datetime) -> Day:
    """The day after a step of the tracker: its `story` holds from its first change on, in place of what was told before.

    A story that does not reach into the day changes only how it opens; what comes after the day leaves it as it is.
    """
    start, end = day.span
    until = min(end, until) if day.until is None else max(day.until, min(end, until))
    if until > start:
        day = replace(day, until=until)
    if not story:
        return day
    before = [change for change in story if change.at <= start]
    kept = [change for change in day.changes if change.at < story[0].at]
    within = [change for change in story if start < change.at < end]
    return replace(day, opening=before[-1].state if before else day.opening, changes=(*kept, *within))


def counted(day: Day, counts: Counts, latencies_ms: Sequence[int] = ()) -> Day:
    """With what a run came to."""
    latency = day.latency
    for each in latencies_ms:
        latency = latency.added(each)
    return replace(day, counts=day.counts + counts, latency=latency)


def under(day: Day, guarantees: Iterable[str]) -> Day:
    """The day of a service that is under these guarantees by now: what it was under before, it was under that day."""
    return replace(day, promised=tuple(sorted({*(day.promised or ()), *guarantees})))


def closing(day: Day) -> State:
    """The state that the next day opens with."""
    return day.changes[-1].state if day.changes else day.opening


def summary(day: Day) -> Summary:
    """Exact, from the changes."""
    totals = dict.fromkeys(State, timedelta(0))
    for (start, end), state in _spans(day):
        totals[state] += end - start
    return Summary(up=totals[State.UP], down=totals[State.DOWN], unknown=totals[State.UNKNOWN])


def minutes(day: Day) -> bytes:
    """A `Minute` each. Of one that is not over, what has been told counts; those to come are unknown."""
    start, _ = day.span
    marks = bytearray(day.length)
    spans = list(_spans(day))
    for state in (State.UP, State.UNKNOWN, State.DOWN):  # the later ones win
        for (begins, ends), holds in spans:
            if holds is state:
                first, after = (begins - start) // MINUTE, -((start - ends) // MINUTE)
                marks[first:after] = bytes([Minute[state.name]]) * (after - first)
    return bytes(marks)


def bad_minutes(marks: bytes) -> int:
    """Those in which the service was down, were it for a microsecond."""
    return marks.count(Minute.DOWN)


def pack(marks: bytes) -> str:
    """Minutes at two bits, as ASCII (base64): 500 characters for 1,500, 480 for 1,440. The first minute is in the lowest bits."""
    padded = marks + bytes(-len(marks) % 4)
    fours = (padded[i : i + 4] for i in range(0, len(padded), 4))
    return b64encode(bytes(a | b << 2 | c << 4 | d << 6 for a, b, c, d in fours)).decode()


def unpack(text: str, length: int | None = None) -> bytes:
    """The minutes again: `length` of them, where that is no multiple of four. InvalidInput: they were not packed here."""
    try:
        packed = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise InvalidInput("These are no packed minutes.") from None
    marks = bytes(byte >> shift & 3 for byte in packed for shift in (0, 2, 4, 6))
    if length is not None and not len(marks) - 4 < length <= len(marks):
        raise InvalidInput(f"These are no {length} packed minutes, but about {len(marks)}.")
    return marks[:length]


def _spans(day: Day) -> Iterator[tuple[Span, State]]:
    """When each state held, of what has been told; none is empty."""
    start, _ = day.span
    until = day.until or start
    edges = [(start, day.opening), *((change.at, change.state) for change in day.changes if change.at < until), (until, None)]
    for (at, state), (then, _) in pairwise(edges):
        if state is not None and at < then:
            yield (at, then), state
