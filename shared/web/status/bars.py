"""Ninety days of a service as a row of bars: an SVG without script, each bar with its words, to be pointed at and to be heard.

Days that say the same are one bar, with notches where a day ends. What is not up differs by its shape, not by its colour alone:
down is taller, unknown is striped, maintenance is low and dotted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from shared.domain.status.standing import Bar, Now
from shared.web.status.words import Words

HEIGHT = 26
"""Of the picture; the patterns, and status.css, know at which height bars of each kind begin."""

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`start`: the first day it tells of, counted from the oldest. `title`: what happened, exactly."""

    start: int
    days: int
    kind: Now
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A service's bars. `shapes`: by kind, the outline of its days, where the segments tell of several kinds together; then
    those are only there to be pointed at."""

    segments: list[Segment]
    shapes: Mapping[Now, str]


def rows(services: Sequence[Sequence[Bar]], words: Words, most: int, *, is_brief: bool = False) -> list[Row]:
    """A row for each service, all told in the same detail: day by day if that makes `most` bars in all; otherwise days of
    a kind together, otherwise weeks or fortnights; otherwise without words. `is_brief`: of days that were up nothing is said."""
    for grouped in (_alike, _of_a_kind, _weeks, _fortnights):
        groups = [list(grouped(bars)) for bars in services]
        if sum(map(len, groups)) <= most:
            break
    else:
        return [Row(segments=[], shapes=_shapes(bars)) for bars in services]
    is_exact = grouped in (_alike, _of_a_kind)
    found = [list(_segments(each, words)) for each in groups]
    return [
        Row(
            segments=[each for each in row if not (is_brief and each.kind is Now.UP)],
            shapes={} if is_exact else _shapes(bars),
        )
        for row, bars in zip(found, services, strict=True)
    ]


def exactly(bars: Sequence[Bar], words: Words) -> list[Segment]:
    """Day by day; only days that are up, or unknown, throughout are told together."""
    return list(_segments(list(_alike(bars)), words))


def told(bars: Sequence[Bar], words: Words) -> str:
    """12 novembre 2026: non disponibile 1 min 3 s, non noto 2 s."""
    says = words.says
    down, unknown, excluded, up = (sum((getattr(b, part) for b in bars), _ZERO) for part in ("down", "unknown", "excluded", "up"))
    parts = [
        says[name].format(**{"for": words.length(amount)})
        for name, amount in (("day_down", down), ("day_unknown", unknown), ("day_maintenance", excluded))
        if amount
    ]
    if not (down or up or excluded):
        parts = [says["day_unknown_all"]]
    return f"{words.days(bars[0].on, bars[-1].on)}: {', '.join(parts) or says['day_up']}"


def summed(bars: Sequence[Bar], words: Words) -> str:
    """disponibili per intero: 87; con interruzioni: 3."""
    counts = {kind: sum(bar.kind is kind for bar in bars) for kind in (Now.UP, Now.DOWN, Now.UNKNOWN, Now.MAINTENANCE)}
    return "; ".join(words.says[f"days_{kind}"].format(count=count) for kind, count in counts.items() if count)


def _shapes(bars: Sequence[Bar]) -> Mapping[Now, str]:
    """M3 0h2v26h-2z: a rectangle for each run of days of a kind."""
    found: dict[Now, str] = {}
    start = 0
    for kind, run in groupby(bars, key=lambda bar: bar.kind):
        days = len(list(run))
        if kind is not Now.UP:  # they are drawn over a ground that is up
            found[kind] = found.get(kind, "") + f"M{start} 0h{days}v{HEIGHT}h-{days}z"
        start += days
    return found


def _segments(groups: Sequence[Sequence[Bar]], words: Words) -> Iterator[Segment]:
    start = 0
    for bars in groups:
        kind = next(kind for kind in (Now.DOWN, Now.UNKNOWN, Now.MAINTENANCE, Now.UP) if any(bar.kind is kind for bar in bars))
        yield Segment(start=start, days=len(bars), kind=kind, title=told(bars, words))
        start += len(bars)


def _alike(bars: Sequence[Bar]) -> Iterator[Sequence[Bar]]:
    for _, found in groupby(enumerate(bars), key=lambda each: _sameness(*each)):
        yield [bar for _, bar in found]


def _sameness(number: int, bar: Bar) -> object:
    """Days with this in common need no words of their own."""
    if bar.kind is Now.UP:
        return Now.UP
    if bar.kind is Now.UNKNOWN and not bar.up and not bar.excluded:
        return Now.UNKNOWN
    return number


def _of_a_kind(bars: Sequence[Bar]) -> Iterator[Sequence[Bar]]:
    for _, found in groupby(bars, key=lambda bar: bar.kind):
        yield list(found)


def _weeks(bars: Sequence[Bar]) -> Iterator[Sequence[Bar]]:
    return _stretches(bars, 7)


def _fortnights(bars: Sequence[Bar]) -> Iterator[Sequence[Bar]]:
    return _stretches(bars, 14)


def _stretches(bars: Sequence[Bar], days: int) -> Iterator[Sequence[Bar]]:
    """Of so many days each, the last one up to today; those that were up throughout are one."""
    first = len(bars) % days
    weeks = [bars[:first]] * bool(first) + [bars[start : start + days] for start in range(first, len(bars), days)]
    for is_up, found in groupby(weeks, key=lambda week: all(bar.kind is Now.UP for bar in week)):
        if is_up:
            yield [bar for week in found for bar in week]
        else:
            yield from found
