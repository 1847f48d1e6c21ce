"""The probes against real servers that do what servers do when they fail: each is called what it is, and holds up nobody."""

import asyncio
import errno
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from shared.adapters.prober import NetworkProber
from shared.adapters.probing import run
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Check, CheckKind, Service, Thresholds
from tests.integration.scripted_sockets import Behaviour, answers, deaf, hangs, listening, name_server, resets, says
from tests.support.certificates import Authority, self_signed

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


def http(url: str, **further: Any) -> Check:
    return Check(**{"kind": CheckKind.HTTP, "target": url, "timeout": SECOND, **further})


def at(kind: CheckKind, target: str, **further: Any) -> Check:
    return Check(**{"kind": kind, "target": target, "timeout": SECOND, **further})


def service(*checks: Check, id: str = "up", failures: int = 1, reprobe_after: timedelta = SECOND / 5) -> Service:
    thresholds = Thresholds(failures=failures, reprobe_after=reprobe_after)
    return Service(id=id, name={"it": id, "en": id}, owner="we", checks=checks, thresholds=thresholds)


def probed(*services: Service, budget: float = 20, now: datetime = NOW, **prober: Any) -> list[Sample]:
    return NetworkProber(**{"allow_private": True, **prober}).probe(services, now, timedelta(seconds=budget))


def judged(check: Check, **prober: Any) -> str:
    """Why it is bad; "" for good."""
    [sample] = probed(service(check), **prober)
    assert (sample.outcome is Outcome.GOOD) == (not sample.detail) == (sample.check is None)
    return sample.detail


def judged_of(
    behave: Behaviour, scheme: str = "http", path: str = "/", prober: dict[str, Any] | None = None, **check: Any
) -> str:
    with listening(behave) as server:
        return judged(http(f"{scheme}://127.0.0.1:{server.port}{path}", **check), **(prober or {}))


