"""Dates, date-times and zones as a contract file writes them. Every function raises ValueError with what is allowed."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from shared.catalogue.parser.words import shown

FIRST_YEAR, LAST_YEAR = 1990, 2200
"""The years that calendars are kept for."""

_EVERY_YEAR = re.compile(r"(\d\d)-(\d\d)")


def zone_of(key: str) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, or the name of a region (a folder)
        raise ValueError(f"must be the IANA name of a time zone, such as Europe/Rome or UTC, not {key!r}") from None


def effective_of(value: object, zone: ZoneInfo) -> datetime:
    """A date is the start of that day in `zone`, a date-time with an offset itself. The result is in UTC."""
    value = _parsed(value)
    if type(value) is date:
        return _kept(datetime.combine(value, time.min, zone))
    if isinstance(value, datetime) and value.tzinfo is not None:
        return _kept(value)
    raise ValueError(
        "must be a date (2026-01-01: from the start of that day in the contract's zone) or a date-time with an offset "
        f"(2026-01-01T00:00:00+01:00), not {shown(value)}"
    )


def instant_of(value: object) -> datetime:
    """A date-time with an offset, in UTC."""
    value = _parsed(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return _kept(value)
    raise ValueError(f"must be a date-time with an offset, such as 2026-06-15T10:00:00+02:00, not {shown(value)}")


def local_of(value: object) -> datetime:
    """A local date-time, without an offset: wall time in the calendar's zone."""
    value = _parsed(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return _kept(value)
    raise ValueError(
        "must be a local date-time without an offset, such as 2026-12-24T14:30:00 "
        f"(for whole days use first_day and last_day), not {shown(value)}"
    )


def day_of(value: object) -> date:
    value = _parsed(value)
    if type(value) is date and FIRST_YEAR <= value.year <= LAST_YEAR:
        return value
    raise ValueError(f"must be a date from {FIRST_YEAR} to {LAST_YEAR}, such as 2026-08-10, not {shown(value)}")


def dates_of(key: str) -> tuple[date, ...]:
    """The dates that the key of an extra holiday names: "2026-12-24" is one date, "12-24" that day of every year."""
    if match := _EVERY_YEAR.fullmatch(key):
        dates = tuple(_every_year(int(match[1]), int(match[2])))
        if dates:
            return dates
    try:
        return (day_of(date.fromisoformat(key)),)
    except ValueError:
        raise ValueError(
            f"is not a date from {FIRST_YEAR} to {LAST_YEAR} (2026-12-24) or a day of every year (12-24: month, day)"
        ) from None


def _every_year(month: int, day: int) -> Iterator[date]:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        try:
            yield date(year, month, day)
        except ValueError:  # 29 February in most years; every year when there is no such day
            continue


def _parsed(value: object) -> object:
    """Quoted dates mean what unquoted ones do."""
    if isinstance(value, str):
        for kind in (date, datetime):
            try:
                return kind.fromisoformat(value)
            except ValueError:
                continue
    return value


def _kept(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}, not in {value.year}")
    return value if value.tzinfo is None else value.astimezone(UTC)
