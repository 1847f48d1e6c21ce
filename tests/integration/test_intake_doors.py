"""The portal's webhook over its door: tickets once, refusals each with their own problem, and nothing authentic is lost."""

import json
from dataclasses import replace

import pytest

from shared.actions import customers
from shared.actions.desk import Desk
from shared.adapters.portal_webhooks import PortalWebhooks
from shared.domain.errors import StorageUnavailable
from tests.support.desks import SECRET, Clock, a_desk, staff
from tests.support.doors import as_staff, ask, signed
from tests.support.faults import Fuse, fused

OTHER = "whsec_" + "b3RoZXItc2VjcmV0LW9mLXRoZS1wb3J0YWwtMDI="


@pytest.fixture
def desk() -> Desk:
    return a_desk(Clock())


def a_body(**changes: object) -> dict[str, object]:
    return {
        "customer": "ACME",
        "contact": {"name": "Anna Bianchi", "email": "anna@acme.example"},
        "language": "it",
        "product": "zenshare-up",
        "subject": "Il protocollo non assegna il numero",
        "description": "Da questa mattina i documenti restano senza numero.",
        "severity": "1",
        "classification": "bug",
        "reference": "P-77",
        "occurred_at": "2026-03-02T09:00:00+01:00",
        **changes,
    }


def test_a_request_becomes_a_ticket_with_its_deadlines(desk: Desk) -> None:
    answer = signed(desk, a_body())
    assert answer.status == 201
    assert answer.json == {
        "ticket": "ACME-1",
        "url": "https://desk.example/api/requests/ACME-1?key=k",
        "received_at": "2026-03-02T08:00:00.000000Z",
        "response_due_at": "2026-03-02T09:00:00.000000Z",
        "resolution_due_at": "2026-03-03T17:30:00.000000Z",
    }
    assert answer.headers["Location"] == answer.json["url"]


def test_the_same_webhook_again_is_answered_with_the_same_ticket(desk: Desk) -> None:
    first = signed(desk, a_body(), id="msg_a")
    again = signed(desk, a_body(), id="msg_a")
    assert (again.status, again.json) == (200, first.json)
    assert signed(desk, a_body(), id="msg_b").json["ticket"] == "ACME-2"
    assert signed(desk, a_body(subject="Altro"), id="msg_a").json["ticket"] == "ACME-1"


def test_the_next_customer_has_numbers_of_its_own(desk: Desk) -> None:
    signed(desk, a_body(), id="a")
    assert signed(desk, a_body(customer="BETA"), id="b").json["ticket"] == "BETA-1"


def test_what_the_portal_said_is_on_the_ticket(desk: Desk) -> None:
    signed(desk, a_body(declared_severity=2, severity=None))
    ticket = as_staff(desk, "carla", "GET", "/api/tickets/ACME-1").json
    assert ticket["contact"] == {"name": "Anna Bianchi", "email": "anna@acme.example"}
    assert (ticket["classification_wish"], ticket["portal_reference"]) == ("bug", "P-77")
    assert (ticket["classification"], ticket["priority"]) == (None, None)


@pytest.mark.parametrize(
    ("language", "subject", "expected"),
    [
        (None, "The search does not work since the update", "en"),
        (None, "La ricerca non funziona", "it"),
        ("en", "La ricerca non funziona", "en"),
        ("it-IT", "The search does not work", "it"),
        ("", "The search does not work", "en"),
    ],
)
def test_an_absent_language_is_detected(desk: Desk, language: str | None, subject: str, expected: str) -> None:
    body = a_body(language=language, subject=subject, description=subject)
    signed(desk, body)
    assert as_staff(desk, "carla", "GET", "/api/tickets/ACME-1").json["language"] == expected


