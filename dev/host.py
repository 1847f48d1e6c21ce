"""The app over HTTP: a request becomes the worker's input, its answer a response, as the Functions host does it."""

import json
import logging
import os
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path

from azure.functions.meta import Datum
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from dev.clock import SettableClock
from dev.ncrontab import Schedule
from dev.routes import match, routes_of
from dev.scheduler import Scheduler, Timer
from dev.worker import Function, FunctionFailed, Worker

LARGEST_BODY = 100 * 1024 * 1024
"""Bytes; the real host's limit."""

log = logging.getLogger("local.host")


def prefix_in(folder: Path) -> str:
    """The route prefix of host.json; "api" where it names none."""
    file = folder / "host.json"
    settings = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    prefix: str = settings.get("extensions", {}).get("http", {}).get("routePrefix", "api")
    return prefix


def scheduler_for(worker: Worker, clock: SettableClock, order: Iterable[str] = ()) -> Scheduler:
    """A scheduler over the app's timers that are not disabled: those named in `order` first and in that order."""
    names = list(order)
    timers = [
        _timer(worker, function)
        for function in worker.functions
        if function.trigger["type"] == "timerTrigger" and not _is_disabled(function.name)
    ]
    timers.sort(key=lambda timer: names.index(timer.name) if timer.name in names else len(names))
    return Scheduler(timers, clock)


def _is_disabled(name: str) -> bool:
    """By the setting that the real host knows."""
    return os.environ.get(f"AzureWebJobs.{name}.Disabled", "").lower() in ("1", "true")


def _timer(worker: Worker, function: Function) -> Timer:
    def fire(info: str) -> None:
        worker.invoke(function, Datum(info, "json"))

    return Timer(function.name, Schedule(function.trigger["schedule"]), fire)


class FunctionsHost:
    """The WSGI application that serves the functions with an HTTP trigger."""

    def __init__(self, worker: Worker, prefix: str) -> None:
        self._worker = worker
        self._routes = routes_of(worker.functions, prefix)

    def answer(self, request: Request) -> Response | None:
        """The response of the function that the request is for; None when it is for none."""
        found = match(self._routes, request.method, request.environ["REQUEST_URI"].partition("?")[0])
        if found is None:
            return None
        function, parameters = found
        started = time.monotonic()
        response = self._invoke(function, request, parameters)
        log.info("%s %s %d %.0f ms", request.method, function.name, response.status_code, 1000 * (time.monotonic() - started))
        return response

    def _invoke(self, function: Function, request: Request, parameters: Mapping[str, str]) -> Response:
        request.max_content_length = LARGEST_BODY
        try:
            return _response(self._worker.invoke(function, _input(request, parameters)))
        except RequestEntityTooLarge:
            return Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except FunctionFailed as failure:
            log.error("%s failed: %s", function.name, failure)
            return Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _input(request: Request, parameters: Mapping[str, str]) -> Datum:
    """What the host sends: lower-case header names, repeats in the query joined by commas, the body as bytes."""
    return Datum(
        {
            "method": Datum(request.method, "string"),
            "url": Datum(request.url, "string"),
            "headers": {name.lower(): Datum(value, "string") for name, value in request.headers.items()},
            "params": {name: Datum(value, "string") for name, value in parameters.items()},
            "query": {name: Datum(",".join(values), "string") for name, values in request.args.lists()},
            "body": Datum(request.get_data(cache=False), "bytes"),
        },
        "http",
    )


def _response(output: Datum | None) -> Response:
    if output is None or output.type is None:
        return Response(status=HTTPStatus.NO_CONTENT)
    if output.type != "http":
        return Response(output.value, content_type="text/plain; charset=utf-8")
    answer = output.value
    response = Response(
        answer["body"].value,
        status=int(answer["status_code"].value),
        headers={name: value.value for name, value in answer["headers"].items()},
    )
    if told := next((value.value for name, value in answer["headers"].items() if name.lower() == "content-length"), None):
        response.headers["Content-Length"] = told  # of an answer to HEAD, whose body is not sent
    for cookie in answer["cookies"] or ():
        for morsel in cookie.values():
            response.headers.add("Set-Cookie", morsel.OutputString())
    return response
