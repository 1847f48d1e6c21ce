"""ports.Mailer: the memory mailer, and the real client against the local mail service (which checks the HMAC) and faults."""

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from dev.mail_faults import Fault
from dev.mail_service import MailService
from dev.outbox import Outbox
from dev.server import serve
from shared.actions.ports import Mailer
from shared.adapters import acs_mail, transport
from shared.adapters.memory import MemoryMailer
from shared.domain.errors import InvalidInput, MailPostponed, MailRefused
from shared.domain.mail import Mail
from tests.integration.scripted_server import KEY, Answer, Script, scripted_server

SENDER = "support@sportello.example"


def mail(key: str = "notice:000042:confirmed:1", **changes: Any) -> Mail:
    values: dict[str, Any] = {
        "key": key,
        "to": "ada@acme.example",
        "to_name": "Ada Rossi",
        "subject": "[ACME-42] È arrivata",
        "text": "Buongiorno,\nè arrivata.",
        "html": "<p>Buongiorno</p>",
        "headers": {"Reply-To": "Sportello <support+ACME-42@sportello.example>", "Auto-Submitted": "auto-generated"},
    }
    return Mail(**(values | changes))


@dataclass
class Service:
    outbox: Outbox
    service: MailService
    url: str


@pytest.fixture
def service() -> Iterator[Service]:
    outbox = Outbox()
    fake = MailService(outbox, access_key=KEY)
    with serve(fake) as url:
        yield Service(outbox, fake, url)


@pytest.fixture
def mailer(service: Service) -> acs_mail.AcsMailer:
    return acs_mail.from_connection_string(f"endpoint={service.url}/;accesskey={KEY}", SENDER)


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def scripted(server: Script) -> acs_mail.AcsMailer:
    return acs_mail.from_connection_string(server.mail, SENDER)


def refusal(status: int, code: str = "", message: str = "No.", **headers: str) -> Answer:
    body = json.dumps({"error": {"code": code, "message": message}}) if code else ""
    return Answer(status=status, body=body, headers={"Content-Type": "application/json", **headers})


def test_a_message_arrives_as_it_was_rendered(service: Service, mailer: acs_mail.AcsMailer) -> None:
    sent = mailer.send(mail())
    [message] = service.outbox.shown()
    assert (message.operation_id, message.message_id) == (sent.operation_id, sent.message_id)
    assert (message.sender, message.to, message.reply_to) == (
        SENDER,
        ("ada@acme.example",),
        ("support+ACME-42@sportello.example",),
    )
    assert (message.subject, message.text, message.html) == (
        "[ACME-42] È arrivata",
        "Buongiorno,\nè arrivata.",
        "<p>Buongiorno</p>",
    )
    assert message.headers == {
        "Auto-Submitted": "auto-generated",
        "Message-ID": sent.message_id,
        "x-ms-acsemail-validate-message-id": "true",
    }


def test_the_ids_come_from_the_key_and_the_senders_domain_alone(service: Service, mailer: acs_mail.AcsMailer) -> None:
    """Written down: were they to change with a release, what was sent before it could be sent again after it."""
    sent = mailer.send(mail())
    assert sent.operation_id == "738355f3-db36-54f3-a3f4-a71f6adb17f7"
    assert UUID(sent.operation_id).version == 5
    assert sent.message_id == f"<{sent.operation_id}@sportello.example>"
    assert MemoryMailer(SENDER).send(mail(subject="another")) == sent
    assert mailer.send(mail("notice:000042:confirmed:2")).operation_id != sent.operation_id


def test_the_same_key_twice_is_one_message(service: Service, mailer: acs_mail.AcsMailer) -> None:
    memory = MemoryMailer(SENDER)
    for one in (mailer, memory):
        assert one.send(mail()) == one.send(mail())
        one.send(mail("another"))
    assert len(service.outbox.shown()) == len(memory.sent) == 2


def test_a_second_sending_that_the_service_refuses_as_known_is_success(service: Service, mailer: acs_mail.AcsMailer) -> None:
    service.service.faults.order(Fault(accepted=True, status=400))
    assert mailer.send(mail()).operation_id == service.outbox.shown()[0].operation_id
    service.service.faults.order(Fault(accepted=False, status=400))
    with pytest.raises(MailRefused):
        mailer.send(mail("another"))


