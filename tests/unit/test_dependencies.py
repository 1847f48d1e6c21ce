"""What is imported is named in pyproject.toml, in the part for those who import it, and not there by chance."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = {"shared", "functions", "dev", "tests", "function_app"}
SEVERAL = {"azure", "opentelemetry"}
"""Names that many distributions put their modules under."""

BROUGHT = {"markupsafe": "jinja2", "pydantic_core": "pydantic", "requests": "azure-data-tables", "_typeshed": "mypy"}
"""Modules that are part of how another works, and which."""

ROOMS = {
    "shared": (),
    "functions": (),
    "dev": ("host", "bench", "tests"),
    "tests": ("host", "bench", "tests"),
}
"""Which groups each may import from, beside what is deployed."""


def named(groups: Iterable[str]) -> set[str]:
    """The distributions that pyproject.toml names, normalised."""
    lists = [PROJECT["project"]["dependencies"], *PROJECT["project"].get("optional-dependencies", {}).values()]
    lists += [PROJECT["dependency-groups"][group] for group in groups]
    return {_normal(re.split(r"[\[<>=~! ;]", each)[0]) for some in lists for each in some if isinstance(each, str)}


def imported(source: str) -> Iterator[str]:
    """The first part of every module that is imported, also by `importlib.import_module("…")`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (each.name.split(".")[0] for each in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.split(".")[0]
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(str(module)), *_]):
                yield module.split(".")[0]


def unnamed(modules: Iterable[str], groups: Iterable[str]) -> set[str]:
    known, distributions = named(groups), packages_distributions()
    others = set(modules) - OURS - SEVERAL - BROUGHT.keys() - set(sys.stdlib_module_names)
    return {each for each in others if not {_normal(name) for name in distributions.get(each, ())} & known}


def _normal(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_imports_is_named(room: str) -> None:
    modules = {each for path in (ROOT / room).rglob("*.py") for each in imported(path.read_text(encoding="utf-8"))}
    assert unnamed(modules, ROOMS[room]) == set()


def test_what_is_not_named_would_be_noticed() -> None:
    source = "import yaml\nfrom rich.console import Console\nimport importlib\nimportlib.import_module('attrs')\nimport jinja2"
    assert set(imported(source)) == {"yaml", "rich", "importlib", "attrs", "jinja2"}
    assert unnamed({"jinja2", "pytest"}, ()) == {"pytest"}
    assert unnamed({"jinja2", "pytest", "rich"}, ("tests",)) == {"rich"}
