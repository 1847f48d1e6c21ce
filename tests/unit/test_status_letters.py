"""Letters about the services: every kind, in both languages, with what ends them, and with nothing that a fact could break."""

import re

import pytest

from shared.domain.evidence import stamp
from shared.domain.status.letter import Letter, LetterKind
from shared.web.status.letters import Letters
from tests.support.desks import LINKS, rome
from tests.support.letters import HOSTILE

LETTERS = Letters(links=LINKS, public_url="https://desk.example")
AT = rome("2026-11-23 10:00")
FACTS: dict[str, object] = {
    "services": [{"it": "Archivio", "en": "Archive"}],
    "zone": "Europe/Rome",
    "title": {"it": "Lento", "en": "Slow"},
    "text": {"it": "Prima riga.\nSeconda riga.", "en": "One line."},
    "reason": {"it": "Nuovi dischi.", "en": "New disks."},
    "phase": "identified",
    "until": stamp(AT),
    "starts_at": stamp(AT),
    "first_bad": stamp(AT),
}
KINDS = (
    LetterKind.CONFIRM,
    LetterKind.ALREADY,
    LetterKind.OUTAGE_BEGAN,
    LetterKind.OUTAGE_ENDED,
    LetterKind.INCIDENT,
    LetterKind.MAINTENANCE_ANNOUNCED,
    LetterKind.MAINTENANCE_CANCELLED,
)


def letter(kind: LetterKind, language: str, **changes: object) -> Letter:
    values: dict[str, object] = {
        "key": "k",
        "to": "anna@acme.example",
        "at": AT,
        "facts": FACTS,
        "is_subscribed": True,
        **changes,
    }
    return Letter(kind=kind, language=language, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_letter_with_a_link_and_a_way_out(kind: LetterKind, language: str) -> None:
    mail = LETTERS.render(letter(kind, language))
    assert mail.subject and "{{" not in mail.text + mail.html and f'<html lang="{language}">' in mail.html
    assert "https://desk.example/api/status/" in mail.text and "  ·" not in mail.html
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(
        r"<https://desk\.example/api/status/subscribers/unsubscription\?token=\S+>", mail.headers["List-Unsubscribe"]
    )
    assert kind is LetterKind.CONFIRM or mail.headers["List-Unsubscribe"].strip("<>") in mail.text


def test_a_customer_who_never_subscribed_is_offered_no_way_out() -> None:
    mail = LETTERS.render(letter(LetterKind.MAINTENANCE_ANNOUNCED, "it", is_subscribed=False))
    assert "List-Unsubscribe" not in mail.headers and "unsubscription" not in mail.text
    assert "Nuovi dischi." in mail.text


def test_what_people_wrote_keeps_its_lines_and_its_language() -> None:
    mail = LETTERS.render(letter(LetterKind.INCIDENT, "it", facts={**FACTS, "reason": {}}))
    assert "Prima riga.\nSeconda riga." in mail.text and "One line" not in mail.text
    assert mail.subject == "Lento – Causa individuata"


@pytest.mark.parametrize("kind", KINDS)
def test_no_fact_breaks_out_of_a_letter(kind: LetterKind) -> None:
    hostile = {"it": HOSTILE, "en": HOSTILE}
    facts = {**FACTS, "services": [hostile, 7], "title": hostile, "text": hostile, "zone": "No/Where"}
    mail = LETTERS.render(letter(kind, "it", facts=facts))
    assert "<script" not in mail.html and "\n" not in mail.subject and "\r" not in mail.subject
    (mail.text + mail.html).encode()


def test_a_letter_without_facts_is_still_a_letter() -> None:
    for kind in KINDS:
        assert LETTERS.render(letter(kind, "de", facts={})).text


@pytest.mark.parametrize(("language", "words"), [("it", "non è più osservato"), ("en", "no longer watched")])
@pytest.mark.parametrize("alarm", ["gap", "fast"])
def test_an_alarm_of_what_is_watched_no_more_is_cleared_by_saying_so(alarm: str, language: str, words: str) -> None:
    facts = {"services": FACTS["services"], "guarantee": {"it": "Data centre", "en": "Data centre"}, "alarm": alarm}
    mail = LETTERS.render(letter(LetterKind.ALARM_CLEARED, language, facts=facts, is_subscribed=False))
    assert words in mail.text and "Archiv" in mail.subject
    judged = {**facts, "left": ["1.0000", "2.0000"], "unknown": "0.0000"}
    assert words not in LETTERS.render(letter(LetterKind.ALARM_CLEARED, language, facts=judged, is_subscribed=False)).text
