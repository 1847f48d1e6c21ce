"""Which webhooks of the portal are authentic and fresh. Source: the Standard Webhooks specification 1.0.0, symmetric `v1`."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from standardwebhooks import Webhook
from standardwebhooks.webhooks import hmac_data

from shared.domain.errors import InvalidInput, SignatureInvalid, TimestampStale

_ID = re.compile(r"[\x21-\x7e]{1,256}")
_AMBIGUOUS = re.compile(r"\.[0-9]+\.")
_SECONDS = re.compile(r"[0-9]{1,11}")


class PortalWebhooks:
    """ports.Webhooks. Several secrets hold at once, so that they can be changed without losing a request.

    Whether a timestamp is fresh is judged by `now`, or by any of `clocks`.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        *,
        tolerance: timedelta = timedelta(minutes=5),
        clocks: Sequence[Callable[[], datetime]] = (),
    ) -> None:
        if not secrets:
            raise InvalidInput("Webhooks cannot be verified without a secret.")
        self._keys = [_Key(secret_bytes(secret)) for secret in secrets]
        self._tolerance = tolerance
        self._clocks = clocks

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> str:
        """The webhook-id. The signature is judged before the time, so that a stranger learns nothing about our clock."""
        id = _webhook_id(headers)
        timestamp, sent_at = _sent_at(headers)
        signatures = _signatures(headers)
        content = f"{id}.{timestamp}.".encode() + body
        if not any(key.made(signature, content) for key in self._keys for signature in signatures):
            raise SignatureInvalid("None of the request's signatures was made with a secret of ours over this id, time and body.")
        if not any(abs(at - sent_at) <= self._tolerance for at in (now, *(clock() for clock in self._clocks))):
            raise TimestampStale(f"webhook-timestamp is more than {self._tolerance.total_seconds():.0f} s away from now.")
        return id


class _Key(Webhook):
    """The library's key, over bytes: its own `verify` takes only text, and reads the clock itself."""

    def made(self, signature: bytes, content: bytes) -> bool:
        return compare_digest(hmac_data(self._whsecret, content), signature)


def secret_bytes(secret: str) -> bytes:
    """The key in `whsec_<base64>`. InvalidInput unless it has the 24 to 64 bytes that the specification asks for."""
    encoded = secret.removeprefix("whsec_")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        key = b""
    if not (secret.startswith("whsec_") and 24 <= len(key) <= 64):
        raise InvalidInput("A webhook secret is whsec_ and 24 to 64 random bytes in base64.")
    return key


def _webhook_id(headers: Mapping[str, str]) -> str:
    id = _required(headers, "webhook-id")
    if not _ID.fullmatch(id):
        raise SignatureInvalid("webhook-id must be 1 to 256 printable ASCII characters without spaces.")
    if _AMBIGUOUS.search(id):  # "a.1.b" could be the id "a", the time 1 and the first of a body: the specification warns of it
        raise SignatureInvalid("webhook-id may not hold digits between full stops.")
    return id


def _sent_at(headers: Mapping[str, str]) -> tuple[str, datetime]:
    """The timestamp as it was signed, and what it means."""
    text = _required(headers, "webhook-timestamp")
    if not _SECONDS.fullmatch(text):
        raise SignatureInvalid("webhook-timestamp must be whole seconds since 1970, in digits.")
    return text, datetime.fromtimestamp(int(text), UTC)


def _signatures(headers: Mapping[str, str]) -> list[bytes]:
    """The `v1` signatures. Other versions, and what is not base64, are passed over: one good signature is enough."""
    found = []
    for candidate in _required(headers, "webhook-signature").split(" "):
        version, _, encoded = candidate.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(encoded, validate=True))
            except ValueError:
                continue
    return found


def _required(headers: Mapping[str, str], name: str) -> str:
    if value := headers.get(name):
        return value
    raise SignatureInvalid(f"The header {name} is missing.")
