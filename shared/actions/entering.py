"""A request that staff enter for a customer, who has called. The Idempotency-Key, if there is one, makes it once."""

import json
from datetime import datetime

from shared.actions import intake, told
from shared.actions.codec import plain
from shared.actions.desk import Desk
from shared.actions.intake import Request, Taken
from shared.actions.once import Once
from shared.domain.errors import InvalidInput
from shared.domain.evidence import stamp

OLDEST_S = 7 * 24 * 3600
"""How long ago a customer may have called, in seconds."""


def enter(desk: Desk, now: datetime, request: Request, *, once: Once | None) -> Taken:
    """Takes the request in as if it had come by itself, received when the customer called. What was entered is kept raw."""
    if request.occurred_at is not None and request.occurred_at > now + intake.SKEW:
        ahead = f"received_at {stamp(request.occurred_at)} lies in the future; it is {stamp(now)}."
        raise InvalidInput(ahead, field="received_at")
    if request.occurred_at is not None and (now - request.occurred_at).total_seconds() > OLDEST_S:
        raise InvalidInput(f"received_at {stamp(request.occurred_at)} is more than a week ago.", field="received_at")
    raw = json.dumps(plain(request), ensure_ascii=False).encode()
    source = f"entered:{once.key if once else desk.salt()}"
    return told.taken_in(desk, request, source=source, raw=raw, now=now)
