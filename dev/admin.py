"""`POST /admin/functions/<name>` fires a timer, as the real host does; here the answer comes when the run is over."""

from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from dev.scheduler import Scheduler
from dev.site import not_allowed, problem

PATH = "/admin/functions/"


class AdminDoor:
    """202 when the timer has run, 500 with the error when it failed, 404 for an unknown name."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def answer(self, request: Request) -> Response | None:
        if not request.path.startswith(PATH):
            return None
        name = request.path.removeprefix(PATH)
        if name not in self._scheduler.timers:
            return problem(HTTPStatus.NOT_FOUND, f"There is no timer {name!r}; there are: {', '.join(self._scheduler.timers)}.")
        if request.method != "POST":
            return not_allowed("POST")
        return self._fire(name)

    def _fire(self, name: str) -> Response:
        try:
            self._scheduler.fire(name)
        except Exception as error:
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, f"{name} failed: {error}")
        return Response(status=HTTPStatus.ACCEPTED)
