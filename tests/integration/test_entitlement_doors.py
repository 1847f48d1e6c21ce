"""The doors that tell what a customer's support gives them, before anybody works: of a ticket, and before there is one."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from shared.actions import customers
from shared.actions.desk import Desk
from shared.actions.ports import Replace, Table
from shared.domain.tier import Channel
from tests.support.desks import Clock, a_desk, staff, taken_in
from tests.support.doors import Answer, as_staff, ask


@pytest.fixture
def desk() -> Desk:
    """On Monday 2 March 2026 at 9:00; ACME has platinum support and ZenShare UP in the cloud."""
    made = a_desk(Clock())
    acme, etag = customers.find(made, "ACME")
    changed = replace(acme, tier="platinum", delivery={"zenshare-up": "cloud"})
    made.rows.commit(Table.DESK, "ACME", [Replace(customers.customer_row(changed, etag))])
    return made


def asked(desk: Desk, who: str, **query: str) -> Answer:
    return as_staff(desk, who, "GET", "/api/entitlement?" + urlencode({"customer": "ACME", "product": "zenshare-up", **query}))


def the_one(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    (entitlement,) = answer.json["entitlements"]
    return dict(entitlement)


def test_a_ticket_keeps_the_tier_and_the_mode_of_delivery_that_the_customer_had_at_receipt(desk: Desk) -> None:
    ticket = taken_in(desk)
    assert (ticket.tier, ticket.delivery, ticket.channel) == ("platinum", "cloud", Channel.WEB)
    assert taken_in(desk, "w2", product="zenshare-suite").delivery is None
    assert taken_in(desk, "w3", channel=Channel.PHONE).channel is Channel.PHONE


def test_a_ticket_that_is_not_classified_has_an_entitlement_for_each_classification(desk: Desk) -> None:
    ticket = taken_in(desk)
    answer = as_staff(desk, "carla", "GET", f"/api/tickets/{ticket.id}/entitlement")
    assert answer.status == 200
    assert {key: answer.json[key] for key in ("ticket", "tier", "delivery", "channel", "received_at")} == {
        "ticket": ticket.id,
        "tier": "platinum",
        "delivery": "cloud",
        "channel": "web",
        "received_at": "2026-03-02T08:00:00.000000Z",
    }
    terms = {each["classification"]["id"]: each["terms"] for each in answer.json["entitlements"]}
    assert len(terms) == 7
    assert (terms["bug"], terms["help-desk"], terms["not-competent"]) == ("covered", "quoted", "not_covered")


def test_a_classified_ticket_says_who_pays_and_why(desk: Desk) -> None:
    ticket = taken_in(desk, channel=Channel.PHONE)
    staff(desk, ticket.id).acknowledge()
    staff(desk, ticket.id).classify("help-desk")
    assert the_one(as_staff(desk, "carla", "GET", f"/api/tickets/{ticket.id}/entitlement")) == {
        "classification": {"id": "help-desk", "name": {"it": "Help desk", "en": "Help desk"}},
        "terms": "covered",
        "ground": "right",
        "right": {
            "id": "training",
            "name": {
                "it": "Brevi richieste di formazione all'uso del sistema, per telefono",
                "en": "Small and short training requests on the use of the system, by telephone",
            },
        },
        "clause": {
            "id": "training",
            "text": {
                "it": "Supporto telefonico al cliente per piccole e brevi richieste di formazione all'uso del sistema.",
                "en": "Telephone support to the client for small and short training requests to use the system.",
            },
        },
        "sentence": {
            "it": "Le brevi richieste di formazione all'uso del sistema, per telefono, sono comprese nel livello Platinum.",
            "en": "Small and short training requests on the use of the system, by telephone, are included in Platinum support.",
        },
        "needs_estimate": False,
        "phone_opens_at": None,
    }


def test_an_activity_that_no_classification_tells_apart_may_be_named(desk: Desk) -> None:
    ticket = taken_in(desk)
    url = f"/api/tickets/{ticket.id}/entitlement?activity="
    answer = as_staff(desk, "carla", "GET", url + "software-update")
    assert {each["right"]["id"] for each in answer.json["entitlements"]} == {"update-work-in-the-cloud"}
    assert as_staff(desk, "carla", "GET", url + "nap").status == 422


def test_the_customer_reads_what_they_are_entitled_to_and_strangers_do_not(desk: Desk) -> None:
    url = f"/api/tickets/{taken_in(desk).id}/entitlement"
    assert {who: as_staff(desk, who, "GET", url).status for who in ("anna", "ada", "bruno", "omar", "carla", "sandro")} == {
        "anna": 200,
        "ada": 200,
        "bruno": 404,
        "omar": 403,
        "carla": 200,
        "sandro": 200,
    }
    assert ask(desk, "GET", url).status == 401


def test_before_anything_is_entered_the_customers_contract_answers(desk: Desk) -> None:
    found = the_one(asked(desk, "carla", classification="help-desk", channel="phone"))
    assert (found["terms"], found["right"]["id"]) == ("covered", "training")
    evening = the_one(asked(desk, "carla", classification="help-desk", channel="phone", at="2026-03-02T19:00:00+01:00"))
    assert (evening["terms"], evening["ground"]) == ("quoted", "phone_closed")
    assert evening["phone_opens_at"] == "2026-03-03T08:00:00.000000Z"


def test_without_a_classification_all_are_answered(desk: Desk) -> None:
    answer = asked(desk, "carla", channel="email")
    assert (answer.json["customer"], answer.json["channel"]) == ("ACME", "email")
    assert [each["classification"]["id"] for each in answer.json["entitlements"]][:2] == ["bug", "evolution"]


def test_what_the_customer_does_not_have_is_not_covered(desk: Desk) -> None:
    bug = {"customer": "BETA", "classification": "bug"}
    assert the_one(asked(desk, "carla", **bug))["terms"] == "covered"
    assert the_one(asked(desk, "carla", **bug, at="2026-12-30T23:00:00Z"))["ground"] == "not_in_force"
    acme, etag = customers.find(desk, "ACME")
    desk.rows.commit(Table.DESK, "ACME", [Replace(customers.customer_row(replace(acme, products=("zenshare-suite",)), etag))])
    assert the_one(asked(desk, "carla", classification="bug"))["ground"] == "product_not_held"


def test_only_managers_and_the_customers_administrator_ask_about_a_customer(desk: Desk) -> None:
    people = ("carla", "sandro", "omar", "anna", "ada", "bruno")
    assert {who: asked(desk, who).status for who in people} == {
        "carla": 200,
        "sandro": 200,
        "omar": 403,
        "anna": 403,
        "ada": 200,
        "bruno": 404,
    }


def test_a_stranger_does_not_learn_which_customers_there_are(desk: Desk) -> None:
    there, not_there = asked(desk, "bruno"), asked(desk, "bruno", customer="NOBODY")
    assert (there.status, not_there.status) == (404, 404)
    assert there.json["type"] == not_there.json["type"]
    assert there.json["detail"].replace("ACME", "NOBODY") == not_there.json["detail"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"channel": "fax"}, "channel: "),
        ({"at": "2026-03-02T19:00:00"}, "at: must have an offset from UTC"),
        ({"at": "yesterday"}, "at: "),
        ({"colour": "red"}, "colour: is not known here"),
        ({"product": ""}, "product: "),
        ({"product": "fax"}, "The contract does not know the product 'fax'"),
        ({"classification": "moan"}, "The contract has no classification 'moan'"),
        ({"activity": "nap"}, "The contract names no activity 'nap'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(desk: Desk, query: dict[str, str], sentence: str) -> None:
    answer = asked(desk, "carla", **query)
    assert answer.status == 422
    assert answer.json["detail"].startswith(sentence)


def test_before_the_first_version_of_the_contract_there_is_nothing_to_judge_by(desk: Desk) -> None:
    answer = asked(desk, "carla", at="2019-06-01T10:00:00Z")
    assert (answer.status, answer.json["type"]) == (403, "/api/problems/contract-not-in-force")


def test_both_reads_are_on_record(desk: Desk) -> None:
    ticket = taken_in(desk)
    as_staff(desk, "carla", "GET", f"/api/tickets/{ticket.id}/entitlement")
    asked(desk, "sandro")
    rows = [row for row in desk.rows.scan(Table.DESK, "ACME") if row.key.startswith("access:")]
    assert len(rows) == 2
