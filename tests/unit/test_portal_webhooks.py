"""The portal's signature: Standard Webhooks, as the library signs and as the specification says."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from shared.adapters.portal_webhooks import PortalWebhooks
from shared.domain.errors import InvalidInput, SignatureInvalid, TimestampStale

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
AT = str(int(NOW.timestamp()))
BODY = b'{"customer": "ACME"}'


def secret(seed: str, size: int = 24) -> str:
    return "whsec_" + base64.b64encode(hashlib.sha512(seed.encode()).digest()[:size]).decode()


OLD, NEW, STRANGE = secret("old"), secret("new"), secret("strange")


def sign(secret: str, id: str = "msg_1", timestamp: str = AT, body: bytes = BODY) -> str:
    """`v1,<base64>`, computed from the specification and not with the library."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def headers(signature: str, id: str = "msg_1", timestamp: str = AT) -> dict[str, str]:
    return {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature}


def verify(given: Mapping[str, str], body: bytes = BODY, now: datetime = NOW, secrets: tuple[str, ...] = (OLD, NEW)) -> str:
    return PortalWebhooks(secrets).verify(body, given, now)


def test_what_the_library_signs_is_authentic() -> None:
    signature = Webhook(NEW).sign("msg_1", NOW, BODY.decode())
    assert verify(headers(signature)) == "msg_1"
    assert signature == sign(NEW)


