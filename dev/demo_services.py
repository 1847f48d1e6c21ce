"""`/dev/services`: services for the desk to watch, which are taken down and up by hand.

GET `/dev/services/<name>` is what the probes ask: {"status": "ok"}, unless the service is in trouble. PUT with {"state": …}, or
the bare word, sets it: up, down (drops the connection), slow (answers after a second and a half), hang (not for a minute), or a
status such as "503". `/dev/services` lists them with a button for each state, or as JSON.
"""

import json
import re
import socket
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from dev.pages import FORMS, page, wants_json
from dev.site import json_answer, not_allowed, problem

PATH = "/dev/services"
STATES = ("up", "down", "slow", "hang", "status 503")
ALLOWED = "one of: up, down, slow, hang, or a status from 200 to 599, such as status 503"
SLOW_S = 1.5
HANG_S = 60.0
POLL_S = 0.1


class DemoServices:
    """Each is up until somebody says otherwise. `names`: those there are, asked for each time."""

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names
        self._states: dict[str, str] = {}

    def answer(self, request: Request) -> Response | None:
        path = request.path.rstrip("/")
        if path == PATH:
            return self._list(request)
        if not path.startswith(PATH + "/"):
            return None
        name = path.removeprefix(PATH + "/")
        if name not in (names := sorted(self._names())):
            return problem(HTTPStatus.NOT_FOUND, f"There is no service {name[:40]!r}; there are: {', '.join(names) or 'none'}.")
        if request.method in {"PUT", "POST"}:
            return self._set(request, name)
        if request.method not in {"GET", "HEAD"}:
            return not_allowed("GET", "PUT", "POST")
        return self._served(request, name)

    def _list(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return not_allowed("GET")
        states = {name: self._states.get(name, "up") for name in sorted(self._names())}
        if wants_json(request):
            return json_answer(states)
        return page("services.html", policy=FORMS, services=states, states=STATES, url=request.base_url.rstrip("/"))

    def _set(self, request: Request, name: str) -> Response:
        """A form's POST leads back to the page."""
        state = request.form.get("state") if request.method == "POST" else None
        state = _state_in(state if state is not None else request.get_data().decode("utf-8", "replace"))
        if state is None:
            return problem(HTTPStatus.BAD_REQUEST, f"A state is {ALLOWED}.")
        self._states[name] = state
        return redirect(PATH, HTTPStatus.SEE_OTHER) if request.method == "POST" else json_answer({"name": name, "state": state})

    def _served(self, request: Request, name: str) -> Response:
        state = self._states.get(name, "up")
        if state == "down":
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        elif state == "slow":
            time.sleep(SLOW_S)
        elif state == "hang":
            self._hang(name)
        elif state.startswith("status "):
            return json_answer({"status": "trouble"}, int(state.removeprefix("status ")))
        return json_answer({"status": "ok"})

    def _hang(self, name: str) -> None:
        """For a minute, or until it is told to do something else."""
        until = time.monotonic() + HANG_S
        while self._states.get(name) == "hang" and time.monotonic() < until:
            time.sleep(POLL_S)


def _state_in(text: str) -> str | None:
    """The state asked for: the word itself, a JSON string, or {"state": …}."""
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if isinstance(value, dict):
        value = value.get("state")
    word = " ".join(str(value).split())
    if found := re.fullmatch(r"(?:status )?([2-5][0-9]{2})", word):
        return f"status {found[1]}"
    return word if word in STATES else None
