"""The export of what is held on a contact: who may have it, that it is all of it, and that it is on record."""

import io
import json
import zipfile
from dataclasses import fields

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.domain import evidence
from shared.domain.ticket import Ticket
from tests.support.desks import Clock, taken_in
from tests.support.doors import Answer, as_staff, ask, signed
from tests.support.held import EMAIL, NAME, ask_for_help, body, quoted, worked_on

URL = "/api/customers/ACME/contacts/export"


def export(desk: Desk, who: str = "carla", email: str = EMAIL, url: str = URL) -> Answer:
    return as_staff(desk, who, "POST", f"{url}?format=json", {"email": email})


def archive_of(desk: Desk, who: str) -> Answer:
    return as_staff(desk, who, "POST", URL, {"email": EMAIL})


def test_all_that_is_held_is_in_the_archive(desk: Desk) -> None:
    ticket = ask_for_help(desk)
    worked_on(desk, ticket)
    answer = archive_of(desk, "carla")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sportello-ACME-contact-2026-03-02.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        document = json.loads(archive.read("export.json"))
        assert archive.read("files/ACME-1/request-1.json") == body()  # byte for byte
        assert {"export.json", *(each["path"] for each in document["files"])} == set(archive.namelist())
        history = json.loads(archive.read("files/ACME-1/history.json"))
    assert document["contact"] == {"email": EMAIL, "names": [NAME]}
    [held] = document["tickets"]
    assert held["ticket"]["subject"] == "Il protocollo non assegna il numero"
    assert [event["kind"] for event in held["events"]][:2] == ["received", "acknowledged"]
    assert history["events"] == held["events"]
    said = {text["said_in"][0]["as"]: text["text"] for text in held["texts"]}
    assert said["description"].startswith("Da questa mattina")
    assert {"La versione 7.", "Corretto con la 7.1."} <= {text["text"] for text in held["texts"]}
    kinds = [notice["kind"] for notice in held["notices"]]
    assert kinds == ["receipt", "reply", "question", "resolved"]
    assert all(notice["email"].casefold() == EMAIL for notice in held["notices"])
    assert held["notices"][1]["facts"]["text"] == "Ci stiamo lavorando."


def test_each_version_of_a_card_is_a_file_of_its_own(desk: Desk) -> None:
    quoted(desk, ask_for_help(desk))
    with zipfile.ZipFile(io.BytesIO(archive_of(desk, "anna").body)) as archive:
        cards = [json.loads(archive.read(f"files/ACME-1/card-intervention-{version}.json")) for version in (1, 2)]
        [held] = json.loads(archive.read("export.json"))["tickets"]
    assert [card["conditions"] for card in cards] == ["Come detto a voce", "Come scritto a Bianchi"]
    assert (cards[0]["gross"], held["ticket"]["estimate"]["rate"]) == ("878.40", "90")
    said = {place["as"] for text in held["texts"] for place in text["said_in"]}
    assert {"description", "commitment", "whence", "reason", "text"} <= said


def test_every_field_of_a_ticket_is_told(desk: Desk) -> None:
    """Whatever the ticket comes to hold later is in the export by itself; fields that are empty are left out."""
    taken_in(desk)
    ticket = cases.load(desk, "ACME-1").ticket
    filled = {each.name for each in fields(Ticket) if getattr(ticket, each.name) is not None}
    assert set(export(desk).json["tickets"][0]["ticket"]) == filled


def test_the_texts_fit_the_commitments_in_the_events(desk: Desk) -> None:
    worked_on(desk, ask_for_help(desk))
    for text in export(desk).json["tickets"][0]["texts"]:
        assert evidence.commitment(text["salt"], text["text"]) == text["commitment"]
        assert text["said_in"]


def test_other_contacts_are_not_in_it(desk: Desk) -> None:
    ask_for_help(desk)
    ask_for_help(desk, "msg_2", contact={"name": "Ugo", "email": "ugo@acme.example"}, subject="Altro di Ugo")
    ask_for_help(desk, "msg_3", customer="BETA", subject="Stessa persona, altro cliente")
    answer = export(desk)
    assert [each["id"] for each in answer.json["tickets"]] == ["ACME-1"]
    assert b"ugo@acme.example" not in answer.body and b"altro cliente" not in answer.body


