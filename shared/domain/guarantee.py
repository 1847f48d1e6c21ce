"""Promised availability: how much, over which period, and which maintenance does not count."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from shared.domain.text import Text
from shared.domain.worktime.span import Span, midnight

_SHORTEST_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceRule:
    """When announced maintenance is taken out of the availability of a guarantee.

    `notice`: least time, really elapsed, between announcement and beginning. `calendar`: its open hours are the permitted
    ones; None permits any. `cap`: most maintenance that is excluded in one period; None excludes all. Source: SEMANTICS 6.
    """

    excluded: bool
    notice: timedelta
    calendar: str | None
    cap: timedelta | None


class Period(StrEnum):
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """One promised uptime: target in per cent as an exact fraction of 1 (99.95 % is 1999/2000)."""

    id: str
    name: Text
    target: Fraction
    period: Period
    zone: str
    maintenance: MaintenanceRule
    description: Text | None = None

    def judges(self, span: Span) -> bool:
        """Whether a time is long enough for a verdict: a part of the year proves nothing of what is promised for the year."""
        return self.period is Period.MONTH or span[1] - span[0] >= _SHORTEST_YEAR

    def period_at(self, at: datetime) -> tuple[datetime, datetime]:
        """The calendar month or year, in the guarantee's zone, in which an instant lies: half-open, in UTC.

        Rome: March 2026 runs from 28 February 23:00 to 31 March 22:00 UTC, 743 hours. Source: SEMANTICS 6.
        """
        zone = ZoneInfo(self.zone)
        day = at.astimezone(zone).date().replace(day=1)
        if self.period is Period.YEAR:
            first = day.replace(month=1)
            return midnight(first, zone), midnight(first.replace(year=first.year + 1), zone)
        return midnight(day, zone), midnight((day + timedelta(days=31)).replace(day=1), zone)