REFUSALS = {
    "unknown-customer": (404, a_body(customer="NOBODY")),
    "unknown-product": (422, a_body(product="zenshare-down")),
    "contract-not-in-force": (403, a_body(customer="BETA", occurred_at="2019-12-31T12:00:00Z")),
    "malformed-json": (400, b'{"customer": '),
    "invalid-input": (422, a_body(subject="  ")),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_is_authentic_but_cannot_be_taken_is_refused_by_name_and_quarantined(desk: Desk, kind: str) -> None:
    status, body = REFUSALS[kind]
    answer = signed(desk, body)
    assert (answer.status, answer.json["type"]) == (status, f"/api/problems/{kind}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == status and answer.json["detail"] and answer.json["instance"] == "/api/webhooks/portal"
    [entry] = as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]
    assert (entry["kind"], entry["id"]) == (kind, answer.json["quarantined"])
    raw = as_staff(desk, "carla", "GET", entry["raw"])
    assert raw.body == (body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe not utf-8",
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"[" * 100_000,
        b'{"customer": NaN}',
        json.dumps(a_body(contact="Anna")).encode(),
        json.dumps(a_body(contact={"name": "A", "email": "not an address"})).encode(),
        json.dumps(a_body(contact={"name": "A", "email": "a@b.it\r\nBcc: x@y.z"})).encode(),
        json.dumps(a_body(occurred_at="2026-03-02T09:00:00")).encode(),
        json.dumps(a_body(occurred_at="2126-03-02T09:00:00Z")).encode(),
        json.dumps(a_body(occurred_at="1066-03-02T09:00:00Z")).encode(),
        json.dumps(a_body(occurred_at="0001-01-01T00:00:00+14:00")).encode(),
        json.dumps(a_body(language="fr")).encode(),
        json.dumps(a_body(description="x" * 100_001)).encode(),
        json.dumps(a_body(subject="\ud800")).encode(),
        json.dumps(a_body(customer="../../secrets")).encode(),
        json.dumps(a_body(customer="acme")).encode(),
    ],
)
def test_no_authentic_bytes_are_ever_lost(desk: Desk, body: bytes) -> None:
    answer = signed(desk, body)
    assert 400 <= answer.status < 500
    [entry] = as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]
    assert as_staff(desk, "carla", "GET", entry["raw"]).body == body


def test_another_content_type_is_refused_and_kept(desk: Desk) -> None:
    answer = signed(desk, a_body(), content_type="text/xml")
    assert (answer.status, answer.json["type"]) == (415, "/api/problems/unsupported-media-type")
    assert len(as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]) == 1


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_spelt_as_http_allows(desk: Desk, content_type: str) -> None:
    assert signed(desk, a_body(), content_type=content_type).status == 201


def test_what_is_not_signed_by_us_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    for answer in (
        signed(desk, a_body(), secret=OTHER),
        ask(desk, "POST", "/api/webhooks/portal", body=a_body()),
    ):
        assert (answer.status, answer.json["type"]) == (401, "/api/problems/signature-invalid")
    assert as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"] == []


@pytest.mark.parametrize("age_s", [301, -301])
def test_a_stale_timestamp_is_refused(desk: Desk, age_s: float) -> None:
    answer = signed(desk, a_body(), age_s=age_s)
    assert (answer.status, answer.json["type"]) == (401, "/api/problems/timestamp-stale")


def test_secrets_can_be_rotated(desk: Desk) -> None:
    both = replace(desk, webhooks=PortalWebhooks([OTHER, SECRET]))
    assert signed(both, a_body(), id="a", secret=OTHER).status == 201
    assert signed(both, a_body(), id="b", secret=SECRET).status == 201


def test_over_one_mebibyte_is_refused(desk: Desk) -> None:
    answer = signed(desk, b" " * (1024 * 1024 + 1))
    assert (answer.status, answer.json["type"]) == (413, "/api/problems/body-too-large")
    assert signed(desk, json.dumps(a_body()).encode().ljust(1024 * 1024)).status == 201


def test_the_raw_bytes_are_stored_before_anything_parses_them(desk: Desk) -> None:
    fuse = Fuse(at=1, after_effect=False, failure=lambda: StorageUnavailable("down"))
    answer = signed(fused(desk, fuse), b"not json")
    assert (answer.status, answer.json["type"]) == (503, "/api/problems/storage-unavailable")
    from shared.adapters.memory import MemoryBlobs

    assert isinstance(desk.blobs, MemoryBlobs)
    assert list(desk.blobs._content.values()) == [b"not json"]


def test_a_quarantined_request_becomes_a_ticket_when_its_reason_is_gone(desk: Desk) -> None:
    signed(desk, a_body(customer="NEWCO", occurred_at=None))
    acme, _ = customers.find(desk, "ACME")
    customers.enrol(desk, replace(acme, id="NEWCO", name="Newco", next_number=1))
    [entry] = as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]
    assert isinstance(desk.clock, Clock)
    received_at = desk.clock()
    desk.clock.forward(hours=5)
    answer = as_staff(desk, "carla", "POST", f"/api/quarantine/{entry['id']}/release")
    assert (answer.status, answer.json["ticket"]) == (201, "NEWCO-1")
    assert answer.json["received_at"].startswith(received_at.strftime("%Y-%m-%dT%H:%M"))
    assert as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"] == []
    for who, key in (("carla", "k"), ("carla", "k"), ("sandro", "l")):
        again = as_staff(desk, who, "POST", f"/api/quarantine/{entry['id']}/release", idempotency_key=key)
        assert (again.status, again.json) == (200, answer.json), "releasing it again is answered as before"
    assert as_staff(desk, "carla", "POST", f"/api/quarantine/{'0' * 64}/release").status == 404
    assert as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"] == []


