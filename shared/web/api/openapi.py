"""The OpenAPI 3.1 document, made of the table of operations, the forms and the models of the answers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from shared.domain.lifecycle.table import TRANSITIONS
from shared.web.api import schemas
from shared.web.api.operation import Answer, Operation, Parameter, Who
from shared.web.api.operations import OPERATIONS, TAGS
from shared.web.api.parameters import ANSWER_HEADERS, PATH
from shared.web.problems import MEDIA_TYPE, STATUS

VERSION = "0.1.0"
"""As in pyproject.toml."""

JSON = "application/json"
ABOUT = """A support desk: requests with their deadlines, and all that is done about them.

Bodies are JSON in UTF-8. Instants are ISO 8601 with an offset, answered in UTC to the microsecond; money and hours are text, and
never floats. What goes wrong is answered as problem details (RFC 9457), whose `type` the desk itself explains."""

SIGN_IN = "signIn"
SIGNATURE = "signature"
TICK_KEY = "tickKey"
SECURITY_SCHEMES: Mapping[str, Mapping[str, str]] = {
    SIGN_IN: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of Microsoft Entra ID for the desk, or the session that signing in on the web makes. App Service"
        " authentication checks it before the desk sees the request. It is for staff; the customer's people have the links in"
        " their letters.",
    },
    SIGNATURE: {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "By the Standard Webhooks scheme: `v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`; five"
        " minutes' tolerance.",
    },
    TICK_KEY: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Tick-Key",
        "description": "The key that the desk is given as TICK_KEY.",
    },
}

type Json = dict[str, Any]


@cache
def document(public_url: str) -> Json:
    """The whole document. `public_url`: where the desk is."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sportello", "version": VERSION, "description": ABOUT},
        "servers": [{"url": public_url.rstrip("/")}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": _paths(),
        "components": {"schemas": schemas.components(_models()), "securitySchemes": dict(SECURITY_SCHEMES)},
    }


def operation_id(operation: Operation, method: str) -> str:
    """The operation's name; where it has several methods, the further ones are told apart."""
    return operation.name if method == operation.methods[0] else f"{operation.name}_{method.lower()}"


def description(operation: Operation) -> str:
    """What there is to say beyond the summary."""
    return "\n\n".join(part for part in (operation.about, *_conditions(operation), operation.repeat or "") if part)


def for_whom(operation: Operation) -> str:
    if operation.transition:
        return ", ".join(TRANSITIONS[operation.transition].who)
    return operation.whom or operation.who.value


def parameters_of(operation: Operation) -> Iterator[tuple[str, Parameter]]:
    """Where each parameter is, and what it is."""
    own = {each.name: each for each in operation.path_parameters}
    yield from (("path", own.get(name) or PATH[name]) for name in operation.path_names)
    yield from (("query", each) for each in operation.query)
    if operation.query_form:
        yield from (("query", each) for each in _fields_of(operation.query_form))
    yield from (("header", each) for each in operation.headers)


