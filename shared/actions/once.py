"""Idempotency keys: a request that is sent again under the same key is answered, not done again.

The key is a row in the customer's partition, `once:<sha256 of actor, door and key>`, inserted in the very transaction that does
the work; so it exists if and only if the work was done. Only when that insertion fails, or the ticket refuses, is it looked for:
keys cost no request. Source: draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
from dataclasses import dataclass

from shared.actions.desk import Desk
from shared.actions.ports import Insert, Row, Table
from shared.domain.errors import InvalidInput, KeyReused
from shared.domain.people import Principal

LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """What makes one request the same as another: its key, and the fingerprint of what it asks for."""

    key: str
    fingerprint: str

    def row(self, ticket: str) -> Insert:
        """To be inserted with the work."""
        return Insert(Row(key=self.key, values={"ticket": ticket, "fingerprint": self.fingerprint}))

    def was_done(self, desk: Desk, customer: str) -> bool:
        """Whether the work has been done under this key. KeyReused when it was another's."""
        row = desk.rows.get(Table.DESK, customer, self.key)
        if row is None:
            return False
        if row.values["fingerprint"] != self.fingerprint:
            raise KeyReused("This Idempotency-Key was used for another request; make a new key for each request.")
        return True


def once(actor: Principal, door: str, key: str | None, body: bytes) -> Once | None:
    """None where the caller sent no key. InvalidInput for one that is not 1 to 255 printable ASCII characters.

    `door`: method and path of what is asked; the key is its caller's own, so nobody meets another's.
    """
    if key is None:
        return None
    key = key.strip()
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise InvalidInput(f"Idempotency-Key must be 1 to {LONGEST} printable ASCII characters.")
    who = f"{actor.customer or ''}\n{actor.id}\n{door}\n{key}"
    return Once(key=f"once:{hashlib.sha256(who.encode()).hexdigest()}", fingerprint=hashlib.sha256(body).hexdigest())
