"""The body of `POST /emails:send`, validated as the service does, as a message."""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from werkzeug.wrappers import Request

from dev.outbox import Message

LARGEST_BODY = 10 * 1024 * 1024
MOST_RECIPIENTS = 50
ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


class Refused(Exception):
    """The service does not take a request: its status, its error code and why."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code


def invalid(detail: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, "BadRequest", detail)


def generated_message_id(operation_id: str) -> str:
    return f"<{operation_id}@mail.local>"


def message_from(request: Request, now: datetime) -> Message:
    """The message that a send request asks for. Raises Refused with status 400 or 413."""
    body = _json(request)
    content, recipients = _mapping(body, "content"), _mapping(body, "recipients")
    operation_id = _operation_id(request.headers.get("Operation-Id"))
    headers = {name: _text(value, f"headers.{name}") for name, value in _mapping(body, "headers", required=False).items()}
    own_id = next((value for name, value in headers.items() if name.lower() == "message-id"), None)
    message = Message(
        operation_id=operation_id,
        message_id=own_id or generated_message_id(operation_id),
        received_at=now,
        sender=_address(body.get("senderAddress"), "senderAddress"),
        to=_addresses(recipients, "to"),
        cc=_addresses(recipients, "cc"),
        bcc=_addresses(recipients, "bcc"),
        reply_to=_addresses(body, "replyTo"),
        subject=_text(content.get("subject"), "content.subject"),
        text=_text(content.get("plainText", ""), "content.plainText"),
        html=_text(content.get("html", ""), "content.html"),
        headers=headers,
    )
    _check(message)
    return message


def _check(message: Message) -> None:
    recipients = len(message.to) + len(message.cc) + len(message.bcc)
    if not 1 <= recipients <= MOST_RECIPIENTS:
        raise invalid(f"recipients must be 1 to {MOST_RECIPIENTS}, not {recipients}.")
    if not message.subject:
        raise invalid("content.subject must not be empty.")
    if not message.text and not message.html:
        raise invalid("content.plainText or content.html must be there.")


def _json(request: Request) -> Mapping[str, Any]:
    data = request.get_data()
    if len(data) > LARGEST_BODY:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "RequestTooLarge", f"A request has at most {LARGEST_BODY} bytes.")
    if request.mimetype != "application/json":
        raise invalid("Content-Type must be application/json.")
    try:
        body = json.loads(data)
    except ValueError:
        raise invalid("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.")
    return body


def _mapping(body: Mapping[str, Any], name: str, *, required: bool = True) -> Mapping[str, Any]:
    value = body.get(name) if required else body.get(name) or {}
    if not isinstance(value, dict):
        raise invalid(f"{name} must be an object.")
    return value


def _addresses(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise invalid(f'{name} must be a list of {{"address": …, "displayName": …}}.')
    return tuple(_address(one.get("address"), name) for one in value)


def _address(value: object, name: str) -> str:
    if not isinstance(value, str) or not ADDRESS.fullmatch(value):
        raise invalid(f"{name}: {value!r} is no e-mail address.")
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(f"{name} must be text.")
    return value


def _operation_id(text: str | None) -> str:
    if text is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise invalid(f"Operation-Id {text!r} is no UUID.") from None