def problems_of(operation: Operation) -> Mapping[int, list[str]]:
    """The kinds of problem it can answer with, by status."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for kind in operation.problem_kinds:
        found[STATUS[kind][0]].append(kind)
    return dict(sorted(found.items()))


def _conditions(operation: Operation) -> Iterator[str]:
    yield f"For: {for_whom(operation)}."
    for name in filter(None, (operation.transition, *operation.further)):
        row = TRANSITIONS[name]
        who = f", for {', '.join(row.who)}" if name in operation.further else ""
        yield f"While the ticket is: {', '.join(row.before)}{who}." + (f" Then it is: {row.after}." if row.after else "")
        if row.needs:
            yield f"Needs: {'; '.join(need.id for need in row.needs)}."


def _models() -> "Iterator[type]":
    yield schemas.reply("Problem")
    for operation in OPERATIONS.values():
        if operation.form:
            yield schemas.form(operation.form)
        yield from (schemas.reply(answer.reply) for answer in operation.answers.values() if answer.reply)


def _paths() -> Json:
    found: defaultdict[str, Json] = defaultdict(dict)
    for operation in OPERATIONS.values():
        for method in operation.methods:
            found[operation.path][method.lower()] = _operation(operation, method)
    return dict(found)


def _operation(operation: Operation, method: str) -> Json:
    same = "" if method == operation.methods[0] else f"The same as {operation.methods[0]}.\n\n"
    described: Json = {
        "operationId": operation_id(operation, method),
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": same + description(operation),
        "parameters": [_parameter(place, each) for place, each in parameters_of(operation)],
        "responses": _responses(operation),
        "security": _security(operation),
    }
    if operation.form:
        content: Json = {"schema": _ref(operation.form.rpartition(".")[2])}
        if operation.example is not None:
            content["example"] = operation.example
        is_empty = operation.example == {}
        described["requestBody"] = {"required": not is_empty, "content": {operation.media_type: content}}
    return described


def _parameter(place: str, parameter: Parameter) -> Json:
    shown: Json = {"name": parameter.name, "in": place, "description": parameter.about, "schema": dict(parameter.schema)}
    if parameter.is_required:
        shown["required"] = True
    if parameter.example is not None:
        shown["example"] = parameter.example
    return shown


def _fields_of(dotted: str) -> Iterator[Parameter]:
    """The fields of a form that a query is read by."""
    form = schemas.form(dotted)
    schema = schemas.components([form])
    own = schema[form.__name__]
    for name, shape in own["properties"].items():
        about = shape.pop("description", "")
        yield Parameter(name=name, about=about, schema=_plain(shape, schema), is_required=name in own.get("required", ()))


def _plain(shape: Json, schema: Mapping[str, Json]) -> Json:
    """A query has no null, and refers to nothing."""
    choices = [each for each in shape.get("anyOf", ()) if each != {"type": "null"}]
    shape = choices[0] if choices else shape
    if "$ref" in shape:
        shape = {"type": "string", "enum": schema[shape["$ref"].rpartition("/")[2]]["enum"]}
    return {name: value for name, value in shape.items() if name != "default" or value is not None}


def _security(operation: Operation) -> list[Json]:
    if operation.who.signs_in:
        return [{SIGN_IN: []}]
    if operation.who is Who.WATCHDOG:
        return [{TICK_KEY: []}]
    return [{SIGNATURE: []}] if operation.who.signs else []


def _responses(operation: Operation) -> Json:
    found: dict[int, Json] = {status: _answer(answer) for status, answer in operation.answers.items()}
    for status, kinds in problems_of(operation).items():
        problem = _problem(kinds)
        before = found.get(status, {"description": "", "content": {}})
        words = " ".join(part for part in (before["description"], problem["description"]) if part)
        found[status] = {**before, "description": words, "content": {**before["content"], **problem["content"]}}
    return {str(status): found[status] for status in sorted(found)}


def _answer(answer: Answer) -> Json:
    shown: Json = {"description": answer.about}
    if answer.media_type:
        schema = {"schema": _ref(answer.reply)} if answer.reply else {}
        shown["content"] = {answer.media_type: schema, **{each: {} for each in answer.also}}
    if answer.headers:
        shown["headers"] = {name: {"description": ANSWER_HEADERS[name], "schema": {"type": "string"}} for name in answer.headers}
    return shown


def _problem(kinds: list[str]) -> Json:
    types = [f"/api/problems/{kind}" for kind in kinds]
    schema = {"allOf": [_ref("Problem"), {"properties": {"type": {"enum": types}}}]}
    told = "; ".join(f"`{kind}`: {STATUS[kind][1][:1].lower()}{STATUS[kind][1][1:]}" for kind in kinds)
    return {"description": f"{told}.", "content": {MEDIA_TYPE: {"schema": schema}}}


def _ref(name: str) -> Json:
    return {"$ref": schemas.REF.format(model=name)}


def phrase(status: int) -> str:
    """`404 Not Found`."""
    return f"{status} {HTTPStatus(status).phrase}"
