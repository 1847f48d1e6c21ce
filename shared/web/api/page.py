"""The description of the API as a page for people: the same table and schemas as the OpenAPI document."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup, escape

from shared.web import pages
from shared.web.api.openapi import JSON, description, document, for_whom, parameters_of, phrase, problems_of
from shared.web.api.operation import Operation, Who
from shared.web.api.operations import OPERATIONS, TAGS
from shared.web.api.schemas import Schema
from shared.web.api.words import shape
from shared.web.problems import STATUS

SHEET = "api.css"
ALWAYS = (500, 503)
"""What any operation can answer, said once."""

type Row = dict[str, object]


def page(public_url: str) -> str:
    """The whole page."""
    found = document(public_url)
    models: Mapping[str, Schema] = found["components"]["schemas"]
    groups = [
        {"name": tag, "anchor": _anchor(tag), "about": about, "operations": [_shown(each, models) for each in _of(tag)]}
        for tag, about in TAGS.items()
    ]
    answered = {answer.reply for each in OPERATIONS.values() for answer in each.answers.values() if answer.reply}
    return pages.rendered(
        "api.html",
        "en",
        sheet=SHEET,
        title="Sportello: the API",
        vendor="Sportello",
        other_language=None,
        version=found["info"]["version"],
        about=[marked(part) for part in found["info"]["description"].split("\n\n")],
        server=found["servers"][0]["url"],
        groups=groups,
        models=[_model(name, models) for name in _reached(answered | {"Problem"}, models)],
        problems=[{"kind": kind, "status": status, "title": title} for kind, (status, title) in sorted(STATUS.items())],
    )


def marked(text: str) -> Markup:
    """`code` as code; all else as text."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _of(tag: str) -> list[Operation]:
    return [each for each in OPERATIONS.values() if each.tag == tag]


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z]+", "-", name.lower())


def _shown(operation: Operation, models: Mapping[str, Schema]) -> Row:
    about = [part for part in description(operation).split("\n\n") if not part.startswith("For: ")]
    return {
        "name": operation.name,
        "methods": operation.methods,
        "path": operation.path,
        "summary": operation.summary,
        "whom": for_whom(operation),
        "about": [marked(part) for part in about],
        "parameters": [_parameter(place, each) for place, each in parameters_of(operation)],
        "body": operation.form.rpartition(".")[2],
        "fields": list(_fields(operation.form.rpartition(".")[2], models)) if operation.form else [],
        "lead": marked(models[operation.form.rpartition(".")[2]].get("description", "")) if operation.form else "",
        "answers": [_answer(status, each) for status, each in sorted(operation.answers.items())],
        "problems": [
            {"status": status, "kinds": kinds} for status, kinds in problems_of(operation).items() if status not in ALWAYS
        ],
        "curl": curl(operation),
    }


def _parameter(place: str, each: Any) -> Row:
    shaped = shape(each.schema, {})
    return {"name": each.name, "place": place, "is_required": each.is_required, "shape": shaped, "about": marked(each.about)}


def _answer(status: int, answer: Any) -> Row:
    media = ", ".join(part for part in (answer.media_type, *answer.also) if part)
    return {
        "status": phrase(status),
        "about": marked(answer.about),
        "reply": answer.reply,
        "media": media,
        "headers": answer.headers,
    }


def _fields(name: str, models: Mapping[str, Schema], before: str = "") -> Iterator[Row]:
    """A body's fields, with those of what is in it."""
    schema = models[name]
    for field, value in schema.get("properties", {}).items():
        yield {
            "name": f"{before}{field}",
            "is_required": field in schema.get("required", ()),
            "shape": shape(value, models),
            "about": marked(value.get("description", "")),
        }
        if "$ref" in value and "properties" in models[inner := value["$ref"].rpartition("/")[2]]:
            yield from _fields(inner, models, f"{before}{field}.")


def _model(name: str, models: Mapping[str, Schema]) -> Row:
    schema = models[name]
    rows = [
        {
            "name": field,
            "shape": shape(value, models),
            "part": _part(value),
            "about": marked(value.get("description", "")),
            "is_required": field in schema.get("required", ()),
        }
        for field, value in schema.get("properties", {}).items()
    ]
    return {"name": name, "about": marked(schema.get("description", "")), "fields": rows}


def _part(schema: Schema) -> str:
    """The model that a field holds, or a list of."""
    found = re.search(r'"#/components/schemas/(\w+)"', json.dumps(schema))
    return found[1] if found else ""


def _reached(names: set[str], models: Mapping[str, Schema]) -> list[str]:
    """These, and all that they are made of; those without fields say nothing."""
    found: set[str] = set()
    wanted = set(names)
    while wanted:
        found |= wanted
        text = json.dumps([models[name] for name in wanted])
        wanted = set(re.findall(r'"#/components/schemas/(\w+)"', text)) - found
    return sorted(name for name in found if "properties" in models[name])


def curl(operation: Operation) -> str:
    """A command line that asks for it."""
    places = list(parameters_of(operation))
    values = {each.name: str(each.example) for place, each in places if place == "path"}
    query = "&".join(f"{each.name}={each.example or '…'}" for place, each in places if place == "query" and each.is_required)
    url = operation.path.format(**values) + (f"?{query}" if query else "")
    parts = ["curl -sS"] + ([f"-X {operation.methods[0]}"] if operation.methods[0] != "GET" else []) + [f'"$DESK{url}"']
    if operation.who.signs_in:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if operation.who.signs:
        parts += ["-H 'webhook-id: msg_1'", "-H 'webhook-timestamp: …'", "-H 'webhook-signature: v1,…'"]
    if operation.who is Who.WATCHDOG:
        parts.append('-H "X-Tick-Key: $TICK_KEY"')
    if any(each.name == "Idempotency-Key" for _, each in places) and "POST" in operation.methods:
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    if operation.example and operation.media_type == JSON:
        body = json.dumps(operation.example, ensure_ascii=False)
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(body)}"]
    elif isinstance(operation.example, dict) and operation.example:
        parts += [f"-d {shlex.quote(f'{name}={value}')}" for name, value in operation.example.items()]
    return " \\\n  ".join(parts)
