"""The customer's page of a request: what it says in every state, and that it needs and gives away nothing."""

import base64
import hashlib
import re
from collections.abc import Mapping

import pytest

from shared.domain.evidence import stamp
from shared.web import pages
from shared.web.links import Links
from shared.web.rendering import TEMPLATES
from tests.support.desks import rome
from tests.support.letters import DUE, FACTS, HOSTILE, Page, flat

URL = Links("https://desk.example", b"a secret for the tests, of no use").ticket("ACME-42")
RESOLUTION = {
    **DUE,
    "promise": "resolution",
    "name": {"it": "Primo intervento", "en": "First aid"},
    "target": {"working_days": 2, "at": "close", "received": "next_opening"},
    "due_at": stamp(rome("2026-08-11 18:30")),
}


def clock(deadline: Mapping[str, object], state: str, **more: object) -> dict[str, object]:
    return {**{key: deadline[key] for key in ("promise", "name", "target", "due_at", "started_at")}, "state": state, **more}


def page(language: str = "it", **changes: object) -> str:
    facts = {
        **FACTS,
        "state": "new",
        "priority": None,
        "deadlines": [DUE, RESOLUTION],
        "clocks": [clock(DUE, "running"), clock(RESOLUTION, "running")],
        "reopen_until": None,
        "url": URL,
    }
    return pages.request_page({**facts, **changes}, language)


def said(html: str) -> str:
    return flat(Page(html.partition("<body>")[2]).said)


def test_the_page_says_how_the_request_stands_until_when_and_why() -> None:
    words = said(page())
    for part in (
        "Richiesta ACME-42 Il protocollo non assegna il numero Ricevuta",
        "Presa in carico In corso Scadenza: lunedì 10 agosto 2026, 12:20 (ora italiana) entro 4 ore lavorative",
        "venerdì 7 agosto: 40 min contati sabato 8 – domenica 9 agosto: fine settimana",
        "Primo intervento In corso Scadenza: martedì 11 agosto 2026, 18:30 (ora italiana) entro 2 giorni lavorativi",
        "Prodotto Conservazione digitale",
        "Priorità non ancora valutata",
    ):
        assert part in words


def test_the_page_speaks_english_too_and_says_which_language_it_is_in() -> None:
    html = page("en")
    assert '<html lang="en">' in html and '<html lang="it">' in page()
    assert "First aid Running Due: Tuesday, 11 August 2026, 18:30 (Italian time) within 2 working days" in said(html)
    assert page("de") == html


def test_the_other_language_is_one_link_away_and_the_key_goes_along() -> None:
    key = URL.partition("?key=")[2]
    links = {attributes.get("lang"): attributes["href"] for tag, attributes in Page(page()).tags if tag == "a"}
    assert links["en"] == f"?key={key}&lang=en"
    back = {
        attributes.get("lang"): attributes["href"]
        for tag, attributes in Page(page("en", url=f"{URL}&lang=en")).tags
        if tag == "a"
    }
    assert back["it"] == f"?key={key}&lang=it"


@pytest.mark.parametrize(
    ("state", "words", "next"),
    [
        ("new", "Ricevuta", "Una persona prenderà in carico la Sua richiesta."),
        ("in_charge", "In lavorazione", "Una persona se ne sta occupando."),
        ("quoted", "In attesa della Sua decisione", "può accettarla o rifiutarla"),
        ("on_hold", "In attesa della Sua risposta", "fino ad allora le scadenze sono sospese"),
        ("resolved", "Chiusa, si può riaprire", "riaprirla fino a martedì 25 agosto 2026, 18:30 (ora italiana)"),
        ("closed", "Chiusa", "La richiesta è chiusa e non si può più riaprire."),
    ],
)
def test_every_state_has_its_words_and_what_happens_next(state: str, words: str, next: str) -> None:
    html = page(state=state, reopen_until=stamp(rome("2026-08-25 18:30")))
    assert f'<p class="state {state}">{words}</p>' in html
    assert next in said(html)


@pytest.mark.parametrize(
    ("state", "marks"),
    [
        ("new", ["now", "ahead", "ahead"]),
        ("in_charge", ["done", "now", "ahead"]),
        ("quoted", ["done", "now", "ahead"]),
        ("on_hold", ["done", "now", "ahead"]),
        ("resolved", ["done", "done", "now"]),
        ("closed", ["done", "done", "now"]),
    ],
)
def test_the_steps_show_where_the_request_stands(state: str, marks: list[str]) -> None:
    assert re.findall(r'<li class="(done|now|ahead)"', page(state=state)) == marks
    assert page(state=state).count('aria-current="step"') == 1


def test_a_deadline_that_was_kept_says_when_and_no_longer_why() -> None:
    met = clock(DUE, "met", done_at=stamp(rome("2026-08-10 09:05")), why=DUE["why"])
    words = said(page(state="in_charge", deadlines=[], clocks=[met]))
    assert "Presa in carico Rispettata Scadenza: lunedì 10 agosto 2026, 12:20" in words
    assert "Fatto: lunedì 10 agosto 2026, 09:05 (ora italiana)" in words
    assert "40 min contati" not in words


