"""The webhook adapter against real servers: what a subscriber receives and can verify, and where nothing is ever sent."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from shared.adapters import addresses
from shared.adapters.publisher import WebhookPublisher
from shared.domain.errors import AddressRefused, HookPostponed, HookRefused
from tests.integration.scripted_server import Answer, Script, scripted_server
from tests.support.certificates import Certificates, made_in

OLD = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQt"
NEW = "whsec_bmV3LW5ldy1uZXctbmV3LW5ldy1uZXct"
OTHER = "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt"
BODY = b'{"data":{"ticket":"ACME-1"},"type":"ticket.resolved"}'


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return made_in(tmp_path_factory.mktemp("certificates"), "hooks.example")


@pytest.fixture
def server(certificates: Certificates) -> Iterator[Script]:
    with scripted_server(certificates.server) as script:
        script.play(Answer(status=204))
        yield script


def here(name: str, port: int) -> list[str]:
    """Every name is this machine."""
    return ["127.0.0.1"]


def now() -> datetime:
    return datetime.now(UTC)


def publisher(certificates: Certificates, limit_s: float = 10.0) -> WebhookPublisher:
    return WebhookPublisher(allow_private=True, resolve=here, trust=certificates.trust, limit_s=limit_s)


def named(server: Script) -> str:
    return server.url.replace("127.0.0.1", "hooks.example") + "/events?tenant=7"


def test_a_subscriber_verifies_what_it_receives_with_the_library_of_the_specification(
    server: Script, certificates: Certificates
) -> None:
    assert publisher(certificates).post(named(server), [NEW], "id-1", BODY, now()) == 204
    [request] = server.requests
    assert Webhook(NEW).verify(request.body, request.headers) == {"data": {"ticket": "ACME-1"}, "type": "ticket.resolved"}
    assert (request.method, request.path, request.body) == ("POST", "/events?tenant=7", BODY)
    assert request.headers["webhook-id"] == "id-1" and request.headers["content-type"] == "application/json"
    assert request.headers["host"] == named(server).split("/")[2]


def test_the_receiver_in_the_documentation_takes_each_event_once_and_nothing_else(
    server: Script, certificates: Certificates
) -> None:
    text = Path("docs/webhooks.md").read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0].replace("whsec_…", NEW)
    queue: list[object] = []
    seen: list[str] = []

    def seen_before(id: str) -> bool:
        seen.append(id)
        return seen.count(id) > 1

    names: dict[str, Any] = {"seen_before": seen_before, "enqueue": queue.append}
    exec(code, names)
    for secret in (NEW, NEW, OTHER):
        publisher(certificates).post(named(server), [secret], "id-1", BODY, now())
    first, again, forged = server.requests
    names["received"](first.body, first.headers)
    names["received"](again.body, again.headers)
    with pytest.raises(WebhookVerificationError):
        names["received"](forged.body, forged.headers)
    assert queue == [{"data": {"ticket": "ACME-1"}, "type": "ticket.resolved"}]


def test_while_a_secret_changes_both_sign_and_no_other(server: Script, certificates: Certificates) -> None:
    publisher(certificates).post(named(server), [NEW, OLD], "id-1", BODY, now())
    [request] = server.requests
    for secret in (NEW, OLD):
        Webhook(secret).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(request.body, request.headers)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 408, 422, 429, 500, 503])
def test_whatever_is_no_success_is_tried_again_later(server: Script, certificates: Certificates, status: int) -> None:
    server.play(Answer(status=status, headers={"Location": "https://127.0.0.1/"}))
    with pytest.raises(HookPostponed, match=str(status)):
        publisher(certificates).post(named(server), [NEW], "id-1", BODY, now())


def test_whoever_says_that_it_is_gone_is_believed(server: Script, certificates: Certificates) -> None:
    server.play(Answer(status=410))
    with pytest.raises(HookRefused):
        publisher(certificates).post(named(server), [NEW], "id-1", BODY, now())


def test_a_redirect_is_not_followed(server: Script, certificates: Certificates) -> None:
    with scripted_server() as inside:
        inside.play(Answer(status=200))
        server.play(Answer(status=307, headers={"Location": inside.url}))
        with pytest.raises(HookPostponed, match="not followed"):
            publisher(certificates).post(named(server), [NEW], "id-1", BODY, now())
        assert inside.requests == []


WAITS = {"120": 120.0, "99999999": 24 * 3600.0, "Mon, 02 Mar 2026 09:02:00 GMT": 120.0, "soon": None, "-5": None, "": None}


@pytest.mark.parametrize("told", WAITS)
def test_a_subscriber_can_ask_for_time_but_not_for_ever(server: Script, certificates: Certificates, told: str) -> None:
    server.play(Answer(status=429, headers={"Retry-After": told} if told else {}))
    with pytest.raises(HookPostponed) as postponed:
        publisher(certificates).post(named(server), [NEW], "id-1", BODY, datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert postponed.value.retry_after_s == WAITS[told]


def test_a_server_that_cannot_prove_its_name_gets_nothing(certificates: Certificates) -> None:
    with scripted_server(certificates.stranger) as stranger:
        stranger.play(Answer(status=200))
        with pytest.raises(HookPostponed, match="certificate"):
            publisher(certificates).post(named(stranger), [NEW], "id-1", BODY, now())
        assert stranger.requests == []
    with scripted_server(certificates.server) as server:
        server.play(Answer(status=200))
        with pytest.raises(HookPostponed, match="certificate"):
            publisher(certificates).post(named(server).replace("hooks.", "bank."), [NEW], "id-1", BODY, now())
        assert server.requests == []


@pytest.mark.parametrize("answer", [Answer(status=200, cut=True), Answer(status=200, hangs=True)], ids=["cut", "hangs"])
def test_a_server_that_does_not_answer_is_left_at_the_time_limit(
    server: Script, certificates: Certificates, answer: Answer
) -> None:
    server.play(answer)
    began = time.monotonic()
    with pytest.raises(HookPostponed):
        publisher(certificates, limit_s=1).post(named(server), [NEW], "id-1", BODY, now())
    assert time.monotonic() - began < 3


def test_a_server_that_answers_a_byte_at_a_time_is_left_at_the_time_limit() -> None:
    with dripping() as url:
        began = time.monotonic()
        with pytest.raises(HookPostponed, match="in time"):
            WebhookPublisher(allow_private=True, limit_s=1).post(url, [NEW], "id-1", BODY, now())
        assert 0.9 < time.monotonic() - began < 3


@contextmanager
def dripping() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200:
                        connection.sendall(bytes([byte]))
                        time.sleep(0.1)
                except OSError:
                    return

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


def test_a_name_that_takes_for_ever_to_find_costs_no_more_than_the_time_limit() -> None:
    def slow(name: str, port: int) -> list[str]:
        time.sleep(2)
        return ["8.8.8.8"]

    began = time.monotonic()
    with pytest.raises(HookPostponed, match="not found in time"):
        WebhookPublisher(resolve=slow, limit_s=0.4).post("https://hooks.example/", [NEW], "id-1", BODY, now())
    assert time.monotonic() - began < 1.5


def test_a_proxy_of_the_environment_is_not_used(
    server: Script, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert publisher(certificates).post(named(server), [NEW], "id-1", BODY, now()) == 204


def test_the_second_address_is_tried_when_the_first_does_not_answer(server: Script, certificates: Certificates) -> None:
    two = WebhookPublisher(allow_private=True, resolve=lambda name, port: ["127.0.0.2", "127.0.0.1"], trust=certificates.trust)
    assert two.post(named(server), [NEW], "id-1", BODY, now()) == 204


# Where nothing is sent.

PRIVATE = (
    "127.0.0.1 127.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 localhost localhost. 0.0.0.0 0 10.0.0.1 10.255.255.255"
    " 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 0xA9FEA9FE 2852039166 169.254.1.1 100.64.0.1 100.100.100.200"
    " 168.63.129.16 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255"
    " 192.88.99.1 [::] [::1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254] [::ffff:8.8.8.8] [fe80::1]"
    " [fec0::1] [fc00::1] [fd12:3456::1] [ff02::1] [64:ff9b::7f00:1] [64:ff9b::8.8.8.8] [64:ff9b:1::1] [2002:7f00:1::]"
    " [2002:808:808::1] [2001::1] [2001:db8::1] [100::1]"
).split()


def is_address(text: str) -> bool:
    """Whether it is as a resolver would write it."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("host", PRIVATE)
