"""What the mail service reports of a mail after it took it: a CloudEvent, as Event Grid puts it into the queue.

Who the mail was for, and what their server answered, stand in it too, and are never read.
Source: "Azure Communication Services email events" in the Event Grid documentation; CloudEvents 1.0.2, JSON event format.
"""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.domain.errors import InvalidInput

TYPE = "Microsoft.Communication.EmailDeliveryReportReceived"
DELIVERED = "Delivered"
NOT_RECEIVED = frozenset({"Bounced", "Failed", "Suppressed", "Quarantined", "FilteredSpam"})
"""Statuses after which nobody has read the mail. Any other but `DELIVERED`, such as Expanded (a list), is no news yet."""
GONE_FOR_GOOD = frozenset({"Bounced", "Suppressed"})
"""Statuses that say that the address itself is at fault: it takes no mail from us, now or later."""

_OPERATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STATUS = re.compile(r"[A-Za-z]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReport:
    """`operation`: the operation id that the mail was sent under. `at`: when its delivery was tried."""

    operation: str
    status: str
    at: datetime

    @property
    def is_not_received(self) -> bool:
        return self.status in NOT_RECEIVED


def report_from(text: str) -> MailReport:
    """A message of the queue: the event as JSON, or in base64, as Event Grid writes it. InvalidInput repeats nothing of it."""
    event = _event(text)
    data = event.get("data")
    if event.get("type") != TYPE or not isinstance(data, dict):
        raise InvalidInput(f"A mail report must be a CloudEvent of the type {TYPE}.")
    operation = str(data.get("messageId", "")).lower()
    status = str(data.get("status", ""))
    if not _OPERATION.fullmatch(operation) or not _STATUS.fullmatch(status):
        raise InvalidInput("A mail report must name the operation as messageId, and its status in one word.")
    return MailReport(operation=operation, status=status, at=_tried_at(event, data))


def _event(text: str) -> Mapping[str, object]:
    try:
        plain = text if text.lstrip().startswith("{") else b64decode(text, validate=True).decode()
        event = json.loads(plain)
    except (binascii.Error, ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise InvalidInput("A mail report must be a JSON object, as it is or in base64.")
    return event


def _tried_at(event: Mapping[str, object], data: Mapping[str, object]) -> datetime:
    """The service has written the name both ways; without it, when the event was made."""
    told = data.get("deliveryAttemptTimestamp") or data.get("deliveryAttemptTimeStamp") or event.get("time")
    try:
        at = datetime.fromisoformat(str(told)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("A mail report must say when the delivery was tried.") from None
    return at
