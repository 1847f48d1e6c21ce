"""Instants, lengths and shares as the status page writes them: exactly, to the second and beyond, never rounded up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from shared.domain.availability import cut
from shared.domain.text import Text, text_in
from shared.web import i18n
from shared.web.views.availability import percent
from shared.web.wording import Wording

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """In one language, for one zone. `says`: the phrases of the status page."""

    language: str
    zone: ZoneInfo
    says: Mapping[str, str]

    def moment(self, at: datetime) -> str:
        """12 novembre 2026, 10:02:04. The zone is named once, beside the moment that the whole page is of."""
        from babel.dates import format_datetime

        local = at.astimezone(self.zone)
        shown: str = format_datetime(local, self.says["stamp"], locale=self.language)
        return shown + (self._figure(f".{local.microsecond:06d}".rstrip("0")) if local.microsecond else "")

    def in_zone(self, at: datetime) -> str:
        """12 novembre 2026, 10:02:04 (ora italiana)."""
        return f"{self.moment(at)} ({self._wording().zone_name(at)})"

    def day(self, on: date) -> str:
        """12 novembre."""
        from babel.dates import format_date

        return str(format_date(on, self.says["stamp_day"], locale=self.language))

    def days(self, first: date, last: date) -> str:
        """12 novembre; 3–9 novembre; 30 ottobre – 5 novembre. Within ninety days no year is in doubt."""
        if (first.year, first.month) == (last.year, last.month) and first != last:
            return f"{first.day}–{self.day(last)}"
        return self.day(first) if first == last else f"{self.day(first)} – {self.day(last)}"

    def month(self, month: str) -> str:
        """novembre 2026, from "2026-11"."""
        from babel.dates import format_date

        return str(format_date(date.fromisoformat(f"{month}-01"), "LLLL y", locale=self.language))

    def length(self, amount: timedelta) -> str:
        """1 h 2 min 3,25 s; 0 s. Exact."""
        hours, rest = divmod(amount, timedelta(hours=1))
        minutes, rest = divmod(rest, timedelta(minutes=1))
        seconds, fraction = divmod(rest, timedelta(seconds=1))
        decimals = f".{fraction.microseconds:06d}".rstrip("0") if fraction else ""
        parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
        return " ".join([*parts, *([f"{self._figure(f'{seconds}{decimals}')} s"] if rest or not parts else [])])

    def decimal(self, text: str) -> str:
        """22,29: a decimal as the language writes it."""
        return self._figure(text)

    def minutes(self, text: str) -> str:
        """21,6: a decimal without the zeros at its end."""
        return self._figure(text.rstrip("0").rstrip("."))

    def bounds(self, minimum: Fraction | None, maximum: Fraction | None) -> str:
        """between 99.9123% and 99.9999%; or what is known for certain; or that nothing counts yet."""
        if minimum is None or maximum is None:
            return self.says["nothing_counted"]
        if minimum == maximum:
            return self.says["exactly"].format(min=self.share(minimum))
        return self.says["between"].format(min=self.share(minimum), max=self.share(maximum))

    def share(self, share: Fraction) -> str:
        """99,9499: of a hundred, cut."""
        return self._figure(cut(share))

    def target(self, share: Fraction) -> str:
        """99,95: what is promised, as the contract writes it: in full."""
        return self._figure(percent(share))

    def of(self, text: Text) -> str:
        """A text in the language, or in the first that it has."""
        return _SURROGATES.sub("\ufffd", text_in(text, self.language))

    def _figure(self, figure: str) -> str:
        return figure.replace(".", ",") if self.language == "it" else figure

    def _wording(self) -> Wording:
        return Wording(language=self.language, zone=self.zone)


def words_in(language: str | None, zone: str) -> Words:
    spoken = i18n.spoken(language)
    return Words(language=spoken, zone=ZoneInfo(zone), says=i18n.phrases(spoken)["status"])
