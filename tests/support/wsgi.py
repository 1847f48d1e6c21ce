"""The real doors as a WSGI application: what tools that speak to applications in-process can ask."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug import Request, Response

from shared.actions.desk import Desk
from tests.support.doors import ask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SET_BY_WSGI = ("Content-Type", "Content-Length")
"""There, and empty, where nobody sent them."""


def application(desk: Callable[[], Desk]) -> "Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]":
    """Every request is asked of the desk that is there when it comes."""

    @Request.application
    def answer(request: Request) -> Response:
        query = request.query_string.decode("latin-1")
        url = quote(request.path, safe="/") + (f"?{query}" if query else "")
        headers = {name.lower(): value for name, value in request.headers.items() if value or name not in SET_BY_WSGI}
        found = ask(desk(), request.method, url, headers=headers, body=request.get_data() or None)
        headers = {name: value for name, value in found.headers.items() if value}
        if not found.body:
            headers.pop("Content-Type", None)
        return Response(found.body, status=found.status, headers=headers)

    return answer
