"""The parameters that several operations share, and the headers of their answers."""

from collections.abc import Mapping

from shared.web.api.operation import Parameter
from shared.web.forms.lists import LARGEST_PAGE, LONGEST_TEXT, PARAMETERS, USUAL_PAGE

TEXT: Mapping[str, object] = {"type": "string", "minLength": 1}


def _in_path(name: str, about: str, example: object, schema: Mapping[str, object] = TEXT) -> Parameter:
    return Parameter(name=name, about=about, schema=schema, is_required=True, example=example)


PATH: Mapping[str, Parameter] = {
    each.name: each
    for each in (
        _in_path("ticket", "A ticket's id.", "ACME-1"),
        _in_path("customer", "A customer's id.", "ACME"),
        _in_path("number", "The number of one of them, from 1.", 1, {"type": "integer", "minimum": 1, "maximum": 999_999_999}),
        _in_path("notice", "A message's `key`.", "000001:0001:receipt:customer"),
        _in_path("entry", "A quarantined request's `id`.", "5f0c"),
        _in_path("subscription", "A subscription's `id`.", "sub_1"),
        _in_path("delivery", "A delivery's `id`.", "d1"),
        _in_path("service", "A service's id.", "zenshare-cloud"),
        _in_path("guarantee", "A guarantee's id.", "data-centre"),
        _in_path("incident", "An incident's `id`.", "5f0c"),
        _in_path("maintenance", "A window's `id`.", "5f0c"),
        _in_path("kind", "`intervention`: an intervention card; `package`: a support package's offer form.", "intervention"),
        _in_path("version", "The version of the card.", 1, {"type": "integer", "minimum": 1, "maximum": 999_999_999}),
    )
}
"""By their names. `problem` has its own `kind`."""

PROBLEM_KIND = _in_path("kind", "A problem type, as in the last part of a problem's `type`.", "not-found")

CURSOR = Parameter(name="cursor", about="`next_cursor` of the page before.")


def limit(usual: int, largest: int) -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": largest, "default": usual}
    return Parameter(name="limit", about="How many a page may hold.", schema=schema)


_LIST_SCHEMAS: Mapping[str, Mapping[str, object]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE},
    "order": {"type": "string", "enum": ["urgency", "newest"]},
    "state": {"type": "string", "enum": ["new", "in_charge", "quoted", "on_hold", "resolved", "closed", "open", "any"]},
    "customer": {"type": "string", "pattern": "^[A-Z][A-Z0-9]{1,11}$"},
    "channel": {"type": "string", "enum": ["email", "phone", "web"]},
    "overdue": {"type": "string", "enum": ["true", "false"]},
    "q": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
}

LIST = tuple(
    Parameter(name=name, about=about, schema=_LIST_SCHEMAS.get(name, {"type": "string"})) for name, about in PARAMETERS.items()
)
"""What `GET /api/tickets` knows."""

KEY = Parameter(name="key", about="The link's key.", is_required=True, example="…")
LANGUAGE = Parameter(
    name="lang", about="The page's language; otherwise the request's.", schema={"type": "string", "enum": ["it", "en"]}
)

IF_MATCH = Parameter(
    name="If-Match",
    about="The `ETag` of the ticket as you have seen it: if it has changed since, nothing is done, and 412 shows it as it is.",
    example='"4"',
)
IDEMPOTENCY_KEY = Parameter(
    name="Idempotency-Key",
    about="A key of your own for this request: sent again under it, it is answered again and not done again.",
    schema={"type": "string", "minLength": 1, "maxLength": 255},
    example="2f1c7a52-8f0e-4f43-9d5d-0c6a1d8e7b11",
)
IF_NONE_MATCH = Parameter(name="If-None-Match", about="The `ETag` that you have: 304 if it is still the one.", example='"4f1d"')

ANSWER_HEADERS: Mapping[str, str] = {
    "ETag": "The ticket's revision, for If-Match; of the description itself: its version.",
    "Location": "Where what was made, or what comes next, is found.",
    "Idempotent-Replayed": "`true`: this was done before, under the same Idempotency-Key, and was not done again.",
    "Content-Disposition": "What to call the file.",
}
