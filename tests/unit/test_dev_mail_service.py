"""The fake mail service, spoken to by the real SDK."""

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.communication.email import EmailClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceResponseError, ServiceResponseTimeoutError

from dev.environment import MAIL_KEY
from dev.mail_bounces import MailBounces
from dev.mail_service import MailService
from dev.outbox import Outbox
from dev.server import serve
from shared.domain.mail_report import MailReport, report_from

NOW = datetime(2026, 8, 7, 15, 50, tzinfo=UTC)
OTHER_KEY = "b3RoZXIga2V5"


@pytest.fixture
def service() -> MailService:
    return MailService(Outbox(), access_key=MAIL_KEY, now=lambda: NOW)


@pytest.fixture
def url(service: MailService) -> Iterator[str]:
    with serve(service) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[EmailClient]:
    with client_of(url) as client:
        yield client


def client_of(url: str, key: str = MAIL_KEY) -> EmailClient:
    return EmailClient(url, AzureKeyCredential(key), retry_total=0)


def message(**changes: Any) -> dict[str, Any]:
    usual = {
        "senderAddress": "support@sportello.example",
        "recipients": {"to": [{"address": "anna@acme.example", "displayName": "Anna"}]},
        "content": {"subject": "ACME-42: presa in carico", "plainText": "Buongiorno…", "html": "<p>Buongiorno…</p>"},
        "headers": {"Message-ID": f"<{uuid.uuid4()}@sportello.example>", "X-Ticket": "ACME-42"},
    }
    return usual | changes


def send(client: EmailClient, message: dict[str, Any], **options: Any) -> Any:
    merged: dict[str, Any] = {"operation_id": str(uuid.uuid4()), "polling": False} | options
    return client.begin_send(message, **merged)


def test_a_message_sent_by_the_real_sdk_is_in_the_outbox(client: EmailClient, service: MailService) -> None:
    operation_id = str(uuid.uuid4())
    sent = message()
    send(client, sent, operation_id=operation_id)
    [taken] = service.outbox.shown()
    assert (taken.operation_id, taken.message_id) == (operation_id, sent["headers"]["Message-ID"])
    assert (taken.to, taken.subject, taken.sender) == (
        ("anna@acme.example",),
        "ACME-42: presa in carico",
        "support@sportello.example",
    )
    assert (taken.text, taken.html, taken.received_at) == ("Buongiorno…", "<p>Buongiorno…</p>", NOW)
    assert taken.headers["X-Ticket"] == "ACME-42"


def test_the_sdk_can_follow_an_operation_to_its_end(client: EmailClient) -> None:
    operation_id = str(uuid.uuid4())
    result = client.begin_send(message(), operation_id=operation_id, polling_interval=0).result(timeout=10)
    assert (result["id"], result["status"]) == (operation_id, "Succeeded")


def test_the_same_operation_id_twice_is_one_message(client: EmailClient, service: MailService) -> None:
    operation_id, sent = str(uuid.uuid4()), message()
    for _ in range(2):
        send(client, sent, operation_id=operation_id)
    assert len(service.outbox.shown()) == 1


def test_a_message_is_remembered_when_the_outbox_was_emptied(client: EmailClient, service: MailService) -> None:
    operation_id, sent = str(uuid.uuid4()), message()
    send(client, sent, operation_id=operation_id)
    service.outbox.empty()
    send(client, sent, operation_id=operation_id)
    assert service.outbox.shown() == []


@pytest.mark.parametrize("given", ["used before", "<guid>", "guid@domain.example", "<guid@domain>"])
def test_a_message_id_that_cannot_be_used_is_refused_where_that_is_asked_for(
    client: EmailClient, service: MailService, given: str
) -> None:
    first = message()
    send(client, first)
    message_id = first["headers"]["Message-ID"] if given == "used before" else given
    strict = message(headers={"Message-ID": message_id, "x-ms-acsemail-validate-message-id": "true"})
    with pytest.raises(HttpResponseError, match="Duplicate" if given == "used before" else "malformed") as refused:
        send(client, strict)
    assert refused.value.status_code == 400
    assert len(service.outbox.shown()) == 1
    send(client, message(headers={"Message-ID": message_id}))
    replaced = service.outbox.shown()[0]
    assert replaced.message_id == f"<{replaced.operation_id}@mail.local>"


def test_a_wrong_key_is_refused(url: str, service: MailService) -> None:
    with client_of(url, OTHER_KEY) as client, pytest.raises(ClientAuthenticationError):
        send(client, message())
    assert service.outbox.shown() == []


def test_a_changed_body_and_an_unsigned_request_are_refused(url: str) -> None:
    signed = {"x-ms-date": "Fri, 07 Aug 2026 15:50:00 GMT", "x-ms-content-sha256": "x", "Authorization": "HMAC-SHA256 nonsense"}
    for headers in ({}, signed):
        assert (
            requests.post(f"{url}/emails:send?api-version=2025-09-01", json=message(), headers=headers, timeout=5).status_code
            == 401
        )


