"""`/dev/outbox`: the mail that left, to read in the browser, or as JSON where that is asked for. DELETE empties it."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from dev.outbox import Message, Outbox, to_json
from dev.pages import page, wants_json
from dev.site import json_answer, not_allowed, problem

PATH = "/dev/outbox"


class OutboxDoor:
    """The list of messages, and a page for each under its operation id."""

    def __init__(self, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._now = now

    def answer(self, request: Request) -> Response | None:
        path = request.path.rstrip("/")
        if path == PATH:
            return self._list(request)
        if path.startswith(PATH + "/"):
            return self._message(request, path.removeprefix(PATH + "/"))
        return None

    def _list(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._outbox.empty()
            return Response(status=HTTPStatus.NO_CONTENT)
        if request.method not in {"GET", "HEAD"}:
            return not_allowed("GET", "DELETE")
        messages = self._outbox.shown()
        if wants_json(request):
            return json_answer([to_json(message) for message in messages])
        return page("outbox.html", messages=messages, now=self._now(), clock_url=f"{request.host_url}dev/clock")

    def _message(self, request: Request, operation_id: str) -> Response:
        message = self._outbox.find(operation_id)
        if message is None:
            return problem(HTTPStatus.NOT_FOUND, f"No message left under the operation id {operation_id!r}.")
        if request.method not in {"GET", "HEAD"}:
            return not_allowed("GET")
        if wants_json(request):
            return json_answer(to_json(message))
        return page("message.html", message=message, headers=_headers_of(message))


def _headers_of(message: Message) -> dict[str, str]:
    addresses = {"From": (message.sender,), "To": message.to, "Cc": message.cc, "Bcc": message.bcc, "Reply-To": message.reply_to}
    shown = {name: ", ".join(values) for name, values in addresses.items() if values}
    return shown | {"Message-ID": message.message_id, "Operation-Id": message.operation_id} | dict(message.headers)
