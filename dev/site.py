"""The local site: several doors behind one port. A door answers the requests that are for it and lets the others pass."""

import json
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Door = Callable[[Request], Response | None]


class Site:
    """A WSGI application: the first door that answers. Nobody answers: 404, without a body, like the real host."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._doors = doors

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        answers = (door(request) for door in self._doors)
        response = next((answer for answer in answers if answer is not None), None)
        return (response or Response(status=HTTPStatus.NOT_FOUND))(environ, start_response)


def json_answer(value: object, status: int = HTTPStatus.OK) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, indent=2) + "\n", status=status, content_type="application/json")


def problem(status: HTTPStatus, detail: str) -> Response:
    """A problem document (RFC 9457)."""
    body = json.dumps({"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}, ensure_ascii=False)
    return Response(body + "\n", status=status, content_type="application/problem+json")


def not_allowed(*methods: str) -> Response:
    """405: this door takes only these methods."""
    response = problem(HTTPStatus.METHOD_NOT_ALLOWED, f"Allowed here: {', '.join(methods)}.")
    response.headers["Allow"] = ", ".join(methods)
    return response
