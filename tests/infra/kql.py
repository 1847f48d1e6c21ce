"""Reads KQL as far as it can be without a cluster: quotes, brackets, where data comes from, which of our fields are read."""

import re
from dataclasses import dataclass

TABLES = frozenset(
    {
        "AppAvailabilityResults",
        "AppExceptions",
        "AppRequests",
        "AppTraces",
        "AzureDiagnostics",
        "AzureMetrics",
        "Usage",
        "_LogOperation",
    }
)
"""Tables of Azure Monitor that the queries may read (docs/operations/telemetry.md says what is in each)."""

COLUMNS = {
    "AppAvailabilityResults": {"TimeGenerated", "Name", "Success", "Location"},
    "AppExceptions": {"TimeGenerated", "ItemCount", "OuterMessage", "ExceptionType", "OperationName"},
    "AppRequests": {"TimeGenerated", "OperationName", "ResultCode", "ItemCount", "DurationMs"},
    "AppTraces": {"TimeGenerated", "Message", "ItemCount"},
    "AzureDiagnostics": {"TimeGenerated", "ResourceProvider", "OperationName", "ResultType"},
    "AzureMetrics": {"TimeGenerated", "MetricName", "Resource", "Total"},
    "Usage": {"TimeGenerated", "IsBillable", "Quantity", "DataType"},
    "_LogOperation": {"TimeGenerated", "Category", "Detail"},
}
"""The columns of each that are used; all others that begin with a capital are mistakes."""

OPERATORS = frozenset("where extend summarize project order join mv-expand take top render".split())
PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query's parts. `code` has comments blanked and strings emptied; `strings` are the strings in their order."""

    code: str
    strings: tuple[str, ...]

    @property
    def tables(self) -> set[str]:
        """What data comes from: names at the start of a statement, after `= ` of a let, or inside a join's brackets."""
        starts = re.findall(r"(?:^|;|=|\()\s*([A-Z_]\w+)\s*(?=\n\s*\||\s\||$)", self.code)
        return set(starts)

    @property
    def events(self) -> set[str]:
        starts = (re.match(r'\{"event":"([^"]+)"', text) for text in self.strings)
        return {found[1] for found in starts if found}

    @property
    def fields(self) -> set[str]:
        return set(re.findall(r"\btold\.(\w+)", self.code))


class Malformed(ValueError):
    pass


def read(text: str) -> Query:
    """The parts of a query. Malformed: a quote or bracket is not closed, an operator is unknown, a pipe leads nowhere."""
    code, strings, at = [], [], 0
    opened: list[str] = []
    while at < len(text):
        c = text[at]
        if text.startswith("//", at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        if c in "'\"":
            end = at + 1
            while end < len(text) and text[end] != c:
                if text[end] == "\n":
                    raise Malformed(f"a string is not closed: {text[at : at + 20]}")
                end += 2 if text[end] == "\\" else 1
            if end >= len(text):
                raise Malformed(f"a string is not closed: {text[at : at + 20]}")
            strings.append(text[at + 1 : end])
            code.append("''")
            at = end + 1
            continue
        if c in "([{":
            opened.append(c)
        elif c in PAIRS and (not opened or opened.pop() != PAIRS[c]):
            raise Malformed(f"{c} closes nothing")
        code.append(c)
        at += 1
    if opened:
        raise Malformed(f"{opened[-1]} is not closed")
    return _checked(Query(code="".join(code).strip(), strings=tuple(strings)))


def _checked(query: Query) -> Query:
    for operator in re.findall(r"\|\s*([\w-]*)", query.code):
        if operator not in OPERATORS:
            raise Malformed(f"after a pipe: {operator!r}")
    for statement in query.code.split(";"):
        if not statement.strip():
            raise Malformed("an empty statement")
    if re.search(r",\s*([)\]|;]|$)", query.code) or re.search(r"(?<![=<>!~])=\s*([;|]|$)", query.code):
        raise Malformed("a list or an assignment breaks off")
    return query