def test_a_refusal_that_calls_the_message_id_a_duplicate_is_success(server: Script, scripted: acs_mail.AcsMailer) -> None:
    for words in ("The Message-ID is a duplicate.", "Duplicate internet message id found", "DuplicateMessageId"):
        server.play(refusal(400, "BadRequest", words))
        assert scripted.send(mail()).message_id.endswith("@sportello.example>")
        assert len(server.requests) == 1


def test_a_refused_operation_that_failed_was_not_sent(server: Script, scripted: acs_mail.AcsMailer) -> None:
    server.play(
        refusal(400, "BadRequest"), Answer(status=200, body='{"status": "Failed"}', headers={"Content-Type": "application/json"})
    )
    with pytest.raises(MailRefused):
        scripted.send(mail())
    assert [request.method for request in server.requests] == ["POST", "GET"]
    assert server.requests[1].path.startswith("/emails/operations/" + scripted_operation())
    server.play(refusal(400, "BadRequest"), Answer(status=500))
    with pytest.raises(MailPostponed):
        scripted.send(mail())


def scripted_operation() -> str:
    return MemoryMailer(SENDER).send(mail()).operation_id


def test_one_message_is_one_request_that_asks_for_no_tracking(server: Script, scripted: acs_mail.AcsMailer) -> None:
    operation = {"Operation-Location": f"{server.url}/emails/operations/x", "Content-Type": "application/json"}
    server.play(Answer(status=202, body='{"id": "x", "status": "Running"}', headers=operation))
    scripted.send(
        mail(to_name="", headers={"message-id": "<theirs@x.example>", "X-A": "one\r\nBcc: two@x.example"}, subject="one\r\n two")
    )
    assert not [thread for thread in threading.enumerate() if "LROPoller" in thread.name]
    [request] = server.requests
    body = json.loads(request.body)
    assert request.path == "/emails:send?api-version=2025-09-01"
    assert request.headers["operation-id"] == scripted_operation()
    assert body["userEngagementTrackingDisabled"] is True
    assert body["recipients"] == {"to": [{"address": "ada@acme.example"}]}
    assert body["content"]["subject"] == "one two"
    assert body["headers"].pop("Message-ID") == f"<{scripted_operation()}@sportello.example>"
    assert body["headers"] == {"X-A": "one Bcc: two@x.example", "x-ms-acsemail-validate-message-id": "true"}
    assert "replyTo" not in body


