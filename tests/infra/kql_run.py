"""Runs the plainest queries on lines as the desk writes them: a table, where, extend, the latest of all, how many of
each, project. No joins.

The expressions that these queries use are Python's own but for a few words; the rest is refused, never guessed at.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

type Record = dict[str, Any]

_WORDS = {r"\bnow\(\)": "NOW", r"!in\b": "not in", r"(\w+) startswith ('[^']*')": r"\1.startswith(\2)"}
_NAMES = {
    "tostring": lambda value: "" if value is None else str(value),
    "tolong": lambda value: int(value) if isinstance(value, float) else value,
    "ceiling": math.ceil,
    "toint": lambda value: value,
    "round": round,
    "datetime_add": lambda unit, number, at: (at + number * timedelta(days=31)).replace(day=1),
    "datetime_diff": lambda unit, later, earlier: (later - earlier) // timedelta(minutes=1),
}


class Refused(ValueError):
    """The query has an operator that is not understood here."""


def run(text: str, lines: Sequence[tuple[float, str]]) -> list[Record]:
    """The records that a query of the table AppTraces returns. `lines`: when (any number) and what, in any order."""
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("//"))
    source, *stages = [stage.strip() for stage in plain.split("\n|")]
    if source != "AppTraces":
        raise Refused(source)
    records: list[Record] = [{"TimeGenerated": at, "Message": message, "ItemCount": 1} for at, message in lines]
    for stage in stages:
        operator, _, rest = stage.partition(" ")
        records = _applied(operator, rest, records)
    return records


def extended(text: str, record: Record) -> Record:
    """What a query's `let`s and `extend`s make of a record that stands for what its `summarize` gives."""
    for name, what in re.findall(r"^let (\w+) = (.+);$", text, re.M):
        record = record | {name: _value(what, record)}
    for rest in re.findall(r"^\| extend (.+)$", text, re.M):
        record = record | {name: _value(what, record) for name, what in _named(rest)}
    return record


def _applied(operator: str, rest: str, records: list[Record]) -> list[Record]:
    if operator == "where":
        return [record for record in records if _value(rest, record)]
    if operator in ("extend", "project"):
        kept = operator == "extend"
        return [(record if kept else {}) | {name: _value(what, record) for name, what in _named(rest)} for record in records]
    if (operator, rest) == ("summarize", "arg_max(TimeGenerated, told)"):
        return (
            [{name: max(records, key=lambda r: r["TimeGenerated"])[name] for name in ("TimeGenerated", "told")}]
            if records
            else []
        )
    if operator == "summarize" and (counted := re.fullmatch(r"(\w+) = count\(\) by (\w+) = (.+)", rest)) is not None:
        found = Counter(_value(counted[3], record) for record in records)
        return [{counted[2]: value, counted[1]: number} for value, number in found.items()]
    raise Refused(f"{operator} {rest}")


def _named(rest: str) -> list[tuple[str, str]]:
    """`a = x(y), b` as (("a", "x(y)"), ("b", "b"))."""
    depth, parts = 0, [""]
    for c in rest:
        depth += {"(": 1, ")": -1}.get(c, 0)
        parts = [*parts, ""] if c == "," and not depth else [*parts[:-1], parts[-1] + c]
    return [(name.strip(), what.strip() or name.strip()) for name, _, what in (part.partition("=") for part in parts)]


def _value(expression: str, record: Record) -> Any:
    for word, ours in _WORDS.items():
        expression = re.sub(word, ours, expression)
    expression = re.sub(r"\btold\.(\w+)", r"told.get('\1')", expression.replace("parse_json(", "loads("))
    return eval(expression, {"__builtins__": {}, "loads": json.loads, **_NAMES}, record)
