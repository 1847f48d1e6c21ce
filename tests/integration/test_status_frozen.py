"""Frozen months as anybody sees them: the record, the amendment beside it, and what each figure follows from."""

from dataclasses import replace
from typing import Any

import pytest

from dev.bench.counting import CountingRows
from shared.actions.guarantees import chains, freezing
from shared.actions.ports import Replace, Table
from shared.adapters.memory import MemoryRows
from shared.domain.guarantees.frozen_months import budget
from shared.proof.answers import Calculator
from shared.proof.calculate import answered
from tests.support.desks import rome
from tests.support.doors import Answer, as_staff, ask
from tests.support.letters import Page, flat
from tests.support.watched import Watched

PAGE = "/api/status/page?service=archive&lang=en"
REASON = "Signora Rossi of ACME proved with her log that it answered."


def frozen_march(rows: CountingRows | None = None, since: str = "2026-03-28 00:00") -> Watched:
    """The archive was down from 10:00 to 12:59 on 30 March, by hourly looks; and the month was frozen."""
    watched = Watched(since, rows=rows)
    watched.down("archive", "2026-03-30 10:00", "2026-03-30 12:30")
    watched.until("2026-04-01 02:00")
    freezing.freeze(watched.desk, watched.now)
    return watched


def amend(watched: Watched) -> None:
    correction = {"from": "2026-03-30T10:00:00+02:00", "to": "2026-03-30T11:30:00+02:00", "state": "up"}
    body = {"month": "2026-03", "reason": REASON, "corrections": [correction]}
    assert as_staff(watched.desk, "carla", "POST", "/api/frozen/data-centre/archive/amendments", body).status == 201


def said(answer: Answer) -> str:
    return flat(Page(answer.body.decode().partition("<body>")[2]).said)


def test_the_page_of_a_service_has_the_record_and_the_amendment_beside_it() -> None:
    watched = frozen_march()
    before = ask(watched.desk, "GET", PAGE)
    [record] = chains.chain(watched.desk, "data-centre", "archive")
    assert "recorded on 1 April 2026, 02:00:00" in said(before) and "corrected on" not in said(before)
    assert f"{record.contractual.maximum_shown}%" in said(before)
    watched.clock.forward(days=1)
    amend(watched)
    after = said(ask(watched.desk, "GET", PAGE))
    [record, link] = chains.chain(watched.desk, "data-centre", "archive")
    assert record.contractual.maximum_shown != link.contractual.maximum_shown
    assert f"{record.contractual.maximum_shown}%" in after and f"{link.contractual.maximum_shown}%" in after
    assert "corrected on 2 April 2026, 02:00:00" in after
    assert "from 30 March 2026, 10:00:00 to 30 March 2026, 11:30:00 it was available" in after


def test_who_amended_and_why_stays_in_the_house() -> None:
    watched = frozen_march()
    amend(watched)
    for url in (PAGE, "/api/status", "/api/status/frozen/archive"):
        body = ask(watched.desk, "GET", url).body.decode()
        assert "Rossi" not in body and "carla" not in body, url


def test_the_answer_is_another_one_when_a_month_is_frozen_and_when_it_is_amended() -> None:
    watched = Watched("2026-03-28 00:00")
    watched.until("2026-04-01 02:00")
    tags = []
    for step in (lambda: None, lambda: freezing.freeze(watched.desk, watched.now), lambda: amend(watched)):
        step()
        tags.append([ask(watched.desk, "GET", url).headers["ETag"] for url in (PAGE, "/api/status/frozen/archive")])
    assert len({page for page, _ in tags}) == 3 and len({json for _, json in tags}) == 3
    unchanged = ask(watched.desk, "GET", PAGE, headers={"if-none-match": tags[-1][0]})
    assert unchanged.status == 304


def exported(watched: Watched, link: dict[str, Any]) -> list[dict[str, Any]]:
    answer = ask(watched.desk, "GET", link["states_at"])
    assert answer.status == 200, answer.body
    found = [answered(Calculator(), line, number) for number, line in enumerate(answer.body.splitlines(), 1)]
    return [each for each in found if each is not None]


def test_beside_each_figure_is_the_export_that_gives_it_again_also_after_an_amendment() -> None:
    watched = frozen_march()
    amend(watched)
    document = ask(watched.desk, "GET", "/api/status/frozen/archive").json
    [month] = document["guarantees"][0]["months"]
    page = ask(watched.desk, "GET", PAGE).body.decode().replace("&amp;", "&")
    seen = set()
    for link in (month["record"], *month["amendments"]):
        contractual = exported(watched, link)[-1]
        assert (contractual["min"], contractual["max"], contractual["verdict"]) == (link["min"], link["max"], link["verdict"])
        assert contractual["down_s"] * 1_000_000 == link["down_us"]
        assert f'href="{link["states_at"]}"' in page
        seen.add(link["down_us"])
    assert len(seen) == 2, "the record and its amendment differ"


def test_the_running_pages_last_month_is_the_month_as_it_was_frozen() -> None:
    watched = frozen_march(since="2026-03-01 00:00")
    [service] = ask(watched.desk, "GET", "/api/status?service=archive").json["services"]
    last = next(month for month in service["months"] if month["month"] == "2026-03")
    record = ask(watched.desk, "GET", service["frozen_at"]).json["guarantees"][0]["months"][0]["record"]
    same = ("min", "max", "min_exact", "max_exact", "verdict", "budget")
    assert {name: last[name] for name in same} == {name: record[name] for name in same}
    [link] = chains.chain(watched.desk, "data-centre", "archive")
    left = budget(link)
    assert left is not None and left.left[1] * 60_000_000 == left.allowed * 60_000_000 - link.contractual.down_us


def test_a_record_that_was_altered_is_told_to_be() -> None:
    watched = frozen_march()
    row = watched.desk.rows.get(Table.WATCH, "frozen", "link|data-centre|archive|000001")
    assert row is not None
    text = str(row.values["doc"]).replace('"MISSED"', '"MET"')
    watched.desk.rows.commit(Table.WATCH, "frozen", [Replace(replace(row, values={"doc": text}))])
    assert "tampered with, from number 1 on" in said(ask(watched.desk, "GET", PAGE))


@pytest.mark.parametrize("service", ["inner", "nobody"])
def test_what_is_not_public_or_not_there_has_no_frozen_months(service: str) -> None:
    assert ask(frozen_march().desk, "GET", f"/api/status/frozen/{service}").status == 404


@pytest.mark.parametrize(
    "query", ["guarantee=data-centre&link=2", "guarantee=nothing&link=1", "link=1", "guarantee=data-centre&link=x"]
)
def test_a_figure_that_is_not_there_has_no_export(query: str) -> None:
    assert ask(frozen_march().desk, "GET", f"/api/status/export/archive/2026-03?{query}").status == 404


def test_the_frozen_months_of_a_service_are_one_request_more_for_each_of_its_guarantees() -> None:
    rows = CountingRows(MemoryRows())
    watched = frozen_march(rows)
    costs = {}
    for url in ("/api/status/page", PAGE, "/api/status/frozen/archive"):
        rows.reset()
        assert ask(watched.desk, "GET", url).status == 200
        costs[url] = rows.requests
    assert costs == {"/api/status/page": 3, PAGE: 4, "/api/status/frozen/archive": 1}
    assert rome("2026-04-01 02:00") == watched.now
