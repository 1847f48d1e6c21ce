"""Dates that the engine's tests work with: August 2026 in Rome, the desk's hours, and a short way to write an instant."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from shared.domain.calendar import Calendar, Closing, Opening, Rules, Shift

ROME = ZoneInfo("Europe/Rome")
OFFICE_HOURS: tuple[Shift, ...] = ((9 * 3600, 13 * 3600), (14 * 3600 + 1800, 18 * 3600 + 1800))
WEEKDAYS: dict[int, tuple[Shift, ...]] = dict.fromkeys(range(5), OFFICE_HOURS)
EVERY_DAY: dict[int, tuple[Shift, ...]] = dict.fromkeys(range(7), ((0, 86_400),))
NIGHTS: dict[int, tuple[Shift, ...]] = dict.fromkeys(range(7), ((22 * 3600, 30 * 3600),))


def rome(text: str) -> datetime:
    """ "2026-08-07 17:50" on a clock in Rome, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def closing(start: str, end: str, reason: str = "") -> Closing:
    return Closing(starts=local(start), ends=local(end), reason=reason)


def opening(start: str, end: str) -> Opening:
    return Opening(starts=local(start), ends=local(end))


def calendar(
    weekly: dict[int, tuple[Shift, ...]] = WEEKDAYS,
    *,
    zone: str = "Europe/Rome",
    holidays: dict[str, str] | None = None,
    closures: tuple[Closing, ...] = (),
    openings: tuple[Opening, ...] = (),
) -> Calendar:
    named = {date.fromisoformat(day): name for day, name in (holidays or {}).items()}
    return Calendar(Rules(zone=zone, weekly=weekly, holidays=named, closures=closures, openings=openings))


OFFICE = calendar()
