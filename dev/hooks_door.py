"""`/dev/hooks`: another system, as one would write it, to see the desk's webhooks arrive: in the browser, or as JSON.

Register `http://127.0.0.1:<port>/dev/hooks` as a subscription's URL. With `?answer=503` it takes nothing and answers that. DELETE
empties the list.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from http import HTTPStatus

from standardwebhooks import Webhook
from werkzeug.wrappers import Request, Response

from dev.pages import page, wants_json
from dev.site import json_answer, not_allowed, problem

PATH = "/dev/hooks"
KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """`is_repeated`: an event of that id was here before. `answered`: the status it was answered with."""

    at: str
    id: str
    type: str
    ticket: str
    is_repeated: bool
    answered: int
    event: object


class HooksDoor:
    """Takes what is signed with one of `secrets`, which are asked for at every event; keeps the last two hundred."""

    def __init__(self, secrets: Callable[[], Iterable[str]], now: Callable[[], datetime]) -> None:
        self._secrets = secrets
        self._now = now
        self._received: deque[Received] = deque(maxlen=KEPT)

    def answer(self, request: Request) -> Response | None:
        if request.path.rstrip("/") != PATH:
            return None
        if request.method == "POST":
            return self._receive(request)
        if request.method == "DELETE":
            self._received.clear()
            return Response(status=HTTPStatus.NO_CONTENT)
        if request.method not in {"GET", "HEAD"}:
            return not_allowed("GET", "POST", "DELETE")
        if wants_json(request):
            return json_answer([asdict(each) for each in self._received])
        return page("hooks.html", received=self._received, now=self._now(), url=request.base_url)

    def _receive(self, request: Request) -> Response:
        body = request.get_data()
        if not any(_signed(secret, request, body) for secret in self._secrets()):
            return problem(HTTPStatus.UNAUTHORIZED, "No subscription's secret has signed this.")
        status = request.args.get("answer", int(HTTPStatus.NO_CONTENT), type=int)
        id, event = request.headers["webhook-id"], json.loads(body)
        received = Received(
            at=self._now().isoformat(),
            id=id,
            type=event["type"],
            ticket=event["data"].get("ticket", ""),
            is_repeated=any(each.id == id for each in self._received),
            answered=status,
            event=event,
        )
        self._received.appendleft(received)
        return Response(status=status)


def _signed(secret: str, request: Request, body: bytes) -> bool:
    """By the headers' own time, whatever the desk's clock was moved to."""
    id, seconds = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not (id and seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return False
    made = Webhook(secret).sign(id, datetime.fromtimestamp(int(seconds), UTC), body.decode("utf-8", "replace"))
    return any(compare_digest(made, told) for told in request.headers.get("webhook-signature", "").split(" ") if told.isascii())
