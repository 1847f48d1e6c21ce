"""What a target promises: an amount of working time, or a number of working days. And how the contract's data writes it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from shared.domain.errors import InvalidInput

US = timedelta(microseconds=1)
LONGEST = timedelta(days=366 * 211)
"""Calendars are kept for 211 years; nothing longer can be promised."""

UNITS_S = {"working_hours": 3600, "working_minutes": 60, "working_seconds": 1}
ALLOWED = (
    'one of {"working_hours": 4}, {"working_minutes": 90}, {"working_seconds": 30} or '
    '{"working_days": 2, "at": "close" or "same_time", "received": "next_opening" or "as_is"}'
)


class DueAt(StrEnum):
    """When on the due day: at its close, or at the wall time of the first open instant at or after receipt."""

    CLOSE = "close"
    SAME_TIME = "same_time"


class Received(StrEnum):
    """Which date is the day of receipt: that of the first open instant at or after receipt, or that of the receipt itself."""

    NEXT_OPENING = "next_opening"
    AS_IS = "as_is"


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """So much open time; zero or more. Source: SEMANTICS 2."""

    amount: timedelta

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.amount <= LONGEST:
            raise InvalidInput(f"A target's working time is from zero to {LONGEST.days // 366} years, not {self.amount}.")


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The count-th working day after the day of receipt, which is not counted. Source: SEMANTICS 3; art. 2963 c.c., 155 c.p.c."""

    count: int
    at: DueAt = DueAt.CLOSE
    received: Received = Received.NEXT_OPENING

    def __post_init__(self) -> None:
        if type(self.count) is not int or self.count < 1:
            raise InvalidInput(f"working_days is a whole number from 1 on, not {shown(self.count)}.")


Target = WorkingTime | WorkingDays


def target_from(mapping: Mapping[str, object]) -> Target:
    """A target from {"working_hours": 4} and the like. Raises InvalidInput, which names what is wrong and what is allowed."""
    if not isinstance(mapping, Mapping):
        raise InvalidInput(f"A target is {ALLOWED}; not {shown(mapping)}.")
    named = [key for key in mapping if key in UNITS_S or key == "working_days"]
    if len(named) != 1:
        wrong = f"{' and '.join(named)} at once" if named else f"only {', '.join(map(shown, mapping))}" if mapping else "nothing"
        raise InvalidInput(f"A target is {ALLOWED}; this one names {wrong}.")
    unit = named[0]
    allowed = ("working_days", "at", "received") if unit == "working_days" else (unit,)
    for key in mapping:
        if key not in allowed:
            raise InvalidInput(f"A target in {unit} has no {shown(key)}; allowed: {', '.join(allowed)}.")
    return _days_from(mapping) if unit == "working_days" else WorkingTime(_amount_from(unit, mapping[unit]))


def target_to(target: Target) -> dict[str, object]:
    """The inverse of `target_from`, in the largest unit that is exact."""
    if isinstance(target, WorkingDays):
        return {"working_days": target.count, "at": target.at.value, "received": target.received.value}
    for unit, seconds in UNITS_S.items():
        count, rest = divmod(target.amount, timedelta(seconds=seconds))
        if not rest:
            return {unit: count}
    return {"working_seconds": target.amount.total_seconds()}


def _days_from(mapping: Mapping[str, object]) -> WorkingDays:
    count = mapping["working_days"]
    if not isinstance(count, int) or isinstance(count, bool):
        raise InvalidInput(f"working_days is a whole number from 1 on, not {shown(count)}.")
    return WorkingDays(count, _choice(DueAt, "at", mapping), _choice(Received, "received", mapping))


def _choice[Choice: StrEnum](kind: type[Choice], key: str, mapping: Mapping[str, object]) -> Choice:
    if key not in mapping:
        return next(iter(kind))
    for choice in kind:
        if choice == mapping[key]:
            return choice
    raise InvalidInput(f"{key} is {' or '.join(kind)}, not {shown(mapping[key])}.")


def _amount_from(unit: str, count: object) -> timedelta:
    """Exact: the number means the decimal that was written, so 0.1 hours are 360 seconds and not a hair more."""
    if isinstance(count, bool) or not isinstance(count, int | float) or count != count or abs(count) == math.inf:
        raise InvalidInput(f"{unit} is a number, zero or more, not {shown(count)}.")
    if count < 0 or count * UNITS_S[unit] > LONGEST.total_seconds():
        raise InvalidInput(f"{unit} is zero or more, and at most {LONGEST.days // 366} years; {shown(count)} is not.")
    microseconds = Fraction(repr(count)) * UNITS_S[unit] * 1_000_000
    if microseconds.denominator != 1:
        raise InvalidInput(f"{unit} is exact to the microsecond; {shown(count)} would leave a fraction of one.")
    return int(microseconds) * US


def shown(value: object) -> str:
    """A value as it may stand in a sentence: short, whatever it is."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."
