"""A calendar's rules as the calculator's questions write them (SEMANTICS 7): what `shared/proof/definition.py` reads."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from shared.domain.worktime.rules import Closing, Opening, Rules

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def defined(rules: Rules, first: date, last: date) -> dict[str, object]:
    """{"tz", "weekly", "holidays", "closures", "openings"}: all that the rules say about these local dates, first to last.

    Holidays are dates, whatever country they come from, so that nobody needs the same tables to count the same.
    """
    return {
        "tz": rules.zone,
        "weekly": {
            WEEKDAYS[day]: [[_clock(opens), _clock(closes)] for opens, closes in sorted(shifts)]
            for day, shifts in sorted(rules.weekly.items())
            if shifts
        },
        "holidays": [day.isoformat() for day in sorted(rules.holidays) if first <= day <= last],
        "closures": _ranges(rules.closures, first, last),
        "openings": _ranges(rules.openings, first, last),
    }


def names(rules: Rules, first: date, last: date) -> dict[str, object]:
    """What its holidays and closures are called, in the same order: a definition has no room for names, a ledger shows them."""
    return {
        "holidays": [rules.holidays[day] for day in sorted(rules.holidays) if first <= day <= last],
        "closures": [closing.reason for closing in rules.closures if _touches(closing, first, last)],
    }


def _ranges(ranges: Iterable[Closing | Opening], first: date, last: date) -> list[list[str]]:
    return [[each.starts.isoformat(), each.ends.isoformat()] for each in ranges if _touches(each, first, last)]


def _touches(each: Closing | Opening, first: date, last: date) -> bool:
    begins, ends = datetime.combine(first, time.min), datetime.combine(last, time.min) + timedelta(days=1)
    return each.starts < ends and each.ends > begins


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")
