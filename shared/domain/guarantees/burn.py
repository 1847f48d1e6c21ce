"""Burn-rate alerts: the error budget is being used up faster than the month can bear.

A burn rate of 1 uses up the budget in just its period; 14.4 uses 2 % of a 30-day month's budget in an hour. An alert is raised
when both a long window and a short one burn at its rate: the long one so that a moment's trouble alarms nobody, the short one so
that nobody is called for trouble that is over. It is cleared when the long window burns below its rate again, so that what
flickers is one alert, and not one each time. Windows and rates: Google, The Site Reliability Workbook (2018), chapter 5,
"Alerting on SLOs", table 5-8 (its recommended parameters, written there for 99.9 % of 30 days).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from shared.domain.worktime.span import Span

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`long` and `short`: lengths in minutes. `rate`: how many times faster than the target bears."""

    id: str
    long: int
    short: int
    rate: Fraction


RULES = (
    Rule(id="fast", long=60, short=5, rate=Fraction(144, 10)),
    Rule(id="steady", long=360, short=30, rate=Fraction(6)),
    Rule(id="slow", long=4320, short=360, rate=Fraction(1)),
)
"""One hour and 5 minutes at 14.4, 6 hours and 30 minutes at 6, 3 days and 6 hours at 1."""

LONGEST = max(rule.long for rule in RULES)


class Turn(StrEnum):
    RAISED = "raised"
    CLEARED = "cleared"


def turned(raised: frozenset[str], bad: Sequence[bool], target: Fraction) -> dict[str, Turn]:
    """Which alerts turn now, by rule. `raised`: those that stand. `bad`: of each minute up to now, the latest last, whether the
    service was down in it, outside excluded maintenance. Minutes before the first given were not bad; unknown ones are not
    either: gaps have an alarm of their own. A target of 100 % has no budget: any bad minute of both windows raises."""
    turns: dict[str, Turn] = {}
    for rule in RULES:
        is_long = _burns(bad, rule.long, rule.rate, target)
        if rule.id in raised and not is_long:
            turns[rule.id] = Turn.CLEARED
        elif rule.id not in raised and is_long and _burns(bad, rule.short, rule.rate, target):
            turns[rule.id] = Turn.RAISED
    return turns


def after(raised: frozenset[str], turns: dict[str, Turn]) -> frozenset[str]:
    """The alerts that stand when these have turned."""
    return (raised | {id for id, turn in turns.items() if turn is Turn.RAISED}) - {
        id for id, turn in turns.items() if turn is Turn.CLEARED
    }


def bad_minutes(down: Iterable[Span], until: datetime, count: int = LONGEST) -> list[bool]:
    """Of the last whole minutes before `until`, in which one a service was down, however briefly; the latest last."""
    last = until.replace(second=0, microsecond=0)
    first = last - count * MINUTE
    bad = [False] * count
    for start, end in down:
        if start >= last or end <= first or start >= end:
            continue
        begins = max((start - first) // MINUTE, 0)
        ends = min(-((first - end) // MINUTE), count)
        bad[begins:ends] = [True] * (ends - begins)
    return bad


def _burns(bad: Sequence[bool], length: int, rate: Fraction, target: Fraction) -> bool:
    found = sum(bad[-length:])
    return found > 0 and Fraction(found, length) >= rate * (1 - target)
