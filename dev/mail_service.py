"""A fake of Azure Communication Services Email that speaks its REST protocol, for the real SDK to talk to.

`POST /emails:send` checks signature, version and body, and takes each operation id once; `GET /emails/operations/<id>`
says how a send went. What it takes goes to the outbox, and what became of it is reported (`mail_bounces`).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from dev.clock import machine_time
from dev.mail_bounces import MailBounces
from dev.mail_faults import MailFaults, spoiled
from dev.mail_request import Refused, generated_message_id, invalid, message_from
from dev.mail_signature import Unsigned, check_signature
from dev.outbox import Message, Outbox
from dev.site import Site, json_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SEND = "/emails:send"
OPERATIONS = "/emails/operations/"
VERSIONS = frozenset({"2023-03-31", "2024-07-01-preview", "2025-09-01"})
STRICT_MESSAGE_ID = "x-ms-acsemail-validate-message-id"
MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+>")


class MailService:
    """The service. A WSGI application by itself, or a door of the local site.

    `now` stamps the messages (the app's clock); `machine_now` judges the age of signatures, which SDKs make by the
    machine's clock; `put_report` takes what Event Grid would put into the desk's queue.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        access_key: str,
        now: Callable[[], datetime] = machine_time,
        machine_now: Callable[[], datetime] = machine_time,
        put_report: Callable[[str], object] = lambda text: None,
    ) -> None:
        self.outbox = outbox
        self.faults = MailFaults()
        self.bounces = MailBounces(put_report)
        self._access_key = access_key
        self._now = now
        self._machine_now = machine_now
        self._site = Site([self.faults.answer, self.bounces.answer, self.answer])

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._site(environ, start_response)

    def answer(self, request: Request) -> Response | None:
        sends = request.path == SEND and request.method == "POST"
        asks = request.path.startswith(OPERATIONS) and request.method == "GET"
        if not sends and not asks:
            return None
        try:
            self._check(request)
            return self._send(request) if sends else self._status(request)
        except Refused as refusal:
            return json_answer({"error": {"code": refusal.code, "message": str(refusal)}}, refusal.status)

    def _check(self, request: Request) -> None:
        try:
            check_signature(request, self._access_key, self._machine_now())
        except Unsigned as error:
            raise Refused(HTTPStatus.UNAUTHORIZED, "Denied", str(error)) from None
        if request.args.get("api-version") not in VERSIONS:
            raise invalid(f"api-version must be one of {', '.join(sorted(VERSIONS))}.")

    def _send(self, request: Request) -> Response:
        fault = self.faults.take()
        if fault is None:
            return self._take(request)
        return spoiled(request, fault, self._take(request) if fault.accepted else None)

    def _take(self, request: Request) -> Response:
        message = self._with_usable_id(message_from(request, self._now()))
        if self.outbox.add(message):
            self.bounces.report(message, self._now())
        response = json_answer({"id": message.operation_id, "status": "Running", "error": None}, HTTPStatus.ACCEPTED)
        query = request.query_string.decode()
        response.headers["Operation-Location"] = f"{request.host_url.rstrip('/')}{OPERATIONS}{message.operation_id}?{query}"
        return response

    def _with_usable_id(self, message: Message) -> Message:
        """A Message-ID that is malformed or was used before is refused where the message asks for that, else replaced."""
        flaw = self._flaw_of_id(message)
        if flaw is None or self.outbox.find(message.operation_id) is not None:
            return message
        if {name.lower(): value.lower() for name, value in message.headers.items()}.get(STRICT_MESSAGE_ID) == "true":
            raise invalid(flaw)
        return replace(message, message_id=generated_message_id(message.operation_id))

    def _flaw_of_id(self, message: Message) -> str | None:
        if not MESSAGE_ID.fullmatch(message.message_id):
            return f"The Message-ID {message.message_id} is malformed."
        if self.outbox.has_message_id(message.message_id):
            return f"Duplicate Message-ID {message.message_id}: it was used before."
        return None

    def _status(self, request: Request) -> Response:
        operation_id = request.path.removeprefix(OPERATIONS)
        if self.outbox.find(operation_id) is None:
            raise Refused(HTTPStatus.NOT_FOUND, "OperationNotFound", f"There is no operation {operation_id}.")
        return json_answer({"id": operation_id, "status": "Succeeded", "error": None})
