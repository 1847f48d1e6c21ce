"""The letters about cards: what the customer is asked to agree to, in full, and where they decide."""

import pytest

from shared.domain.evidence import stamp
from shared.domain.mail import Mail
from tests.support.desks import rome
from tests.support.letters import CARD, PACKAGE, flat
from tests.unit.test_mail import LINKS, URL, letter

ACCEPTED = {**CARD, "state": "accepted", "decided_at": stamp(rome("2026-08-12 10:00"))}
CARD_LINK = LINKS.card("ACME-42", "intervention", 2, "c0ffee")


def test_the_estimate_in_italian() -> None:
    """Amount and sign stay together on a line: there is a no-break space between them."""
    mail = letter("estimate")
    assert mail.subject == "[ACME-42] Scheda d'intervento da accettare: Il protocollo non assegna il numero"
    assert (
        mail.text.replace("\xa0", " ")
        == f"""Gentile Anna Bianchi,

per la Sua richiesta ACME-42, «Il protocollo non assegna il numero», Le
proponiamo questo intervento:

Intervento:         Nuovo report
Impegno:            2 giorni e 4 ore (20 ore in tutto)
Tariffa oraria:     80,50 €
Costo, IVA esclusa: 1.610,00 €
IVA 22 %:           354,20 €
Totale:             1.964,20 €
Valida fino a:      mercoledì 9 settembre 2026, 12:00 (ora italiana)
Condizioni:         A corpo.

Per accettarlo o rifiutarlo apra questo indirizzo, che è personale, e decida
entro mercoledì 9 settembre 2026, 12:00 (ora italiana). Finché non accetta,
per questa proposta non Le addebitiamo nulla.

{CARD_LINK}

Per una domanda può rispondere a questo messaggio, lasciando [ACME-42]
nell'oggetto. Rispondere non equivale ad accettare.

Cordiali saluti
Interzen
"""
    )


def test_the_estimate_in_english_has_the_amounts_as_the_english_write_them() -> None:
    text = flat(letter("estimate", language="en").text)
    for part in (
        "Effort: 2 days and 4 hours (20 hours in all)",
        "Hourly rate: €80.50",
        "Cost, without VAT: €1,610.00",
        "VAT 22%: €354.20",
        "Total: €1,964.20",
        "decide by Wednesday, 9 September 2026, 12:00 (Italian time)",
        "A reply is not an acceptance.",
    ):
        assert part in text, part


def test_the_offer_says_which_package_how_many_hours_and_how_far_beyond() -> None:
    text = flat(letter("offer", card=PACKAGE).text)
    for part in ("Pacchetto n.: 3", "Ore comprese: 20 ore", "Ore oltre il pacchetto: 1,5 ore", "serve un pacchetto di supporto"):
        assert part in text, part
    assert "Ore oltre il pacchetto" not in letter("offer", card={**PACKAGE, "overdraft": "0"}).text


@pytest.mark.parametrize("kind", ["estimate", "offer", "reminder"])
def test_a_letter_that_asks_for_a_decision_leads_to_the_card(kind: str) -> None:
    mail = letter(kind, card=CARD)
    assert f"\n{CARD_LINK}\n" in mail.text and f'href="{CARD_LINK.replace("&", "&amp;")}"' in mail.html
    assert "Apri la scheda d&#39;intervento" in mail.html


@pytest.mark.parametrize("kind", ["decided", "expired"])
def test_a_letter_that_tells_of_a_decision_leads_to_the_request(kind: str) -> None:
    assert LINKS.ticket("ACME-42") in letter(kind).text and "/api/estimates/" not in letter(kind).text
    assert f"{URL}/api/tickets/ACME-42" in letter(kind, "carla").text and "key=" not in letter(kind, "carla").text


def test_the_customer_is_told_what_was_decided_and_when() -> None:
    accepted, declined = letter("decided", card=ACCEPTED), letter("decided", text="")
    assert "Scheda d'intervento accettata" in accepted.subject and "Scheda d'intervento rifiutata" in declined.subject
    assert "è stata accettata mercoledì 12 agosto 2026, 10:00 (ora italiana):" in flat(accepted.text)
    assert "Per questa proposta non Le addebiteremo nulla." in flat(declined.text)
    assert "was accepted on Wednesday, 12 August 2026, 10:00" in flat(letter("decided", language="en", card=ACCEPTED).text)


def test_the_manager_is_told_what_to_do_next_or_why_it_was_declined() -> None:
    assert "aprire l'attività nel pacchetto" in flat(letter("decided", "carla", card=ACCEPTED).text)
    assert "Il pacchetto 3 è attivo." in flat(letter("decided", "carla", card={**PACKAGE, "state": "accepted"}).text)
    assert "con questo motivo: Troppo caro." in flat(letter("decided", "carla").text)
    assert "Troppo caro." not in letter("decided").text


def test_what_lapsed_is_closed_and_can_be_reopened_until_a_moment() -> None:
    text = flat(letter("expired", state="resolved").text)
    assert "è scaduto mercoledì 9 settembre 2026, 12:00 (ora italiana). Abbiamo chiuso la richiesta come non accettata" in text
    assert "riaprire la richiesta fino a martedì 25 agosto 2026, 18:30" in text
    for_staff = flat(letter("expired", "carla", state="resolved").text)
    assert "chiusa come non accettata" in for_staff and "Stato: chiusa, si può riaprire" in for_staff


@pytest.mark.parametrize("language", ["it", "en"])
def test_where_only_the_card_ended_no_letter_says_that_the_request_is_closed(language: str) -> None:
    told = {who: letter("expired", who, language, state="in_charge", agreed=True) for who in ("customer", "carla")}
    for mail in told.values():
        assert "chius" not in (mail.subject + mail.text).casefold() and "closed" not in (mail.subject + mail.text).casefold()
    valid = {"it": "quanto ha già accettato resta valido", "en": "what you have accepted before still holds"}[language]
    assert valid in flat(told["customer"].text)
    assert valid not in flat(letter("expired", state="in_charge", language=language).text)
    closes = {"it": "chiudiamo la richiesta", "en": "close the request"}[language]
    assert closes in flat(letter("reminder", language=language, closes=True).text)
    assert closes not in flat(letter("reminder", language=language).text)


def test_an_amount_that_is_no_amount_stops_no_letter() -> None:
    odd: Mail = letter("estimate", card={**CARD, "gross": "1e9999999", "rate": "NaN", "vat": None, "days": "x"})
    assert "Totale: 0,00 €" in flat(odd.text)
