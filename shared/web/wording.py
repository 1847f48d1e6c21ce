"""Instants, days, durations, targets and amounts in words, as a person of that language writes them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from shared.web import i18n
from shared.web.facts import Deadline, Facts, one_of
from shared.web.i18n import Phrases

_UNITS = {"working_hours": "hour", "working_minutes": "minute", "working_seconds": "second", "working_days": "day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words in one language, for dates in one zone. `for_staff`: the reader is not the customer."""

    language: str
    zone: ZoneInfo
    for_staff: bool = False
    phrases: Phrases = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "phrases", i18n.phrases(self.language))

    def moment(self, at: datetime) -> str:
        """lunedì 10 agosto 2026, 13:40 (ora italiana). Seconds are cut, so that no deadline is shown later than it is."""
        return f"{self._written(at.astimezone(self.zone), self.phrases['time']['moment'])} ({self.zone_name(at)})"

    def short(self, at: datetime) -> str:
        """lun 10 ago, 13:40: for a subject line."""
        return self._written(at.astimezone(self.zone), self.phrases["time"]["short"])

    def zone_name(self, at: datetime) -> str:
        """ "ora italiana" where people have a name for it, otherwise the abbreviation of that day (BST, UTC+03)."""
        local = at.astimezone(self.zone)
        abbreviation = local.tzname() or self.zone.key
        return self.phrases["time"].get(self.zone.key) or (f"UTC{abbreviation}" if abbreviation[0] in "+-" else abbreviation)

    def days(self, first: date, last: date) -> str:
        """venerdì 7 agosto; sabato 8 – domenica 9 agosto; 10–21 agosto; 28 dicembre 2026 – 6 gennaio 2027."""
        if first == last:
            return self._written(first, "EEEE d MMMM")
        day = "EEEE d" if (last - first).days == 1 else "d"
        month = "MMMM" if first.year == last.year else "MMMM y"
        if (first.year, first.month) != (last.year, last.month):
            return f"{self._written(first, f'{day} {month}')} – {self._written(last, f'{day} {month}')}"
        dash = "–" if day == "d" else " – "
        return f"{self._written(first, day)}{dash}{self._written(last, f'{day} {month}')}"

    def duration(self, amount: timedelta) -> str:
        """3 h 20 min, to the nearest minute; 30 s where it is less than one."""
        hours, minutes, seconds = parts_of(amount)
        shown = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
        return " ".join(shown) or f"{seconds} s"

    def target(self, target: Facts) -> str:
        """entro 4 ore lavorative; entro 1 giorno lavorativo. "" for a target that is written in no way we know."""
        unit = next((unit for unit in _UNITS if unit in target), None)
        if unit is None:
            return ""
        count, words = target[unit], self.phrases["target"]
        if count == 0:
            return words["at_once"]
        text = words[_UNITS[unit] if count == 1 else f"{_UNITS[unit]}s"].format(count=count)
        return words["same_time"].format(target=text) if target.get("at") == "same_time" else text

    def money(self, amount: Decimal, currency: str) -> str:
        """1.234,56 €; €1,234.56. Amounts are whole cents: nothing is rounded here."""
        from babel.numbers import format_currency

        return format_currency(amount, currency, locale=self.language)

    def figure(self, amount: Decimal) -> str:
        """7,5; 7.5; 1.000."""
        from babel.numbers import format_decimal

        return format_decimal(amount.normalize(), locale=self.language, decimal_quantization=False)

    def counted(self, amount: Decimal, unit: str) -> str:
        """1 giorno; 2,5 ore. `unit`: "day" or "hour"."""
        return self.phrases["amount"][unit if amount == 1 else f"{unit}s"].format(count=self.figure(amount))

    def promise(self, deadline: Deadline) -> str:
        """What the contract calls it: "Presa in carico", "First aid"."""
        usual = self.phrases["promise"].get(deadline.promise, deadline.promise)
        name = one_of(deadline.name, self.language) or usual
        return self.phrases["label"]["again"].format(name=name) if deadline.is_again else name

    def _written(self, at: date | datetime, pattern: str) -> str:
        """By a pattern of Unicode's locale data (CLDR)."""
        from babel.dates import format_date, format_datetime

        write = format_datetime if isinstance(at, datetime) else format_date
        return write(at, pattern, locale=self.language)


def parts_of(amount: timedelta) -> tuple[int, int, int]:
    """Hours and minutes, to the nearest minute; of less than one minute, seconds."""
    if amount < timedelta(minutes=1):
        return 0, 0, amount // timedelta(seconds=1)
    return (*divmod((amount + timedelta(seconds=30)) // timedelta(minutes=1), 60), 0)
