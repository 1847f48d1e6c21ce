"""Ninety days of a service as a row of bars: an SVG without script, each bar with its words, in the picture and for those who hear it.

Days that say the same are one bar, with notches where a day ends. What is not up differs by its shape, not by its colour alone:
down is taller, unknown is striped, maintenance is low and dotted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from shared.domain.watch.standing import Bar, Now
from shared.web.status.words import Words

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`start`: the first day it tells of, counted from the oldest. `title`: what happened, exactly."""

    start: int
    days: int
    kind: Now
    title: str


def rows(services: Sequence[Sequence[Bar]], words: Words, most: int) -> list[list[Segment]]:
    """A row for each service, all told in the same detail: day by day if that makes at most so many bars in all; otherwise days of a
    kind together, otherwise weeks."""
    for grouped in (_alike, _of_a_kind, _weeks):
        groups = [list(grouped(bars)) for bars in services]
        if sum(map(len, groups)) <= most:
            break
    return [list(_segments(each, words)) for each in groups]


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
    """Of seven days, the last one up to today; weeks that were up throughout are one."""
    first = len(bars) % 7
    weeks = [bars[:first]] * bool(first) + [bars[start : start + 7] for start in range(first, len(bars), 7)]
    for is_up, found in groupby(weeks, key=lambda week: all(bar.kind is Now.UP for bar in week)):
        if is_up:
            yield [bar for week in found for bar in week]
        else:
            yield from found
