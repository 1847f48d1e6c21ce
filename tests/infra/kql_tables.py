"""Runs a query of several tables and `let`s, with joins, on given records: as far as `heartbeat-missing` needs, no further."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.infra.kql_run import Record, Refused

type Rows = list[Record]


class Null:
    """Whatever is reckoned with it is null, and no comparison with it holds."""

    def __sub__(self, other: object) -> "Null":
        return self

    __rsub__ = __sub__

    def __eq__(self, other: object) -> bool:
        return False

    __lt__ = __gt__ = __le__ = __ge__ = __eq__
    __hash__ = None  # type: ignore[assignment]


NULL = Null()
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WORDS = {
    r"!in\b": "not in",
    r"\bcase\(": "case_(",
    r"\bdatetime\(null\)": "NULL",
    r"(\w+) startswith ('[^']*')": r"\1.startswith(\2)",
    r"\btold\.(\w+)": r"told.get('\1')",
}


def run(text: str, tables: Mapping[str, Sequence[Record]], now: datetime) -> Rows:
    """The records that the query returns at that moment. A table that is not given is empty."""
    names: dict[str, Any] = {
        **{name: list(tables.get(name, ())) for name in ("AppTraces", "AppAvailabilityResults")},
        "NULL": NULL,
        "timedelta": timedelta,
        "parse_json": json.loads,
        "now": lambda: now,
        "ago": lambda span: now - span,
        "isnull": lambda value: value is NULL,
        "coalesce": lambda *values: next((value for value in values if value is not NULL), NULL),
        "case_": lambda *a: next((a[i + 1] for i in range(0, len(a) - 1, 2) if a[i]), a[-1]),
        "tostring": lambda value: "" if value is None else str(value),
        "split": lambda value, by: value.split(by),
    }
    *lets, last = re.sub(r"//[^\n]*\n", "", text).split(";\n")
    for let in lets:
        name, _, what = let.strip().removeprefix("let ").partition(" = ")
        names[name] = _let(what, names)
    return _piped(last, names)


def _let(what: str, names: dict[str, Any]) -> Any:
    if (table := re.match(r"datatable\(timer: string, limit: timespan\) \[(.+)]$", what, re.S)) is not None:
        cells = _value(f"[{table[1]}]", names)
        return [{"timer": timer, "limit": limit} for timer, limit in zip(cells[::2], cells[1::2], strict=True)]
    if (scalar := re.match(r"toscalar\((.+)\)( > 0)?$", what, re.S)) is not None:
        [record] = _piped(scalar[1], names)
        [value] = record.values()
        return value > 0 if scalar[2] else value
    return _piped(what, names)


def _piped(what: str, names: dict[str, Any]) -> Rows:
    source, *stages = re.split(r"\s\|\s", what)
    rows: Rows = names[source.strip()]
    for stage in stages:
        operator, _, rest = stage.strip().partition(" ")
        rows = _applied(operator, rest.strip(), rows, names)
    return rows


def _applied(operator: str, rest: str, rows: Rows, names: dict[str, Any]) -> Rows:
    match operator:
        case "where":
            return [row for row in rows if _value(rest, names | row)]
        case "extend":
            name, _, what = rest.partition(" = ")
            return [row | {name: _value(what, names | row)} for row in rows]
        case "project":
            return [{name: row[name] for name in rest.split(", ")} for row in rows]
        case "count":
            return [{"Count": len(rows)}]
        case "mv-expand":
            name, source = re.fullmatch(r"(\w+) = (\w+) to typeof\(string\)", rest).groups()  # type: ignore[union-attr]
            return [row | {name: value} for row in rows for value in row[source]]
        case "summarize":
            return _summarized(rest, rows, names)
        case "join":
            other, on = re.fullmatch(r"kind=leftouter (\w+) on (\w+)", rest).groups()  # type: ignore[union-attr]
            return [_joined(row, names[other], on) for row in rows]
    raise Refused(f"{operator} {rest}")


JOINED = {"goes": ("first_at", "named_at"), "beats": ("last_at",), "works": ("done_at",)}
"""The columns of the tables that are joined: they are null where there is no such row."""


def _joined(row: Record, other: Rows, on: str) -> Record:
    nothing = {name: NULL for columns in JOINED.values() for name in columns if name not in row}
    return nothing | row | next((each for each in other if each[on] == row[on]), {})


def _summarized(rest: str, rows: Rows, names: dict[str, Any]) -> Rows:
    what, _, by = rest.partition(" by ")
    key, _, of = by.partition(" = ") if by else ("", "", "")
    groups: dict[Any, Rows] = {} if by else {None: rows}
    for row in rows if by else ():
        groups.setdefault(_value(of or key, names | row), []).append(row)
    columns = [(name or "value", least, column) for name, least, column in re.findall(r"(?:(\w+) = )?(min|max)\((\w+)\)", what)]
    return [
        ({key: value} if by else {})
        | {
            name: (min if least == "min" else max)((row[column] for row in members), default=NULL)
            for name, least, column in columns
        }
        for value, members in groups.items()
    ]


def _value(expression: str, names: dict[str, Any]) -> Any:
    expression = re.sub(r"\b(\d+)([mhd])\b", lambda found: f"timedelta({_UNITS[found[2]]}={found[1]})", expression)
    for word, ours in _WORDS.items():
        expression = re.sub(word, ours, expression)
    return eval(expression.strip(), {"__builtins__": {}}, names)
