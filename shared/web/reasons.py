"""Why a deadline is what it is, in a few lines for whoever reads about it.

Four working hours from Friday 7 August 2026, 17:50, are over on Monday at 12:20: "venerdì 7 agosto: 40 min contati",
"sabato 8 – domenica 9 agosto: fine settimana", "lunedì 10 agosto: 3 h 20 min contati".
"""

from collections.abc import Iterator
from datetime import timedelta

from shared.web import i18n
from shared.web.facts import Days, Deadline, one_of
from shared.web.wording import Wording, parts_of

LONG = 8
"""So many lines are read; of more, only what is out of the ordinary is named, and the rest added up."""


def why(deadline: Deadline, words: Wording) -> tuple[str, ...]:
    """The reasons, a line each; few enough to be read, however long the deadline."""
    return tuple(_summed(deadline, words) if len(deadline.why) > LONG else _each(deadline, words))


def _each(deadline: Deadline, words: Wording) -> Iterator[str]:
    for days in deadline.why:
        yield f"{words.days(days.first, days.last)}: {_said_of(days, deadline, words)}"


def _summed(deadline: Deadline, words: Wording) -> Iterator[str]:
    """30 luglio – 10 settembre: 30 giorni contati; each holiday, closure and pause; 4 fine settimana che non si contano."""
    whole = words.days(deadline.why[0].first, deadline.why[-1].last)
    if _counts_days(deadline):
        yield f"{whole}: {_counted_days(sum(days.count for days in deadline.why if days.counted), words)}"
    else:
        yield f"{whole}: {_counted(sum((days.counted * days.count for days in deadline.why), timedelta(0)), words)}"
    for days in deadline.why:
        if days.reason not in ("", "weekend", "outside_hours") and not _is_free_anyway(days, deadline):
            yield f"{words.days(days.first, days.last)}: {_said_of(days, deadline, words)}"
    if weekends := sum(days.reason == "weekend" for days in deadline.why):
        yield words.phrases["reason"]["a_weekend" if weekends == 1 else "weekends"].format(count=weekends)


def _is_free_anyway(days: Days, deadline: Deadline) -> bool:
    """A holiday on a day of the week that is always free moves nothing: Sunday 4 October."""
    weekend = {each.weekday() for days in deadline.why if days.reason == "weekend" for each in (days.first, days.last)}
    return days.reason == "holiday" and days.count == 1 and days.first.weekday() in weekend


def _said_of(days: Days, deadline: Deadline, words: Wording) -> str:
    reason = _reason(days, deadline, words)
    if not days.counted:
        return reason
    if _counts_days(deadline):
        return _counted_days(days.count, words)
    a_day = words.phrases["counted"]["a_day"].format(duration=words.duration(days.counted))
    counted = _counted(days.counted, words) if days.count == 1 else a_day
    return words.phrases["counted"]["rest"].format(counted=counted, reason=reason) if reason else counted


def _counts_days(deadline: Deadline) -> bool:
    """Whether the days that count are the target's. They are not where a pause has cut one short: then hours tell it better."""
    return deadline.target.get("working_days") == sum(days.count for days in deadline.why if days.counted)


def _counted(amount: timedelta, words: Wording) -> str:
    """Agrees with what it counts: 1 h contata, 8 h contate, 40 min contati."""
    hours, minutes, _ = parts_of(amount)
    unit = "hour" if hours and not minutes else "minute"
    return words.phrases["counted"][unit if hours + minutes == 1 else f"{unit}s"].format(duration=words.duration(amount))


def _counted_days(count: int, words: Wording) -> str:
    return words.phrases["counted"]["day" if count == 1 else "days"].format(count=count)


def _reason(days: Days, deadline: Deadline, words: Wording) -> str:
    """festività (Natale); a closure's own name says it all."""
    name = "; ".join(_holiday(part, words) for part in one_of(days.name, words.language).split("; ") if part)
    if days.reason == "closure" and name:
        return name
    kind = "day_of_reopening" if days.reason == "day_of_receipt" and deadline.is_again else days.reason
    own = words.phrases["staff_reason"] if words.for_staff else {}
    reason = own.get(kind) or words.phrases["reason"].get(kind, kind)
    return words.phrases["reason"]["named"].format(reason=reason, name=name) if name else reason


def _holiday(local: str, words: Wording) -> str:
    return i18n.holiday_names().get(words.language, {}).get(local, local)
