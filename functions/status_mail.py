"""News of the services by e-mail: asked for on the page, confirmed by a link, ended by a click. No answer tells who has it."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint
from shared.domain.errors import InvalidInput, NotAllowedNow, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("status_subscription")
@bp.route("status/subscribers", methods=["POST"], auth_level=ANONYMOUS)
@endpoint
def status_subscription(call: Call) -> Reply:
    """What the page's form sends: a link goes to the address. The same answer whatever is known of it."""
    from shared.actions.status import subscribers
    from shared.web import i18n, whence
    from shared.web.forms.status import address_in

    form = _form(call)
    language = i18n.spoken(form.get("lang") or i18n.choose(call.headers.get("accept-language"), "it"))
    try:
        email, network = address_in(form.get("email", "")), whence.network(call.headers)
        subscribers.ask(call.desk, email, language, call.now, network)
    except InvalidInput:
        return _page("asked_wrong", language, 422)
    except NotAllowedNow:
        return _page("too_many", language, 429, {"Retry-After": "3600"})
    return _page("asked", language)


@bp.function_name("status_confirmation")
@bp.route("status/subscribers/confirmation", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_confirmation(call: Call) -> Reply:
    """What the link opens: a button. Looking confirms nothing, for the scanners of mail look at every link."""
    from shared.actions.status import subscribers
    from shared.web.status import paths

    token, until, key = _link(call.query)
    if until is None or not subscribers.is_open(call.desk, token, until, key, call.now):
        return _page("link_over", _language(call.query), 404)
    fields = {name: call.query.get(name, "") for name in ("token", "until", "key")}
    return _page("confirm", _language(call.query), action=paths.CONFIRMATION, fields=fields)


@bp.function_name("status_confirmed")
@bp.route("status/subscribers/confirmation", methods=["POST"], auth_level=ANONYMOUS)
@endpoint
def status_confirmed(call: Call) -> Reply:
    """The button: from now on the address is written to."""
    from shared.actions.status import subscribers

    form = _form(call)
    token, until, key = _link(form)
    try:
        if until is None:
            raise NotFound("The link is not complete.")
        subscribers.confirm(call.desk, token, until, key, call.now)
    except NotFound:
        return _page("link_over", _language(form), 404)
    return _page("confirmed", _language(form))


@bp.function_name("status_unsubscription")
@bp.route("status/subscribers/unsubscription", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_unsubscription(call: Call) -> Reply:
    """What the link in every letter opens: a button."""
    from shared.web.status import paths

    fields = {"token": call.query.get("token", "")[:100]}
    return _page("unsubscribe", _language(call.query), action=paths.UNSUBSCRIPTION, fields=fields)


@bp.function_name("status_unsubscribed")
@bp.route("status/subscribers/unsubscription", methods=["POST"], auth_level=ANONYMOUS)
@endpoint
def status_unsubscribed(call: Call) -> Reply:
    """The button, or a mail program's one click (RFC 8058), which posts to the link itself."""
    from shared.actions.status import subscribers

    form = _form(call)
    subscribers.unsubscribe(call.desk, form.get("token") or call.query.get("token", ""))
    return _page("unsubscribed", _language({**call.query, **form}))


def _form(call: Call) -> "Mapping[str, str]":
    """Mail programs may post their one click as multipart/form-data; there is nothing in it that is needed."""
    from shared.web.forms.posted import posted

    content_type = call.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/form-data") and len(call.body) < 2000 and call.query.get("token"):
        return {}
    return posted(call.body, content_type)


def _link(fields: "Mapping[str, str]") -> "tuple[str, datetime | None, str]":
    """Token, end and key of a link that confirms; None for an end that is none."""
    from datetime import UTC, datetime

    try:
        until = datetime.fromisoformat(fields.get("until", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return "", None, ""
    return fields.get("token", ""), until, fields.get("key", "")


def _language(fields: "Mapping[str, str]") -> str:
    from shared.web import i18n

    return i18n.spoken(fields.get("lang") or "it")


def _page(
    name: str,
    language: str,
    status: int = 200,
    headers: "Mapping[str, str] | None" = None,
    *,
    action: str = "",
    fields: "Mapping[str, str] | None" = None,
) -> Reply:
    from shared.web.status import page

    html = page.message_page(name, language, action=action, fields={**(fields or {}), "lang": language})
    return Reply(body=html, status=status, media_type="text/html", headers={**page.message_headers(), **(headers or {})})