def test_what_was_released_and_became_a_vulnerability_is_not_told_to_who_may_not_see_it(desk: Desk) -> None:
    id = signed(desk, a_body(customer="NEWCO", occurred_at=None)).json["quarantined"]
    acme, _ = customers.find(desk, "ACME")
    customers.enrol(desk, replace(acme, id="NEWCO", name="Newco", next_number=1))
    statuses = [as_staff(desk, "sandro", "POST", f"/api/quarantine/{id}/release").status for _ in range(2)]
    staff(desk, "NEWCO-1").acknowledge()
    staff(desk, "NEWCO-1").classify("vulnerability")
    assert [*statuses, as_staff(desk, "sandro", "POST", f"/api/quarantine/{id}/release").status] == [201, 200, 403]


def test_a_quarantined_request_that_still_fails_stays(desk: Desk) -> None:
    signed(desk, a_body(customer="NEWCO"))
    [entry] = as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]
    assert as_staff(desk, "carla", "POST", f"/api/quarantine/{entry['id']}/release").status == 404
    assert len(as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]) == 1


def test_what_is_refused_again_stays_one_entry_with_its_first_receipt(desk: Desk) -> None:
    assert isinstance(desk.clock, Clock)
    signed(desk, a_body(customer="NEWCO"), id="a")
    [first] = as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]
    desk.clock.forward(hours=1)
    signed(desk, a_body(customer="NEWCO"), id="a")
    [again] = as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]
    assert (again["id"], again["received_at"]) == (first["id"], first["received_at"])


def test_the_quarantine_is_for_staff(desk: Desk) -> None:
    for method, url in (("GET", "/api/quarantine"), ("GET", "/api/quarantine/x/raw"), ("POST", "/api/quarantine/x/release")):
        assert ask(desk, method, url).status == 401


def test_the_same_webhook_with_other_words_is_answered_with_what_was_made_of_it(desk: Desk) -> None:
    assert signed(desk, a_body(), id="a").status == 201
    again = signed(desk, a_body(product="nonsense"), id="a")
    assert (again.status, again.json["ticket"]) == (200, "ACME-1")


def test_a_request_that_was_refused_first_counts_from_its_first_receipt(desk: Desk) -> None:
    assert isinstance(desk.clock, Clock)
    first = desk.clock()
    assert signed(desk, a_body(customer="NEWCO", occurred_at=None), id="a").status == 404
    acme, _ = customers.find(desk, "ACME")
    customers.enrol(desk, replace(acme, id="NEWCO", name="Newco", next_number=1))
    desk.clock.forward(hours=3)
    again = signed(desk, a_body(customer="NEWCO", occurred_at=None), id="a")
    assert again.status == 201 and again.json["received_at"].startswith(first.strftime("%Y-%m-%dT%H:%M"))
    assert as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"] == []


def test_a_contract_that_was_not_published_yet_is_a_refusal_not_a_fault(desk: Desk) -> None:
    acme, _ = customers.find(desk, "ACME")
    customers.enrol(desk, replace(acme, id="EARLY", valid_from=acme.valid_from.replace(year=1995)))
    answer = signed(desk, a_body(customer="EARLY", occurred_at="1999-03-02T09:00:00Z"))
    assert (answer.status, answer.json["type"]) == (403, "/api/problems/contract-not-in-force")


def test_a_fault_of_ours_while_taking_a_request_in_quarantines_it(desk: Desk) -> None:
    def broken() -> None:
        raise ValueError("a bug")

    answer = signed(replace(desk, catalogue=broken), a_body())  # type: ignore[arg-type]
    assert answer.status == 500
    [entry] = as_staff(desk, "carla", "GET", "/api/quarantine").json["quarantined"]
    assert as_staff(desk, "carla", "POST", f"/api/quarantine/{entry['id']}/release").status == 201


def test_sixty_people_in_a_role_stop_no_request(desk: Desk) -> None:
    from shared.actions import cases, customers
    from tests.support.desks import PEOPLE

    for number in range(60):
        customers.employ(desk, replace(PEOPLE[0], id=f"manager{number:02d}"))
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(minutes=2)
    assert signed(desk, a_body(occurred_at=None)).status == 201
    [event] = cases.events_of(desk, cases.load(desk, "ACME-1").ticket)
    assert event.data["not_told"] == 27  # 61 managers and the customer; thirty-five are told
