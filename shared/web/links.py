"""The customer's link to a request: its key opens that request and no other, without an account."""

import base64
import hashlib
import hmac
from urllib.parse import quote

from shared.domain.errors import InvalidInput

LEAST_SECRET = 16
KEY_BYTES = 16
"""128 of the signature's 256 bits: beyond guessing, and short enough for one line of a mail."""


class Links:
    """Links under `public_url`, with keys that only `secret` (at least 16 bytes; otherwise InvalidInput) can make."""

    __slots__ = ("_public_url", "_secret")

    def __init__(self, public_url: str, secret: bytes) -> None:
        if len(secret) < LEAST_SECRET:
            raise InvalidInput(f"The secret of the customers' links needs at least {LEAST_SECRET} bytes; it has {len(secret)}.")
        self._public_url = public_url.rstrip("/")
        self._secret = secret

    def ticket(self, ticket_id: str) -> str:
        """ACME-42 → https://desk.example/api/requests/ACME-42?key=k9Wb…"""
        return f"{self._public_url}/api/requests/{quote(ticket_id, safe='')}?key={self._key(ticket_id)}"

    def opens(self, ticket_id: str, key: str) -> bool:
        """Whether the key is this request's. Takes as long for a wrong key as for the right one; any rubbish is False."""
        if not isinstance(ticket_id, str) or not isinstance(key, str):
            return False
        return hmac.compare_digest(self._key(ticket_id).encode(), key.encode(errors="replace"))

    def _key(self, ticket_id: str) -> str:
        signature = hmac.digest(self._secret, b"request:" + ticket_id.encode(errors="replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(signature[:KEY_BYTES]).rstrip(b"=").decode()
