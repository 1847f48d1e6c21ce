"""A vulnerability leaves no trace for who may not see it: not in the record of reads, not in the ties of other requests."""

from typing import Any

import pytest

from shared.actions import cases, linking
from shared.actions.desk import Desk
from shared.actions.sweep import sweep
from shared.domain import evidence
from shared.domain.people import Contact
from shared.domain.ticket import Ticket
from shared.proof import verify
from tests.support.desks import CARLA, Clock, a_desk, staff, taken_in
from tests.support.doors import as_staff

CARLO = Contact(name="Carlo Moro", email="carlo@acme.example")
ORDINARY, SECRET = "ACME-1", "ACME-2"


@pytest.fixture
def desk() -> Desk:
    """An ordinary request of Anna's, assigned to omar, tied to a vulnerability that Carlo reported and olga has."""
    desk = a_desk(Clock())
    taken_in(desk)
    taken_in(desk, "w2", contact=CARLO)
    for id, kind, assignee in ((ORDINARY, "bug", "omar"), (SECRET, "vulnerability", "olga")):
        staff(desk, id).acknowledge()
        staff(desk, id).classify(kind)
        staff(desk, id).assign(assignee)
    linking.relate(staff(desk, ORDINARY), SECRET)
    for who in ("olga", "carlo", "ada", "carla"):
        assert as_staff(desk, who, "GET", f"/api/tickets/{SECRET}").status == 200
    assert as_staff(desk, "carla", "GET", "/api/tickets").status == 200  # both, in one entry
    sweep(desk, desk.clock.forward(minutes=2))  # type: ignore[attr-defined]
    return desk


def readings(desk: Desk, who: str, query: str = "") -> list[dict[str, Any]]:
    answer = as_staff(desk, who, "GET", f"/api/customers/ACME/accesses?limit=500{query}")
    assert answer.status == 200
    found: list[dict[str, Any]] = answer.json["accesses"]
    return found


def links(desk: Desk, who: str, id: str = ORDINARY) -> list[str]:
    return [link["ticket"] for link in as_staff(desk, who, "GET", f"/api/tickets/{id}").json["links"]]


def test_the_service_manager_finds_no_reading_of_it(desk: Desk) -> None:
    assert readings(desk, "sandro", f"&ticket={SECRET}") == []
    for entry in readings(desk, "sandro"):
        assert SECRET not in entry["tickets"] and SECRET not in (entry["detail"] or "")
    assert any(entry["what"] == "list" and entry["tickets"] == [ORDINARY] for entry in readings(desk, "sandro"))
    page = as_staff(desk, "sandro", "GET", f"/api/customers/ACME/accesses?limit=1&ticket={SECRET}").json
    assert page["next_cursor"] is None


@pytest.mark.parametrize("who", ["carla", "ada"])
def test_those_who_may_see_it_still_find_every_reading(desk: Desk, who: str) -> None:
    assert {entry["who"] for entry in readings(desk, who, f"&ticket={SECRET}")} >= {"olga", "carla"}
    assert any(set(entry["tickets"]) == {ORDINARY, SECRET} for entry in readings(desk, who))


def test_the_ties_of_an_ordinary_request_name_it_only_to_who_may_see_it(desk: Desk) -> None:
    assert {who: links(desk, who) for who in ("carla", "ada", "sandro", "omar", "anna")} == {
        "carla": [SECRET],
        "ada": [SECRET],
        "sandro": [],
        "omar": [],
        "anna": [],
    }
    assert links(desk, "olga", SECRET) == [ORDINARY], "what is not restricted is named"
    changed = as_staff(desk, "omar", "POST", f"/api/tickets/{ORDINARY}/replies", {"text": "Ci siamo."}).json
    stale = as_staff(desk, "omar", "POST", f"/api/tickets/{ORDINARY}/replies", {"text": "Ci siamo."}, If_Match='"1"').json
    assert changed["links"] == stale["current"]["links"] == []


def granted(desk: Desk, operator: str, id: str = ORDINARY) -> None:
    answer = as_staff(desk, "carla", "POST", f"/api/tickets/{id}/grants", {"operator": operator, "text": "Conosce il caso."})
    assert answer.status == 200, answer.json


def ticket(desk: Desk, id: str = ORDINARY) -> Ticket:
    return cases.load(desk, id).ticket


def test_leave_to_read_ends_when_a_request_turns_out_to_be_a_vulnerability(desk: Desk) -> None:
    for operator in ("olga", "sandro"):
        granted(desk, operator)
    as_staff(desk, "carla", "DELETE", f"/api/tickets/{ORDINARY}/grants/1")
    granted(desk, "olga")
    assert as_staff(desk, "olga", "GET", f"/api/tickets/{ORDINARY}").status == 200
    staff(desk, ORDINARY).classify("vulnerability")
    for who, status in (("olga", 403), ("sandro", 403), ("omar", 200), ("carla", 200)):
        assert as_staff(desk, who, "GET", f"/api/tickets/{ORDINARY}").status == status
    event = cases.events_of(desk, ticket(desk))[-1]
    assert (event.kind, event.data["grants_revoked"]) == ("classified", [2, 3])
    assert evidence.first_broken(cases.events_of(desk, ticket(desk))) is None
    raw = as_staff(desk, "carla", "GET", f"/api/tickets/{ORDINARY}/evidence").body
    assert verify.holds(as_staff(desk, "carla", "GET", f"/api/tickets/{ORDINARY}/evidence").json, raw)
    granted(desk, "olga")
    assert as_staff(desk, "olga", "GET", f"/api/tickets/{ORDINARY}").status == 200, "granted anew, knowing what it is"
    staff(desk, ORDINARY, CARLA).classify("vulnerability", "new-version")
    assert as_staff(desk, "olga", "GET", f"/api/tickets/{ORDINARY}").status == 200


def test_leave_to_read_outlives_every_other_classification(desk: Desk) -> None:
    granted(desk, "olga")
    staff(desk, ORDINARY).classify("evolution")
    assert as_staff(desk, "olga", "GET", f"/api/tickets/{ORDINARY}").status == 200
    assert "grants_revoked" not in cases.events_of(desk, ticket(desk))[-1].data


@pytest.mark.parametrize(("noun", "body"), [("links", {"ticket": "ACME-3"}), ("merge", {"into": "ACME-3"})])
def test_a_stale_look_at_a_ticket_is_on_record_before_it_is_shown(desk: Desk, noun: str, body: dict[str, str]) -> None:
    taken_in(desk, "w3")

    def seen() -> int:
        return len([entry for entry in readings(desk, "ada", f"&ticket={ORDINARY}") if entry["who"] == "carla"])

    before = seen()
    answer = as_staff(desk, "carla", "POST", f"/api/tickets/{ORDINARY}/{noun}", body, If_Match='"1"')
    assert (answer.status, answer.json["current"]["id"]) == (412, ORDINARY)
    assert seen() == before + 1
