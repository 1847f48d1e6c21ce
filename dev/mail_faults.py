"""Faults that a test orders from the mail service: each send takes the next one until they are used up.

`POST /dev/mail-faults` adds one: {"status": 429, "retry_after": 3, "times": 2} refuses; {"delay_s": 20} answers late;
{"reset": true} drops the connection. A late or dropped answer comes after the message was taken, a refusal before;
"accepted" says otherwise. GET lists what is left, DELETE forgets it.
"""

import json
import socket
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from werkzeug.wrappers import Request, Response

from dev.site import json_answer, not_allowed, problem

PATH = "/dev/mail-faults"
ALLOWED = '{"status": 400-599, "retry_after": seconds, "delay_s": seconds, "reset": true, "accepted": true or false, "times": n}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How one send goes wrong, after `delay_s`. `accepted`: the message was taken all the same."""

    accepted: bool
    status: int | None = None
    retry_after: int | None = None
    delay_s: float = 0
    reset: bool = False


class MailFaults:
    """The faults still to come, and the door to order them."""

    def __init__(self) -> None:
        self._coming: deque[Fault] = deque()

    def order(self, fault: Fault, times: int = 1) -> None:
        self._coming.extend([fault] * times)

    def take(self) -> Fault | None:
        try:
            return self._coming.popleft()
        except IndexError:
            return None

    def answer(self, request: Request) -> Response | None:
        if request.path != PATH:
            return None
        if request.method == "POST":
            return self._ordered(request)
        if request.method == "DELETE":
            self._coming.clear()
        elif request.method not in {"GET", "HEAD"}:
            return not_allowed("GET", "POST", "DELETE")
        return json_answer([asdict(fault) for fault in self._coming])

    def _ordered(self, request: Request) -> Response:
        try:
            wish = json.loads(request.get_data())
            times = wish.pop("times", 1)
            self.order(fault_from(wish), int(times))
        except (ValueError, TypeError, AttributeError):
            return problem(HTTPStatus.BAD_REQUEST, f"Send {ALLOWED}, any of them.")
        return json_answer([asdict(fault) for fault in self._coming])


def fault_from(wish: Mapping[str, Any]) -> Fault:
    """A refusal (`status`) is not accepted, anything else is, unless `accepted` says otherwise."""
    return Fault(**({"accepted": "status" not in wish} | dict(wish)))


def spoiled(request: Request, fault: Fault, response: Response | None) -> Response:
    """What the client gets instead of `response`, the service's answer where the message was taken."""
    time.sleep(fault.delay_s)
    if fault.reset:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    if fault.status is None and response is not None:
        return response
    error = {"error": {"code": "Ordered", "message": "A test ordered this."}}
    refusal = json_answer(error, fault.status or HTTPStatus.SERVICE_UNAVAILABLE)
    if fault.retry_after is not None:
        refusal.headers["Retry-After"] = str(fault.retry_after)
    return refusal
