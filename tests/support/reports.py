"""What Event Grid puts into the queue about a mail, and a desk's queue."""

import json
from base64 import b64encode
from datetime import datetime

from shared.actions import cases
from shared.actions.desk import Desk
from shared.adapters.memory import MemoryMailReports
from shared.domain.evidence import stamp
from shared.domain.mail_report import TYPE
from shared.domain.notice import Notice, NoticeKind


def event(operation: str, status: str, at: datetime, **changes: object) -> dict[str, object]:
    """A CloudEvent as Communication Services has them, with the address that nobody may keep."""
    return {
        "specversion": "1.0",
        "id": "00000000-0000-0000-0000-000000000001",
        "source": "/subscriptions/x/resourceGroups/y/providers/Microsoft.Communication/communicationServices/z",
        "subject": f"sender/support@sportello.example/message/{operation}",
        "type": TYPE,
        "time": stamp(at),
        "data": {
            "sender": "support@sportello.example",
            "recipient": "anna@acme.example",
            "messageId": operation,
            "internetMessageId": f"<{operation}@sportello.example>",
            "status": status,
            "deliveryStatusDetails": {"statusMessage": "550 5.1.1 <anna@acme.example>: Recipient address rejected"},
            "deliveryAttemptTimestamp": stamp(at),
        },
        **changes,
    }


def text(operation: str, status: str, at: datetime, *, is_plain: bool = False) -> str:
    plain = json.dumps(event(operation, status, at))
    return plain if is_plain else b64encode(plain.encode()).decode()


def queue(desk: Desk) -> MemoryMailReports:
    assert isinstance(desk.reports, MemoryMailReports)
    return desk.reports


def notice_of(desk: Desk, kind: NoticeKind, ticket: str = "ACME-1") -> Notice:
    """The latest notice of that kind."""
    return [each for each in cases.notices_of(desk, cases.load(desk, ticket).ticket) if each.kind is kind][-1]


def report(desk: Desk, kind: NoticeKind, status: str, ticket: str = "ACME-1", at: datetime | None = None) -> None:
    """Event Grid reports of the latest notice of that kind."""
    operation = notice_of(desk, kind, ticket).operation_id
    assert operation is not None
    queue(desk).put(text(operation, status, at or desk.clock()))
