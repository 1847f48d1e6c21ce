"""The doors of subscriptions: who may use them, what they answer, and that a secret is shown once."""

from dataclasses import replace
from typing import Any

import pytest

from shared.actions.desk import Desk
from shared.actions.hooks.publish import publish
from shared.adapters.memory import MemoryPublisher
from shared.adapters.publisher import WebhookPublisher
from shared.domain.errors import HookPostponed
from tests.support.desks import Clock, taken_in
from tests.support.doors import Answer, as_staff, ask

CRM = "https://crm.example/events"


def posted(desk: Desk, path: str = "", body: object = None, who: str = "carla", **headers: str) -> Answer:
    return as_staff(desk, who, "POST", f"/api/subscriptions{path}", body, **headers)


def got(desk: Desk, path: str = "") -> Any:
    answer = as_staff(desk, "carla", "GET", f"/api/subscriptions{path}")
    assert answer.status == 200, answer.body
    return answer.json


def made(desk: Desk) -> Any:
    answer = posted(desk, body={"url": CRM})
    assert answer.status == 201, answer.body
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(minutes=2)
    return answer.json


def publisher(desk: Desk) -> MemoryPublisher:
    assert isinstance(desk.publisher, MemoryPublisher)
    return desk.publisher


def test_a_subscription_is_registered_read_and_deleted_and_its_secret_shown_once(desk: Desk) -> None:
    answer = posted(desk, body={"url": CRM, "kinds": ["ticket.resolved", "ticket.closed"], "customer": "ACME"})
    assert answer.status == 201
    created = answer.json
    assert answer.headers["Location"] == f"/api/subscriptions/{created['id']}"
    secret = created.pop("secret")
    assert secret.startswith("whsec_")
    assert created == got(desk, f"/{created['id']}")
    listed = as_staff(desk, "sandro", "GET", "/api/subscriptions")
    assert listed.json["subscriptions"] == [created] and secret.encode() not in listed.body
    assert created["kinds"] == ["ticket.closed", "ticket.resolved"] and created["active"] is True
    assert "ticket.breached" in listed.json["kinds"]
    for _ in range(2):
        assert as_staff(desk, "carla", "DELETE", f"/api/subscriptions/{created['id']}").status == 204
    assert as_staff(desk, "carla", "GET", f"/api/subscriptions/{created['id']}").status == 404


