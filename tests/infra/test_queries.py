"""The queries hold together: syntax as far as it can be told offline, known tables, told events, and a use for each."""

import re
from pathlib import Path

import pytest

from shared.actions.heartbeat import EXPECTED
from tests.infra.bicep_text import INFRA, ROOT, project
from tests.infra.kql import COLUMNS, TABLES, Malformed, read

QUERIES = sorted((INFRA / "queries").rglob("*.kql"))
TELEMETRY = ROOT / "docs" / "operations" / "telemetry.md"


def told() -> dict[str, set[str]]:
    """Events and their fields, as docs/operations/telemetry.md has them."""
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| ([^|]+) \|", TELEMETRY.read_text(), re.M)
    return {event: set(re.findall(r"`(\w+)`", fields)) for event, fields in rows}


def _name(path: Path) -> str:
    return path.relative_to(INFRA / "queries").as_posix()


@pytest.mark.parametrize("path", QUERIES, ids=_name)
def test_a_query_reads_known_tables_and_told_events(path: Path) -> None:
    query = read(path.read_text())
    assert query.tables and query.tables <= TABLES
    assert query.events <= told().keys()
    known = {"event"}.union(*(told()[event] for event in query.events)) if query.events else {"event", "ticket"}
    assert query.fields <= known
    if query.fields or "AppTraces" in query.tables:
        assert "parse_json(Message)" in query.code


@pytest.mark.parametrize("path", QUERIES, ids=_name)
def test_a_query_reads_columns_that_its_tables_have(path: Path) -> None:
    query = read(path.read_text())
    allowed = set().union(*(COLUMNS[table] for table in query.tables)) | query.tables
    assert set(re.findall(r"\b[A-Z][A-Za-z]+\b", query.code)) <= allowed


def test_each_query_is_used_once_and_each_that_is_used_is_there() -> None:
    used = {
        (file, found)
        for file, text in project().items()
        for found in re.findall(r"loadTextContent\('../queries/([\w/-]+\.kql)'\)", text)
    }
    assert sorted(found for _, found in used) == [_name(path) for path in QUERIES]
    homes = {"alerts": "modules/alerts.bicep", "workbook": "modules/workbook.bicep", "saved": "modules/queries.bicep"}
    assert {(file, found.split("/")[0]) for file, found in used} == {(home, folder) for folder, home in homes.items()}


def test_an_alert_is_named_as_its_query() -> None:
    rule = r"name: '([\w-]+)'\n(?:[^\n]+\n){4}\s+query: loadTextContent\('../queries/alerts/([\w-]+)\.kql'\)"
    rules = re.findall(rule, project()["modules/alerts.bicep"])
    assert len(rules) == len(list((INFRA / "queries" / "alerts").glob("*.kql")))
    assert all(name == query for name, query in rules)


def test_every_event_is_read_by_some_query() -> None:
    assert set().union(*(read(path.read_text()).events for path in QUERIES)) == told().keys()


def test_the_heartbeat_alert_knows_every_timer_and_its_limit() -> None:
    text = (INFRA / "queries" / "alerts" / "heartbeat-missing.kql").read_text()
    unit = {"m": 60, "h": 3600}
    limits = {timer: int(number) * unit[letter] for timer, number, letter in re.findall(r'"(\w+)", (\d+)([mh])', text)}
    assert limits == {timer: limit.total_seconds() for timer, limit in EXPECTED.items()}


@pytest.mark.parametrize(
    "broken",
    [
        "AppTraces | where (Message",
        "AppTraces | where Message)",
        'AppTraces | where Message == "open',
        "AppTraces | were Message",
        "AppTraces |",
        "let a = ;\nAppTraces | take 1",
        "AppTraces | project a, b,",
        "AppTraces | extend a =\n| take 1",
        "AppTraces | where a in ('x',)",
        "let a = 1;; AppTraces | take 1",
    ],
)
def test_the_reader_notices_what_is_malformed(broken: str) -> None:
    with pytest.raises(Malformed):
        read(broken)


def test_the_reader_finds_tables_events_and_fields() -> None:
    query = read(
        'let a = AppTraces\n| where Message startswith \'{"event":"timer.ran"\'\n| extend told = parse_json(Message);\n'
        "a | where told.outcome == 'x' // told.no"
    )
    assert (query.tables, query.events, query.fields) == ({"AppTraces"}, {"timer.ran"}, {"outcome"})
