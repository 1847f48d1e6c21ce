"""Reads queries with Microsoft's own parser of Kusto queries, in Node: syntax, operators, functions, columns and their types."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.infra.bicep_text import INFRA, ROOT

PARSER = ROOT / "node_modules" / "@kusto" / "language-service-next"

TABLES = {
    "AppAvailabilityResults": "(TimeGenerated: datetime, Name: string, Success: bool, Location: string)",
    "AppExceptions": "(TimeGenerated: datetime, ItemCount:int, OuterMessage:string, ExceptionType:string, OperationName:string)",
    "AppRequests": "(TimeGenerated: datetime, OperationName: string, ResultCode: string, ItemCount: int, DurationMs: real)",
    "AppTraces": "(TimeGenerated: datetime, Message: string, ItemCount: int)",
    "AzureDiagnostics": "(TimeGenerated: datetime, ResourceProvider: string, OperationName: string, ResultType: string)",
    "AzureMetrics": "(TimeGenerated: datetime, MetricName: string, Resource: string, Total: real)",
    "Usage": "(TimeGenerated: datetime, IsBillable: bool, Quantity: real, DataType: string)",
    "_LogOperation": "(TimeGenerated: datetime, Category: string, Detail: string)",
}
"""Tables of Azure Monitor that the queries may read, with the columns that they use, typed as Azure documents them. All others
are mistakes; docs/operations/telemetry.md says what is in each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a query reads, and what the parser says is wrong with it. `fields` are those of `told`, an event; `casts` those that
    it casts, with the function."""

    problems: tuple[str, ...]
    tables: frozenset[str]
    strings: tuple[str, ...]
    fields: frozenset[str]
    casts: frozenset[tuple[str, str]]

    @property
    def events(self) -> set[str]:
        starts = (re.match(r'\{"event":"([^"]+)"', text) for text in self.strings)
        return {found[1] for found in starts if found}


def is_installed() -> bool:
    return PARSER.exists()


def read(queries: Mapping[str, str]) -> dict[str, Query]:
    """Each query by its name; all in one run, since the parser takes a second to load. CalledProcessError: the parser failed."""
    asked = json.dumps({"tables": TABLES, "queries": queries})
    command = ["node", str(Path(__file__).with_suffix(".cjs"))]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    return {
        name: Query(
            problems=tuple(found["problems"]),
            tables=frozenset(found["tables"]),
            strings=tuple(found["strings"]),
            fields=frozenset(found["fields"]),
            casts=frozenset((cast, field) for cast, field in found["casts"]),
        )
        for name, found in json.loads(done.stdout).items()
    }


@cache
def ours() -> dict[str, Query]:
    """Every query of infra/queries by its path in there."""
    folder = INFRA / "queries"
    return read({path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.kql"))})
