"""HTTP routes as the Functions host matches them: {name}, {name?}, {name:int} and {*rest}; literals in any case.

A wrong method is no match at all: the host answers 404, not 405.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from dev.worker import Function

CONSTRAINTS = {
    "": "[^/]+",
    "int": r"-?\d+",
    "guid": "[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}",
    "alpha": "[a-zA-Z]+",
}
PARAMETER = re.compile(r"\{(\*?)(\w+)(?::(\w+))?(\??)\}")


class BadRoute(ValueError):
    """A route template this host cannot match; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One HTTP function under its template. No methods: all methods."""

    function: Function
    pattern: re.Pattern[str]
    rank: tuple[int, ...]
    methods: frozenset[str]


def routes_of(functions: Iterable[Function], prefix: str) -> tuple[Route, ...]:
    """The routes of the functions with an HTTP trigger, those with a literal where others have a parameter first."""
    return tuple(sorted((_route(f, prefix) for f in functions if f.trigger["type"] == "httpTrigger"), key=lambda r: r.rank))


def match(routes: Iterable[Route], method: str, raw_path: str) -> tuple[Function, Mapping[str, str]] | None:
    """The function for a request and its route parameters, percent-decoded (%2F stays, as in the real host)."""
    for route in routes:
        if (not route.methods or method in route.methods) and (found := route.pattern.fullmatch(raw_path.rstrip("/"))):
            return route.function, {name: _decoded(value) for name, value in found.groupdict().items() if value is not None}
    return None


def _route(function: Function, prefix: str) -> Route:
    template = "/".join(part for part in (prefix.strip("/"), (function.trigger.get("route") or function.name).strip("/")) if part)
    segments = template.split("/") if template else []
    parsed = [_segment(segment, function.name) for segment in segments]
    return Route(
        function=function,
        pattern=re.compile("".join(pattern for pattern, _ in parsed), re.IGNORECASE),
        rank=tuple(rank for _, rank in parsed),
        methods=frozenset(str(method).upper() for method in function.trigger.get("methods") or ()),
    )


def _segment(text: str, function: str) -> tuple[str, int]:
    """The pattern of one segment with its leading slash, and its rank: literal 0, constrained 1, parameter 2, rest 3."""
    whole = PARAMETER.fullmatch(text)
    if whole is None:
        if "{" in text:
            raise BadRoute(f"The local host cannot match {text!r} in the route of {function}: a parameter is a whole segment.")
        return "/" + re.escape(text), 0
    rest, name, constraint, optional = whole[1], whole[2], whole[3] or "", whole[4]
    if constraint not in CONSTRAINTS:
        known = ", ".join(filter(None, CONSTRAINTS))
        raise BadRoute(f"The local host does not know the constraint {constraint!r} in the route of {function}, only {known}.")
    if rest:
        return rf"(?:/(?P<{name}>.*))?", 3
    pattern = f"/(?P<{name}>{CONSTRAINTS[constraint]})"
    return (f"(?:{pattern})?" if optional else pattern), 1 if constraint else 2


def _decoded(value: str) -> str:
    return "%2F".join(unquote(part) for part in re.split("%2[fF]", value))
