"""Reads calendars, instants and pairs as the calculator's questions write them. Every error says what is allowed."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from shared.catalogue.holiday_tables import country_holidays
from shared.domain.errors import InvalidInput
from shared.domain.worktime.promised import shown
from shared.domain.worktime.rules import Closing, Opening, Rules, Shift

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_WALL = _DAY + r"[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_INSTANT = re.compile(_WALL + r"([Zz]|[+-][0-9]{2}:[0-9]{2})")
_LOCAL = re.compile(_WALL)
_DATE = re.compile(_DAY)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?")
_MIDNIGHT_AT_THE_END = re.compile(_DAY + r"[Tt ]24:00(:00)?")


def calendar_rules(calendar: object) -> Rules:
    """{"tz", "weekly", "holidays", "closures", "openings"}; the last three may be absent."""
    given = keys(calendar, "A calendar", required=("tz", "weekly"), optional=("holidays", "closures", "openings"))
    given = {name: value for name, value in given.items() if value is not None or name in ("tz", "weekly")}
    return Rules(
        zone=_text(given["tz"], "tz", "an IANA name such as Europe/Rome"),
        weekly=_weekly(given["weekly"]),
        holidays=_holidays(given.get("holidays", [])),
        closures=tuple(Closing(starts=start, ends=end) for start, end in _ranges(given.get("closures", []), "closures")),
        openings=tuple(Opening(starts=start, ends=end) for start, end in _ranges(given.get("openings", []), "openings")),
    )


def instant(value: object, name: str) -> datetime:
    """An RFC 3339 instant with its offset, exact to the microsecond."""
    example = "2026-08-07T17:50:00+02:00"
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise InvalidInput(f"{name} is {shown(value)}, and there is no such date or time.") from None
    if isinstance(value, str) and _LOCAL.fullmatch(value):
        raise InvalidInput(f"{name} is {shown(value)}, without its offset from UTC; write it as {example}.")
    raise InvalidInput(f"{name} is an instant such as {example}, with at most six decimals of a second; not {shown(value)}.")


def keys(value: object, what: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, object]:
    """The object itself, if it has the keys it must have and none that nobody knows."""
    if not isinstance(value, dict):
        raise InvalidInput(f"{what} is an object with {', '.join(required)}; not {shown(value)}.")
    allowed = (*required, *optional)
    for key in value:
        if key not in allowed:
            raise InvalidInput(f"{what} has no {shown(key)}; allowed: {', '.join(allowed)}.")
    for key in required:
        if key not in value:
            raise InvalidInput(f"{what} needs {key!r}; required: {', '.join(required)}.")
    return value


def items(value: object, name: str, of: str) -> list[object]:
    if not isinstance(value, list):
        raise InvalidInput(f"{name} is a list of {of}; not {shown(value)}.")
    return value


def pair(value: object, name: str, of: str) -> tuple[object, object]:
    if not isinstance(value, list) or len(value) != 2:
        raise InvalidInput(f"{name} is a pair [{of}]; not {shown(value)}.")
    return value[0], value[1]


def _weekly(value: object) -> dict[int, tuple[Shift, ...]]:
    days = keys(value, "weekly", required=(), optional=WEEKDAYS)
    return {WEEKDAYS.index(day): tuple(_shift(shift, day) for shift in items(days[day], day, "shifts")) for day in days}


def _shift(value: object, day: str) -> Shift:
    opens, closes = pair(value, f"A shift of {day}", 'opens, closes], such as ["09:00", "13:00"')
    return _seconds(opens, day), _seconds(closes, day)


def _seconds(value: object, day: str) -> int:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise InvalidInput(f"A time of {day} is written HH:MM or HH:MM:SS, up to 48:00; not {shown(value)}.")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _holidays(value: object) -> Mapping[date, str]:
    if isinstance(value, list):
        return {_date(day): "" for day in value}
    given = keys(value, "holidays, unless it is a list of dates,", required=("country",), optional=("subdivision", "extra"))
    country, subdivision = given["country"], given.get("subdivision")
    known = country_holidays(
        _text(country, "country", "an ISO 3166 code such as IT"),
        None if subdivision is None else _text(subdivision, "subdivision", "null or a code such as MI"),
    )
    extra = {_date(day): "" for day in items(given.get("extra", []), "extra", "dates")}
    return {**extra, **known} if extra else known


def _ranges(value: object, name: str) -> list[tuple[datetime, datetime]]:
    ranges = (pair(each, f"One of the {name}", "from, to") for each in items(value, name, "pairs [from, to]"))
    return [(_local(start, name), _local(end, name)) for start, end in ranges]


def _local(value: object, name: str) -> datetime:
    """A local date-time; 24:00 ends its day."""
    if isinstance(value, str) and _MIDNIGHT_AT_THE_END.fullmatch(value):
        return datetime.combine(_date(value[:10]), time.min) + timedelta(days=1)
    if isinstance(value, str) and _LOCAL.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise InvalidInput(f"{name} has {shown(value)}, and there is no such date or time.") from None
    raise InvalidInput(f"{name} has local date-times such as 2026-08-10T00:00, without an offset; not {shown(value)}.")


def _date(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise InvalidInput(f"There is no date {shown(value)}.") from None
    raise InvalidInput(f"A holiday is a date such as 2026-12-25; not {shown(value)}.")


def _text(value: object, name: str, of: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{name} is {of}; not {shown(value)}.")
    return value
