"""Availability: how much of a period a service was up, as exact fractions, and what that proves.

Source: SEMANTICS 6. Every instant of a period is exactly one of up, down, unknown, excluded. Excluded (announced maintenance)
wins, then what the probes say; what nobody watched is unknown, never silently up.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from shared.domain.errors import InvalidInput
from shared.domain.worktime.promised import shown
from shared.domain.worktime.span import Span, clipped, merged, utc, without

_ZERO = timedelta(0)
_DECIMALS = 30
_PERCENT = re.compile(rf"-?[0-9]{{1,3}}(\.[0-9]{{1,{_DECIMALS}}})?")


class State(StrEnum):
    """What the probes say from an instant on, until they say something else."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    MET = "MET"
    MISSED = "MISSED"
    INDETERMINATE = "INDETERMINATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`minimum`: the share of the counted time that was surely up; `maximum`: the share if all that is unknown was up.

    Both None when nothing was counted.
    """

    up: timedelta
    down: timedelta
    unknown: timedelta
    excluded: timedelta
    minimum: Fraction | None
    maximum: Fraction | None
    verdict: Verdict


def judge(
    period_start: datetime,
    period_end: datetime,
    states: Iterable[tuple[datetime, State]],
    maintenance: Iterable[Span],
    now: datetime | None,
    target: Fraction,
) -> Judgement:
    """The judgement of a period, as known at `now` (None: it is over). `target` is a share of 1: 99.95 % is 1999/2000.

    `states` and `maintenance` come in any order and may reach outside the period. Before the first state all is unknown; after
    `now` there is nothing. Raises InvalidInput: a period or a maintenance that ends before it starts (a period: or at its start),
    two different states at one instant, a target outside 0 to 1, a naive instant.
    """
    start, end = utc(period_start), utc(period_end)
    if end <= start:
        raise InvalidInput(f"A period must end after it starts; {start.isoformat()} to {end.isoformat()} does not.")
    if not 0 <= target <= 1:
        raise InvalidInput("An availability target is from 0 to 100 per cent.")
    end = max(start, end if now is None else min(end, utc(now)))
    excluded = clipped(_announced(maintenance), start, end)
    totals = dict.fromkeys(State, _ZERO)
    for state, spans in _spans_by_state(states, start, end).items():
        totals[state] = _length(without(spans, excluded))
    up, down, unknown = totals[State.UP], totals[State.DOWN], totals[State.UNKNOWN]
    minimum, maximum = _shares(up, down, unknown)
    return Judgement(
        up=up,
        down=down,
        unknown=unknown,
        excluded=_length(excluded),
        minimum=minimum,
        maximum=maximum,
        verdict=_verdict(minimum, maximum, target),
    )


def target_share(percent: object) -> Fraction:
    """The target as a share of 1, from per cent: "99.95", 99.95, 100; minus zero is zero. Raises InvalidInput."""
    text = percent
    if isinstance(percent, float):
        text = f"{Decimal(repr(percent)):f}"
    elif isinstance(percent, int) and not isinstance(percent, bool):
        text = shown(percent)
    if not isinstance(text, str) or not _PERCENT.fullmatch(text) or not 0 <= Fraction(text) <= 100:
        allowed = f'per cent from 0 to 100, such as "99.95", with at most {_DECIMALS} decimals'
        raise InvalidInput(f"A target is {allowed}; not {shown(percent)}.")
    return Fraction(text) / 100


def cut(share: Fraction) -> str:
    """A share of 1 in per cent, cut to four decimals and never rounded up: 0.999499999 is "99.9499"."""
    whole, rest = divmod(share.numerator * 1_000_000 // share.denominator, 10_000)
    return f"{whole}.{rest:04d}"


def _announced(maintenance: Iterable[Span]) -> list[Span]:
    spans = [(utc(start), utc(end)) for start, end in maintenance]
    for start, end in spans:
        if end < start:
            raise InvalidInput(f"A maintenance ends before it starts: {start.isoformat()} to {end.isoformat()}.")
    return merged(spans)


def _spans_by_state(states: Iterable[tuple[datetime, State]], start: datetime, end: datetime) -> dict[State, list[Span]]:
    """When each state held, in order, within `[start, end)`. All that comes before the first one given is unknown."""
    changes = sorted(((utc(at), state) for at, state in states), key=lambda change: change[0])
    for (at, one), (then, other) in pairwise(changes):
        if at == then and one is not other:
            raise InvalidInput(f"At {at.isoformat()} the service cannot be both {one} and {other}.")
    if not changes or changes[0][0] > start:
        changes.insert(0, (start, State.UNKNOWN))
    changes.append((max(end, changes[-1][0]), State.UNKNOWN))
    spans: dict[State, list[Span]] = {state: [] for state in State}
    for (at, state), (then, _) in pairwise(changes):
        if then > start and at < end:
            spans[state].append((max(at, start), min(then, end)))
    return spans


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((end - start for start, end in spans), _ZERO)


def _shares(up: timedelta, down: timedelta, unknown: timedelta) -> tuple[Fraction, Fraction] | tuple[None, None]:
    """`U/(U+D+N)` and `(U+N)/(U+D+N)`."""
    u, d, n = (part // timedelta(microseconds=1) for part in (up, down, unknown))
    counted = u + d + n
    return (Fraction(u, counted), Fraction(u + n, counted)) if counted else (None, None)


def _verdict(minimum: Fraction | None, maximum: Fraction | None, target: Fraction) -> Verdict:
    if minimum is None or maximum is None:
        return Verdict.INDETERMINATE
    if minimum >= target:
        return Verdict.MET
    return Verdict.MISSED if maximum < target else Verdict.INDETERMINATE
