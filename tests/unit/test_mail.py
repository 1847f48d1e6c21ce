"""The letters: what each says, to whom, in which language, and that nothing in a request can turn one into something else."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer
from shared.domain.evidence import stamp
from shared.domain.mail import Mail
from shared.domain.notice import Notice, NoticeKind, Recipient
from shared.web import i18n
from shared.web.links import Links
from shared.web.mail import Letters
from tests.support.desks import CARLA, Clock, a_desk, rome, staff, taken_in
from tests.support.letters import CARD, DUE, FACTS, HOSTILE, PACKAGE, Page, flat

URL = "https://desk.example"
LINKS = Links(URL, b"a secret for the tests, of no use")
LETTERS = Letters(links=LINKS, public_url=URL)

TO_CUSTOMERS = (
    "receipt",
    "reply",
    "question",
    "resolved",
    "warn",
    "breach",
    "escalate",
    "estimate",
    "offer",
    "reminder",
    "decided",
    "expired",
    "outage_known",
    "outage_over",
)
OF_OUTAGES = ("outage", "outage_back", "outage_over")
TO_STAFF = (
    *OF_OUTAGES,
    "arrived",
    "assigned",
    "reopened",
    "warn",
    "breach",
    "escalate",
    "decided",
    "expired",
    "granted",
    "bounced",
)
EVERY = [
    (kind, to, language)
    for to, kinds in (("customer", TO_CUSTOMERS), ("carla", TO_STAFF))
    for kind, language in product(kinds, i18n.LANGUAGES)
]

OUTAGE: Mapping[str, object] = {
    "outage": "archive.1",
    "service": "archive",
    "name": {"it": "Archivio", "en": "Archive"},
    "last_good": stamp(rome("2026-08-07 17:40")),
    "first_bad": stamp(rome("2026-08-07 17:41") + timedelta(milliseconds=250)),
}
OVER = {"last_bad": stamp(rome("2026-08-07 17:45")), "first_good": stamp(rome("2026-08-07 17:46"))}

FURTHER: Mapping[str, Mapping[str, object]] = {
    "reply": {"text": "Ci stiamo lavorando."},
    "question": {"text": "Quale versione usa?"},
    "resolved": {"text": "Corretta la numerazione.", "reopen_until": stamp(rome("2026-08-25 18:30"))},
    "estimate": {"card": CARD},
    "offer": {"card": PACKAGE},
    "reminder": {"card": CARD},
    "decided": {"card": {**CARD, "state": "declined", "decided_at": stamp(rome("2026-08-12 10:00"))}, "text": "Troppo caro."},
    "expired": {"card": {**CARD, "state": "expired"}, "reopen_until": stamp(rome("2026-08-25 18:30"))},
    "reopened": {"text": "Succede di nuovo."},
    "bounced": {"status": "Bounced"},
    "granted": {"text": "Conosce già l'archivio.", "until": stamp(rome("2026-08-14 18:30"))},
    "outage": {"outage": {**OUTAGE, "affected": 3}},
    "outage_back": {"outage": OUTAGE},
    "outage_known": {"outage": OUTAGE},
    "outage_over": {"outage": {**OUTAGE, **OVER}},
    "warn": {"at": stamp(rome("2026-08-10 11:20")), "percent": "75", "state": "new", "priority": 2},
    "breach": {"at": stamp(rome("2026-08-10 12:20")), "percent": "100", "state": "new", "priority": 2},
    "escalate": {"at": stamp(rome("2026-08-10 17:50")), "percent": None, "state": "in_charge", "priority": None},
}


def notice(kind: str, to: str = "customer", language: str = "it", facts: Mapping[str, object] | None = None) -> Notice:
    person = Recipient(id=to, name="Anna Bianchi", email="anna@acme.example", language=language)
    all_facts = {**FACTS, **FURTHER.get(kind, {})} if facts is None else facts
    return Notice(
        key=f"000042:000007:{kind}:{to}",
        ticket="ACME-42",
        kind=NoticeKind(kind),
        recipient=person,
        facts=all_facts,
        owed_at=rome("2026-08-07 17:51"),
    )


def letter(kind: str, to: str = "customer", language: str = "it", **changes: object) -> Mail:
    return LETTERS.render(notice(kind, to, language, {**FACTS, **FURTHER.get(kind, {}), **changes}))


@pytest.mark.parametrize(("kind", "to"), [("receipt", "customer"), ("outage_known", "customer"), ("outage", "carla")])
def test_a_letter_about_an_outage_has_its_edges_to_the_instant_and_the_page(kind: str, to: str) -> None:
    text = flat(letter(kind, to, outage={**OUTAGE, "affected": 3}).text)
    assert "Servizi: Archivio Ultima risposta regolare: 7 agosto 2026, 17:40:00 (ora italiana)" in text
    assert "Prima verifica fallita: 7 agosto 2026, 17:41:00,25 (ora italiana)" in text
    assert f"{URL}/api/status/page?service=archive&lang=it" in text
    assert "Di nuovo disponibile" not in text
    assert ("dipende da questo servizio: 3." in text) is (to == "carla")


@pytest.mark.parametrize("to", ["customer", "carla"])
def test_its_end_is_told_with_all_four_edges(to: str) -> None:
    mail = letter("outage_over", to, "en")
    assert mail.subject == "[ACME-42] Available again: Archive"
    for edge in ("17:40:00", "17:41:00.25", "17:45:00", "17:46:00"):
        assert f"7 August 2026, {edge}" in flat(mail.text), edge


def test_a_receipt_says_nothing_of_outages_where_there_is_none() -> None:
    assert "interruzione" not in letter("receipt").text and "status/page" not in letter("receipt").html


def test_the_receipt_in_italian() -> None:
    mail = letter("receipt")
    assert mail.subject == "[ACME-42] Richiesta ricevuta: Il protocollo non assegna il numero"
    assert (mail.key, mail.to, mail.to_name) == ("ACME-42|000042:000007:receipt:customer", "anna@acme.example", "Anna Bianchi")
    assert (
        mail.text
        == f"""Gentile Anna Bianchi,

