"""Routes as the Functions host matches them."""

import pytest

from dev.routes import BadRoute, match, routes_of
from dev.worker import Function


def http(name: str, route: str | None = None, *methods: str) -> Function:
    trigger = {"type": "httpTrigger", "name": "req", "methods": list(methods)} | ({"route": route} if route is not None else {})
    return Function(id=name, name=name, bindings=[trigger, {"type": "http", "name": "$return"}])


APP = routes_of(
    [
        http("any_ticket", "tickets/{ticket}", "GET"),
        http("oldest", "tickets/oldest", "GET"),
        http("numbered", "orders/{number:int}", "GET"),
        http("named", "orders/{name}", "GET"),
        http("write", "tickets/{ticket}", "PUT"),
        http("files", "files/{*path}", "GET"),
        http("page", "pages/{page?}", "GET"),
        http("plain"),
    ],
    "api",
)


@pytest.mark.parametrize(
    ("method", "path", "name", "parameters"),
    [
        ("GET", "/api/tickets/ACME-42", "any_ticket", {"ticket": "ACME-42"}),
        ("GET", "/api/tickets/ACME-42/", "any_ticket", {"ticket": "ACME-42"}),
        ("GET", "/API/Tickets/ACME-42", "any_ticket", {"ticket": "ACME-42"}),
        ("GET", "/api/tickets/oldest", "oldest", {}),
        ("PUT", "/api/tickets/oldest", "write", {"ticket": "oldest"}),
        ("GET", "/api/tickets/Z%C3%BCrich%201", "any_ticket", {"ticket": "Zürich 1"}),
        ("GET", "/api/tickets/a%2Fb", "any_ticket", {"ticket": "a%2Fb"}),
        ("GET", "/api/orders/7", "numbered", {"number": "7"}),
        ("GET", "/api/orders/seven", "named", {"name": "seven"}),
        ("GET", "/api/files/a/b.txt", "files", {"path": "a/b.txt"}),
        ("GET", "/api/files", "files", {}),
        ("GET", "/api/pages", "page", {}),
        ("GET", "/api/pages/2", "page", {"page": "2"}),
        ("DELETE", "/api/plain", "plain", {}),
    ],
)
def test_a_request_finds_its_function_and_parameters(method: str, path: str, name: str, parameters: dict[str, str]) -> None:
    found = match(APP, method, path)
    assert found is not None
    assert (found[0].name, found[1]) == (name, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/tickets/ACME-42"),
        ("HEAD", "/api/tickets/ACME-42"),
        ("OPTIONS", "/api/tickets/ACME-42"),
        ("GET", "/tickets/ACME-42"),
        ("GET", "/api/tickets"),
        ("GET", "/api/tickets/ACME-42/events"),
        ("GET", "/"),
    ],
)
def test_a_wrong_method_or_path_finds_nothing(method: str, path: str) -> None:
    assert match(APP, method, path) is None


def test_the_prefix_may_be_empty() -> None:
    found = match(routes_of([http("root", "tickets")], ""), "GET", "/tickets")
    assert found is not None and found[0].name == "root"


@pytest.mark.parametrize("route", ["tickets/{id:regex(x)}", "tickets/no-{id}", "tickets/{id:date}"])
def test_a_template_that_cannot_be_matched_is_refused_at_start(route: str) -> None:
    with pytest.raises(BadRoute, match="local host"):
        routes_of([http("odd", route)], "api")
