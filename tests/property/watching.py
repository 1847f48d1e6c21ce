"""What the words say of every second of a watched service, worked out one second at a time from all that was ever seen.

Written from the words of docs/watching.md, without the tracker: it looks at the whole history at once, where the tracker goes
look by look; it knows seconds only.
"""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Run:
    """A sample and its quick re-probes: (second, was it good). `interval`: in force when it was taken."""

    at: int
    looks: tuple[tuple[int, bool], ...]
    interval: int
    is_void: bool = False


@dataclass(frozen=True, kw_only=True)
class Past:
    """`words`: (second, was it good) of the witness; `fresh_for`: how many seconds one holds."""

    runs: tuple[Run, ...]
    words: tuple[tuple[int, bool], ...]
    fresh_for: int
    failures: int
    successes: int


@dataclass(kw_only=True)
class _Look:
    at: int
    good: bool
    is_sample: bool
    watch: int
    label: str = ""  # up, down, hope (good, in an outage that goes on), doubt (bad, and nothing came of it before nobody looked)


def seconds(past: Past, now: int) -> list[str]:
    """up, down or unknown for each second before `now`."""
    runs = [run for run in past.runs if not run.is_void]
    looks, holes = _looks(runs, now)
    _label(looks, past)
    times = [look.at for look in looks]
    return [_heard(_own(second, looks, times, holes), second, past) for second in range(now)]


def _looks(runs: list[Run], now: int) -> tuple[list[_Look], list[tuple[int, int]]]:
    looks: list[_Look] = []
    holes: list[tuple[int, int]] = []
    watch = 0
    for number, run in enumerate(runs):
        looks += [_Look(at=at, good=good, is_sample=at == run.at, watch=watch) for at, good in run.looks]
        following = runs[number + 1].at if number + 1 < len(runs) else None
        if (now if following is None else following) - run.at > 1.5 * run.interval:
            holes.append((run.at + run.interval, now if following is None else following))
            watch += 1
    return looks, holes


def _label(looks: list[_Look], past: Past) -> None:
    down = False
    place = 0
    while place < len(looks):
        look = looks[place]
        row = _row(looks, place)
        if not down and look.good:
            look.label = "up"
            place += 1
        elif not down:
            if len(row) >= past.failures:
                down = True
                continue
            after = looks[place + len(row)] if place + len(row) < len(looks) else None
            blip = after is not None and after.watch == look.watch
            for each in row:
                each.label = "up" if blip else "doubt"
            place += len(row)
        elif not look.good:
            look.label = "down"
            place += 1
        else:
            down = sum(each.is_sample for each in row) < past.successes
            for each in row:
                each.label = "hope" if down else "up"
            place += len(row)


def _row(looks: list[_Look], place: int) -> list[_Look]:
    """The looks alike from here on, without a hole between them."""
    first = looks[place]
    row = []
    for look in looks[place:]:
        if look.good is not first.good or look.watch != first.watch:
            break
        row.append(look)
    return row


def _own(second: int, looks: list[_Look], times: list[int], holes: list[tuple[int, int]]) -> str:
    place = bisect_right(times, second)
    if place == 0:
        return "unknown"
    if any(start <= second < end for start, end in holes):
        return "nobody looked"
    before = looks[place - 1].label
    after = looks[place].label if place < len(looks) else before
    return before if before == after and before in ("up", "down") else "unknown"


def _heard(own: str, second: int, past: Past) -> str:
    said = [(at, good) for at, good in past.words if at <= second]
    fresh = said[-1][1] if said and second < said[-1][0] + past.fresh_for else None
    if own == "down" and fresh:
        return "unknown"
    if own == "nobody looked":
        return "unknown" if fresh is None else "up" if fresh else "down"
    return own