def over_tls(context: ssl.SSLContext, behave: Behaviour) -> Behaviour:
    def secured(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as inner:
            behave(inner)

    return secured


# What an HTTP service can do wrong.


def greets_and_hangs(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example ESMTP\r\n")
    hangs(connection)


def says_and_hangs(connection: socket.socket) -> None:
    connection.sendall(OK + b"Content-Length: 9\r\n\r\n")
    hangs(connection)


GOOD: dict[str, tuple[Behaviour, dict[str, Any]]] = {
    "plain": (answers(), {}),
    "another status that is allowed": (answers("204 No Content"), {"status": (200, 204)}),
    "a redirect whose status is allowed": (answers("302 Found", b"", "Location: http://other.example/"), {"status": (302,)}),
    "slow but in time": (answers(after_s=0.5), {}),
    "faster than its bound": (answers(), {"slower_than": SECOND / 2}),
    "with its text": (answers("200 OK", "<p>è attivo</p>".encode()), {"contains": "è attivo"}),
    "with its text at the beginning of too much": (answers("200 OK", b"alive" + b"x" * 2_000_000), {"contains": "alive"}),
    "with its value": (answers("200 OK", b'{"checks": [{"db": "ok"}]}'), {"json_path": "checks.0.db", "equals": "ok"}),
    "with its value, which is true": (answers("200 OK", b'{"up": true}'), {"json_path": "up", "equals": "true"}),
    "with its value, which is a number": (answers("200 OK", b'{"up": 3}'), {"json_path": "up", "equals": "3"}),
    "with a value": (answers("200 OK", b'{"up": null}'), {"json_path": "up"}),
    "in chunks": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe", b"\r\n3\r\nllo\r\n0\r\n\r\n"), {"contains": "hello"}),
    "until the connection ends": (says(OK + b"\r\nhel", b"lo", every_s=0.05), {"contains": "hello"}),
    "with an early hint": (says(b"HTTP/1.1 103 Early Hints\r\n\r\n", OK + b"Content-Length: 0\r\n\r\n"), {}),
    "with cookies, which are not kept": (answers("200 OK", b"", "Set-Cookie: a=1"), {}),
}

BAD: dict[str, tuple[Behaviour, dict[str, Any], str]] = {
    "hangs": (hangs, {}, "no answer within 1 s"),
    "hangs after the headers": (
        says_and_hangs,
        {},
        "the answer was not complete within 1 s",
    ),
    "drips its headers": (says(OK, *[b"X: y\r\n"] * 60, every_s=0.05), {}, "no answer within 1 s"),
    "drips its body": (
        says(OK + b"Content-Length: 99\r\n\r\n", *[b"x"] * 60, every_s=0.05),
        {},
        "the answer was not complete within 1 s",
    ),
    "resets": (resets, {}, "the connection was reset"),
    "closes at once": (says(), {}, "the connection was closed unanswered"),
    "closes amid the headers": (says(OK + b"X: y"), {}, "the connection was closed in the midst of the answer"),
    "closes amid the body": (
        says(OK + b"Content-Length: 9\r\n\r\nx"),
        {},
        "the connection was closed in the midst of the answer",
    ),
    "speaks something else": (greets_and_hangs, {}, "the answer is not HTTP"),
    "speaks rubbish": (says(bytes(range(256)) * 400), {}, "the answer is not HTTP"),
    "headers without end": (says(OK, *[b"X: " + b"y" * 5000 + b"\r\n"] * 50), {}, "the answer is not HTTP"),
    "wrong status": (answers("503 Service Unavailable"), {}, "answered 503, expected 200"),
    "wrong status of several": (answers("404 Not Found"), {"status": (200, 204)}, "answered 404, expected 200 or 204"),
    "slower than its bound": (answers(after_s=0.4), {"slower_than": SECOND / 5}, "slower than 200 ms"),
    "another text": (answers("200 OK", b"maintenance"), {"contains": "alive"}, "the answer lacks the expected text"),
    "its text too late": (
        answers("200 OK", b"x" * 300_000 + b"alive"),
        {"contains": "alive"},
        "the answer lacks the expected text in its first 256 KiB",
    ),
    "broken JSON": (answers("200 OK", b'{"up": '), {"json_path": "up"}, "the answer is not JSON"),
    "JSON without bottom": (answers("200 OK", b"[" * 200_000), {"json_path": "up"}, "the answer is not JSON"),
    "JSON without the path": (answers("200 OK", b'{"up": []}'), {"json_path": "up.0.x"}, "the JSON has nothing at up.0.x"),
    "another value": (answers("200 OK", b'{"up": "no"}'), {"json_path": "up", "equals": "ok"}, "the JSON is not 'ok' at up"),
    "JSON without end": (
        answers("200 OK", b'{"up": "' + b"x" * 300_000),
        {"json_path": "up"},
        "the answer is longer than 256 KiB, too long for JSON",
    ),
    "compressed unasked": (
        answers("200 OK", b"\x1f\x8b", "Content-Encoding: gzip"),
        {"contains": "x"},
        "the answer is compressed, which was not asked for",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_service_that_answers_as_it_should_is_good(name: str) -> None:
    behave, check = GOOD[name]
    assert judged_of(behave, **check) == ""


@pytest.mark.parametrize("name", BAD)
def test_a_service_that_does_not_is_bad_and_the_sentence_says_why(name: str) -> None:
    behave, check, sentence = BAD[name]
    began = time.monotonic()
    said = judged_of(behave, **check)
    assert said == sentence or (said.endswith(sentence) and said.startswith("answered after"))
    assert time.monotonic() - began < 6


@pytest.mark.parametrize(
    "location, sentence",
    {
        "/login?token=s3cret": "redirected to another page of the same host (302), expected 200",
        "http://127.0.0.1:{port}/": "redirected to another page of the same host (302), expected 200",
        "https://127.0.0.1:{port}/": "redirected to 127.0.0.1:{port} (302), expected 200",
        "http://user:s3cret@other.example/x?s3cret": "redirected to other.example (302), expected 200",
        "http://[broken": "redirected to nowhere (302), expected 200",
        "http://<script>/": "redirected to another host (302), expected 200",
        "": "redirected to nowhere (302), expected 200",
    }.items(),
)
def test_a_redirect_is_a_failure_and_is_never_followed(location: str, sentence: str) -> None:
    def behave(connection: socket.socket) -> None:
        answers("302 Found", b"", f"Location: {location.format(port=server.port)}")(connection)

    with listening(behave) as server:
        assert judged(http(f"http://127.0.0.1:{server.port}/")) == sentence.format(port=server.port)
        assert server.accepted == 1


def test_another_host_never_hears_of_us() -> None:
    with listening(answers()) as inside:
        assert "redirected" in judged_of(answers("307 Temporary Redirect", b"", f"Location: http://localhost:{inside.port}/"))
        assert inside.accepted == 0


def test_no_sentence_repeats_what_the_service_answered() -> None:
    secret = b'{"up": "hunter2", "error": "hunter2"}'
    checks: list[dict[str, Any]] = [{"status": (204,)}, {"json_path": "up", "equals": "ok"}, {"contains": "alive"}]
    for status, check in (("500 hunter2", {}), *(("200 hunter2", check) for check in checks)):
        assert "hunter2" not in judged_of(answers(status, secret, "X-Token: hunter2"), **check)


def test_the_request_says_who_asks_and_what_for() -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(connection.recv(65_536))
        connection.sendall(OK + b"Content-Length: 0\r\nSet-Cookie: a=1\r\n\r\n")

    with listening(behave) as server:
        check = http(f"http://localhost:{server.port}/health?full=1")
        probed(service(check), service(check, id="again"), agent="Sportello-Probe/1 (+https://desk.example)")
    for request in seen:
        lines = request.decode().split("\r\n")
        assert lines[0] == "GET /health?full=1 HTTP/1.1"
        headers = dict(line.split(": ", 1) for line in lines[1:-2])
        assert headers["Host"] == f"localhost:{server.port}"
        assert headers["User-Agent"] == "Sportello-Probe/1 (+https://desk.example)"
        assert "Cookie" not in headers and "Authorization" not in headers


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert judged_of(answers()) == ""


# Connections.


def test_a_port_that_never_accepts_is_no_connection_in_time() -> None:
    with deaf() as port:
        assert judged(at(CheckKind.TCP, f"127.0.0.1:{port}")) == "no connection within 1 s"
        assert judged(http(f"http://127.0.0.1:{port}/")) == "no connection within 1 s"


def test_a_closed_port_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for kind in (CheckKind.TCP, CheckKind.TLS):
        assert judged(at(kind, f"127.0.0.1:{port}")) == "the connection was refused"
    assert judged(http(f"http://127.0.0.1:{port}/")) == "the connection was refused"


def test_a_port_that_accepts_is_good_whatever_it_does_then() -> None:
    for behave in (hangs, resets, answers()):
        with listening(behave) as server:
            assert judged(at(CheckKind.TCP, f"127.0.0.1:{server.port}")) == ""


def test_the_second_address_is_tried_when_the_first_does_not_answer() -> None:
    with listening(answers()) as server, name_server({("up.example.", "A"): ["127.0.0.2", "127.0.0.1"]}) as names:
        assert judged(http(f"http://up.example:{server.port}/"), servers=[("127.0.0.1", names)]) == ""


# TLS.


def tls_says(context: ssl.SSLContext, authority: Authority, host: str = "localhost", **check: Any) -> tuple[str, str]:
    """Of a TLS check, and of an HTTPS check."""
    with listening(over_tls(context, answers())) as server:
        by_tls = judged(at(CheckKind.TLS, f"{host}:{server.port}", **check), trust=authority.trust, now=datetime.now(UTC))
        return by_tls, judged(http(f"https://{host}:{server.port}/"), trust=authority.trust)


def test_a_certificate_for_the_name_that_is_valid_long_enough_is_good(authority: Authority) -> None:
    long = authority.server("localhost", until=datetime.now(UTC) + timedelta(days=15))
    assert tls_says(long, authority) == ("", "")
    assert tls_says(long, authority, host="127.0.0.1") == ("", "")


def test_a_certificate_that_ends_soon_is_bad_for_a_tls_check_and_not_for_an_http_check(authority: Authority) -> None:
    for left, sentence in {
        timedelta(days=3, hours=1): "the certificate ends in 3 days",
        timedelta(days=13, hours=23): "the certificate ends in 13 days",
        timedelta(days=1, hours=1): "the certificate ends in 1 day",
        timedelta(hours=1): "the certificate ends in less than a day",
    }.items():
        soon = authority.server("localhost", until=datetime.now(UTC) + left)
        assert tls_says(soon, authority) == (sentence, "")
    assert tls_says(authority.server("localhost"), authority, days_left=0) == ("", "")


def test_the_days_left_are_counted_by_the_clock_of_the_desk(authority: Authority) -> None:
    long = authority.server("localhost", until=datetime.now(UTC) + timedelta(days=40))
    with listening(over_tls(long, hangs)) as server:
        check = at(CheckKind.TLS, f"localhost:{server.port}")
        later = [datetime.now(UTC) + timedelta(days=days, hours=-1) for days in (20, 37, 41)]
        said = [judged(check, trust=authority.trust, now=now) for now in later]
    assert said == ["", "the certificate ends in 3 days", "the certificate has ended"]


def test_a_certificate_that_proves_nothing_is_called_what_it_is(authority: Authority, folder: Path) -> None:
    expired = authority.server("localhost", until=datetime.now(UTC) - timedelta(hours=1))
    assert set(tls_says(expired, authority)) == {"the certificate has ended"}
    assert set(tls_says(self_signed(folder, "localhost"), authority)) == {"the certificate is self-signed"}
    assert set(tls_says(authority.server("other.example"), authority)) == {"the certificate is for another name"}
    other = folder / "other"
    other.mkdir()
    stranger = Authority(other).server("localhost")
    assert set(tls_says(stranger, authority)) == {"the certificate is from an authority that nobody knows"}


def test_without_a_trust_of_the_tests_own_the_systems_authorities_count(authority: Authority) -> None:
    with listening(over_tls(authority.server("localhost"), answers())) as server:
        assert judged(http(f"https://localhost:{server.port}/")) == "the certificate is from an authority that nobody knows"


def test_tls_that_breaks_is_called_what_it_is(authority: Authority) -> None:
    for behave, sentence in (
        (hangs, "no TLS handshake within 1 s"),
        (says(), "the connection broke during the TLS handshake"),
        (resets, "the connection broke during the TLS handshake"),
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n", b""), "TLS failed (wrong version number)"),
        (says(b"\x16\x03\x03\x00\x05rubbish" * 9, b""), "TLS failed ("),
    ):
        with listening(behave) as server:
            assert judged(at(CheckKind.TLS, f"localhost:{server.port}")).startswith(sentence)
            assert judged(http(f"https://localhost:{server.port}/")).startswith(sentence)


def test_an_https_service_that_hangs_after_the_handshake_is_left_in_time(authority: Authority) -> None:
    with listening(over_tls(authority.server("localhost"), hangs)) as server:
        said = judged(http(f"https://localhost:{server.port}/"), trust=authority.trust)
    assert said == "no answer within 1 s"


# Names.

RECORDS = {
    ("up.example.", "A"): ["127.0.0.1", "127.0.0.9"],
    ("up.example.", "TXT"): ['"v=spf1 " "-all"'],
    ("up.example.", "MX"): ["10 Mail.example."],
    ("six.example.", "AAAA"): ["::1"],
    ("www.example.", "CNAME"): ["up.example."],
    ("rebound.example.", "A"): ["93.184.216.34", "10.0.0.1"],
}


@pytest.fixture(scope="module")
def names() -> Iterator[list[tuple[str, int]]]:
    with name_server(RECORDS) as port:
        yield [("127.0.0.1", port)]


@pytest.mark.parametrize(
    "name, kind, records, sentence",
    [
        ("up.example", "A", (), ""),
        ("up.example", "A", ("192.0.2.1", "127.0.0.9"), ""),
        ("up.example.", "A", ("127.0.0.1",), ""),
        ("six.example", "AAAA", ("0:0:0:0:0:0:0:1",), ""),
        ("up.example", "TXT", ("v=spf1 -all",), ""),
        ("up.example", "MX", ("10 mail.example.",), ""),
        ("www.example", "CNAME", ("UP.example",), ""),
        ("up.example", "A", ("192.0.2.1",), "the name has other A records than expected"),
        ("up.example", "AAAA", (), "the name has no AAAA record"),
        ("lost.example", "A", (), "the name does not resolve"),
    ],
)
def test_a_name_is_judged_by_its_records(
    names: list[tuple[str, int]], name: str, kind: str, records: tuple[str, ...], sentence: str
) -> None:
    assert judged(at(CheckKind.DNS, name, record_type=kind, records=records), servers=names) == sentence


def test_name_servers_that_are_silent_or_fail_are_told_apart() -> None:
    with name_server({}, is_mute=True) as mute:
        assert judged(at(CheckKind.DNS, "up.example"), servers=[("127.0.0.1", mute)]) == "no answer within 1 s"
        assert judged(http("http://up.example/"), servers=[("127.0.0.1", mute)]) == "the name was not found within 1 s"
    with name_server({}, code=2) as failing:
        assert judged(at(CheckKind.DNS, "up.example"), servers=[("127.0.0.1", failing)]) == "the name servers failed"


def test_a_name_that_leads_nowhere_is_said_so_by_every_kind_of_check(names: list[tuple[str, int]]) -> None:
    for check in (http("https://lost.example/"), at(CheckKind.TCP, "lost.example:443"), at(CheckKind.TLS, "lost.example:443")):
        assert judged(check, servers=names) == "the name does not resolve"


def test_the_certificate_must_be_for_the_name_of_the_check_not_for_where_it_leads(
    names: list[tuple[str, int]], authority: Authority
) -> None:
    for name, sentence in {"up.example": "", "localhost": "the certificate is for another name"}.items():
        with listening(over_tls(authority.server(name), answers())) as server:
            for check in (
                http(f"https://up.example:{server.port}/"),
                at(CheckKind.TLS, f"up.example:{server.port}", days_left=0),
            ):
                assert judged(check, servers=names, trust=authority.trust) == sentence


# Where nothing is asked.


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "up.example", "rebound.example", "10.0.0.1", "169.254.169.254"]
)
def test_a_private_address_is_not_asked_and_neither_is_a_name_that_leads_to_one(
    names: list[tuple[str, int]], host: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(asyncio, "open_connection", connect)
    for check in (http(f"http://{host}/"), at(CheckKind.TCP, f"{host}:80"), at(CheckKind.TLS, f"{host}:443")):
        with caplog.at_level(logging.WARNING, logger="sportello.probe"):
            assert probed(service(check), servers=names, allow_private=False) == [], "no sample: unknown, not down"
        sentence = "The target is a private address, or leads to one, where nothing is asked."
        assert caplog.messages.pop() == f"up could not be looked at: {sentence}"


def test_the_connection_goes_to_the_address_that_was_judged(
    names: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look-up, behind the first one's back, could answer otherwise."""
    connected: list[tuple[str, int]] = []

    async def connect(host: str, port: int) -> None:
        connected.append((host, port))
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio, "open_connection", connect)
    judged(http("http://up.example:8080/"), servers=names)
    assert sorted(connected) == [("127.0.0.1", 8080), ("127.0.0.9", 8080)]


@pytest.mark.parametrize(
    "check",
    [
        *map(
            http,
            (
                "ftp://up.example/",
                "http://a@up.example/",
                "http:///",
                "http://[x/",
                "http://up.example:99999/",
                "http://ü.example/",
            ),
        ),
        *(at(CheckKind.TCP, target) for target in ("up.example", "up.example:0", "up.example:70000", ":80", "a b:80", "a/b:80")),
        at(CheckKind.DNS, "up.example", record_type="NOSUCH"),
        at(CheckKind.DNS, "up..example"),
    ],
    ids=lambda check: check.target,
)
def test_a_target_that_cannot_be_read_is_no_outage_and_nobody_elses_trouble(names: list[tuple[str, int]], check: Check) -> None:
    with listening(answers()) as server:
        other = service(http(f"http://127.0.0.1:{server.port}/"), id="other")
        [sample] = probed(service(check), other, servers=names)
    assert (sample.service, sample.outcome) == ("other", Outcome.GOOD)


def test_an_error_of_this_machine_is_no_outage(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    async def connect(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(asyncio, "open_connection", connect)
    assert probed(service(http("http://127.0.0.1/"), failures=3)) == []
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]


# Attempts.


def numbered(*behaviours: Behaviour) -> Behaviour:
    """The first connection gets the first, and so on; the last is for all that follow."""
    left, lock = list(behaviours), threading.Lock()

    def behave(connection: socket.socket) -> None:
        with lock:
            this = left.pop(0) if len(left) > 1 else left[0]
        this(connection)

    return behave


def attempts(
    *behaviours: Behaviour,
    failures: int = 3,
    timeout: timedelta = SECOND,
    reprobe_after: timedelta = SECOND / 5,
    budget: float = 20,
) -> list[Sample]:
    with listening(numbered(*behaviours)) as server:
        check = http(f"http://127.0.0.1:{server.port}/", timeout=timeout)
        return probed(service(check, failures=failures, reprobe_after=reprobe_after), budget=budget)


def shape(samples: Sequence[Sample]) -> list[tuple[str, str]]:
    return [(sample.seer.value, sample.outcome.value) for sample in samples]


BROKEN = answers("500 Internal Server Error")


def test_a_good_sample_is_all_there_is() -> None:
    assert shape(attempts(answers())) == [("probe", "good")]


def test_a_bad_sample_is_confirmed_by_re_probes_as_many_and_as_far_apart_as_the_thresholds_say() -> None:
    samples = attempts(BROKEN)
    assert shape(samples) == [("probe", "bad"), ("reprobe", "bad"), ("reprobe", "bad")]
    assert NOW <= samples[0].at < NOW + SECOND
    for earlier, later in pairwise(samples):
        assert SECOND / 5 - SECOND / 50 <= later.at - earlier.at < SECOND


def test_re_probing_ends_with_the_first_that_is_good() -> None:
    assert shape(attempts(BROKEN, answers(), BROKEN)) == [("probe", "bad"), ("reprobe", "good")]
    assert shape(attempts(BROKEN, BROKEN, answers(), failures=5)) == [("probe", "bad"), ("reprobe", "bad"), ("reprobe", "good")]


def test_a_target_that_hangs_is_confirmed_without_waiting_for_one_time_out_after_the_other() -> None:
    began = time.monotonic()
    samples = attempts(hangs, timeout=2 * SECOND)
    took = time.monotonic() - began
    assert shape(samples) == [("probe", "bad"), ("reprobe", "bad"), ("reprobe", "bad")]
    assert {sample.detail for sample in samples} == {"no answer within 2 s"}
    assert 2.3 < took < 2.3 + 2, "three time-outs in a row are six seconds"


def test_a_slow_answer_that_is_in_time_is_good_though_a_re_probe_had_begun() -> None:
    assert shape(attempts(answers(after_s=0.5), hangs)) == [("probe", "good")]
    assert shape(attempts(answers(after_s=0.5), BROKEN)) == [("probe", "good")]


def test_a_lost_probe_with_a_good_re_probe_is_both() -> None:
    assert shape(attempts(hangs, answers())) == [("probe", "bad"), ("reprobe", "good")]


def test_a_budget_that_is_too_short_for_all_squeezes_the_attempts_and_leaves_none_out() -> None:
    began = time.monotonic()
    samples = attempts(hangs, timeout=SECOND, reprobe_after=10 * SECOND, budget=2)
    assert time.monotonic() - began < 4
    assert shape(samples) == [("probe", "bad"), ("reprobe", "bad"), ("reprobe", "bad")]


def test_instants_are_now_and_what_has_passed_since_by_the_clock_that_was_handed_in() -> None:
    ticks = iter(range(1000, 100_000))
    with listening(answers()) as server:
        check = http(f"http://127.0.0.1:{server.port}/", timeout=timedelta(hours=1))
        [sample] = probed(service(check), budget=36_000, clock=lambda: float(next(ticks)))
    assert sample.at > NOW and (sample.at - NOW) % SECOND == timedelta(0)
    assert sample.latency_ms is not None and sample.latency_ms % 1000 == 0


def test_of_several_checks_all_must_be_good_and_the_slowest_is_the_latency() -> None:
    with (
        listening(answers()) as fast,
        listening(answers(after_s=0.4)) as slow,
        listening(BROKEN) as broken,
        listening(hangs) as mute,
    ):
        fine, late, bad, silent = (http(f"http://127.0.0.1:{server.port}/") for server in (fast, slow, broken, mute))
        [both] = probed(service(fine, late))
        [second] = probed(service(fine, bad))
        [worst] = probed(service(fine, silent, bad))
        [nothing] = probed(service(silent))
    assert both.outcome is Outcome.GOOD and both.latency_ms is not None and 400 <= both.latency_ms < 1000
    assert (second.outcome, second.check, second.detail) == (Outcome.BAD, 1, "answered 500, expected 200")
    assert (worst.check, worst.detail) == (1, "no answer within 1 s") and worst.latency_ms is not None and worst.latency_ms < 1000
    assert nothing.latency_ms is None


# Many at once.


@contextmanager
def many(good: int, mute: int) -> Iterator[tuple[list[int], list[int]]]:
    """The ports of servers that answer, and of servers that never do; all in one thread."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    ports: tuple[list[int], list[int]] = ([], [])

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + b"Content-Length: 0\r\n\r\n")
        writer.close()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def serve() -> None:
        servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(good)]
        servers += [await asyncio.start_server(hang, "127.0.0.1", 0) for _ in range(mute)]
        found = [server.sockets[0].getsockname()[1] for server in servers]
        ports[0].extend(found[:good])
        ports[1].extend(found[good:])
        ready.set()
        await over.wait()
        for server in servers:
            server.close()

    over = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    ready.wait(20)
    try:
        yield ports
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(20)
        loop.close()


def test_200_targets_of_which_50_hang_are_done_within_10_s(record_property: Callable[[str, object], None]) -> None:
    """With the defaults: a time-out of 5 s, three attempts 2 s apart. Each of the 50 is confirmed; the 150 do not notice."""
    limit = 5 * SECOND
    with many(150, 50) as (good, mute):
        targets = [*mute[:25], *good, *mute[25:]]
        services = [
            service(
                http(f"http://127.0.0.1:{port}/", timeout=limit), id=f"s{port}", failures=3, reprobe_after=timedelta(seconds=2)
            )
            for port in targets
        ]
        began = time.monotonic()
        samples = probed(*services, budget=10)
        took = time.monotonic() - began
    record_property("seconds", took)
    by_service = {service.id: [sample for sample in samples if sample.service == service.id] for service in services}
    for port in good:
        assert shape(by_service[f"s{port}"]) == [("probe", "good")]
    for port in mute:
        assert shape(by_service[f"s{port}"]) == [("probe", "bad"), ("reprobe", "bad"), ("reprobe", "bad")]
        assert {sample.detail for sample in by_service[f"s{port}"]} == {"no answer within 5 s"}
    assert took < 3 * limit.total_seconds(), took


def test_a_target_that_hangs_delays_nobody() -> None:
    with many(30, 30) as (good, mute):
        hanging = [service(http(f"http://127.0.0.1:{port}/", timeout=3 * SECOND), id=f"m{port}") for port in mute]
        fine = [service(http(f"http://127.0.0.1:{port}/", timeout=3 * SECOND), id=f"g{port}") for port in good]
        samples = {sample.service: sample for sample in probed(*hanging, *fine)}
    for each in fine:
        sample = samples[each.id]
        assert sample.outcome is Outcome.GOOD and sample.latency_ms is not None and sample.latency_ms < 1500
        assert sample.at - NOW < 1.5 * SECOND, "it had to wait for its turn"


def test_what_is_done_again_takes_no_place_of_those_that_wait_for_their_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many places as services: then nobody waits, however many hang, and are asked again."""
    monkeypatch.setattr("shared.adapters.probing.run.AT_ONCE", 11)
    monkeypatch.setattr("shared.adapters.probing.run.PACE_S", 0.05)
    with many(1, 10) as (good, mute):
        again = timedelta(milliseconds=100)
        hanging = [
            service(http(f"http://127.0.0.1:{port}/", timeout=3 * SECOND), id=f"m{port}", failures=4, reprobe_after=again)
            for port in mute
        ]
        fine = service(http(f"http://127.0.0.1:{good[0]}/", timeout=3 * SECOND), id="fine")
        [sample] = [sample for sample in probed(*hanging, fine) if sample.service == "fine"]
    assert sample.outcome is Outcome.GOOD and sample.at - NOW < 1.5 * SECOND


def test_a_thousand_services_are_looked_at_at_once_where_the_system_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for allowed, places in ((1_048_576, (1000, 200)), (1024, (426, 85)), (-1, (1000, 200))):
        monkeypatch.setattr("resource.getrlimit", lambda _, allowed=allowed: (allowed, allowed))
        assert (run._places(run.AT_ONCE), run._places(run.AGAIN_AT_ONCE)) == places


def test_a_run_ends_with_its_budget_and_a_service_that_had_no_turn_has_no_sample() -> None:
    with listening(hangs) as server:
        check = http(f"http://127.0.0.1:{server.port}/", timeout=60 * SECOND)
        began = time.monotonic()
        samples = probed(service(check, failures=3), budget=1.2)
        assert time.monotonic() - began < 4
        assert probed(service(check), budget=0) == []
    assert {sample.detail for sample in samples} <= {"no answer within 1 s"} and samples


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_a_connection_is_let_go_of_when_its_look_is_over_not_when_the_run_is() -> None:
    ended: list[float] = []

    def behave(connection: socket.socket) -> None:
        hangs(connection)
        ended.append(time.monotonic())

    with listening(behave) as brief, listening(hangs) as long:
        services = [
            service(http(f"http://127.0.0.1:{brief.port}/", timeout=SECOND / 4), id="brief"),
            service(http(f"http://127.0.0.1:{long.port}/", timeout=3 * SECOND), id="long"),
        ]
        probed(*services)
        over = time.monotonic()
    assert over - ended[0] > 1.5


def test_nothing_stays_open_behind_a_run_whatever_it_met(authority: Authority) -> None:
    this = psutil.Process()
    with (
        many(20, 20) as (good, mute),
        deaf() as port,
        listening(over_tls(authority.server("localhost"), hangs)) as secured,
        listening(resets) as broken,
        name_server({}, is_mute=True) as silent,
    ):
        checks = [http(f"http://127.0.0.1:{each}/") for each in (*good, *mute, port, broken.port)]
        checks += [http(f"https://localhost:{each}/") for each in (mute[0], secured.port, broken.port)]
        checks += [at(CheckKind.DNS, "up.example"), at(CheckKind.TCP, f"127.0.0.1:{port}"), http("http://lost.example/")]
        services = [service(check, id=f"s{number}", failures=2) for number, check in enumerate(checks)]
        threads = set(threading.enumerate())
        servers = {*good, *mute, port, secured.port, broken.port, silent}
        prober = NetworkProber(allow_private=True, trust=authority.trust, servers=[("127.0.0.1", silent)])
        assert prober.probe(services, NOW, timedelta(seconds=20))
        ours = [c for c in this.net_connections("inet") if c.raddr and c.raddr.port in servers and c.laddr.port not in servers]
        assert [c for c in ours if not _is_of_deaf(c, port)] == []
        before = this.num_fds()
        for _ in range(3):
            prober.probe(services, NOW, timedelta(seconds=20))
        started = [
            thread
            for thread in set(threading.enumerate()) - threads
            if "accept" not in thread.name and "serve" not in thread.name
        ]
        assert started == []
        assert this.num_fds() <= before + 4, "sockets or loops were left open"


def _is_of_deaf(connection: Any, port: int) -> bool:
    """The four that fill the queue of `deaf`."""
    return bool(connection.raddr.port == port)


def test_each_run_makes_its_own_loop_so_that_any_thread_can_probe() -> None:
    found: list[list[Sample]] = []
    with listening(answers()) as server:
        prober, check = NetworkProber(allow_private=True), http(f"http://127.0.0.1:{server.port}/")
        threads = [
            threading.Thread(target=lambda: found.append(prober.probe([service(check)], NOW, 9 * SECOND))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [shape(samples) for samples in found] == [[("probe", "good")]] * 4
    assert NetworkProber().probe([], NOW, SECOND) == []
    assert Seer.WITNESS not in {sample.seer for samples in found for sample in samples}
