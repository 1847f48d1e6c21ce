"""The customer's links, to a request and to a card: a key opens its own and no other, without an account."""

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

    def card(self, ticket_id: str, kind: str, version: int, commitment: str) -> str:
        """The link to one version of a card: https://desk.example/api/estimates/ACME-42/intervention/3?key=…

        The key follows from the commitment too, so it opens this version of this card and no other.
        """
        path = f"{quote(ticket_id, safe='')}/{quote(kind, safe='')}/{version}"
        return f"{self._public_url}/api/estimates/{path}?key={self._signed(_card(ticket_id, kind, version, commitment))}"

    def opens_card(self, ticket_id: str, kind: str, version: int, commitment: str, key: str) -> bool:
        """Whether the key is that of this version of the card."""
        return isinstance(key, str) and self._fits(_card(ticket_id, kind, version, commitment), key)

    def seal(self, what: str) -> str:
        """A signature over a text, for links that say themselves what they are good for. No key of a request or a card is one."""
        return self._signed(f"seal:{what}")

    def opens(self, ticket_id: str, key: str) -> bool:
        """Whether the key is this request's. Takes as long for a wrong key as for the right one; any rubbish is False."""
        if not isinstance(ticket_id, str) or not isinstance(key, str):
            return False
        return self._fits(f"request:{ticket_id}", key)

    def _key(self, ticket_id: str) -> str:
        return self._signed(f"request:{ticket_id}")

    def _fits(self, what: str, key: str) -> bool:
        return hmac.compare_digest(self._signed(what).encode(), key.encode(errors="replace"))

    def _signed(self, what: str) -> str:
        signature = hmac.digest(self._secret, what.encode(errors="replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(signature[:KEY_BYTES]).rstrip(b"=").decode()


def _card(ticket_id: str, kind: str, version: int, commitment: str) -> str:
    return f"card:{ticket_id}:{kind}:{version}:{commitment}"