@pytest.mark.parametrize("retry_after", ["later", "Mon, 23 Nov 2026 10:00:00 GMT"])
def test_an_odd_header_on_an_acceptance_changes_nothing(server: Script, scripted: acs_mail.AcsMailer, retry_after: str) -> None:
    server.play(Answer(status=202, body="{}", headers={"Content-Type": "application/json", "retry-after": retry_after}))
    assert scripted.send(mail()).operation_id == scripted_operation()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "Mon, 23 Nov 2026 10:01:30 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 90),
        ({"Retry-After": "Mon, 23 Nov 2026 09:00:00 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1e400"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_throttled_message_is_postponed_as_long_as_the_service_says(
    server: Script, scripted: acs_mail.AcsMailer, status: int, headers: dict[str, str], seconds: float | None
) -> None:
    server.play(refusal(status, "TooManyRequests", **headers))
    started = time.monotonic()
    with pytest.raises(MailPostponed) as caught:
        scripted.send(mail())
    assert caught.value.retry_after_s == seconds
    assert len(server.requests) == 1
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "answer", [refusal(500), refusal(502), refusal(504), refusal(408), refusal(409, "Conflict"), Answer(status=0, cut=True)]
)
def test_a_passing_fault_postpones_and_is_not_repeated(server: Script, scripted: acs_mail.AcsMailer, answer: Answer) -> None:
    server.play(answer)
    with pytest.raises(MailPostponed):
        scripted.send(mail())
    assert len(server.requests) == 1


def test_a_service_that_does_not_answer_postpones(
    server: Script, scripted: acs_mail.AcsMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (transport.CONNECT_S, transport.READ_S) == (5, 15)
    monkeypatch.setattr(transport, "READ_S", 0.2)
    server.play(Answer(status=0, hangs=True))
    started = time.monotonic()
    with pytest.raises(MailPostponed):
        scripted.send(mail())
    assert time.monotonic() - started < 5
    assert len(server.requests) == 1


def test_a_service_that_is_not_there_postpones() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        mailer = acs_mail.from_connection_string(f"endpoint=http://127.0.0.1:{taken.getsockname()[1]};accesskey={KEY}", SENDER)
        with pytest.raises(MailPostponed):
            mailer.send(mail())


def test_a_lost_answer_and_a_second_sending_are_one_message(service: Service, mailer: acs_mail.AcsMailer) -> None:
    memory = MemoryMailer(SENDER)
    memory.fail_next(MailPostponed("lost"), accepted=True)
    service.service.faults.order(Fault(accepted=True, reset=True))
    for one in (mailer, memory):
        with pytest.raises(MailPostponed):
            one.send(mail())
        one.send(mail())
    assert len(service.outbox.shown()) == len(memory.sent) == 1


@pytest.mark.parametrize(
    "answer",
    [
        refusal(401, "Denied"),
        refusal(403, "Forbidden"),
        refusal(404, "DomainNotLinked"),
        refusal(404),
        refusal(400, "InvalidSenderUserName"),
    ],
)
def test_a_fault_of_our_set_up_postpones_and_is_logged_as_an_error(
    server: Script, scripted: acs_mail.AcsMailer, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    server.play(answer, Answer(status=404))
    with pytest.raises(MailPostponed):
        scripted.send(mail())
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_wrong_key_postpones_and_is_logged_as_an_error(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    mailer = acs_mail.from_connection_string(f"endpoint={service.url}/;accesskey=d3Jvbmc=", SENDER)
    with pytest.raises(MailPostponed):
        mailer.send(mail())
    assert "ERROR" in [record.levelname for record in caplog.records]
    assert service.outbox.shown() == []


def test_a_wrong_address_is_refused_without_being_repeated(service: Service, mailer: acs_mail.AcsMailer) -> None:
    with pytest.raises(MailRefused) as caught:
        mailer.send(mail(to="not an address"))
    assert "not an address" not in caught.value.detail
    assert service.outbox.shown() == []


@pytest.mark.parametrize("status", [413, 415, 422])
def test_a_message_the_service_will_never_take_is_refused(server: Script, scripted: acs_mail.AcsMailer, status: int) -> None:
    server.play(refusal(status, "BadRequest"))
    with pytest.raises(MailRefused, match=str(status)):
        scripted.send(mail())


def test_nothing_of_a_message_is_logged(service: Service, mailer: acs_mail.AcsMailer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mailer.send(mail())
    assert "ada" not in caplog.text.lower()
    assert "arrivata" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("azure")]


def test_threads_share_a_mailer(service: Service, mailer: acs_mail.AcsMailer) -> None:
    memory = MemoryMailer(SENDER)
    mailers: list[Mailer] = [mailer, memory]
    for one in mailers:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n, one=one: one.send(mail(f"notice:{n % 10}")), range(40)))
    assert len(service.outbox.shown()) == len(memory.sent) == 10


def test_the_memory_mailer_fails_as_it_is_told() -> None:
    memory = MemoryMailer(SENDER)
    memory.fail_next(MailRefused("never"))
    memory.fail_next(MailPostponed("later", retry_after_s=3), times=2)
    for error in (MailRefused, MailPostponed, MailPostponed):
        with pytest.raises(error):
            memory.send(mail())
    assert memory.sent == []
    memory.send(mail())
    assert memory.sent == [mail()]


@pytest.mark.parametrize(
    "wrong",
    [
        "endpoint=https://desk.communication.azure.com/;accesskey=a2V5",
        "endpoint=http://127.0.0.1.evil.example/;accesskey=a2V5",
        "endpoint=http://127.0.0.1@evil.example/;accesskey=a2V5",
        "endpoint=http://127.0.0.1/",
        "accesskey=a2V5",
        "",
    ],
)
def test_an_access_key_is_only_for_a_service_on_this_machine(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="MAIL_ENDPOINT"):
        acs_mail.from_connection_string(wrong, SENDER)
