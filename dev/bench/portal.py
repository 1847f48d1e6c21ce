"""Requests as the portal sends them, signed. Light: what is measured may not be heavier for it."""

import base64
import hashlib
import hmac
import json

SECRET = "whsec_YmVuY2hlcyBzaWduIHRoZWlyIG93biByZXF1ZXN0cw=="


def a_body(id: str) -> bytes:
    """A request as the portal sends it; each has bytes of its own."""
    return json.dumps(
        {
            "customer": "ACME",
            "contact": {"name": "Anna Bianchi", "email": "anna@acme.example"},
            "product": "zenshare-up",
            "subject": f"Il protocollo non assegna il numero ({id})",
            "description": "Da questa mattina i documenti in entrata restano senza numero di protocollo. " * 5,
        }
    ).encode()


def signed(id: str, body: bytes, at: int) -> dict[str, str]:
    """The headers of a webhook signed at `at` (seconds since 1970)."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
        "content-type": "application/json",
    }
