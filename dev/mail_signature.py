"""The signature of requests to Azure Communication Services: HMAC-SHA256 over verb, path and query, date, host and body hash.

Source: Microsoft's "HMAC header signing" for Communication Services, as the SDKs implement it.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from werkzeug.wrappers import Request

TOLERANCE = timedelta(minutes=5)
SCHEME = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="


class Unsigned(Exception):
    """The request is not signed with our key, or not now; the sentence says what is wrong."""


def check_signature(request: Request, access_key: str, now: datetime) -> None:
    """Raises Unsigned unless `request` was signed with `access_key` (base64) within five minutes of `now`."""
    given = request.headers.get("Authorization", "")
    if not given.startswith(SCHEME):
        raise Unsigned(f"Authorization must begin with {SCHEME!r}.")
    _check_date(request.headers.get("x-ms-date", ""), now)
    body_hash = _base64(hashlib.sha256(request.get_data()).digest())
    if request.headers.get("x-ms-content-sha256") != body_hash:
        raise Unsigned("x-ms-content-sha256 is not the hash of the body.")
    if not hmac.compare_digest(given.removeprefix(SCHEME).encode(), _signature(request, body_hash, access_key).encode()):
        raise Unsigned("The signature does not match: a wrong key, or a request that was changed on its way.")


def _check_date(text: str, now: datetime) -> None:
    try:
        sent_at = parsedate_to_datetime(text).replace(tzinfo=UTC)
    except ValueError:
        raise Unsigned(f"x-ms-date {text!r} is no HTTP date.") from None
    if abs(now - sent_at) > TOLERANCE:
        raise Unsigned(f"x-ms-date {text!r} is more than {TOLERANCE.seconds // 60} minutes away from now.")


def _signature(request: Request, body_hash: str, access_key: str) -> str:
    facts = f"{request.headers['x-ms-date']};{request.headers['Host']};{body_hash}"
    signed = f"{request.method}\n{request.environ['REQUEST_URI']}\n{facts}"
    return _base64(hmac.new(base64.b64decode(access_key), signed.encode(), hashlib.sha256).digest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
