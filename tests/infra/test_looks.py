"""The looks from outside knock at doors that there are, that are anybody's, and that cannot be open without storage."""

import re

import pytest

from tests.infra.bicep_text import INFRA, project
from tests.support.desks import Clock, a_desk
from tests.support.doors import ask, triggers_by_door
from tests.support.faults import Fuse, fused, unavailable


def doors() -> dict[str, tuple[str, list[str]]]:
    """Route: who may knock, and by which methods, as the app registers them."""
    return {f"/api/{each['route']}": (each["authLevel"], each["methods"]) for each in triggers_by_door().values()}


def looks() -> dict[str, tuple[str, str]]:
    """Name of a look: its path, and its verb."""
    files = project()
    paths = dict(re.findall(r"^param (\w+Path) string = '([^']+)'$", files["main.bicep"], re.M))
    rows = re.findall(r"\{ name: '(\w+)', path: (\w+), verb: '(\w+)'", files["modules/availability.bicep"])
    return {name: (paths[path], verb) for name, path, verb in rows}


@pytest.mark.parametrize("name", ["health", "status", "certificate", "tick"])
def test_a_look_is_at_a_door_that_is_anybodys(name: str) -> None:
    path, verb = looks()[name]
    level, methods = doors()[path]
    assert level.lower() == "anonymous" and verb in methods


@pytest.mark.parametrize("name", ["health", "status"])
def test_a_look_sees_that_storage_is_gone(name: str) -> None:
    down = fused(a_desk(Clock()), Fuse(0, after_effect=False, failure=unavailable))
    assert ask(down, "GET", looks()[name][0]).status == 503


def test_what_smoke_and_the_hooks_knock_at_are_doors_too() -> None:
    text = (INFRA / "smoke.sh").read_text()
    named = set(re.findall(r'"\$url(/api/[\w/-]+)"', text))
    assert len(named) >= 4 and {path for path in named if path not in doors() and not path.startswith("/api/problems/")} == set()