def test_a_deadline_that_is_overdue_is_not_one_that_was_missed_and_done_since() -> None:
    overdue = said(page(clocks=[clock(DUE, "breached")], deadlines=[DUE]))
    assert "Presa in carico Scaduta" in overdue and "Il termine è passato. Ce ne scusiamo." in overdue
    missed = said(page(clocks=[clock(DUE, "breached")], deadlines=[], state="in_charge"))
    assert "Presa in carico Non rispettata" in missed and "Il termine è passato" not in missed


def test_a_deadline_that_stands_still_has_no_date() -> None:
    paused = {**DUE, "due_at": None}
    words = said(page(state="on_hold", deadlines=[paused], clocks=[clock(paused, "paused")]))
    assert "Presa in carico Sospesa Scadenza: sospesa finché non riceviamo la Sua risposta" in words


def test_a_reopened_request_shows_both_rounds_apart() -> None:
    again = {**RESOLUTION, "started_at": stamp(rome("2026-08-13 12:00")), "due_at": stamp(rome("2026-08-17 18:30"))}
    words = said(page(state="in_charge", deadlines=[again], clocks=[clock(RESOLUTION, "met"), clock(again, "running")]))
    assert "Primo intervento Rispettata Scadenza: martedì 11 agosto" in words
    assert "Primo intervento, dopo la riapertura In corso Scadenza: lunedì 17 agosto" in words


def test_a_request_that_turned_out_to_have_no_deadlines_says_so() -> None:
    html = page(deadlines=[], clocks=[clock(DUE, "withdrawn"), clock(RESOLUTION, "withdrawn")])
    assert "Il contratto non prevede scadenze per questo tipo di richiesta." in said(html)


def test_until_triage_the_deadlines_are_said_to_be_provisional() -> None:
    note = "La priorità non è ancora stata valutata."
    assert note in said(page()) and note in said(page(state="in_charge"))
    assert note not in said(page(priority=2)) and note not in said(page(state="closed", deadlines=[], clocks=[clock(DUE, "met")]))


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    for tag, attributes in Page(page()).tags:
        assert tag not in {"script", "img", "iframe", "form", "object", "svg"} and not {"src", "style"} & set(attributes)
        assert tag != "link" or attributes == {"rel": "icon", "href": "data:,"}
        assert tag != "a" or (attributes["href"] or "").startswith(("?", "mailto:support@interzen.example?subject=%5BACME-42%5D"))
    assert "@import" not in page() and "url(" not in page()


def test_the_style_is_small_and_the_policy_allows_it_and_nothing_else() -> None:
    style = re.search(r"<style>(.*)</style>", page(), re.DOTALL)
    assert style is not None and len(style[1].encode()) < 4096
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in pages.headers()["Content-Security-Policy"]


def test_the_key_in_the_address_is_kept_from_caches_search_engines_and_other_sites() -> None:
    assert pages.headers()["Referrer-Policy"] == "no-referrer" and '<meta name="referrer" content="no-referrer">' in page()
    assert pages.headers()["Cache-Control"] == "private, no-store"
    assert pages.headers()["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("language", ["it", "en"])
def test_no_text_of_a_request_becomes_markup(language: str) -> None:
    facts: dict[str, object] = dict.fromkeys(
        ("ticket", "subject", "vendor", "state", "priority", "support_email", "url"), HOSTILE
    )
    deadline = {**DUE, "promise": HOSTILE, "name": {"it": HOSTILE}}
    html = page(language, **facts, product=HOSTILE, severity=HOSTILE, deadlines=[deadline], clocks=[clock(deadline, HOSTILE)])
    assert "<script" not in html and "&lt;script&gt;" in html
    assert not any(name.startswith("on") for _, attributes in Page(html).tags for name in attributes)
    assert "\u202e" not in html and "49" not in said(html)
    html.encode()
    assert "<script" not in pages.error_page(HOSTILE, HOSTILE, language)


def test_no_missing_fact_stops_the_page() -> None:
    silent: tuple[Mapping[str, object], ...] = ({}, {"clocks": [{}], "deadlines": [{}]}, {"state": "resolved", "zone": None})
    for facts in silent:
        html = pages.request_page(facts, "it")
        assert "None" not in said(html) and "</html>" in html


def test_an_error_is_a_page_of_its_own() -> None:
    html = pages.error_page("Questo indirizzo non apre nessuna richiesta", "Lo controlli.", "it")
    assert "<title>Questo indirizzo non apre nessuna richiesta</title>" in html and "<p>Lo controlli.</p>" in html


SCHEMES = re.findall(r":root \{([^}]*--[^}]*)\}", (TEMPLATES / "page" / "style.css").read_text(encoding="utf-8"))


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
def test_every_colour_of_text_stands_out_from_what_is_behind_it(scheme: str) -> None:
    """At least 4.5 to 1 on the sheet and on the ground (WCAG 2.2, 1.4.3)."""
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", scheme))
    for name in ("ink", "quiet", "accent", "good", "bad", "wait"):
        for ground in ("sheet", "ground"):
            assert _contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
