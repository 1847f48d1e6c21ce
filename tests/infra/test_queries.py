"""The queries hold together: Microsoft's parser finds nothing wrong, known tables, told events, and a use for each."""

import re
from pathlib import Path

import pytest

from shared.actions.running.rounds import ROUNDS
from tests.conftest import require
from tests.infra import kql
from tests.infra.bicep_text import INFRA, project
from tests.infra.events import documented

QUERIES = sorted((INFRA / "queries").rglob("*.kql"))


def _name(path: Path) -> str:
    return path.relative_to(INFRA / "queries").as_posix()


@pytest.fixture(autouse=True)
def _parser() -> None:
    require(kql.is_installed(), "The parser of Kusto queries", "make setup")


@pytest.mark.parametrize("path", QUERIES, ids=_name)
def test_the_parser_finds_nothing_wrong_with_a_query(path: Path) -> None:
    assert kql.ours()[_name(path)].problems == ()


@pytest.mark.parametrize("path", QUERIES, ids=_name)
def test_a_query_reads_known_tables_and_told_events(path: Path) -> None:
    query = kql.ours()[_name(path)]
    assert query.tables
    assert query.events <= documented().keys()
    known = {"event"}.union(*(documented()[event] for event in query.events)) if query.events else {"event", "ticket"}
    assert query.fields <= known
    assert "AppTraces" not in query.tables or query.fields, "the lines of the log are read by their fields"


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
    assert set().union(*(query.events for query in kql.ours().values())) == documented().keys()


def test_the_heartbeat_alert_knows_every_timer_and_its_limit() -> None:
    text = (INFRA / "queries" / "alerts" / "heartbeat-missing.kql").read_text()
    unit = {"m": 60, "h": 3600}
    limits = {timer: int(number) * unit[letter] for timer, number, letter in re.findall(r'"(\w+)", (\d+)([mh])', text)}
    assert limits == {each.name: each.silent.total_seconds() for each in ROUNDS}


BROKEN = [
    "AppTraces | where (Message",
    "AppTraces | where Message)",
    'AppTraces | where Message == "open',
    "AppTraces | were Message",
    "AppTraces where Message == 'x'",
    "AppTraces |",
    "let a = ;\nAppTraces | take 1",
    "AppTraces | project Message, ItemCount,",
    "AppTraces | extend a =\n| take 1",
    "AppTraces | where Message in ('x',)",
    "AppTraces | summarize count(",
    "AppTraces | summarize percentil(ItemCount, 95)",
    "AppTraces | where Mesage == 'x'",
    "AppTraces | where told.outcome == 'x'",
    "AppTracks | take 1",
    "AppTraces | where ago(1d) > Message",
    "AppTraces | project ItemCount | where Message == 'x'",
]


def test_the_parser_notices_what_is_malformed_and_each_word_that_is_missing() -> None:
    """Each pipe, each operator's name and each closing bracket of the alerts' queries, taken away one at a time."""
    missing = {
        f"{_name(path)} without {found[0]!r} at {found.start()}": text[: found.start()] + text[found.end() :]
        for path in QUERIES
        if path.parent.name == "alerts"
        for text in [path.read_text()]
        for found in re.finditer(r"^\| |(?<=^\| )\w+ |[)]", re.sub(r"//.*", lambda note: " " * len(note[0]), text), re.M)
    }
    assert len(missing) > 100
    found = kql.read(missing | {text: text for text in BROKEN})
    assert [name for name, query in found.items() if not query.problems] == []


def test_the_parser_finds_tables_events_and_fields() -> None:
    [query] = kql.read(
        {
            "": 'let a = AppTraces\n| where Message startswith \'{"event":"timer.ran"\'\n| extend told = parse_json(Message);\n'
            "a | where told.outcome == 'x' and tolong(told.took_ms) > 1 // told.no"
        }
    ).values()
    assert (query.problems, query.tables, query.events) == ((), frozenset({"AppTraces"}), {"timer.ran"})
    assert query.fields == {"outcome", "took_ms"}
    assert query.casts == {("tolong", "took_ms")}