def test_no_spelling_of_a_private_address_is_sent_to(host: str) -> None:
    with pytest.raises(AddressRefused, match="private"):
        WebhookPublisher().check(f"https://{host}/")
    with pytest.raises(AddressRefused, match="private"):
        WebhookPublisher().post(f"https://{host}/", [NEW], "id-1", BODY, now())


@pytest.mark.parametrize("found", [host.strip("[]") for host in PRIVATE if is_address(host.strip("[]"))])
def test_no_name_that_leads_to_a_private_address_is_sent_to_even_beside_a_public_one(found: str) -> None:
    mixed = WebhookPublisher(resolve=lambda name, port: ["93.184.216.34", found])
    with pytest.raises(AddressRefused, match="private"):
        mixed.check("https://hooks.example/")
    with pytest.raises(AddressRefused, match="private"):
        mixed.post("https://hooks.example/", [NEW], "id-1", BODY, now())


REFUSED = {
    "http://hooks.example/": "https",
    "ftp://hooks.example/": "https",
    "file:///etc/passwd": "https",
    "hooks.example": "https",
    "https://": "host",
    "https:///path": "host",
    "https://user@hooks.example/": "name or password",
    "https://user:pw@hooks.example/": "name or password",
    "https://hooks.example@127.0.0.1/": "name or password",
    "https://hooks.example\\@127.0.0.1/": "ASCII",
    "https://hooks.example/ HTTP/1.1": "ASCII",
    "https://hooks.example/\r\nX: y": "ASCII",
    "https://hooks.example/\x00": "ASCII",
    "https://höoks.example/": "ASCII",
    "https://127。0。0。1/": "ASCII",
    "https://hooks.example/#part": "fragment",
    "https://hooks.example:25/": "port",
    "https://hooks.example:80/": "port",
    "https://hooks.example:0/": "port",
    "https://hooks.example:99999/": "read",
    "https://[fe80::1%25eth0]/": "host|read",
    "https://[hooks.example]/": "host|read",
    "https://hooks%2eexample/": "host",
    "https://-/": "host",
    "https://hooks.example/" + "x" * 2000: "ASCII",
}


