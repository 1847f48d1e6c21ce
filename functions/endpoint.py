"""The one decorator of every HTTP door: who is calling, what they want, the reply, and errors as problem documents.

Doors import late: indexing the app, which every cold start waits for, then costs little more than azure.functions itself.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import azure.functions as func

from shared.domain.errors import NotAuthenticated, NotFound, NotPermitted, SportelloError

if TYPE_CHECKING:
    from shared.actions.desk import Desk
    from shared.actions.once import Once
    from shared.domain.people import Principal, Role
    from shared.web.forms.reading import JsonForm

log = logging.getLogger("sportello.http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a door answers. `body`: a JSON value, or text of `media_type`; bytes go out as they are."""

    body: object
    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request: the desk, the moment (read once), and what was sent. Header names are lower-case."""

    desk: "Desk"
    now: datetime
    method: str
    headers: Mapping[str, str]
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    url: str

    @cached_property
    def visitor(self) -> "Principal | None":
        """Whoever is signed in, looked up once and only when asked for; None: nobody."""
        return self.desk.identify(self.headers, self.now)

    @property
    def principal(self) -> "Principal":
        """Whoever is signed in. Raises NotAuthenticated."""
        if self.visitor is None:
            raise NotAuthenticated("Nobody is signed in.")
        return self.visitor

    def require_staff(self) -> "Principal":
        """The member of staff who is signed in. Raises NotAuthenticated or NotPermitted."""
        if not self.principal.is_staff:
            raise NotPermitted(f"{self.principal.name} is not staff.")
        return self.principal

    def require_member(self) -> "Principal":
        """The member of staff, or one of a customer's people, who is signed in. Raises NotAuthenticated or NotPermitted."""
        if not self.principal.is_staff and self.principal.customer is None:
            raise NotPermitted(f"{self.principal.name} is neither staff nor a customer's.")
        return self.principal

    def require(self, *roles: "Role") -> "Principal":
        """Whoever is signed in, if they hold one of the roles. Raises NotAuthenticated or NotPermitted."""
        if self.principal.roles.isdisjoint(roles):
            allowed = ", ".join(role.value.replace("_", " ") for role in roles)
            raise NotPermitted(f"{self.principal.name} may not do this; it is for: {allowed}.")
        return self.principal

    def form[Form: "JsonForm"](self, kind: type[Form]) -> Form:
        """The body as a form. Raises TooLarge, UnsupportedMediaType, MalformedJson or InvalidInput."""
        from shared.domain.errors import TooLarge
        from shared.web.forms.reading import LARGEST, read

        if len(self.body) > LARGEST:
            raise TooLarge(f"The body has {len(self.body)} bytes; at most {LARGEST} are taken.")
        return read(kind, self.body, self.headers.get("content-type", "application/json"))

    def number(self, name: str) -> int:
        """A number in the path. NotFound for anything else: nothing has such a name."""
        text = self.params[name]
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise NotFound(f"{name} is {text[:20]!r}; it is a number.")
        return int(text)

    @property
    def once(self) -> "Once | None":
        """What the Idempotency-Key makes of this call; None without one. Raises InvalidInput for a malformed key."""
        from shared.actions.once import once

        door = f"{self.method} {self.url.split('://', 1)[-1].partition('/')[2].partition('?')[0]}"
        return once(self.principal, door, self.headers.get("idempotency-key"), self.body)

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

        desk = None
        try:
            desk = app.desk()
            return _response(door(_call(desk, req)), req.method)
        except SportelloError as error:
            return _problem(error, error, req, desk, door.__name__)
        except Exception as fault:
            return _problem(SportelloError("unexpected"), fault, req, desk, door.__name__)

    trigger.__name__ = door.__name__
    trigger.__doc__ = door.__doc__
    return trigger


def staff_endpoint(door: Callable[[Call], Reply]) -> Callable[[func.HttpRequest], func.HttpResponse]:
    """A door for staff alone: who is there is asked before anything that was sent is looked at."""
    return _guarded(Call.require_staff, door)


def member_endpoint(door: Callable[[Call], Reply]) -> Callable[[func.HttpRequest], func.HttpResponse]:
    """A door for everybody who is signed in, staff or a customer's people: what they may see is judged behind it."""
    return _guarded(Call.require_member, door)


def manager_endpoint(door: Callable[[Call], Reply]) -> Callable[[func.HttpRequest], func.HttpResponse]:
    """A door for the Customer Care Manager and the service manager."""

    def require(call: Call) -> "Principal":
        from shared.domain.people import Role

        return call.require(Role.CUSTOMER_CARE_MANAGER, Role.SERVICE_MANAGER)

    return _guarded(require, door)


def _guarded(
    require: "Callable[[Call], Principal]", door: Callable[[Call], Reply]
) -> Callable[[func.HttpRequest], func.HttpResponse]:
    def guarded(call: Call) -> Reply:
        require(call)
        return door(call)

    guarded.__name__ = door.__name__
    guarded.__doc__ = door.__doc__
    return endpoint(guarded)


def _call(desk: "Desk", req: func.HttpRequest) -> Call:
    return Call(
        desk=desk,
        now=desk.clock(),
        method=req.method or "GET",
        headers={name.lower(): value for name, value in req.headers.items()},
        params=dict(req.route_params),
        query=dict(req.params),
        body=req.get_body() or b"",
        url=req.url,
    )


def _response(reply: Reply, method: str | None) -> func.HttpResponse:
    """To HEAD without its content, whose length is told all the same (RFC 9110, 9.3.2)."""
    is_value = reply.media_type.endswith("json") and not isinstance(reply.body, bytes)
    body = json.dumps(reply.body, ensure_ascii=False).encode() if is_value else reply.body
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **reply.headers}
    if method == "HEAD":
        size = len(body.encode() if isinstance(body, str) else body)  # type: ignore[arg-type]
        headers = headers if reply.status == 304 else {**headers, "Content-Length": str(size)}
        body = b""
    return func.HttpResponse(body=body, status_code=reply.status, mimetype=reply.media_type, headers=headers)  # type: ignore[arg-type]


def _problem(error: SportelloError, fault: Exception, req: func.HttpRequest, desk: "Desk | None", door: str) -> func.HttpResponse:
    from shared.web import problems

    status = problems.status_of(error)
    if status >= 500:
        _tell(desk, door, fault)
    path = "/" + req.url.split("://", 1)[-1].partition("/")[2].partition("?")[0]
    document = problems.document(error, instance=path)
    headers = {"ETag": str(document.pop("etag"))} if "etag" in document else {}
    return _response(Reply(body=document, status=status, media_type=problems.MEDIA_TYPE, headers=headers), req.method)


def _tell(desk: "Desk | None", door: str, fault: Exception) -> None:
    from shared.actions.running import faults
    from shared.domain.fault import named, trace

    if desk is not None:
        faults.tell(desk, door, fault)
    elif isinstance(fault, SportelloError):
        log.error("%s: %s", door, fault.detail)  # what is wrong with the settings, without their values
    else:
        log.error("%s: %s at %s", door, named(fault), trace(fault))
