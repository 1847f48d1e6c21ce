"""`/dev/clock`: GET reads the settable clock, PUT sets it to an instant or a step, DELETE puts it back to machine time.

PUT and DELETE answer when the timers whose ticks were passed have run, each once. POST `/dev/clock/walk` walks there instead,
from each full minute to the next, and lets the timers run at each: what watches every minute then sees every minute.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from dev.clock import ALLOWED, BadTime, SettableClock, moment_from
from dev.scheduler import Scheduler
from dev.site import json_answer, not_allowed, problem

PATH = "/dev/clock"
WALK = f"{PATH}/walk"
MINUTE = timedelta(minutes=1)
LONGEST_WALK = timedelta(hours=6)


class ClockDoor:
    """The clock over HTTP. Moving it lets the timers catch up."""

    def __init__(self, clock: SettableClock, scheduler: Scheduler) -> None:
        self._clock = clock
        self._scheduler = scheduler
        self._moves: dict[str, Callable[[Request], None]] = {"PUT": self._set, "DELETE": self._reset}

    def answer(self, request: Request) -> Response | None:
        if request.path not in {PATH, WALK}:
            return None
        if request.path == WALK and request.method != "POST":
            return not_allowed("POST")
        if (move := self._walk if request.path == WALK else self._moves.get(request.method)) is not None:
            try:
                move(request)
            except BadTime as error:
                return problem(HTTPStatus.BAD_REQUEST, str(error))
        elif request.method not in {"GET", "HEAD"}:
            return not_allowed("GET", "PUT", "DELETE")
        return json_answer({"now": self._clock.now().isoformat(), "offset_s": self._clock.offset.total_seconds()})

    def _set(self, request: Request) -> None:
        text = _text_in(request.get_data())
        self._scheduler.move(lambda: self._clock.obey(text))

    def _walk(self, request: Request) -> None:
        now = self._clock.now()
        end = moment_from(_text_in(request.get_data()), now)
        if not timedelta(0) <= end - now <= LONGEST_WALK:
            raise BadTime(f"A walk leads forward, {LONGEST_WALK // timedelta(hours=1)} hours at the most.")
        while (now := self._clock.now()) < end:
            to = min(now.replace(second=0, microsecond=0) + MINUTE, end)
            self._scheduler.move(partial(self._clock.set, to))

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
