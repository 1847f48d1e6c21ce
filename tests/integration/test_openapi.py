"""The API's description: it is that of the app's routes, it is valid, and it says who is let in."""

import inspect
import re
import tomllib
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
import schemathesis

from shared.domain.lifecycle.table import TRANSITIONS
from shared.domain.lifecycle.table import Who as TransitionWho
from shared.web.api import schemas
from shared.web.api.openapi import VERSION, document
from shared.web.api.operation import Operation, Who
from shared.web.api.operations import OPERATIONS, TAGS
from shared.web.api.words import shape
from shared.web.forms import reading
from shared.web.problems import STATUS
from tests.support.desks import Clock, a_desk
from tests.support.doors import ask, triggers_by_door

ROOT = Path(__file__).resolve().parents[2]
URL = "https://desk.example"


def forms() -> set[str]:
    """Every form that there is."""
    import shared.web.forms

    found = set()
    for room in iter_modules(shared.web.forms.__path__, "shared.web.forms."):
        module = import_module(room.name)
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, reading.JsonForm) and kind.__module__ == room.name:
                found.add(f"{room.name}.{name}")
    return found - {
        "shared.web.forms.reading.JsonForm",
        "shared.web.forms.reading.StaffForm",
        "shared.web.forms.portal.ContactForm",
        "shared.web.forms.witness.ResultForm",
        "shared.web.forms.availability.CorrectionForm",
        "shared.web.forms.availability.Worded",
    }


def differences(operations: dict[str, Operation], triggers: dict[str, dict[str, Any]]) -> list[str]:
    """Where the table and the routes are not the same. HEAD goes without saying where there is GET, and is not in it."""
    told = {name: (each.path, sorted(each.methods)) for name, each in operations.items()}
    there = {name: (f"/api/{trigger['route']}", sorted({*trigger["methods"]} - {"HEAD"})) for name, trigger in triggers.items()}
    return [f"{name}: {told.get(name)}, {there.get(name)}" for name in told | there if told.get(name) != there.get(name)]


def test_every_route_has_exactly_one_operation_with_its_path_and_methods() -> None:
    assert differences(dict(OPERATIONS), triggers_by_door()) == []


def test_an_operation_that_is_missing_or_of_another_path_would_be_noticed() -> None:
    fewer = {name: each for name, each in OPERATIONS.items() if name != "ticket_hold"}
    assert [line.partition(":")[0] for line in differences(fewer, triggers_by_door())] == ["ticket_hold"]
    fewer_routes = {name: each for name, each in triggers_by_door().items() if name != "docs"}
    assert [line.partition(":")[0] for line in differences(dict(OPERATIONS), fewer_routes)] == ["docs"]


def test_the_document_is_valid_and_has_no_operation_twice() -> None:
    found = document(URL)
    schemathesis.openapi.from_dict(found).validate()
    ids = [each["operationId"] for path in found["paths"].values() for each in path.values()]
    assert len(ids) == len(set(ids)) == sum(len(each.methods) for each in OPERATIONS.values())
    assert found["openapi"] == "3.1.0" and found["servers"] == [{"url": URL}]


def test_every_reference_leads_somewhere_and_nothing_is_described_in_vain() -> None:
    found = document(URL)
    referred = set(re.findall(r"#/components/schemas/(\w+)", str(found)))
    assert referred == found["components"]["schemas"].keys()


def test_the_version_is_the_projects() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == VERSION


def test_every_form_is_described() -> None:
    used = {name for each in OPERATIONS.values() for name in (each.form, each.query_form) if name.startswith("shared.web.forms")}
    assert used == forms()


def test_every_transition_that_the_api_names_has_its_operation() -> None:
    nouns = {
        name: each.path.removeprefix("/api/tickets/{ticket}/")
        for each in OPERATIONS.values()
        for name in (each.transition, *each.further)
        if name
    }
    assert nouns == {row.name: row.noun for row in TRANSITIONS.values() if row.noun}


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.example is not None])
def test_an_example_of_a_body_is_one_that_is_taken(name: str) -> None:
    operation = OPERATIONS[name]
    schemas.form(operation.form).model_validate(operation.example)


