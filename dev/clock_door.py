"""`/dev/clock`: GET reads the settable clock, PUT sets it to an instant or a step, DELETE puts it back to machine time.

PUT and DELETE answer when the timers whose ticks were passed have run.
"""

import json
from collections.abc import Callable
from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from dev.clock import ALLOWED, BadTime, SettableClock
from dev.scheduler import Scheduler
from dev.site import json_answer, not_allowed, problem

PATH = "/dev/clock"


class ClockDoor:
    """The clock over HTTP. Moving it lets the timers catch up."""

    def __init__(self, clock: SettableClock, scheduler: Scheduler) -> None:
        self._clock = clock
        self._scheduler = scheduler
        self._moves: dict[str, Callable[[Request], None]] = {"PUT": self._set, "DELETE": self._reset}

    def answer(self, request: Request) -> Response | None:
        if request.path != PATH:
            return None
        if request.method in self._moves:
            try:
                self._moves[request.method](request)
            except BadTime as error:
                return problem(HTTPStatus.BAD_REQUEST, str(error))
        elif request.method not in {"GET", "HEAD"}:
            return not_allowed("GET", "PUT", "DELETE")
        return json_answer({"now": self._clock.now().isoformat(), "offset_s": self._clock.offset.total_seconds()})

    def _set(self, request: Request) -> None:
        text = _text_in(request.get_data())
        self._scheduler.move(lambda: self._clock.obey(text))

    def _reset(self, request: Request) -> None:
        self._scheduler.move(self._clock.reset)


def _text_in(body: bytes) -> str:
    """The time asked for: the body itself, a JSON string, or {"now": …} / {"set": …}. Raises BadTime."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, dict):
        value = value.get("now", value.get("set"))
    if not isinstance(value, str):
        raise BadTime(f"Send {ALLOWED}.")
    return value