def test_the_example_of_the_specifications_authors_is_authentic() -> None:
    """Secret, id, time, body and signature from the test suite of the library's own repository."""
    given = headers("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")
    now = datetime.fromtimestamp(1614265330, UTC)
    assert (
        verify(given, b'{"test": 2432232314}', now, ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",)) == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    )


def test_either_secret_holds_while_they_are_changed() -> None:
    for one in (OLD, NEW):
        assert verify(headers(sign(one))) == "msg_1"
    with pytest.raises(SignatureInvalid):
        verify(headers(sign(OLD)), secrets=(NEW,))
    with pytest.raises(SignatureInvalid):
        verify(headers(sign(STRANGE)))


def test_one_good_signature_among_several_is_enough() -> None:
    noise = ["v1a,AAAA", "v2," + sign(NEW)[3:], "v1,###", "v1", ",", "", "v1,é", sign(STRANGE)]
    assert verify(headers(" ".join([*noise, sign(NEW), *noise]))) == "msg_1"
    with pytest.raises(SignatureInvalid):
        verify(headers(" ".join(noise)))


def test_only_version_1_is_accepted() -> None:
    for version in ("v1a", "v2", "V1", "", "v1 "):
        with pytest.raises(SignatureInvalid):
            verify(headers(version + sign(NEW)[2:]))


def test_a_body_that_is_not_text_is_authentic_too() -> None:
    body = b"\xff\xfe\x00{"
    assert verify(headers(sign(NEW, body=body)), body) == "msg_1"


def test_a_change_of_body_id_or_time_is_noticed() -> None:
    good = sign(NEW)
    later = str(int(AT) + 1)
    for changed, body in [
        (headers(good), BODY + b" "),
        (headers(good, id="msg_2"), BODY),
        (headers(good, timestamp=later), BODY),
    ]:
        with pytest.raises(SignatureInvalid):
            verify(changed, body)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_or_empty_header_is_named(name: str) -> None:
    given = headers(sign(NEW))
    for wrong in ({key: value for key, value in given.items() if key != name}, given | {name: ""}):
        with pytest.raises(SignatureInvalid, match=name):
            verify(wrong)


@pytest.mark.parametrize(
    "timestamp",
    [
        "nan",
        "inf",
        "-inf",
        "1e400",
        "1e9",
        "-5",
        "+5",
        "1.5",
        "１２",
        " 12",
        "12 ",
        "0x10",
        "1_000",
        "9" * 12,
        "9" * 400,
        "x",
        "½",
    ],
)
def test_a_timestamp_that_is_no_whole_number_of_seconds_is_refused(timestamp: str) -> None:
    with pytest.raises(SignatureInvalid, match="webhook-timestamp"):
        verify(headers(sign(NEW, timestamp=timestamp), timestamp=timestamp))


@pytest.mark.parametrize("id", ["a b", " a", "a\t", "a\n", "é", "\x7f", "\x00", "x" * 257, f"msg.{AT}.x"])
def test_an_id_that_is_not_plain_is_refused(id: str) -> None:
    with pytest.raises(SignatureInvalid, match="webhook-id"):
        verify(headers(sign(NEW, id=id), id=id))


@pytest.mark.parametrize("id", ["x", "x" * 256, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", "~!@#$%^&*()", "v1.2", f"msg-{AT}.25"])
def test_a_plain_id_comes_back(id: str) -> None:
    assert verify(headers(sign(NEW, id=id), id=id)) == id


def test_a_signed_request_cannot_be_cut_elsewhere() -> None:
    """ "msg_1" + time + body is also an id that holds the first time, with a time and a body out of the body's text."""
    body = b'{"subject":"x.' + AT.encode() + b'.{"customer":"OTHER"}"}'
    signature = sign(NEW, body=body)
    id, rest = f'msg_1.{AT}.{{"subject":"x', b'{"customer":"OTHER"}"}'
    assert sign(NEW, id=id, body=rest) == signature
    with pytest.raises(SignatureInvalid):
        verify(headers(signature, id=id), rest)


def test_a_request_is_fresh_for_five_minutes_either_way() -> None:
    good = headers(sign(NEW))
    for seconds in (0, 300, -300):
        assert verify(good, now=NOW + timedelta(seconds=seconds)) == "msg_1"
    for late in (300.000_001, -300.000_001, 86_400.0):
        with pytest.raises(TimestampStale, match="300 s"):
            verify(good, now=NOW + timedelta(seconds=late))
    with pytest.raises(TimestampStale):
        verify(headers(sign(NEW, timestamp="0"), timestamp="0"))


def test_the_tolerance_can_be_set() -> None:
    webhooks = PortalWebhooks([NEW], tolerance=timedelta(seconds=1))
    assert webhooks.verify(BODY, headers(sign(NEW)), NOW + timedelta(seconds=1)) == "msg_1"
    with pytest.raises(TimestampStale):
        webhooks.verify(BODY, headers(sign(NEW)), NOW + timedelta(seconds=2))


def test_another_clock_may_vouch_for_the_time() -> None:
    webhooks = PortalWebhooks([NEW], clocks=[lambda: NOW, lambda: NOW - timedelta(days=9)])
    assert webhooks.verify(BODY, headers(sign(NEW)), NOW + timedelta(days=14)) == "msg_1"
    far = str(int(AT) + 86_400)
    with pytest.raises(TimestampStale):
        webhooks.verify(BODY, headers(sign(NEW, timestamp=far), timestamp=far), NOW)


def test_a_stranger_is_not_told_that_the_time_is_stale() -> None:
    with pytest.raises(SignatureInvalid):
        verify(headers(sign(STRANGE, timestamp="5"), timestamp="5"))


@given(st.binary(max_size=200), st.text(max_size=60), st.text(max_size=30), st.text(max_size=60))
def test_no_stranger_gets_in_and_none_breaks_it(body: bytes, id: str, timestamp: str, signature: str) -> None:
    for given_signature in (signature, f"v1,{signature}"):
        with pytest.raises(SignatureInvalid):
            verify(headers(given_signature, id, timestamp), body)


@given(st.binary(max_size=200), st.integers(24, 64))
def test_whatever_the_portal_signs_is_authentic(body: bytes, size: int) -> None:
    one = secret("any", size)
    assert verify(headers(sign(one, body=body)), body, secrets=(OLD, one)) == "msg_1"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "whsec_",
        "secret",
        base64.b64encode(b"x" * 24).decode(),
        secret("short", 23),
        "whsec_" + "A" * 88,
        "whsec_****" + "A" * 40,
    ],
)
def test_a_secret_that_is_not_24_to_64_bytes_in_base64_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="whsec_"):
        PortalWebhooks([NEW, wrong])


def test_a_secret_may_lack_its_padding() -> None:
    padded = secret("padded", 25)
    assert padded.endswith("=")
    assert verify(headers(sign(padded)), secrets=(padded.rstrip("="),)) == "msg_1"


def test_no_secret_at_all_is_refused() -> None:
    with pytest.raises(InvalidInput):
        PortalWebhooks([])
