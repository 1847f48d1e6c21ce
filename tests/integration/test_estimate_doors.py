"""The doors of cards and packages as the world meets them: JSON for who is signed in, pages for who holds a letter's link."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.ports import Row
from shared.actions.post.deliver import deliver
from shared.actions.quotes import estimates
from shared.adapters.memory import MemoryMailer
from shared.domain.quotes.card import CardKind, CardState
from shared.web.links import Links
from shared.web.mail import Letters
from tests.support.cards import drafted, path_of, sent, the_card, to_be_quoted, with_task
from tests.support.desks import Clock, a_desk, staff
from tests.support.doors import Answer, as_staff, ask
from tests.support.letters import Page, flat

LINKS = Links("https://desk.example", b"a secret for the tests, of no use")
FORM = {
    "content-type": "application/x-www-form-urlencoded",
    "x-forwarded-for": "10.0.0.1, 203.0.113.7:5312",
    "user-agent": "Firefox",
}
CARD = {"intervention": "Nuovo report", "days": "1", "hours": 2, "rate": "80.00", "conditions": "A corpo."}
OFFER = {"intervention": "Pacchetto da 20 ore", "hours": 20, "rate": 75}


@pytest.fixture
def desk() -> Desk:
    letters = Letters(links=LINKS, public_url="https://desk.example")
    made = a_desk(Clock(), render=letters.render)
    return replace(made, ticket_url=LINKS.ticket, opens=LINKS.opens, card_url=LINKS.card, opens_card=LINKS.opens_card)


def put(desk: Desk, who: str, url: str, body: object) -> Answer:
    return as_staff(desk, who, "PUT", url, body)


def post(desk: Desk, who: str, url: str, body: object = None, **headers: str) -> Answer:
    return as_staff(desk, who, "POST", url, {} if body is None else body, **headers)


def get(desk: Desk, who: str, url: str, **headers: str) -> Answer:
    return as_staff(desk, who, "GET", url, **headers)


def click(desk: Desk, path: str, what: str, **fields: str) -> Answer:
    """A button of the page at `path` is pressed."""
    base, _, key = path.partition("?key=")
    body = urlencode({"key": key, "lang": "it", **fields}).encode()
    return ask(desk, "POST", f"{base}/{what}", headers=FORM, body=body)


def said(answer: Answer) -> str:
    return flat(Page(answer.body.decode().partition("<body>")[2]).said)


def problem(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["type"].rpartition("/")[2]


# --- JSON


def test_from_draft_to_debit_over_http(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    ticket = f"/api/tickets/{id}"
    answer = put(desk, "carla", f"{ticket}/estimate", CARD)
    assert answer.status == 200 and answer.headers["ETag"]
    assert (answer.json["estimate"]["version"], answer.json["estimate"]["gross"]) == (1, "976.00")
    assert post(desk, "carla", f"{ticket}/estimate/sending").json["state"] == "quoted"
    accepted = post(desk, "anna", f"{ticket}/estimate/acceptance", {"version": 1}, x_forwarded_for="203.0.113.7:1")
    assert (accepted.status, accepted.json["state"], accepted.json["estimate"]["state"]) == (200, "in_charge", "accepted")
    assert put(desk, "carla", f"{ticket}/package-offer", OFFER).json["package_offer"]["package"] == 1
    assert post(desk, "carla", f"{ticket}/package-offer/sending").status == 200
    assert post(desk, "ada", f"{ticket}/package-offer/acceptance", {"version": 1}).status == 200
    assert post(desk, "carla", f"{ticket}/assignee", {"assignee": "omar"}).status == 200
    assert post(desk, "carla", f"{ticket}/task").json["task"] == {"package": 1, "debited": "0"}
    worked = post(desk, "omar", f"{ticket}/work", {"hours": "2.5", "on": "2026-03-02", "text": "Analisi"})
    assert (worked.status, worked.json["worked"], worked.json["task"]["debited"]) == (200, "2.5", "2.5")
    [package] = get(desk, "ada", "/api/customers/ACME/packages").json["packages"]
    assert (package["bought"], package["debited"], package["remaining"]) == ("20", "2.5", "17.5")
    texts = [text.text for text in cases.contents_of(desk, cases.load(desk, id).ticket)]
    assert any('"address":"203.0.113.7"' in text for text in texts)


def test_a_statement_adds_up_and_is_the_same_as_json_and_as_csv(desk: Desk) -> None:
    id = with_task(desk, to_be_quoted(desk).id).id
    post(desk, "omar", f"/api/tickets/{id}/work", {"hours": "2.5", "on": "2026-03-02"})
    url = "/api/customers/ACME/packages/1/statement"
    entries = get(desk, "carla", url).json["entries"]
    assert [entry["hours"] for entry in entries] == ["20", "-2.5"] and entries[-1]["balance"] == "17.5"
    for answer in (get(desk, "carla", f"{url}?format=csv"), get(desk, "carla", url, accept="text/csv, */*;q=0.1")):
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert 'filename="ACME-package-0001.csv"' in answer.headers["Content-Disposition"]
        text = answer.body.decode()
        assert text.endswith("\r\n") and text.count("\r\n") == 3
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert rows == [{name: str(value) for name, value in entry.items()} for entry in entries]
    assert problem(get(desk, "carla", f"{url}?format=xml")) == (422, "invalid-input")
    assert problem(get(desk, "carla", "/api/customers/ACME/packages/9/statement")) == (404, "not-found")
    assert problem(get(desk, "carla", "/api/customers/ACME/packages/x/statement")) == (404, "not-found")
    assert problem(get(desk, "bruno", url))[0] == 404 and get(desk, "omar", url).status == 403


@pytest.mark.parametrize(
    "change",
    [
        {"hours": -1},
        {"hours": "NaN"},
        {"hours": "Infinity"},
        {"hours": "1e9999999"},
        {"hours": 1e300},
        {"hours": "9" * 5000},
        {"hours": 10**5000},
        {"hours": "2.1"},
        {"hours": "٣"},
        {"hours": True},
        {"hours": None},
        {"hours": 1000},
        {"days": 366},
        {"days": -0.25},
        {"rate": 0},
        {"rate": "10000.01"},
        {"rate": "80.001"},
        {"rate": "-80"},
        {"vat_percent": 101},
        {"vat_percent": "-1"},
        {"intervention": "  "},
        {"intervention": "x" * 301},
        {"conditions": "x" * 20_001},
        {"price": 1},
        {"days": 0, "hours": 0},
    ],
)
def test_a_card_with_a_wrong_amount_is_refused_and_nothing_is_written(desk: Desk, change: Mapping[str, Any]) -> None:
    import sys

    sys.set_int_max_str_digits(0)
    try:
        id = to_be_quoted(desk).id
        before = cases.load(desk, id).ticket
        assert problem(put(desk, "carla", f"/api/tickets/{id}/estimate", {**CARD, **change}))[0] in (400, 422)
        assert cases.load(desk, id).ticket == before
    finally:
        sys.set_int_max_str_digits(4300)


@pytest.mark.parametrize(
    "body",
    [
        {"hours": 1, "on": "2026-02-30"},
        {"hours": 1, "on": "2026-03-03"},
        {"hours": 1, "on": "1999-01-01"},
        {"hours": 0, "on": "2026-03-02"},
        {"hours": "1.1", "on": "2026-03-02"},
        {"hours": 1},
        {"on": "2026-03-02"},
    ],
)
def test_work_that_cannot_have_been_is_refused(desk: Desk, body: Mapping[str, Any]) -> None:
    id = with_task(desk, to_be_quoted(desk).id).id
    assert problem(post(desk, "omar", f"/api/tickets/{id}/work", body)) == (422, "invalid-input")


def test_too_few_hours_has_a_problem_type_of_its_own(desk: Desk) -> None:
    id = with_task(desk, to_be_quoted(desk).id).id
    answer = post(desk, "omar", f"/api/tickets/{id}/work", {"hours": 21, "on": "2026-03-02"})
    assert problem(answer) == (409, "too-few-hours") and answer.json["available"] == "20"
    assert get(desk, "carla", "/api/problems/too-few-hours").status == 200


def test_the_same_key_logs_once(desk: Desk) -> None:
    id = with_task(desk, to_be_quoted(desk).id).id
    body = {"hours": 1, "on": "2026-03-02"}
    answers = [post(desk, "omar", f"/api/tickets/{id}/work", body, idempotency_key="k1") for _ in range(2)]
    assert [answer.json["worked"] for answer in answers] == ["1", "1"]
    assert answers[1].headers.get("Idempotent-Replayed") == "true"


def test_a_draft_is_the_staff_s_until_it_is_sent(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    drafted(desk, id)
    assert get(desk, "anna", f"/api/tickets/{id}").json["estimate"] is None
    assert get(desk, "anna", f"/api/tickets/{id}/estimate").json["versions"] == []
    assert get(desk, "carla", f"/api/tickets/{id}").json["estimate"]["state"] == "draft"
    sent(desk, id)
    [version] = get(desk, "anna", f"/api/tickets/{id}/estimate").json["versions"]
    assert (version["version"], version["state"], version["terms"]["gross"]) == (1, "sent", "976.00")


def test_a_version_that_is_no_longer_current_is_not_accepted(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    sent(desk, id)
    put(desk, "carla", f"/api/tickets/{id}/estimate", {**CARD, "rate": 70})
    post(desk, "carla", f"/api/tickets/{id}/estimate/sending")
    answer = post(desk, "anna", f"/api/tickets/{id}/estimate/acceptance", {"version": 1})
    assert problem(answer) == (409, "not-allowed-now") and answer.json["card"] == "superseded"
    assert post(desk, "anna", f"/api/tickets/{id}/estimate/refusal", {"version": 2, "text": "No."}).status == 200
    states = [each["state"] for each in get(desk, "carla", f"/api/tickets/{id}/estimate").json["versions"]]
    assert states == ["superseded", "declined"]


# --- pages


@pytest.mark.parametrize(("language", "total"), [("it", "Totale 976,00 €"), ("en", "Total €976.00")])
def test_the_letter_leads_to_a_page_that_shows_the_card(desk: Desk, language: str, total: str) -> None:
    ticket = sent(desk, to_be_quoted(desk, language=language).id)
    deliver(desk, desk.clock())
    assert isinstance(desk.mailer, MemoryMailer)
    [link] = [line for mail in desk.mailer.sent for line in mail.text.splitlines() if "/api/estimates/" in line]
    answer = ask(desk, "GET", link.removeprefix("https://desk.example"))
    assert answer.status == 200 and total in said(answer)
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert cases.load(desk, ticket.id).ticket == ticket


def test_looking_changes_nothing_however_often_and_by_whatever_method(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    path = path_of(desk, ticket)
    for _ in range(3):
        assert ask(desk, "GET", path).status == 200
    base, _, key = path.partition("?key=")
    for method in ("GET", "HEAD", "PUT"):
        assert ask(desk, method, f"{base}/acceptance?key={key}").status == 404  # no such door: the host answers 404 or 405
    assert cases.load(desk, ticket.id).ticket == ticket


@pytest.mark.parametrize("language", ["it", "en"])
def test_accepting_shows_that_it_was_accepted_and_a_second_click_says_so_too(desk: Desk, language: str) -> None:
    ticket = sent(desk, to_be_quoted(desk, language=language).id)
    path = path_of(desk, ticket)
    words = {"it": "È stata accettata lunedì 2 marzo 2026", "en": "It was accepted on Monday, 2 March 2026"}[language]
    first = click(desk, path, "acceptance", lang=language)
    assert first.status == 303 and first.headers["Location"].startswith(path)
    shown = ask(desk, "GET", first.headers["Location"])
    assert shown.status == 200 and words in said(shown) and "<form" not in shown.body.decode()
    for what in ("acceptance", "refusal"):
        second = click(desk, path, what, lang=language)
        assert second.status == 409 and words in said(second)
    card = the_card(cases.load(desk, ticket.id).ticket)
    assert card.state is CardState.ACCEPTED
    whence = [text.text for text in cases.contents_of(desk, ticket) if '"by":"link"' in text.text]
    assert len(whence) == 1 and '"address":"203.0.113.7"' in whence[0] and '"agent":"Firefox"' in whence[0]


def test_a_language_that_nobody_speaks_goes_no_further(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    answer = click(desk, path_of(desk, ticket), "acceptance", lang="xx\r\nSet-Cookie: a=b")
    assert answer.status == 303 and answer.headers["Location"] == path_of(desk, ticket)


def test_declining_keeps_the_reason(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    answer = click(desk, path_of(desk, ticket), "refusal", reason="Troppo caro, perché?\r\nGrazie")
    assert answer.status == 303
    assert "Troppo caro, perché?\nGrazie" in [text.text for text in cases.contents_of(desk, ticket)]
    assert "È stata rifiutata" in said(ask(desk, "GET", answer.headers["Location"]))


def test_a_reason_of_any_length_is_kept_as_far_as_it_is_read(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    assert click(desk, path_of(desk, ticket), "refusal", reason="x" * 5000).status == 303
    assert max(len(text.text) for text in cases.contents_of(desk, ticket)) == 2000


def test_the_link_of_a_version_that_was_replaced_says_so(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    old = path_of(desk, ticket)
    put(desk, "carla", f"/api/tickets/{ticket.id}/estimate", {**CARD, "rate": 70})
    for _ in range(2):
        page = ask(desk, "GET", old)
        assert page.status == 200 and "Questa versione non vale più" in said(page) and "<form" not in page.body.decode()
        refused = click(desk, old, "acceptance")
        assert refused.status == 409 and "Questa versione non vale più" in said(refused)
        post(desk, "carla", f"/api/tickets/{ticket.id}/estimate/sending")
    new = path_of(desk, cases.load(desk, ticket.id).ticket)
    assert ask(desk, "GET", new.replace(new.partition("key=")[2], old.partition("key=")[2])).status == 404


def test_a_card_that_has_lapsed_says_so_even_before_it_is_recorded(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(days=30)
    assert "Il termine per decidere è scaduto mercoledì 1 aprile 2026" in said(ask(desk, "GET", path_of(desk, ticket)))
    refused = click(desk, path_of(desk, ticket), "acceptance")
    assert refused.status == 409 and "non si può più accettare" in said(refused)
    assert the_card(cases.load(desk, ticket.id).ticket).state is CardState.EXPIRED


def test_a_wrong_key_learns_nothing(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    good = path_of(desk, ticket)
    base, _, key = good.partition("?key=")
    other = path_of(desk, sent(desk, to_be_quoted(desk, source="w2").id)).partition("?key=")[2]
    wrong = (
        f"{base}?key={other}",
        f"{base}?key={key[:-1]}",
        f"{base}?key=",
        base,
        good.replace("/intervention/", "/package/"),
        good.replace("/intervention/", "/nonsense/"),
        good.replace("/1?", "/2?"),
        good.replace("/1?", "/x?"),
        good.replace("/1?", f"/{'9' * 30}?"),
        good.replace(ticket.id, "ACME-99"),
        good.replace(ticket.id, "nonsense"),
    )
    bodies = set()
    for path in wrong:
        page = ask(desk, "GET", path)
        assert page.status == 404 and "Questo indirizzo non apre nessuna proposta" in said(page)
        bodies.add(page.body)
        if "?key=" in path:
            assert click(desk, path, "acceptance").status == 404
    assert len(bodies) == 1
    assert the_card(cases.load(desk, ticket.id).ticket).state is CardState.SENT
    assert "This address opens no proposal" in said(ask(desk, "GET", base, headers={"accept-language": "en"}))


def test_what_is_posted_is_a_form_of_bounded_size(desk: Desk) -> None:
    path = path_of(desk, sent(desk, to_be_quoted(desk).id))
    assert problem(ask(desk, "POST", f"{path.partition('?')[0]}/acceptance", body={"key": "k"})) == (
        415,
        "unsupported-media-type",
    )
    assert problem(click(desk, path, "refusal", reason="x" * 60_000)) == (413, "body-too-large")


def test_every_look_and_every_decision_is_on_record(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    ask(desk, "GET", path_of(desk, ticket))
    assert len(_looks(desk)) == 1
    click(desk, path_of(desk, ticket), "acceptance")
    assert len(_looks(desk)) == 2 and all("anna" not in json.dumps(row.values, default=str) for row in _looks(desk))


def _looks(desk: Desk) -> list[Row]:
    """What is on record of those who came by a link."""
    return [row for row in cases.under(desk, "ACME", "access:") if row.values["basis"] == "link"]


def test_the_request_s_page_shows_what_waits_and_leads_to_it(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    url = LINKS.ticket(ticket.id).removeprefix("https://desk.example")
    page = ask(desk, "GET", url)
    assert "In attesa della Sua decisione" in said(page) and "Apri la scheda d'intervento" in said(page)
    hrefs = [attributes.get("href") for tag, attributes in Page(page.body.decode()).tags if tag == "a"]
    card = the_card(ticket)
    assert LINKS.card(ticket.id, "intervention", card.version, card.commitment) in hrefs
    click(desk, path_of(desk, ticket), "acceptance")
    assert "Apri la scheda" not in said(ask(desk, "GET", url))


def test_an_offer_is_accepted_on_its_page(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    put(desk, "carla", f"/api/tickets/{id}/package-offer", {**OFFER, "overdraft": "1.5"})
    post(desk, "carla", f"/api/tickets/{id}/package-offer/sending")
    path = path_of(desk, cases.load(desk, id).ticket, CardKind.PACKAGE)
    assert "Pacchetto n. 1 Ore comprese 20 ore Ore oltre il pacchetto 1,5 ore" in said(ask(desk, "GET", path))
    assert click(desk, path, "acceptance").status == 303
    [package] = get(desk, "carla", "/api/customers/ACME/packages").json["packages"]
    assert (package["remaining"], package["overdraft"], package["ticket"]) == ("20", "1.5", id)


def test_what_is_drawn_up_and_never_sent_is_kept_from_the_customer_wherever_they_look(desk: Desk) -> None:
    ticket = drafted(desk, to_be_quoted(desk).id)
    for noun in ("events", "evidence", "estimate", ""):
        for reader, is_shown in (("carla", True), ("anna", False)):
            answer = as_staff(desk, reader, "GET", f"/api/tickets/{ticket.id}/{noun}".rstrip("/"))
            assert answer.status == 200
            assert (b"Nuovo report" in answer.body, b"976.00" in answer.body) == (is_shown, is_shown), (noun, reader)
    estimates.send(staff(desk, ticket.id), CardKind.INTERVENTION)
    assert b"Nuovo report" in as_staff(desk, "anna", "GET", f"/api/tickets/{ticket.id}/events").body


# --- what is out of sight, and who is named


@pytest.mark.parametrize("is_decided", [False, True])
def test_the_card_of_what_became_a_vulnerability_says_no_more_than_how_it_stands(desk: Desk, is_decided: bool) -> None:
    ticket = sent(desk, to_be_quoted(desk, subject="SQL injection nel login").id)
    path = path_of(desk, ticket)
    if is_decided:
        click(desk, path, "acceptance")
    staff(desk, ticket.id).classify("vulnerability")
    for answer in (ask(desk, "GET", path), click(desk, path, "acceptance"), click(desk, path, "refusal", reason="No.")):
        words = said(answer)
        assert "Richiesta riservata" in words and "<form" not in answer.body.decode()
        assert not [secret for secret in ("SQL", "Nuovo report", "Anna", "Acme", "A corpo", "€") if secret in words]


def test_letters_and_pages_name_people_and_companies_and_not_their_ids(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    company = cases.load(desk, ticket.id).ticket.customer_name
    assert company and company != "ACME" and f"Per Anna Bianchi, {company}" in said(ask(desk, "GET", path_of(desk, ticket)))
    click(desk, path_of(desk, ticket), "acceptance")
    staff(desk, ticket.id).assign("omar")
    deliver(desk, desk.clock())
    assert isinstance(desk.mailer, MemoryMailer)
    [told] = [flat(mail.text) for mail in desk.mailer.sent if mail.to.startswith("omar")]
    omar = desk.directory(desk.clock()).staff["omar"].name
    assert f"Assigned to: {omar}" in told and f"The request {ticket.id} from {company} is now assigned to you" in told


def test_a_draft_is_dropped_over_http(desk: Desk) -> None:
    ticket = f"/api/tickets/{to_be_quoted(desk).id}"
    put(desk, "carla", f"{ticket}/estimate", CARD)
    assert as_staff(desk, "anna", "DELETE", f"{ticket}/estimate").status == 403
    dropped = as_staff(desk, "carla", "DELETE", f"{ticket}/estimate")
    assert (dropped.status, dropped.json["estimate"]["state"], dropped.json["estimate_in_force"]) == (200, "dropped", None)
    again = as_staff(desk, "carla", "DELETE", f"{ticket}/estimate")
    assert problem(again) == (409, "not-allowed-now") and "estimate" in again.json["allowed"]
    assert get(desk, "anna", ticket).json["estimate"] is None


def test_hours_are_given_back_to_the_package_that_is_named(desk: Desk) -> None:
    id = with_task(desk, to_be_quoted(desk).id).id
    work = {"hours": "2", "on": desk.clock().date().isoformat(), "text": "Ecco."}
    assert post(desk, "omar", f"/api/tickets/{id}/work", work).status == 200
    back = {**work, "hours": "-1", "package": 1}
    assert problem(post(desk, "carla", f"/api/tickets/{id}/work", {**back, "package": 7}))[0] == 409
    assert post(desk, "carla", f"/api/tickets/{id}/work", back).json["task"]["debited"] == "1"
    assert problem(post(desk, "carla", f"/api/tickets/{id}/work", {**work, "package": 1})) == (422, "invalid-input")
