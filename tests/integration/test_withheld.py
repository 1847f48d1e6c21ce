"""What is kept from some who may read a ticket: cards not sent yet, and who somebody is and from where they decided."""

import json
from typing import Any

import pytest

from shared.actions import cases, evidence
from shared.actions.desk import Desk
from shared.domain import dossier
from shared.domain.evidence import canonical, commitment
from shared.domain.quotes.card import CardKind
from shared.proof.verification.checks import outcomes
from shared.proof.verification.reading import Broken
from tests.support import cards
from tests.support.desks import ADA, ANNA, CARLA, Clock, a_desk, staff
from tests.support.doors import as_staff

ID = "ACME-1"
OF_ADA = ("ada@acme.example", "198.51.100.7", "AdaFox")
READERS = ("anna", "ada", "carla", "sandro", "omar", "olga")


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Anna's request: its estimate accepted by Ada, who also wrote; omar's; olga may read it; an offer form not sent yet."""
    desk = a_desk(Clock())
    cards.to_be_quoted(desk)
    cards.sent(desk, ID)
    sent = {"X_Forwarded_For": "198.51.100.7", "User_Agent": "AdaFox"}
    assert as_staff(desk, "ada", "POST", f"/api/tickets/{ID}/estimate/acceptance", {"version": 1}, **sent).status == 200
    staff(desk, ID, ADA).message("Si faccia presto.")
    staff(desk, ID).assign("omar")
    assert as_staff(desk, "carla", "POST", f"/api/tickets/{ID}/grants", {"operator": "olga", "text": "Conosce."}).status == 200
    cards.drafted(desk, ID, cards.OFFER, CardKind.PACKAGE)
    return desk


def evidence_for(desk: Desk, who: str) -> bytes:
    answer = as_staff(desk, who, "GET", f"/api/tickets/{ID}/evidence")
    assert answer.status == 200
    return answer.body


def broken(file: dict[str, Any]) -> Broken | None:
    """What does not hold of a file under a new seal."""
    raw = canonical({**file, "seal": dossier.seal(file)})
    return list(outcomes(json.loads(raw), raw))[-1].broken


def withheld(file: dict[str, Any]) -> list[str]:
    """As what the events name the texts that are withheld."""
    gone = {text["commitment"] for text in file["contents"] if text.get("is_withheld")}
    named = [(event["kind"], name, value) for event in file["events"] for name, value in event["data"].items()]
    return [f"{kind} {name}" for kind, name, value in named if isinstance(value, str) and value in gone]


@pytest.mark.parametrize("who", READERS)
def test_the_evidence_holds_whoever_takes_it(desk: Desk, who: str) -> None:
    raw = evidence_for(desk, who)
    assert [outcome.broken for outcome in outcomes(json.loads(raw), raw)] == [None] * 11


def test_what_is_withheld_says_so_and_is_counted(desk: Desk) -> None:
    expected = {
        "carla": [],
        "sandro": [],
        "ada": ["offer_drafted commitment"],
        "anna": ["estimate_accepted whence", "message author", "offer_drafted commitment"],
        "omar": ["estimate_accepted whence", "message author"],
        "olga": ["estimate_accepted whence", "message author"],
    }
    assert {who: withheld(json.loads(evidence_for(desk, who))) for who in expected} == expected
    raw = evidence_for(desk, "anna")
    says = {outcome.name: outcome.says for outcome in outcomes(json.loads(raw), raw)}
    assert says["texts"].endswith("; 3 of them withheld from whom this file was made for")
    assert not any(text["is_erased"] for text in json.loads(raw)["contents"])


@pytest.mark.parametrize(("who", "sees"), [("carla", 3), ("sandro", 3), ("ada", 3), ("anna", 0), ("omar", 0), ("olga", 0)])
def test_an_address_is_shown_to_the_managers_and_to_the_person_alone(desk: Desk, who: str, sees: int) -> None:
    for part in ("events", "evidence", "accesses", "notices", "estimate", ""):
        body = as_staff(desk, who, "GET", f"/api/tickets/{ID}/{part}".rstrip("/")).body.decode()
        shown = [each for each in OF_ADA if each in body]
        assert len(shown) == (sees if part in ("events", "evidence") else 0), (part, shown)


def test_staff_are_left_the_name_and_colleagues_nothing(desk: Desk) -> None:
    def texts(who: str) -> list[str | None]:
        return [text["text"] for text in as_staff(desk, who, "GET", f"/api/tickets/{ID}/events").json["texts"]]

    assert texts("omar").count('{"name":"Ada Neri"}') == texts("olga").count('{"name":"Ada Neri"}') == 2
    assert not any("Ada" in (text or "") for text in texts("anna"))
    assert "Si faccia presto." in texts("anna") and texts("anna").count(None) == 3


def test_the_export_of_a_contact_holds_nobody_elses_address_whoever_asks(desk: Desk) -> None:
    for who in ("anna", "ada", "carla"):
        url = "/api/customers/ACME/contacts/export?format=json"
        body = as_staff(desk, who, "POST", url, {"email": "anna@acme.example"}).body.decode()
        assert [each for each in (*OF_ADA, "Pacchetto da 20 ore") if each in body] == []
        assert "Nuovo report" in body and "Si faccia presto." in body


def test_a_card_that_is_sent_after_all_is_withheld_no_more() -> None:
    desk = a_desk(Clock())
    cards.to_be_quoted(desk)
    cards.drafted(desk, ID)
    assert withheld(json.loads(evidence_for(desk, "anna"))) == ["estimated commitment"]
    staff(desk, ID).reply("Arriva.")
    as_staff(desk, "carla", "POST", f"/api/tickets/{ID}/estimate/sending")
    assert withheld(json.loads(evidence_for(desk, "anna"))) == []


def test_nothing_else_can_be_marked_withheld(desk: Desk) -> None:
    """The desk's own file for Anna, each of its texts taken out in turn, under a new seal."""
    file = json.loads(evidence.file_of(desk, cases.load(desk, ID).ticket, ANNA, desk.clock()))
    assert broken(file) is None
    confidential = {text["commitment"] for text in file["contents"] if text.get("is_withheld")}
    assert len(confidential) == 3
    whole = json.loads(evidence.file_of(desk, cases.load(desk, ID).ticket, CARLA, desk.clock()))
    tried = 0
    for text in whole["contents"]:
        kept = dict(text)
        text.update(text=None, salt=None, is_withheld=True)
        found = broken(whole)
        if text["commitment"] in confidential or kept["commitment"] == _sent_card(whole):
            assert (found is None) is (text["commitment"] in confidential)
        else:
            assert found is not None and found.where.endswith(".is_withheld"), kept["key"]
            tried += 1
        text.clear()
        text.update(kept)
    assert tried >= 4


@pytest.mark.parametrize(
    "change",
    [
        {"is_withheld": False},
        {"is_withheld": None},
        {"is_withheld": 1},
        {"is_erased": True},
        {"text": "x"},
        {"salt": "x"},
        {"text": "x", "salt": "x"},
        {"commitment": commitment("a", "b")},
    ],
)
def test_what_is_withheld_can_be_changed_in_no_way(desk: Desk, change: dict[str, object]) -> None:
    file = json.loads(evidence_for(desk, "anna"))
    number = next(number for number, text in enumerate(file["contents"]) if text.get("is_withheld"))
    file["contents"][number].update(change)
    found = broken(file)
    assert found is not None and found.where.startswith("contents")
    del file["contents"][number]["is_withheld"]
    assert broken(file) is not None


def _sent_card(file: dict[str, Any]) -> str:
    [sent] = [event["data"]["commitment"] for event in file["events"] if event["kind"] == "estimate_sent"]
    return str(sent)
