"""The languages the desk speaks, the phrases it has in each, and which one a reader prefers."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("it", "en")
FALLBACK = "en"
EVERY = "*"
LOCALES = Path(__file__).parent / "locales"

type Phrases = Mapping[str, Mapping[str, str]]
"""Phrases by section and name: phrases("it")["state"]["resolved"] is "Risolta"."""


def spoken(language: str | None) -> str:
    """The language itself where the desk speaks it (also as "it-IT"), English where it does not."""
    primary = _primary(language or "")
    return primary if primary in LANGUAGES else FALLBACK


def choose(accept_language: str | None, default: str) -> str:
    """The language a browser prefers of those the desk speaks; `default` when it asks for none of them (RFC 9110, 12.5.4).

    "fr, en;q=0.7, it;q=0.3" is "en". Of equal preferences the first counts; an entry that makes no sense is passed over. What is
    refused (q=0) is given only where everything is; "*" is every language that is not named.
    """
    wishes = [wish for entry in (accept_language or "").split(",") if (wish := _wish(entry)) is not None]
    named = {language for language, _ in wishes}
    others = [each for each in dict.fromkeys((default, *LANGUAGES)) if each not in named]
    star = max((quality for language, quality in wishes if language == EVERY), default=0.0)
    welcome = [(language, quality) for language, quality in wishes if language in LANGUAGES] + [(each, star) for each in others]
    best, quality = max(welcome, key=lambda wish: wish[1])
    if quality:
        return best
    return default if EVERY in named or not others else others[0]


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
    parts = re.fullmatch(
        r"\s*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", entry
    )
    if parts is None or (language := _primary(parts[1])) not in (*LANGUAGES, EVERY):
        return None
    return language, float(parts[2] or 1)


def _primary(tag: str) -> str:
    return tag.partition("-")[0].strip().lower()
