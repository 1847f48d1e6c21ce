"""What a calendar is made of, as it was announced: weekly hours, holidays, closures, openings. Values only.

Source: SEMANTICS 1. The order is weekly hours, minus holidays, minus closures, plus openings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.domain.errors import InvalidInput

DAY_S = 86_400

Shift = tuple[int, int]
"""Open from, to: seconds of wall time after local midnight of the date it belongs to, half-open. Opens before 24:00; may close
up to 48:00, which makes it a night shift: (79200, 108000) is 22:00 to 06:00 the next morning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _LocalRange:
    """A half-open range of local date-times (naive: the calendar has the zone)."""

    starts: datetime
    ends: datetime
    reason: str = ""
    noun: ClassVar[str]

    def __post_init__(self) -> None:
        for wall in (self.starts, self.ends):
            if not isinstance(wall, datetime) or wall.tzinfo is not None:
                raise InvalidInput(f"{self.noun} is given in local date-times, without an offset from UTC; {wall!s} is not one.")
        if self.ends <= self.starts:
            raise InvalidInput(f"{self.noun} must end after it starts; {self.starts} to {self.ends} does not.")


class Closing(_LocalRange):
    """Time taken out of the weekly hours: a summer week, or one afternoon."""

    __slots__ = ()
    noun = "A closure"


class Opening(_LocalRange):
    """Time added, even on a holiday or inside a closure: on-call hours."""

    __slots__ = ()
    noun = "An opening"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A calendar's data. `weekly`: weekday (0 is Monday; absent: closed) to shifts. `holidays`: date to local name ("": unnamed).

    Raises InvalidInput with a sentence that says what is wrong. Whoever makes one leaves its mappings alone from then on.
    """

    zone: str
    weekly: Mapping[int, tuple[Shift, ...]]
    holidays: Mapping[date, str] = field(default_factory=dict)
    closures: tuple[Closing, ...] = ()
    openings: tuple[Opening, ...] = ()

    def __post_init__(self) -> None:
        zone_named(self.zone)
        for weekday, shifts in self.weekly.items():
            if type(weekday) is not int or not 0 <= weekday <= 6:
                raise InvalidInput(f"A weekday is a number from 0 (Monday) to 6 (Sunday); {weekday!r} is not.")
            for shift in shifts:
                _check_shift(shift)
        for day in self.holidays:
            if type(day) is not date:
                raise InvalidInput(f"A holiday is a date; {day!r} is not.")


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises InvalidInput."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise InvalidInput(f"There is no time zone {name!r}; allowed are IANA names such as Europe/Rome.") from None


def _check_shift(shift: Shift) -> None:
    opens, closes = shift
    if not 0 <= opens < DAY_S:
        raise InvalidInput(f"A shift opens from 00:00 to before 24:00 of the date it belongs to, not at {_clock(opens)}.")
    if not opens < closes <= 2 * DAY_S:
        allowed = f"after {_clock(opens)} and at most 48:00 (30:00 is 06:00 the next morning)"
        raise InvalidInput(f"A shift that opens at {_clock(opens)} closes {allowed}, not at {_clock(closes)}.")


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")
