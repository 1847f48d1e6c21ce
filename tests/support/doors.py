"""Asks the real doors without a host: the triggers of function_app.py, with real HttpRequests, on a desk of the test's own."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from shared import app
from shared.actions.desk import Desk
from tests.support.desks import SECRET


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@cache
def _functions() -> list[tuple[str, dict[str, Any], Any]]:
    """Name, trigger and function of every door. The app can be asked for them once."""
    import function_app

    found = []
    for function in function_app.app.get_functions():
        trigger = json.loads(function.get_function_json())["bindings"][0]
        if trigger["type"] == "httpTrigger":
            found.append((str(function.get_function_name()), trigger, function.get_user_function()))
    return found


def triggers_by_door() -> dict[str, dict[str, Any]]:
    return {name: trigger for name, trigger, _ in _functions()}


def methods_by_door() -> dict[str, list[str]]:
    return {name: trigger["methods"] for name, trigger in triggers_by_door().items()}


@cache
def _triggers() -> list[tuple[re.Pattern[str], list[str], Any]]:
    found = []
    for _, trigger, door in _functions():
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", trigger["route"])
        found.append((re.compile(f"/api/{pattern}"), trigger["methods"], door))
    return found


def ask(desk: Desk, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: object = None) -> Answer:
    """The answer of the door that the URL (a path with query) belongs to. A body that is not bytes is sent as JSON."""
    app.install(desk)
    parts = urlsplit(url)
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    sent = {"content-type": "application/json", **(headers or {})} if body is not None else dict(headers or {})
    for pattern, methods, trigger in _triggers():
        if (found := pattern.fullmatch(parts.path)) and method in methods:
            request = func.HttpRequest(
                method=method,
                url=f"https://desk.example{url}",
                headers=sent,
                params=dict(parse_qsl(parts.query, keep_blank_values=True)),
                route_params=found.groupdict(),
                body=content,
            )
            response = trigger(request)
            return Answer(response.status_code, {**response.headers, "Content-Type": response.mimetype}, response.get_body())
    return Answer(404, {}, b"")


def as_staff(desk: Desk, who: str, method: str, url: str, body: object = None, **headers: str) -> Answer:
    sent = {"x-demo-user": who, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return ask(desk, method, url, headers=sent, body=body)


def signed(
    desk: Desk,
    body: object,
    *,
    id: str = "msg_1",
    secret: str = SECRET,
    age_s: float = 0,
    content_type: str = "application/json",
    url: str = "/api/webhooks/portal",
) -> Answer:
    """Posts a body to the portal's webhook (or `url`), signed now (or `age_s` ago), by the desk's clock."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = desk.clock()
    stamp = int(at.timestamp() - age_s)
    signature = _signature(secret, id, stamp, content)
    headers = {"webhook-id": id, "webhook-timestamp": str(stamp), "webhook-signature": signature, "content-type": content_type}
    return ask(desk, "POST", url, headers=headers, body=content)


def _signature(secret: str, id: str, stamp: int, content: bytes) -> str:
    """By the specification's own words, not by the library that verifies it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"{id}.{stamp}.".encode() + content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()
