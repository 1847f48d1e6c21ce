"""Schemathesis over the API's own description: whatever it allows, and what it does not, gets an answer that it describes.

Seeded and bounded: the same cases every time, each on a desk where nothing has been done yet.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from functions.endpoint import Call
from shared.actions import evidence
from shared.web.api.openapi import document
from tests.support.populated import Populated, populated
from tests.support.wsgi import application

ROLES = {
    "nobody": "",
    "Customer Care Manager": "carla",
    "operator": "omar",
    "customer contact": "anna",
    "customer administrator": "ada",
}
LEAST = 2_000
EXAMPLES = {GenerationMode.POSITIVE: 5, GenerationMode.NEGATIVE: 2}
"""Cases of an operation and a role: such as the description allows, and such as it does not."""

TAKES_ANYTHING = ("POST /api/status/subscribers/unsubscription",)
"""Mail programs press this button for people (RFC 8058), each in its way; what is wrong is answered like what is right."""

DESCRIBED: list[Any] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@cache
def world() -> Populated:
    return populated()


@cache
def operations() -> tuple[Any, ...]:
    schema: Any = schemathesis.openapi.from_dict(narrowed(document("https://desk.example"), world().known))
    return tuple(found.ok() for found in schema.get_all_operations())


def narrowed(description: dict[str, Any], known: dict[str, list[str]]) -> dict[str, Any]:
    """The same description, which asks more often for what this desk holds, and lets answers hold nothing that it does not name.

    Who is signed in is told as the tests tell it.
    """
    described = deepcopy(description)
    del described["components"]["securitySchemes"]
    for path in described["paths"].values():
        for operation in path.values():
            del operation["security"]
            for parameter in operation["parameters"]:
                if parameter["in"] == "path" and parameter["name"] in known:
                    parameter["schema"] = {"type": "string", "enum": known[parameter["name"]]}
    schemas = described["components"]["schemas"]
    for name, schema in schemas.items():
        schemas[name] = _likely(schema, known) if name.endswith("Form") else _closed(schema)
    return described


def _likely(form: dict[str, Any], known: dict[str, list[str]]) -> dict[str, Any]:
    words = {
        "classification": ["bug", "evolution", "vulnerability", "not-accepted"],
        "assignee": ["omar", "olga"],
        "operator": ["olga"],
        "product": ["zenshare-up"],
        "customer": ["ACME", "BETA"],
        "email": ["anna@acme.example", "bruno@beta.example"],
        "ticket": known["ticket"],
        "into": known["ticket"],
        "claim": ["evolution", "bug", "met"],
        "version": [1, 2],
    }
    properties = {
        name: {"anyOf": [{"enum": words[name]}, shape]} if name in words else shape
        for name, shape in form.get("properties", {}).items()
    }
    return {**form, "properties": properties}


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    is_open = "properties" not in schema or schema.get("additionalProperties") is True
    return schema if is_open else {**schema, "additionalProperties": False}


def tried(operation: Any, mode: GenerationMode, role: str, answers: Counter[str], examples: int = 0) -> Iterator[str]:
    """What is wrong with the answers to some cases of an operation."""
    app = application(lambda: world().again())

    @seed(crc32(f"{operation.label} {mode.value} {role}".encode()))
    @settings(
        max_examples=examples or EXAMPLES[mode],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_one(case: Any) -> None:
        response = case.call(app=app, headers={"X-Demo-User": ROLES[role]} if ROLES[role] else {})
        answers[f"{response.status_code // 100}xx"] += 1
        is_strict = operation.label not in TAKES_ANYTHING and _has_a_wrong_body(case)
        further = [checks.negative_data_rejection] if is_strict else []
        case.validate_response(response, checks=[*DESCRIBED, *further])

    try:
        try_one()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label  # nothing that is sent to it could be wrong
    except (Exception, BaseExceptionGroup) as failure:
        yield f"{operation.label}, {mode.value}: {failure} {getattr(failure, 'exceptions', '')}"[:2000]


def _has_a_wrong_body(case: Any) -> bool:
    """Unknown parameters of a URL are left alone; an unknown field of a body is not."""
    return any(place.value == "body" and part.mode.is_negative for place, part in case.meta.components.items())


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_one_that_the_description_tells_of(role: str) -> None:
    answers: Counter[str] = Counter()
    wrong = [each for operation in operations() for mode in EXAMPLES for each in tried(operation, mode, role, answers)]
    assert wrong == [], "\n\n".join(wrong)
    assert answers.total() >= LEAST / len(ROLES), answers
    assert answers["2xx"] >= (80 if role == "Customer Care Manager" else 5), answers


def test_a_door_that_fails_unexpectedly_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(evidence, "file_of", broken)
    assert _wrong("GET /api/tickets/{ticket}/evidence")


def test_an_answer_with_a_field_that_is_not_described_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.web.views import record

    shown: Callable[..., dict[str, object]] = record.history
    monkeypatch.setattr(record, "history", lambda *held: {**shown(*held), "further": 1})
    assert _wrong("GET /api/tickets/{ticket}/events")


def test_a_wrong_body_that_is_taken_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Call.form
    monkeypatch.setattr(Call, "form", lambda call, kind: kept(replace(call, body=b""), kind))
    assert _wrong("POST /api/tickets/{ticket}/resolution", GenerationMode.NEGATIVE)


def _wrong(label: str, mode: GenerationMode = GenerationMode.POSITIVE) -> list[str]:
    [operation] = [each for each in operations() if each.label == label]
    return list(tried(operation, mode, "Customer Care Manager", Counter(), examples=40))