@pytest.mark.parametrize("url", REFUSED)
def test_no_url_is_taken_that_could_mean_two_things(url: str) -> None:
    with pytest.raises(AddressRefused, match=REFUSED[url]):
        WebhookPublisher(resolve=lambda name, port: ["93.184.216.34"]).check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example",
        "https://hooks.example:443/x?y=1",
        "https://hooks.example:8443/",
        "https://93.184.216.34/",
        "https://[2606:4700::1111]/",
    ],
)
def test_a_public_https_url_is_taken(url: str) -> None:
    WebhookPublisher(resolve=lambda name, port: ["93.184.216.34", "2606:4700::1111"]).check(url)


def test_a_name_without_an_address_is_refused_when_it_is_registered_and_waited_for_later() -> None:
    def unknown(name: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    lost = WebhookPublisher(resolve=unknown)
    with pytest.raises(AddressRefused, match="no address"):
        lost.check("https://hooks.example/")
    with pytest.raises(HookPostponed, match="no address"):
        lost.post("https://hooks.example/", [NEW], "id-1", BODY, now())


def test_the_connection_goes_to_the_address_that_was_judged_though_the_name_changes_its_meaning(
    server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The classic rebinding: public when it is looked at, private when it is called."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    connected: list[tuple[str, int]] = []

    def rebinding(name: str, port: int) -> list[str]:
        return answers.pop(0)

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(HookPostponed):
        WebhookPublisher(resolve=rebinding).post("https://hooks.example/", [NEW], "id-1", BODY, now())
    assert connected == [("93.184.216.34", 443)] and answers == [["127.0.0.1"]]
    assert server.requests == []


def test_on_a_developers_machine_plain_http_goes_to_that_machine_and_nowhere_else() -> None:
    with scripted_server() as local:
        local.play(Answer(status=200))
        assert WebhookPublisher(allow_private=True).post(local.url, [NEW], "id-1", BODY, now()) == 200
        with pytest.raises(AddressRefused, match="https"):
            WebhookPublisher().check(local.url)
    outside = WebhookPublisher(allow_private=True, resolve=lambda name, port: ["93.184.216.34"])
    with pytest.raises(AddressRefused, match="this machine"):
        outside.check("http://hooks.example/")


def test_a_timestamp_is_that_of_the_attempt(server: Script, certificates: Certificates) -> None:
    at = now() - timedelta(minutes=2)
    publisher(certificates).post(named(server), [NEW], "id-1", BODY, at)
    assert server.requests[0].headers["webhook-timestamp"] == str(int(at.timestamp()))


def test_the_systems_resolver_reads_odd_spellings_as_whoever_connects_would() -> None:
    assert set(addresses.by_system("0x7f.1", 443)) == {"127.0.0.1"}
