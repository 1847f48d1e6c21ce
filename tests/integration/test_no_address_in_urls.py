"""No personal address is in a path or a query: hosts, proxies and browsers keep those, and an erasure does not reach them."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlencode

import pytest

from shared.actions.post.deliver import deliver
from shared.actions.status import letters
from shared.adapters.memory import MemoryMailer
from shared.domain.status.letter import LetterKind, News
from shared.web.api.openapi import document
from shared.web.api.operations import OPERATIONS
from shared.web.mail import Letters
from shared.web.status.letters import Letters as StatusLetters
from tests.infra.bicep_text import ROOT
from tests.support.desks import LINKS, Clock, a_desk
from tests.support.doors import as_staff, ask, methods_by_door, triggers_by_door
from tests.support.held import EMAIL, ask_for_help, quoted, worked_on

URL = "https://desk.example"
PERSONAL = re.compile(r"e?-?mail|address|contact|recipient|person|phone|sender|(^|_)(to|from|cc|who|name)$", re.I)
"""What a parameter that says who somebody is would be called."""

HARMLESS = {"from": "an instant or a state", "to": "an instant or a state", "addressee": "an id that is made of a hash"}
"""Words that also mean something else, with what they mean here."""

Parameters = list[tuple[str, Mapping[str, Any]]]


def described() -> Parameters:
    """Every parameter of a path or a query that the API's description names, with where it is."""
    paths = document(URL)["paths"]
    return [
        (f"{method} {path}", parameter)
        for path, operations in paths.items()
        for method, operation in operations.items()
        for parameter in operation["parameters"]
        if parameter["in"] in ("path", "query")
    ]


def wrong(parameters: Parameters) -> list[str]:
    """Those whose name, format, pattern or example is an address's."""
    found = []
    for where, each in parameters:
        schema = each["schema"]
        told = json.dumps([schema.get("pattern"), schema.get("examples"), each.get("example")])
        is_named = PERSONAL.search(each["name"]) and each["name"] not in HARMLESS
        if is_named or "mail" in str(schema.get("format", "")) or "@" in told:
            found.append(f"{where}: {each['name']}")
    return found


def test_no_parameter_that_is_described_is_an_address() -> None:
    parameters = described()
    assert len(parameters) > 50
    assert wrong(parameters) == []


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "email", "schema": {"type": "string"}},
        {"name": "contact", "schema": {"type": "string"}},
        {"name": "to_address", "schema": {"type": "string"}},
        {"name": "id", "schema": {"type": "string", "format": "email"}},
        {"name": "id", "schema": {"type": "string", "pattern": "^[^@]+@[^@]+$"}},
        {"name": "id", "schema": {"type": "string"}, "example": "maria@acme.example"},
    ],
)
def test_one_that_is_would_be_noticed(parameter: Mapping[str, Any]) -> None:
    assert wrong([("get /api/x", parameter)]) == [f"get /api/x: {parameter['name']}"]


def test_no_route_of_the_app_has_a_place_for_one() -> None:
    """The routes themselves, whatever is described."""
    names = {name for trigger in triggers_by_door().values() for name in re.findall(r"\{(\w+)", trigger["route"])}
    assert len(names) > 10
    assert {name for name in names if PERSONAL.search(name)} - HARMLESS.keys() == set()


def asked_for() -> set[str]:
    """Every name that a door looks up in the query by itself: `call.query.get("…")`, `call.query["…"]`."""
    found: set[str] = set()
    for path in (ROOT / "functions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            found |= set(_looked_up(node))
    return found


def _looked_up(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="query"), attr="get"), args=[ast.Constant(value=str(name)), *_]
        ):
            yield name
        case ast.Subscript(ast.Attribute(attr="query"), slice=ast.Constant(str(name))):
            yield name


def test_doors_ask_the_query_for_nothing_that_is_not_described() -> None:
    names = {each["name"] for _, each in described() if each["in"] == "query"}
    found = asked_for()
    assert {"token", "cursor", "format", "lang"} <= found
    assert found <= names


def test_what_is_about_a_person_is_sent_in_a_body() -> None:
    for name in ("contact_export", "contact_erasure", "status_subscription"):
        assert methods_by_door()[name] == ["POST"] and OPERATIONS[name].form, name


def urls(text: str) -> list[str]:
    """Every link and every form's target in a letter, a page or a document."""
    return re.findall(r"""https?://[^\s"'<>]+|(?:href|action|src)="[^"]*\"""", text)


def test_no_link_that_the_desk_writes_has_an_address_in_it() -> None:
    """Letters about requests and cards, news of the services with their links to confirm and to end them, and what these open."""
    clock = Clock()
    mailer = MemoryMailer()
    write = StatusLetters(links=LINKS, public_url=URL).render
    desk = a_desk(clock, mailer=mailer, render=Letters(links=LINKS, public_url=URL), write=write)
    worked_on(desk, ask_for_help(desk))
    quoted(desk, ask_for_help(desk, "msg_2"))
    body = urlencode({"email": EMAIL, "lang": "it"}).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert ask(desk, "POST", "/api/status/subscribers", headers=form, body=body).status == 200
    deliver(desk, clock.forward(minutes=5))
    confirmation = next(each for each in mailer.sent if "/confirmation?" in each.text)
    [link] = re.findall(rf"{URL}(/api/status/subscribers/confirmation\S+)", confirmation.text)
    page = ask(desk, "GET", link).body.decode()
    fields = {name: value.replace("&amp;", "&") for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
    assert ask(desk, "POST", link.partition("?")[0], headers=form, body=urlencode(fields).encode()).status == 200
    facts = {"services": [{"it": "A", "en": "A"}]}
    letters.tell(desk, News(key="n", kind=LetterKind.OUTAGE_BEGAN, at=clock(), facts=facts), clock())
    deliver(desk, clock.forward(minutes=5))
    shown = [as_staff(desk, "carla", "GET", url).body.decode() for url in ("/api/tickets", "/api/tickets/ACME-1")]
    written = [f"{mail.text}\n{mail.html}\n{json.dumps(dict(mail.headers))}" for mail in mailer.sent]
    found = [url for text in (*written, *shown, page) for url in urls(text) if not url.startswith('href="mailto:')]
    assert len(found) > 20 and any("/unsubscription?" in url for url in found)
    assert [url for url in found if "@" in unquote(unquote(url))] == []