abbiamo ricevuto la Sua richiesta e l'abbiamo registrata con il numero
ACME-42.

Numero:   ACME-42
Oggetto:  Il protocollo non assegna il numero
Prodotto: Conservazione digitale
Ricevuta: venerdì 7 agosto 2026, 17:50 (ora italiana)

Queste sono le scadenze previste dal contratto, con il modo in cui si
calcolano:

Presa in carico: lunedì 10 agosto 2026, 12:20 (ora italiana)
entro 4 ore lavorative
  - venerdì 7 agosto: 40 min contati
  - sabato 8 – domenica 9 agosto: fine settimana
  - lunedì 10 agosto: 3 h 20 min contati

Valgono finché la priorità non è stata valutata; da allora valgono quelle
della priorità assegnata, calcolate sempre dalla ricezione. Questa conferma
è automatica: la presa in carico avviene quando una persona comincia a
occuparsene.

Stato e scadenze sono sempre aggiornati a questo indirizzo, che è personale:

{LINKS.ticket("ACME-42")}

Per aggiungere qualcosa può rispondere a questo messaggio, lasciando
[ACME-42] nell'oggetto.

Cordiali saluti
Interzen
"""
    )


def test_the_question_in_english_says_that_the_clocks_stand_still() -> None:
    mail = letter("question", language="en")
    assert mail.subject == "[ACME-42] We need your answer: Il protocollo non assegna il numero"
    assert "Quale versione usa?" in mail.text
    assert "The deadlines stand still from now: time counts again when we receive your answer." in flat(mail.text)
    assert "le scadenze sono sospese" in flat(letter("question").text)


def test_the_closing_gives_its_text_and_until_when_the_request_can_be_reopened() -> None:
    mail = letter("resolved")
    assert "Corretta la numerazione." in mail.text
    assert "riaprire la richiesta fino a martedì 25 agosto 2026, 18:30 (ora italiana)" in flat(mail.text)
    without = letter("resolved", text="", reopen_until=None)
    assert "None" not in without.text and "\n\n\n" not in without.text
    assert "può chiederci di riaprire la richiesta rispondendo a questo messaggio" in flat(without.text)


def test_a_breach_says_that_the_deadline_has_passed_which_since_when_and_for_whom() -> None:
    mail = letter("breach", "carla")
    assert mail.subject == "[ACME-42] SCADUTA: Presa in carico: Il protocollo non assegna il numero"
    assert (
        "La scadenza «Presa in carico» della richiesta ACME-42 di ACME era lunedì 10 agosto 2026, 12:20 (ora italiana): "
        "è passata e non è stata rispettata."
    ) in flat(mail.text)
    assert "Stato:    nuova, da prendere in carico\nPriorità: 2\n" in mail.text
    english = letter("breach", "sam", "en")
    assert 'The deadline "Response" of request ACME-42 from ACME was Monday, 10 August 2026, 12:20' in flat(english.text)
    assert "it has passed and was not met" in flat(english.text)


def test_an_escalation_says_since_when_and_one_before_the_deadline_does_not_say_it_has_passed() -> None:
    late = letter("escalate", "carla")
    assert "scaduta da lun 10 ago, 12:20" in late.subject
    assert "è passata e non è ancora stata rispettata" in flat(late.text)
    assert "Priorità: non ancora valutata" in late.text
    assert "è passata" in letter("escalate", "carla", at=DUE["due_at"]).text
    early = letter("escalate", "carla", at=stamp(rome("2026-08-10 12:00")))
    assert "passata" not in early.text and "scaduta" not in early.subject


def test_a_warning_says_how_much_of_the_time_is_used_and_until_when_there_is_time() -> None:
    text = flat(letter("warn", "sam", "en").text)
    assert '75 % of the working time is used for "Response"' in text
    assert "there is time until Monday, 10 August 2026, 12:20 (Italian time)" in text


def test_a_customer_whom_the_ladder_names_is_told_courteously_and_sent_to_their_own_page() -> None:
    mail = letter("breach", "customer")
    assert mail.text.startswith("Gentile Anna Bianchi,")
    assert "Ce ne scusiamo" in mail.text
    assert LINKS.ticket("ACME-42") in mail.text and "/api/tickets/" not in mail.text


def test_staff_are_sent_to_the_api_and_never_get_the_customers_key() -> None:
    for kind in TO_STAFF:
        mail = letter(kind, "carla")
        assert f"\n{URL}/api/tickets/ACME-42\n" in mail.text
        assert f'href="{URL}/api/tickets/ACME-42"' in mail.html
        assert "key=" not in mail.text + mail.html


def test_a_letter_to_staff_names_the_deadline_that_comes_first() -> None:
    later = {**DUE, "promise": "resolution", "due_at": stamp(rome("2026-08-11 18:30"))}
    assert "entro lun 10 ago, 12:20" in letter("arrived", "carla", deadlines=[later, DUE]).subject


def test_a_deadline_goes_by_the_name_that_the_contract_gives_it() -> None:
    first_aid = {**DUE, "promise": "resolution", "name": {"it": "Primo intervento", "en": "First aid"}}
    assert "Primo intervento: lunedì 10 agosto" in letter("receipt", deadlines=[first_aid]).text
    assert "First aid: Monday, 10 August" in letter("receipt", language="en", deadlines=[first_aid]).text


def test_a_deadline_that_is_suspended_says_for_whose_answer_it_waits() -> None:
    waiting = {**DUE, "due_at": None}
    assert "sospesa finché non riceviamo la Sua risposta" in letter("receipt", deadlines=[waiting]).text
    assert "sospesa finché il cliente non risponde" in letter("assigned", "carla", deadlines=[waiting]).text


def test_a_receipt_without_deadlines_speaks_of_none() -> None:
    assert "scadenze previste" not in letter("receipt", deadlines=[]).text


@pytest.mark.parametrize(("kind", "to", "language"), EVERY)
def test_every_letter_is_whole_in_both_forms(kind: str, to: str, language: str) -> None:
    mail = LETTERS.render(notice(kind, to, language))
    assert mail.subject.startswith("[ACME-42] ") and not mail.subject.endswith((" ", ":"))
    assert not re.search(r"\n\n\n|[ \t]\n|\{|\}|@(request|deadlines|text|link)|None|Undefined", mail.text)
    page = Page(mail.html)
    assert ("html", {"lang": language}) in page.tags
    said = flat(page.said)
    for line in mail.text.replace(f"\n{URL}", "\n").splitlines():
        for word in line.removeprefix("  - ").split():
            assert word in said or word.startswith("/api/") or word.endswith(":"), word


@pytest.mark.parametrize(("kind", "to", "language"), EVERY)
def test_no_missing_fact_stops_a_letter(kind: str, to: str, language: str) -> None:
    nothing = dict.fromkeys(("deadlines", "product", "zone", "text", "priority", "at", "support_email"))
    silent: tuple[Mapping[str, object], ...] = ({}, nothing, {"deadlines": [{}]})
    for facts in silent:
        mail = LETTERS.render(notice(kind, to, language, facts))
        assert mail.subject.startswith("[ACME-42] ") and not mail.subject.endswith((" ", ":"))
        assert "None" not in mail.text and "{}" not in mail.text


@pytest.mark.parametrize(("kind", "to", "language"), EVERY)
def test_no_letter_loads_anything_from_elsewhere_or_runs_anything(kind: str, to: str, language: str) -> None:
    for tag, attributes in Page(LETTERS.render(notice(kind, to, language)).html).tags:
        assert tag not in {"img", "script", "link", "iframe", "form", "object", "video", "audio", "svg"}
        assert not {"src", "background", "srcset"} & set(attributes) and not any(name.startswith("on") for name in attributes)
        assert "url(" not in (attributes.get("style") or "")


def test_a_language_that_we_do_not_speak_is_answered_in_english() -> None:
    assert letter("receipt", language="de").text == letter("receipt", language="en").text


@pytest.mark.parametrize(("kind", "to", "language"), EVERY)
def test_no_text_of_a_request_becomes_markup_a_header_or_a_part_of_the_letter(kind: str, to: str, language: str) -> None:
    facts: dict[str, object] = dict.fromkeys(
        ("subject", "vendor", "text", "customer", "percent", "state", "support_email"), HOSTILE
    )
    named = {**DUE, "name": {"it": HOSTILE, "en": HOSTILE}, "promise": HOSTILE}
    facts |= {
        "zone": "Europe/Rome",
        "product": {"it": HOSTILE},
        "deadlines": [named],
        "at": FURTHER["warn"]["at"],
        "priority": HOSTILE,
    }
    person = Recipient(id=to, name=HOSTILE, email=f"anna@acme.example{HOSTILE}", language=language)
    hostile = notice(kind, to, language, facts)
    mail = LETTERS.render(Notice(**{**{f: getattr(hostile, f) for f in Notice.__dataclass_fields__}, "recipient": person}))

    for line in (mail.subject, mail.to_name, mail.to, *mail.headers.values()):
        assert not re.search(r"[\r\n\x00-\x1f\x7f\x85\u2028\u2029\u202e]", line)
    assert "Reply-To" not in mail.headers
    assert not {"script", "Bcc"} & {tag for tag, _ in Page(mail.html).tags}
    assert "<script" not in mail.html and "&lt;script&gt;" in mail.html
    links = [attributes["href"] for tag, attributes in Page(mail.html).tags if tag == "a"]
    assert links == [LINKS.ticket("ACME-42") if to == "customer" else f"{URL}/api/tickets/ACME-42"]
    assert "49" not in mail.text
    (mail.text + mail.html + mail.subject + mail.to_name).encode()


def test_a_text_that_looks_like_a_part_of_the_letter_stays_a_text() -> None:
    text = letter("reply", text="Prima\n\n@link\n\n@deadlines\n\nDopo").text
    assert "Prima\n\n@link\n\n@deadlines\n\nDopo" in text
    assert text.count(LINKS.ticket("ACME-42")) == 1


def test_the_lines_of_a_text_stay_as_they_were_written() -> None:
    mail = letter(
        "reply",
        text="Due cose:\r\n- una\r\n- l'altra, molto più lunga di una riga di posta, e che però resta intera: l'ha scritta lei",
    )
    assert (
        "Due cose:\n- una\n- l'altra, molto più lunga di una riga di posta, e che però resta intera: l'ha scritta lei\n"
        in mail.text
    )
    assert "Due cose:<br>\n- una<br>\n- l&#39;altra" in mail.html


def test_a_very_long_subject_is_cut_and_keeps_its_number() -> None:
    subject = letter("receipt", subject="parola " * 100).subject
    assert subject.startswith("[ACME-42] Richiesta ricevuta: parola parola") and subject.endswith("…") and len(subject) <= 150


def test_the_letters_of_a_ticket_make_one_thread_and_are_answered_to_an_address_that_names_it() -> None:
    headers = letter("receipt").headers
    assert headers["References"] == headers["In-Reply-To"] == "<ACME-42@desk.example>"
    assert headers["Reply-To"] == "support+ACME-42@interzen.example"
    assert letter("resolved").headers["References"] == headers["References"]


@pytest.mark.parametrize(
    "address", ["", None, "nobody", "@x.example", "a b@x.example", "a@x.example, b@y.example", "<a@x.example>"]
)
def test_without_a_support_address_there_is_nowhere_to_reply_and_the_letter_does_not_ask_for_it(address: object) -> None:
    mail = letter("question", support_email=address)
    assert "Reply-To" not in mail.headers
    assert "rispondere a questo messaggio" not in mail.text


def test_robots_are_told_not_to_answer_what_a_robot_wrote() -> None:
    assert letter("receipt").headers["Auto-Submitted"] == "auto-generated"
    assert letter("breach", "carla").headers["Auto-Submitted"] == "auto-generated"
    assert "Auto-Submitted" not in letter("question").headers


def test_no_template_engine_is_loaded_before_the_first_letter() -> None:
    code = "import sys, shared.web.mail, shared.web.pages; print(sorted({'jinja2', 'babel', 'markupsafe'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_ticket_s_whole_life_can_be_written_about() -> None:
    """The facts are those that the desk itself freezes, on the shipped contract: Friday afternoon, two breaches, a reopening."""
    clock, mailer = Clock(), MemoryMailer()
    desk = a_desk(clock, mailer=mailer, render=LETTERS.render)
    clock.set("2026-08-07 17:50")
    ticket = taken_in(desk).id
    _passes(desk, clock, "2026-08-10 09:30")
    staff(desk, ticket, CARLA).acknowledge()
    staff(desk, ticket, CARLA).assign("omar")
    staff(desk, ticket, CARLA).hold("Quale versione?")
    _passes(desk, clock, "2026-08-10 10:00")
    _passes(desk, clock, "2026-08-11 10:00")
    staff(desk, ticket, CARLA).resume(None, "La 7.")
    _passes(desk, clock, "2026-08-24 10:00")
    staff(desk, ticket, CARLA).resolve("Corretto.")
    staff(desk, ticket, CARLA).reopen("Succede di nuovo.")
    _passes(desk, clock, "2026-08-24 10:01")

    subjects = [mail.subject for mail in mailer.sent]
    for beginning in (
        "Richiesta ricevuta",
        "Nuova richiesta",
        "SCADUTA: Presa in carico",
        "Assigned to you",
        "Ci serve",
        "OVERDUE",
    ):
        assert any(subject.startswith(f"[{ticket}] {beginning}") for subject in subjects), beginning
    assert any("Escalation: Risoluzione scaduta da" in subject for subject in subjects)
    reopened = next(mail for mail in mailer.sent if "Reopened" in mail.subject)
    assert "Resolution, after reopening: Tuesday, 25 August 2026, 18:30 (Italian time)" in flat(reopened.text)


def _passes(desk: Desk, clock: Clock, until: str) -> None:
    """Time passes, and the timers run."""
    clock.set(until)
    sweep(desk, clock())
    deliver(desk, clock())


def test_a_warning_that_left_after_the_deadline_says_so() -> None:
    late = LETTERS.render(replace(notice("warn", "carla"), owed_at=rome("2026-08-12 09:00")))
    assert "Avviso tardivo" in late.subject and "resta tempo" not in late.text
    assert "è passata e non è ancora stata rispettata" in flat(late.text)
    in_time = letter("warn", "carla")
    assert "In scadenza (" in in_time.subject and "resta tempo" in flat(in_time.text)


def test_english_letters_quote_in_one_way() -> None:
    folder = Path("shared/web/templates/mail/en")
    assert [path for path in folder.rglob("*.txt") if set("“”«»") & set(path.read_text(encoding="utf-8"))] == []
