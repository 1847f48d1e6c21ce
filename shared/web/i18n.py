"""The languages the desk speaks, the phrases it has in each, and which one a reader prefers."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("it", "en")
FALLBACK = "en"
LOCALES = Path(__file__).parent / "locales"

type Phrases = Mapping[str, Mapping[str, str]]
"""Phrases by section and name: phrases("it")["state"]["resolved"] is "Risolta"."""


def spoken(language: str | None) -> str:
    """The language itself where the desk speaks it (also as "it-IT"), English where it does not."""
    primary = _primary(language or "")
    return primary if primary in LANGUAGES else FALLBACK


def choose(accept_language: str | None, default: str) -> str:
    """The language a browser prefers of those the desk speaks; `default` when it asks for none of them (RFC 9110, 12.5.4).

    "fr, en;q=0.7, it;q=0.3" is "en". Of equal preferences the first counts; an entry that makes no sense is passed over.
    """
    wishes = [wish for entry in (accept_language or "").split(",") if (wish := _wish(entry)) is not None]
    best = max(wishes, key=lambda wish: wish[1], default=(default, 1.0))
    return best[0]


@cache
def phrases(language: str) -> Phrases:
    """All phrases in a language that the desk speaks."""
    return tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))


def phrase(name: str, language: str) -> str:
    """One phrase by its full name: phrase("page.no_request", "it")."""
    section, _, key = name.partition(".")
    return phrases(spoken(language))[section][key]


@cache
def holiday_names() -> Mapping[str, Mapping[str, str]]:
    """What the holidays of the calendars are called, by language and local name: {"en": {"Natale": "Christmas Day"}}."""
    return tomllib.loads((LOCALES / "holidays.toml").read_text(encoding="utf-8"))


def _wish(entry: str) -> tuple[str, float] | None:
    parts = re.fullmatch(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", entry)
    if parts is None or (language := _primary(parts[1])) not in LANGUAGES:
        return None
    quality = float(parts[2] or 1)
    return (language, quality) if quality else None


def _primary(tag: str) -> str:
    return tag.partition("-")[0].strip().lower()
