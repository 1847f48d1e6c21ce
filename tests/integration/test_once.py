"""Idempotency keys: a POST that is sent again is answered, not done again, whoever was quicker, whatever was lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.adapters.memory import MemoryBlobs
from tests.support.desks import Clock, a_desk, taken_in
from tests.support.doors import Answer, as_staff


@pytest.fixture
def desk() -> Desk:
    desk = a_desk(Clock())
    taken_in(desk)
    return desk


def post(desk: Desk, noun: str, body: object = None, *, key: str | None, who: str = "carla", **headers: str) -> Answer:
    sent = {"idempotency_key": key, **headers} if key is not None else headers
    return as_staff(desk, who, "POST", f"/api/tickets/ACME-1/{noun}", body, **sent)


def kinds(desk: Desk) -> list[str]:
    return [event.kind for event in cases.events_of(desk, cases.load(desk, "ACME-1").ticket)]


def test_the_same_reply_sent_twice_is_written_once(desk: Desk) -> None:
    first = post(desk, "replies", {"text": "Ci stiamo lavorando."}, key="k1")
    again = post(desk, "replies", {"text": "Ci stiamo lavorando."}, key="k1")
    assert (first.status, again.status) == (200, 200)
    assert ("Idempotent-Replayed" in first.headers, again.headers.get("Idempotent-Replayed")) == (False, "true")
    assert first.json == again.json
    assert kinds(desk).count("replied") == 1


def test_without_a_key_or_under_another_it_is_another_reply(desk: Desk) -> None:
    for key in (None, None, "k1", "k2"):
        post(desk, "replies", {"text": "Ci stiamo lavorando."}, key=key)
    assert kinds(desk).count("replied") == 4


def test_what_is_no_longer_allowed_because_it_was_done_is_answered_as_done(desk: Desk) -> None:
    assert post(desk, "acknowledgement", key="k1").status == 200
    again = post(desk, "acknowledgement", key="k1")
    assert (again.status, again.json["state"], again.headers["Idempotent-Replayed"]) == (200, "in_charge", "true")
    assert post(desk, "acknowledgement", key="k2").status == 409


def test_a_repetition_does_not_undo_what_came_after(desk: Desk) -> None:
    post(desk, "priority", {"priority": 2}, key="k1")
    post(desk, "priority", {"priority": 3}, key="k2")
    again = post(desk, "priority", {"priority": 2}, key="k1")
    assert (again.json["priority"], again.headers["Idempotent-Replayed"]) == (3, "true")


def test_a_repetition_that_changed_nothing_the_first_time_changes_nothing_later(desk: Desk) -> None:
    post(desk, "priority", {"priority": 2}, key="k1")
    post(desk, "priority", {"priority": 2}, key="k2")  # set already
    post(desk, "priority", {"priority": 3}, key="k3")
    assert post(desk, "priority", {"priority": 2}, key="k2").json["priority"] == 3


def test_the_key_of_one_request_is_not_taken_for_another(desk: Desk) -> None:
    post(desk, "replies", {"text": "Ci stiamo lavorando."}, key="k1")
    refused = post(desk, "replies", {"text": "Fatto."}, key="k1")
    assert (refused.status, refused.json["type"]) == (422, "/api/problems/idempotency-key-reused")
    assert kinds(desk).count("replied") == 1


def test_a_key_belongs_to_who_made_it_and_to_what_is_asked(desk: Desk) -> None:
    post(desk, "assignee", {"assignee": "omar"}, key="k1")
    assert post(desk, "replies", {"text": "A."}, key="k1").status == 200
    assert post(desk, "replies", {"text": "A."}, key="k1", who="omar").status == 200
    assert kinds(desk).count("replied") == 2


def test_a_repetition_is_not_stale(desk: Desk) -> None:
    post(desk, "replies", {"text": "A."}, key="k1", if_match='"1"')
    again = post(desk, "replies", {"text": "A."}, key="k1", if_match='"1"')
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert post(desk, "replies", {"text": "B."}, key="k2", if_match='"1"').status == 412


@pytest.mark.parametrize("key", ["", " ", "è", "x" * 256, "a\tb"])
def test_a_malformed_key_is_refused(desk: Desk, key: str) -> None:
    refused = post(desk, "replies", {"text": "A."}, key=key)
    assert (refused.status, refused.json["type"]) == (422, "/api/problems/invalid-input")


def test_twenty_at_once_under_one_key_are_one(desk: Desk) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(desk, "replies", {"text": "A."}, key="k1"), range(20)))
    assert {answer.status for answer in answers} == {200}
    assert kinds(desk).count("replied") == 1


def test_a_call_entered_twice_under_one_key_is_one_ticket(desk: Desk) -> None:
    body = {
        "customer": "ACME",
        "contact": {"name": "Anna Bianchi", "email": "anna@acme.example"},
        "product": "zenshare-up",
        "subject": "Ha chiamato per il protocollo",
        "description": "Da questa mattina i documenti restano senza numero.",
    }
    answers = [as_staff(desk, "omar", "POST", "/api/tickets", body, idempotency_key="k1") for _ in range(2)]
    assert [(answer.status, answer.json["ticket"]) for answer in answers] == [(201, "ACME-2"), (200, "ACME-2")]
    other = as_staff(desk, "omar", "POST", "/api/tickets", {**body, "subject": "Altro"}, idempotency_key="k1")
    assert (other.status, other.json["type"]) == (422, "/api/problems/idempotency-key-reused")
    assert as_staff(desk, "omar", "POST", "/api/tickets", body).json["ticket"] == "ACME-3"
    ticket = cases.load(desk, "ACME-2").ticket
    assert ticket.channel == "phone"
    assert cases.events_of(desk, ticket)[0].actor == "omar"


def test_nothing_is_kept_of_a_call_that_was_refused(desk: Desk) -> None:
    assert isinstance(desk.blobs, MemoryBlobs)
    before = dict(desk.blobs._content)
    body = {
        "customer": "ACME",
        "contact": {"name": "Anna Bianchi", "email": "anna@acme.example"},
        "product": "nonsense",
        "subject": "Ha chiamato",
        "description": "Da questa mattina.",
    }
    assert as_staff(desk, "omar", "POST", "/api/tickets", body).status == 422
    assert desk.blobs._content == before
