"""The phrases in both languages, and which language a reader gets."""

import string
from datetime import date

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from shared.web import i18n


def names(language: str) -> dict[str, str]:
    return {f"{section}.{key}": text for section, keys in i18n.phrases(language).items() for key, text in keys.items()}


def test_every_phrase_exists_in_every_language_and_is_not_empty() -> None:
    italian, english = names("it"), names("en")
    assert set(italian) == set(english)
    assert all(text.strip() for text in (*italian.values(), *english.values()))


def test_a_phrase_has_the_same_gaps_to_fill_in_every_language() -> None:
    def gaps(text: str) -> set[str | None]:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}

    english = names("en")
    assert {name: gaps(text) for name, text in names("it").items()} == {name: gaps(text) for name, text in english.items()}


def test_every_holiday_of_the_italian_calendar_has_an_english_name() -> None:
    known = i18n.holiday_names()["en"]
    for day, name in holidays.country_holidays("IT", years=range(2020, 2041)).items():
        assert isinstance(day, date)
        assert set(name.split("; ")) <= set(known)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en", "en"),
        ("it-IT,it;q=0.9,en;q=0.8", "it"),
        ("fr, en;q=0.7, it;q=0.3", "en"),
        ("it;q=0.3, en;q=0.7", "en"),
        ("EN-us", "en"),
        ("en;q=0.5, it;q=0.5", "en"),  # equal: the first counts
        ("en;q=0, it;q=0.1", "it"),  # 0 means "not this one"
        ("en;q=0", "it"),
        ("de-CH", "it"),
        ("*", "it"),
        ("", "it"),
        (None, "it"),
        ("en;q=2, it;q=nan, ;;;, =, en;q=x", "it"),  # none of these makes sense
        (" en ; q=0.4 ,it;q=0.2", "en"),
        ("english, italian", "it"),
    ],
)
def test_a_browser_gets_the_language_it_prefers_of_those_there_are(header: str | None, language: str) -> None:
    assert i18n.choose(header, "it") == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("it;q=0", "en"),
        ("it;q=0, *;q=0.5", "en"),
        ("*", "it"),
        ("en;q=0, *", "it"),
        ("en;q=0.3, *;q=0.5", "it"),
        ("en, *;q=0.5", "en"),
        ("fr, *;q=0.1", "it"),
        ("it-CH;q=0, it;q=0.2", "it"),
        ("it-CH;q=0.0", "en"),
        ("it;q=0, en;q=0", "it"),
        ("*;q=0", "it"),
        ("en, *;q=0", "en"),
        ("fr, it;q=0.000", "en"),
    ],
)
def test_what_is_refused_is_not_given_and_a_star_stands_for_all_the_others(header: str, language: str) -> None:
    """RFC 9110, 12.4.2: q=0 is "not acceptable". Where nothing is left, the caller's default: a page beats none."""
    assert i18n.choose(header, "it") == language


RANGES = st.tuples(st.sampled_from(["it", "en", "fr", "*"]), st.sampled_from(["", ";q=1", ";q=0.7", ";q=0.3", ";q=0"]))


@given(st.lists(RANGES, max_size=5, unique_by=lambda each: each[0]))
def test_what_is_given_is_as_welcome_as_what_werkzeug_finds(ranges: list[tuple[str, str]]) -> None:
    header = ", ".join(map("".join, ranges))
    accept = parse_accept_header(header, LanguageAccept)
    if best := accept.best_match(["it", "en"]):
        assert accept[i18n.choose(header, "it")] == accept[best]


def test_the_default_is_the_callers() -> None:
    assert i18n.choose("fr", "en") == "en"


@pytest.mark.parametrize(
    ("asked", "language"), [("it", "it"), ("en", "en"), ("IT", "it"), ("it-CH", "it"), ("de", "en"), ("", "en"), (None, "en")]
)
def test_who_reads_neither_language_is_written_to_in_english(asked: str | None, language: str) -> None:
    assert i18n.spoken(asked) == language


def test_a_phrase_has_a_full_name() -> None:
    assert i18n.phrase("state.in_charge", "it") == "In lavorazione"
    assert i18n.phrase("state.in_charge", "fr") == "In progress"
