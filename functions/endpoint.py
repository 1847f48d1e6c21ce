"""The one decorator of every HTTP door: who is calling, what they want, the reply, and errors as problem documents.

Doors import late: indexing the app, which every cold start waits for, then costs little more than azure.functions itself.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import azure.functions as func

from shared.domain.errors import NotAuthenticated, NotPermitted, SportelloError

if TYPE_CHECKING:
    from shared.actions.desk import Desk
    from shared.domain.people import Principal
    from shared.web.forms.reading import JsonForm

log = logging.getLogger("sportello.http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a door answers. `body`: a JSON value, or text or bytes of `media_type`."""

    body: object
    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request: the desk, the moment (read once), and what was sent. Header names are lower-case."""

    desk: "Desk"
    now: datetime
    headers: Mapping[str, str]
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    url: str

    def require_staff(self) -> "Principal":
        """The member of staff who is signed in. Raises NotAuthenticated or NotPermitted."""
        principal = self.desk.identify(self.headers)
        if principal is None:
            raise NotAuthenticated("Nobody is signed in; sign in as staff.")
        if not principal.is_staff:
            raise NotPermitted(f"{principal.name} is not staff.")
        return principal

    def form[Form: "JsonForm"](self, kind: type[Form]) -> Form:
        """The body as a form. Raises TooLarge, UnsupportedMediaType, MalformedJson or InvalidInput."""
        from shared.web.forms.reading import read

        return read(kind, self.body, self.headers.get("content-type", "application/json"))

    @property
    def if_match(self) -> int | None:
        """The revision that If-Match names; None where it names none, or any; -1, which no ticket has, for no ETag of ours."""
        header = self.headers.get("if-match", "").strip()
        if header in ("", "*"):
            return None
        tag = header.removeprefix("W/").strip('"')
        return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else -1


def endpoint(door: Callable[[Call], Reply]) -> Callable[[func.HttpRequest], func.HttpResponse]:
    """Turns a door into a trigger. Every failure is answered: ours with its problem document, others with a 500 and a log."""

    def trigger(req: func.HttpRequest) -> func.HttpResponse:
        from shared import app

        try:
            desk = app.desk()
            return _response(door(_call(desk, req)))
        except SportelloError as error:
            return _problem(error, req.url)
        except Exception:
            log.exception("unexpected failure in %s", door.__name__)
            return _problem(SportelloError("unexpected"), req.url)

    trigger.__name__ = door.__name__
    trigger.__doc__ = door.__doc__
    return trigger


def staff_endpoint(door: Callable[[Call], Reply]) -> Callable[[func.HttpRequest], func.HttpResponse]:
    """A door for staff alone: who is there is asked before anything that was sent is looked at."""

    def guarded(call: Call) -> Reply:
        call.require_staff()
        return door(call)

    guarded.__name__ = door.__name__
    guarded.__doc__ = door.__doc__
    return endpoint(guarded)


def _call(desk: "Desk", req: func.HttpRequest) -> Call:
    return Call(
        desk=desk,
        now=desk.clock(),
        headers={name.lower(): value for name, value in req.headers.items()},
        params=dict(req.route_params),
        query=dict(req.params),
        body=req.get_body() or b"",
        url=req.url,
    )


def _response(reply: Reply) -> func.HttpResponse:
    body = json.dumps(reply.body, ensure_ascii=False).encode() if reply.media_type.endswith("json") else reply.body
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **reply.headers}
    return func.HttpResponse(body=body, status_code=reply.status, mimetype=reply.media_type, headers=headers)  # type: ignore[arg-type]


def _problem(error: SportelloError, url: str) -> func.HttpResponse:
    from shared.web import problems

    status = problems.status_of(error)
    if status >= 500:
        log.error("answered %s: %s", status, error.detail, exc_info=error)
    path = "/" + url.split("://", 1)[-1].partition("/")[2].partition("?")[0]
    document = problems.document(error, instance=path)
    headers = {"ETag": str(document.pop("etag"))} if "etag" in document else {}
    return _response(Reply(body=document, status=status, media_type=problems.MEDIA_TYPE, headers=headers))
