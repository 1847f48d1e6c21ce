"""What the mail service reports of mail that it took, as Event Grid hands it on, and how a mail is made to bounce.

`POST /dev/mail-bounces` with {"address": "anna@acme.example"} makes all mail to that address bounce from now on, with
"status": "Suppressed" in another way (any of Azure's words). GET lists the addresses, DELETE lets all mail arrive again.
"""

import json
import logging
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from uuid import uuid4

from werkzeug.wrappers import Request, Response

from dev.outbox import Message
from dev.site import json_answer, not_allowed, problem
from shared.domain.mail_report import DELIVERED, NOT_RECEIVED, TYPE

PATH = "/dev/mail-bounces"
log = logging.getLogger("local.mail")


class MailBounces:
    """`put` takes a report's text into the desk's queue."""

    def __init__(self, put: Callable[[str], object] = lambda text: None) -> None:
        self._put = put
        self._statuses: dict[str, str] = {}

    def report(self, message: Message, at: datetime) -> None:
        """Reports of every recipient. A queue that does not answer costs the report, never the mail."""
        for address in message.to:
            status = self._statuses.get(address.lower(), DELIVERED)
            try:
                self._put(event(message, address, status, at))
            except Exception:
                log.exception("the report of a mail could not be put into the queue")

    def answer(self, request: Request) -> Response | None:
        if request.path != PATH:
            return None
        if request.method == "POST":
            return self._ordered(request)
        if request.method == "DELETE":
            self._statuses.clear()
        elif request.method not in {"GET", "HEAD"}:
            return not_allowed("GET", "POST", "DELETE")
        return json_answer(self._statuses)

    def _ordered(self, request: Request) -> Response:
        try:
            wish = json.loads(request.get_data())
            address, status = str(wish["address"]).lower(), wish.get("status", "Bounced")
        except (ValueError, TypeError, KeyError, AttributeError):
            address, status = "", ""
        if "@" not in address or status not in NOT_RECEIVED:
            words = ", ".join(sorted(NOT_RECEIVED))
            return problem(HTTPStatus.BAD_REQUEST, f'Send {{"address": "…", "status": one of {words}}}; Bounced unless you say.')
        self._statuses[address] = status
        return json_answer(self._statuses)


def event(message: Message, recipient: str, status: str, at: datetime) -> str:
    """The CloudEvent, in base64 as Event Grid puts it into a queue."""
    text = json.dumps(
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "/local/communicationServices/mail",
            "subject": f"sender/{message.sender}/message/{message.operation_id}",
            "type": TYPE,
            "time": at.isoformat(),
            "data": {
                "sender": message.sender,
                "recipient": recipient,
                "messageId": message.operation_id,
                "internetMessageId": message.message_id,
                "status": status,
                "deliveryStatusDetails": {"statusMessage": "" if status == DELIVERED else f"550 5.1.1 <{recipient}>: unknown"},
                "deliveryAttemptTimestamp": at.isoformat(),
            },
        }
    )
    return b64encode(text.encode()).decode()