@pytest.mark.parametrize("away", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_stale_signature_is_refused(away: timedelta) -> None:
    service = MailService(Outbox(), access_key=MAIL_KEY, machine_now=lambda: datetime.now(UTC) + away)
    with serve(service) as url, client_of(url) as client, pytest.raises(ClientAuthenticationError, match="x-ms-date"):
        send(client, message())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"recipients": {"to": []}}, "recipients"),
        ({"recipients": {"to": [{"address": "nobody"}]}}, "no e-mail address"),
        ({"recipients": {"to": [{"address": f"a{n}@acme.example"} for n in range(51)]}}, "51"),
        ({"recipients": ["anna@acme.example"]}, "recipients"),
        ({"content": {"subject": "Without a body"}}, "plainText"),
        ({"content": {"subject": "", "plainText": "Without a subject"}}, "subject"),
        ({"senderAddress": None}, "senderAddress"),
        ({"headers": {"X-Number": 7}}, "headers.X-Number"),
    ],
)
def test_a_body_that_the_service_would_refuse_is_refused(
    client: EmailClient, service: MailService, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(HttpResponseError, match=why) as refused:
        send(client, message(**changes))
    assert refused.value.status_code == 400
    assert service.outbox.shown() == []


def test_an_operation_id_must_be_a_uuid(client: EmailClient) -> None:
    with pytest.raises(HttpResponseError, match="UUID"):
        send(client, message(), operation_id="ACME-42")


def test_an_unknown_version_of_the_protocol_is_refused(url: str) -> None:
    with EmailClient(url, AzureKeyCredential(MAIL_KEY), api_version="2001-01-01") as client:
        with pytest.raises(HttpResponseError, match="api-version"):
            send(client, message())


def test_an_ordered_refusal_comes_as_often_as_ordered_and_takes_nothing(
    url: str, client: EmailClient, service: MailService
) -> None:
    requests.post(f"{url}/dev/mail-faults", json={"status": 429, "retry_after": 3, "times": 2}, timeout=5).raise_for_status()
    for _ in range(2):
        with pytest.raises(HttpResponseError) as refused:
            send(client, message())
        assert refused.value.status_code == 429
        assert getattr(refused.value.response, "headers", {})["Retry-After"] == "3"
    assert service.outbox.shown() == []
    send(client, message())
    assert len(service.outbox.shown()) == 1


def test_a_connection_dropped_on_order_has_taken_the_message(url: str, client: EmailClient, service: MailService) -> None:
    operation_id, sent = str(uuid.uuid4()), message()
    requests.post(f"{url}/dev/mail-faults", json={"reset": True}, timeout=5).raise_for_status()
    with pytest.raises(ServiceResponseError):
        send(client, sent, operation_id=operation_id)
    assert [taken.operation_id for taken in service.outbox.shown()] == [operation_id]
    send(client, sent, operation_id=operation_id)
    assert len(service.outbox.shown()) == 1


def test_a_late_answer_times_out_at_the_client(url: str, client: EmailClient, service: MailService) -> None:
    requests.post(f"{url}/dev/mail-faults", json={"delay_s": 1}, timeout=5).raise_for_status()
    started = time.monotonic()
    with pytest.raises(ServiceResponseTimeoutError):
        send(client, message(), read_timeout=0.2)
    assert time.monotonic() - started < 1
    assert len(service.outbox.shown()) == 1


def test_faults_can_be_listed_and_forgotten_and_nonsense_is_refused(url: str, service: MailService) -> None:
    faults = f"{url}/dev/mail-faults"
    for nonsense in (b"", b"[]", b'{"teapot": true}', b'{"status": 503, "times": "many"}'):
        assert requests.post(faults, data=nonsense, timeout=5).status_code == 400
    assert requests.get(faults, timeout=5).json() == []
    requests.post(faults, json={"status": 503, "accepted": True}, timeout=5).raise_for_status()
    [fault] = requests.get(faults, timeout=5).json()
    assert (fault["status"], fault["accepted"]) == (503, True)
    requests.delete(faults, timeout=5).raise_for_status()
    assert service.faults.take() is None


def test_what_is_taken_is_reported_once_as_the_desk_reads_it(url: str, client: EmailClient, service: MailService) -> None:
    reports: list[str] = []
    service.bounces = MailBounces(reports.append)
    operation_id, sent = str(uuid.uuid4()), message()
    for _ in range(2):
        send(client, sent, operation_id=operation_id)
    assert [report_from(text) for text in reports] == [MailReport(operation=operation_id, status="Delivered", at=NOW)]


def test_an_address_bounces_from_when_it_is_told_to_until_it_is_let_go(
    url: str, client: EmailClient, service: MailService
) -> None:
    reports: list[str] = []
    service.bounces._put = reports.append
    door = f"{url}/dev/mail-bounces"
    for wish in ({"address": "Anna@acme.example", "status": "Suppressed"}, {"address": "bruno@beta.example"}):
        requests.post(door, json=wish, timeout=5).raise_for_status()
    assert requests.get(door, timeout=5).json() == {"anna@acme.example": "Suppressed", "bruno@beta.example": "Bounced"}
    send(client, message())
    requests.delete(door, timeout=5).raise_for_status()
    send(client, message())
    assert [report_from(text).status for text in reports] == ["Suppressed", "Delivered"]
    for nonsense in (b"", b"[]", b'{"address": "nobody"}', b'{"address": "a@b.c", "status": "Delivered"}'):
        assert requests.post(door, data=nonsense, timeout=5).status_code == 400


def test_a_report_that_cannot_be_put_costs_no_mail(client: EmailClient, service: MailService) -> None:
    def broken(text: str) -> None:
        raise OSError

    service.bounces = MailBounces(broken)
    send(client, message())
    assert len(service.outbox.shown()) == 1


def test_the_outbox_survives_a_restart_also_what_was_emptied(tmp_path: Path) -> None:
    file = tmp_path / "outbox.jsonl"
    service = MailService(Outbox(file), access_key=MAIL_KEY, now=lambda: NOW)
    with serve(service) as url, client_of(url) as client:
        send(client, message())
        service.outbox.empty()
        send(client, message())
    restarted = Outbox(file)
    assert restarted.shown() == service.outbox.shown()
    assert len(restarted.shown()) == 1
    assert all(restarted.find(taken.operation_id) for taken in service.outbox.shown())