def test_what_could_not_be_understood_is_in_it_if_it_can_be_told_whose_it_is(desk: Desk) -> None:
    assert signed(desk, body(product="none-of-ours"), id="msg_1").status == 422
    assert signed(desk, b'{"customer": "ACME", "contact": {"email": "anna@acme.example"', id="msg_2").status == 400
    assert signed(desk, body(product="none-of-ours", customer="BETA"), id="msg_3").status == 422
    assert signed(desk, body(product="none", contact={"name": "Ugo", "email": "ugo@acme.example"}), id="msg_4").status == 422
    document = export(desk).json
    assert sorted(each["kind"] for each in document["quarantined"]) == ["malformed-json", "unknown-product"]
    assert sorted(each["path"].rpartition(".")[2] for each in document["files"]) == ["bin", "json"]


@pytest.mark.parametrize(
    ("who", "status"), [("carla", 200), ("anna", 200), ("ada", 200), ("omar", 403), ("sandro", 403), ("bruno", 404)]
)
def test_it_is_for_the_contact_their_administrator_and_the_customer_care_manager(desk: Desk, who: str, status: int) -> None:
    ask_for_help(desk)
    answer = export(desk, who)
    assert answer.status == status
    assert status == 200 or NAME.encode() not in answer.body


def test_a_colleague_learns_not_even_whether_there_is_such_a_contact(desk: Desk) -> None:
    ask_for_help(desk, contact={"name": "Ugo", "email": "ugo@acme.example"})
    there = export(desk, "anna", "ugo@acme.example")
    not_there = export(desk, "anna", "ada@acme.example")
    assert (there.status, not_there.status) == (404, 404)
    assert there.json["detail"].replace("ugo", "ada") == not_there.json["detail"]


def test_nobody_gets_it_without_signing_in(desk: Desk) -> None:
    assert ask(desk, "POST", URL, body={"email": EMAIL}).status == 401


def test_the_address_may_be_written_in_any_case(desk: Desk) -> None:
    ask_for_help(desk)
    answer = export(desk, "anna", "ANNA@Acme.Example")
    assert len(answer.json["tickets"]) == 1


def test_nothing_held_is_an_empty_export_and_no_such_customer_is_not_found(desk: Desk) -> None:
    assert export(desk).json["tickets"] == []
    assert export(desk, url="/api/customers/NOBODY/contacts/export").status == 404


@pytest.mark.parametrize("sent", [{}, {"email": ""}, {"email": "e"}, {"email": "a b@c.d"}, {"email": EMAIL, "further": 1}])
def test_it_must_be_said_whose_it_is(desk: Desk, sent: object) -> None:
    """Part of an address would find what others have sent."""
    assert as_staff(desk, "carla", "POST", URL, sent).status == 422


def test_an_address_that_no_mail_could_be_sent_to_is_taken_as_it_was_written(desk: Desk) -> None:
    assert signed(desk, body(contact={"name": "Ugo", "email": "ugo@acme"}), id="msg_1").status == 422
    assert len(export(desk, email="ugo@acme").json["quarantined"]) == 1


def test_a_format_we_do_not_have_is_refused(desk: Desk) -> None:
    assert as_staff(desk, "carla", "POST", f"{URL}?format=xml", {"email": EMAIL}).status == 422


def test_an_export_is_a_read_of_each_ticket_and_says_who_has_read_them(desk: Desk) -> None:
    assert isinstance(desk.clock, Clock)
    ask_for_help(desk)
    desk.clock.forward(minutes=1)
    export(desk, "carla")
    desk.clock.forward(minutes=1)
    readings = export(desk, "anna").json["readings"]
    assert [(each["name"], each["what"], each["tickets"], each["basis"]) for each in readings] == [
        ("Carla", "export of what is held on a contact", ["ACME-1"], "role"),
        ("", "export of what is held on a contact", ["ACME-1"], "own"),
    ]
