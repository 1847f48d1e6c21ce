"""The page of a card: what it says in every state, and that it asks for a decision only where one can be made."""

import re
from collections.abc import Mapping

import pytest

from shared.domain.evidence import stamp
from shared.web import pages
from shared.web.card_page import card_page
from tests.support.desks import rome
from tests.support.letters import CARD, FACTS, HOSTILE, PACKAGE, Page, flat

URL = "/api/estimates/ACME-42/intervention/2?key=4pXYX6KPHB2-iMNSBgPa6Q"
DECIDED = stamp(rome("2026-08-12 10:00"))


def page(language: str = "it", card: Mapping[str, object] = CARD, **changes: object) -> str:
    facts = {
        **FACTS,
        "contact": "Anna Bianchi",
        "customer": "ACME",
        "card": card,
        "version": 2,
        "shown_as": "sent",
        "url": URL,
        "request_url": "https://desk.example/api/requests/ACME-42?key=k",
    }
    return card_page({**facts, **changes}, language)


def said(html: str) -> str:
    return flat(Page(html.partition("<body>")[2]).said)


def tags(html: str, name: str) -> list[dict[str, str | None]]:
    return [attributes for tag, attributes in Page(html).tags if tag == name]


def test_the_page_says_what_is_proposed_what_it_costs_and_until_when() -> None:
    words = said(page())
    for part in (
        "Scheda d'intervento · Richiesta ACME-42, versione 2 Il protocollo non assegna il numero In attesa della Sua decisione",
        "Può accettare o rifiutare fino a mercoledì 9 settembre 2026, 12:00 (ora italiana).",
        "Intervento Nuovo report Impegno 2 giorni e 4 ore (20 ore in tutto) Tariffa oraria 80,50 €",
        "Costo, IVA esclusa 1.610,00 € IVA 22 % 354,20 € Totale 1.964,20 €",
        "Per Anna Bianchi, ACME Condizioni A corpo.",
        "Accetto, per 1.964,20 € IVA compresa",
        "Non accetto",
    ):
        assert part in words, part


def test_the_page_speaks_english_too() -> None:
    words = said(page("en"))
    assert '<html lang="en">' in page("en")
    for part in ("Intervention card · Request ACME-42, version 2", "Total €1,964.20", "I accept, for €1,964.20 including VAT"):
        assert part in words, part


def test_an_offer_says_which_package_and_how_far_beyond_its_hours_one_may_go() -> None:
    words = said(page(card=PACKAGE))
    assert "Pacchetto n. 3 Ore comprese 20 ore Ore oltre il pacchetto 1,5 ore" in words


@pytest.mark.parametrize("language", ["it", "en"])
def test_each_button_posts_a_form_with_the_key_to_its_own_address(language: str) -> None:
    html = page(language)
    assert [(form["method"], form["action"]) for form in tags(html, "form")] == [
        ("post", "/api/estimates/ACME-42/intervention/2/acceptance"),
        ("post", "/api/estimates/ACME-42/intervention/2/refusal"),
    ]
    hidden = [(field["name"], field["value"]) for field in tags(html, "input")]
    assert hidden == [("key", "4pXYX6KPHB2-iMNSBgPa6Q"), ("lang", language)] * 2
    assert [button["type"] for button in tags(html, "button")] == ["submit", "submit"]


def test_the_field_for_the_reason_has_a_name_that_is_read_out() -> None:
    [label], [field] = tags(page(), "label"), tags(page(), "textarea")
    assert label["for"] == field["id"] and field["name"] == "reason"


@pytest.mark.parametrize(
    ("state", "words", "sentence"),
    [
        ("accepted", "Accettata", "È stata accettata mercoledì 12 agosto 2026, 10:00 (ora italiana)."),
        (
            "declined",
            "Rifiutata",
            "È stata rifiutata mercoledì 12 agosto 2026, 10:00 (ora italiana). Per questa proposta non Le addebiteremo nulla.",
        ),
        ("expired", "Scaduta", "Il termine per decidere è scaduto mercoledì 9 settembre 2026, 12:00"),
        ("superseded", "Sostituita da un'altra versione", "Questa versione non vale più, perché l'abbiamo cambiata."),
        ("withdrawn", "Ritirata", "Non deve decidere nulla"),
    ],
)
def test_where_nothing_can_be_decided_the_page_says_why_and_has_no_button(state: str, words: str, sentence: str) -> None:
    html = page(shown_as=state, card={**CARD, "decided_at": DECIDED})
    assert f'<p class="state {state}">' in html and words in said(html) and sentence in said(html)
    assert not tags(html, "form") and not tags(html, "button") and "4pXYX6" not in html.partition("<main>")[2]
    assert "</html>" in page("en", shown_as=state)


def test_of_a_version_that_was_replaced_the_page_shows_no_figures_of_another() -> None:
    html = page(shown_as="superseded", version=1)
    assert "versione 1" in said(html) and "1.964" not in said(html) and "Nuovo report" not in said(html)


def test_the_other_language_is_one_link_away_and_the_key_goes_along() -> None:
    assert {a["href"] for a in tags(page(), "a") if a.get("lang") == "en"} == {"?key=4pXYX6KPHB2-iMNSBgPa6Q&lang=en"}


def test_conditions_keep_their_lines_and_paragraphs() -> None:
    html = page(card={**CARD, "conditions": "Uno\ndue\n\nTre"})
    assert "<p>Uno<br>due</p>" in html and "<p>Tre</p>" in html


def test_the_page_needs_no_script_and_loads_nothing() -> None:
    for tag, attributes in Page(page()).tags:
        assert tag not in {"script", "img", "iframe", "object", "svg"} and not {"src", "style"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert "autofocus" not in page() and "tabindex" not in page()


def test_the_page_may_post_to_the_desk_and_nowhere_else() -> None:
    policy = pages.headers(has_form=True)["Content-Security-Policy"]
    assert "form-action 'self'" in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "form-action 'none'" in pages.headers()["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("state", ["sent", "accepted", "superseded"])
def test_no_text_of_a_card_becomes_markup(language: str, state: str) -> None:
    card = dict.fromkeys(CARD, HOSTILE) | {"valid_until": CARD["valid_until"], "decided_at": None}
    facts = dict.fromkeys(("subject", "vendor", "contact", "customer", "support_email", "url", "request_url"), HOSTILE)
    html = page(language, card, **facts, shown_as=state)
    assert "<script" not in html and "&lt;script&gt;" in html
    assert not any(name.startswith("on") for _, attributes in Page(html).tags for name in attributes)
    assert "\u202e" not in html and "49" not in re.sub(r"#\w+|&#39;", "", html.partition("<body>")[2])
    html.encode()