def test_every_tag_and_every_kind_of_problem_exists() -> None:
    assert {each.tag for each in OPERATIONS.values()} == TAGS.keys()
    assert {kind for each in OPERATIONS.values() for kind in each.problem_kinds} <= STATUS.keys()


def test_every_field_that_a_docstring_tells_of_is_a_field() -> None:
    models = [schemas.form(name) for name in forms()] + [
        schemas.reply(a.reply) for o in OPERATIONS.values() for a in o.answers.values() if a.reply
    ]
    for model in models:
        fields = {field.alias or name for name, field in model.model_fields.items()}
        assert schemas.told(model.__doc__ or "")[1].keys() <= fields, model


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_door_lets_in_whom_the_description_says(name: str) -> None:
    """Nobody gets 401 exactly where one signs in; staff's doors send a customer's people away, and managers' an operator."""
    operation, world = OPERATIONS[name], populated_once()
    values = {"ticket": "ACME-3", "customer": "ACME", "kind": "intervention"}
    url = operation.path.format_map({name: values.get(name, "1") for name in operation.path_names})
    statuses = {
        who: ask(
            world.again(), operation.methods[0], url, headers={"x-demo-user": who} if who else {}, body=operation.example
        ).status
        for who in ("", "anna", "omar", "carla")
    }
    assert (statuses[""] == 401) == (operation.who.signs_in or operation.who.signs or operation.who is Who.WATCHDOG)
    if operation.who.signs_in:
        is_hers = not operation.transition or TransitionWho.MANAGER in TRANSITIONS[operation.transition].who
        assert statuses["carla"] not in (401, 403) or not is_hers, statuses
    if operation.who in (Who.STAFF, Who.MANAGERS):
        assert statuses["anna"] == 403
    if operation.who is Who.MANAGERS:
        assert statuses["omar"] == 403


def populated_once() -> Any:
    from tests.integration.test_schemathesis import world

    return world()


def test_the_document_is_served_to_anybody_and_need_not_be_sent_twice() -> None:
    desk = a_desk(Clock())
    for url, media_type in (("/api/openapi.json", "application/json"), ("/api/docs", "text/html")):
        first = ask(desk, "GET", url)
        assert first.status == 200 and first.headers["Content-Type"] == media_type
        assert first.headers["Cache-Control"] == "public, max-age=300"
        for known in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}', "*"):
            again = ask(desk, "GET", url, headers={"if-none-match": known})
            assert (again.status, again.body) == (304, b"")
        assert ask(desk, "GET", url, headers={"if-none-match": '"other"'}).status == 200
    assert ask(desk, "GET", "/api/openapi.json").json == document(URL)


def test_the_page_shows_every_operation_and_every_schema_with_an_anchor_and_runs_nothing() -> None:
    answer = ask(a_desk(Clock()), "GET", "/api/docs")
    html = answer.body.decode()
    anchors = re.findall(r' id="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    assert OPERATIONS.keys() | {f"problem-{kind}" for kind in STATUS} <= set(anchors)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(anchors)
    assert "<script" not in html and "http" not in "".join(re.findall(r'(?:src|href)="([^"]*)"', html))
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "x-demo-user" not in html.lower()
    for operation in OPERATIONS.values():
        assert f"<code>{operation.path}</code>" in html


def test_shapes_are_told_in_words() -> None:
    models = document(URL)["components"]["schemas"]
    assert shape(models["EstimateForm"]["properties"]["days"], models) == "number, 0 to 365, in steps of 0.25 or text"
    assert shape(models["Ticket"]["properties"]["clocks"], models) == "list of Clock"
    assert shape(models["WorkForm"]["properties"]["on"], models) == "date"