DOORS = [
    ("POST", ""),
    ("GET", ""),
    ("GET", "/{id}"),
    ("DELETE", "/{id}"),
    ("POST", "/{id}/secret"),
    ("POST", "/{id}/resumption"),
    ("POST", "/{id}/test"),
    ("GET", "/{id}/deliveries"),
    ("POST", "/{id}/deliveries/{delivery}/replay"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_only_the_customer_care_manager_and_the_service_manager_may(desk: Desk, method: str, path: str) -> None:
    subscription = made(desk)
    taken_in(desk)
    publish(desk, desk.clock())
    delivery = got(desk, f"/{subscription['id']}/deliveries")["deliveries"][0]["id"]
    url = "/api/subscriptions" + path.format(id=subscription["id"], delivery=delivery)
    body = {"url": CRM} if (method, path) == ("POST", "") else None
    for who in ("omar", "anna", "ada"):
        assert as_staff(desk, who, method, url, body).status == 403
    assert ask(desk, method, url, body=body).status == 401
    assert len(got(desk)["subscriptions"]) == 1
    for who in ("carla", "sandro"):
        assert as_staff(desk, who, method, url, body).status in (200, 201, 202, 204, 404 if method == "DELETE" else 200)
        if method == "DELETE":
            break


@pytest.mark.parametrize(
    ("body", "status", "type", "words"),
    [
        ({}, 422, "invalid-input", "url: is missing"),
        ({"url": CRM, "events": []}, 422, "invalid-input", "events: is not known here"),
        ({"url": CRM, "kinds": ["ticket.vanished"]}, 422, "invalid-input", "ticket.resolved"),
        ({"url": CRM, "kinds": "ticket.resolved"}, 422, "invalid-input", "kinds"),
        ({"url": CRM, "customer": "NOBODY"}, 404, "unknown-customer", "NOBODY"),
        ({"url": "http://crm.example/"}, 422, "address-refused", "https"),
        ({"url": "https://127.0.0.1/"}, 422, "address-refused", "private"),
        ({"url": "https://localhost./"}, 422, "address-refused", "private"),
    ],
)
def test_what_could_not_work_is_refused_with_what_would(desk: Desk, body: object, status: int, type: str, words: str) -> None:
    real = replace(
        desk, publisher=WebhookPublisher(resolve=lambda name, port: ["127.0.0.1" if name != "crm.example" else "8.8.8.8"])
    )
    answer = posted(real, body=body)
    assert (answer.status, answer.json["type"]) == (status, f"/api/problems/{type}")
    assert words in answer.json["detail"]
    assert got(desk)["subscriptions"] == []


def test_unknown_events_are_answered_with_those_there_are(desk: Desk) -> None:
    assert "ticket.received" in posted(desk, body={"url": CRM, "kinds": ["x"]}).json["allowed"]


def test_the_same_idempotency_key_gets_the_same_answer(desk: Desk) -> None:
    first = posted(desk, body={"url": CRM}, idempotency_key="k1")
    again = posted(desk, body={"url": CRM}, idempotency_key="k1")
    assert (first.json, again.status) == (again.json, 201)
    assert "Idempotent-Replayed" not in first.headers and again.headers["Idempotent-Replayed"] == "true"
    other = posted(desk, body={"url": "https://other.example/"}, idempotency_key="k1")
    assert (other.status, other.json["type"]) == (422, "/api/problems/idempotency-key-reused")


def test_a_new_secret_is_shown_once_and_the_old_one_still_signs_for_a_day(desk: Desk) -> None:
    subscription = made(desk)
    answer = posted(desk, f"/{subscription['id']}/secret")
    assert answer.status == 200 and answer.json["secret"] not in (None, subscription["secret"])
    read = got(desk, f"/{subscription['id']}")
    assert "secret" not in read and len(read["earlier_secrets_until"]) == 1


def test_changing_the_secret_twice_under_one_key_changes_it_once(desk: Desk) -> None:
    path = f"/{made(desk)['id']}/secret"
    first, again = (posted(desk, path, idempotency_key="k1").json["secret"] for _ in range(2))
    assert first == again != posted(desk, path, idempotency_key="k2").json["secret"]
    assert posted(desk, path, idempotency_key="x" * 300).status == 422
    assert posted(desk, path, b"{{{{").status == 400


def test_a_test_sends_a_ping_now_and_answers_what_was_said_to_it(desk: Desk) -> None:
    subscription = made(desk)
    assert posted(desk, f"/{subscription['id']}/test").json == {"delivered": True, "status": 200, "error": None}
    assert b'"type":"ping"' in publisher(desk).received[0].body
    publisher(desk).fail_next(HookPostponed("The subscriber answered 500."))
    answer = posted(desk, f"/{subscription['id']}/test")
    assert (answer.status, answer.json) == (200, {"delivered": False, "status": None, "error": "The subscriber answered 500."})
    assert got(desk, f"/{subscription['id']}/deliveries")["deliveries"] == []


def test_deliveries_are_listed_and_replayed(desk: Desk) -> None:
    subscription = made(desk)
    for n in range(3):
        taken_in(desk, source=f"w{n}")
    publish(desk, desk.clock())
    page = got(desk, f"/{subscription['id']}/deliveries?limit=2")
    assert len(page["deliveries"]) == 2 and page["next_cursor"]
    rest = got(desk, f"/{subscription['id']}/deliveries?cursor={page['next_cursor']}")
    assert len(rest["deliveries"]) == 1 and rest["next_cursor"] is None
    delivery = rest["deliveries"][0]
    assert delivery["state"] == "sent" and delivery["status"] == 200 and delivery["type"] == "ticket.received"
    replayed = posted(desk, f"/{subscription['id']}/deliveries/{delivery['id']}/replay")
    assert (replayed.status, replayed.json["state"]) == (202, "owed")
    assert publish(desk, desk.clock()).sent == 1
    ids = [post.id for post in publisher(desk).received]
    assert ids.count(delivery["webhook_id"]) == 2


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=%2F", "cursor=" + "0" * 61])
def test_a_page_that_cannot_be_is_refused(desk: Desk, query: str) -> None:
    subscription = made(desk)
    assert as_staff(desk, "carla", "GET", f"/api/subscriptions/{subscription['id']}/deliveries?{query}").status == 422


@pytest.mark.parametrize("id", ["nothing", "a|b", "é", "x" * 500, "..", "hook:1"])
def test_an_id_that_there_is_not_is_not_found(desk: Desk, id: str) -> None:
    assert as_staff(desk, "carla", "GET", f"/api/subscriptions/{id}").status == 404
    assert posted(desk, f"/{id}/secret").status == 404
    assert posted(desk, f"/{id}/test").status == 404
