"""The public doors of the services' state, on what the monitor has really written: cached, in two languages, at little cost."""

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from dev.bench.counting import CountingRows
from shared.actions.desk import Desk
from shared.actions.guarantees import reports
from shared.actions.status import status
from shared.adapters.memory import MemoryProber, MemoryRows
from shared.domain.availability import cut
from shared.domain.status.standing import Now
from shared.proof.answers import Calculator
from shared.proof.calculate import answered
from tests.support.desks import Clock, a_desk, rome
from tests.support.doors import ask
from tests.support.faults import Fuse, fused, unavailable
from tests.support.monitor import a_watch, minutes, services, watched
from tests.support.watching import SERVICE

PAGES = ["/api/status", "/api/status/page", "/api/status/feed", "/api/status/maintenance.ics", "/api/status/badge/archive.svg",
         "/api/status/days.csv", "/api/status/export/archive/2026-03", "/api/metrics"]  # fmt: skip


@pytest.fixture
def watch() -> tuple[Desk, MemoryProber]:
    """Ten minutes of the archive, down from the third to the fifth."""
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE, replace(SERVICE, id="backstage", is_public=False)))
    prober.down("archive", rome("2026-03-10 20:02"), rome("2026-03-10 20:05"))
    minutes(desk, 10)
    return desk, prober


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


@pytest.mark.parametrize("url", PAGES)
def test_every_door_may_be_cached_for_a_minute_and_need_not_answer_twice(watch: tuple[Desk, MemoryProber], url: str) -> None:
    desk, _ = watch
    first = ask(desk, "GET", url)
    assert first.status == 200 and first.body, first.body
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = ask(desk, "GET", url, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


@pytest.mark.parametrize("url", PAGES)
def test_until_there_is_a_new_look_the_answer_stays_the_same(watch: tuple[Desk, MemoryProber], url: str) -> None:
    desk, _ = watch
    first = ask(desk, "GET", url)
    clock(desk).forward(seconds=20)
    assert ask(desk, "GET", url).headers["ETag"] == first.headers["ETag"]
    clock(desk).forward(hours=2)  # the monitor sleeps
    later = ask(desk, "GET", url)
    assert (later.headers["ETag"] == first.headers["ETag"]) == url.endswith((".ics", "feed"))


@pytest.mark.parametrize("url", ["/api/status", "/api/status/page", "/api/status/feed", "/api/metrics"])
def test_without_storage_nothing_is_said_to_be_well_even_where_nothing_is_watched(
    watch: tuple[Desk, MemoryProber], url: str
) -> None:
    """The availability of the desk itself is counted on the page (statusPath of infra/main.bicep)."""
    for desk in (watch[0], a_desk(clock=Clock(rome("2026-03-10 20:00")))):
        assert ask(desk, "GET", url).status == 200
        answer = ask(fused(desk, Fuse(0, after_effect=False, failure=unavailable)), "GET", url)
        assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")


def test_the_page_speaks_the_readers_language_or_the_one_that_is_chosen(watch: tuple[Desk, MemoryProber]) -> None:
    desk, _ = watch
    for url, header, lang in (("", "en;q=0.9", "en"), ("", "de", "it"), ("?lang=it", "en", "it"), ("?lang=en", "it", "en")):
        answer = ask(desk, "GET", f"/api/status/page{url}", headers={"accept-language": header})
        assert f'<html lang="{lang}">'.encode() in answer.body


def test_a_monitor_that_sleeps_leaves_nothing_up(watch: tuple[Desk, MemoryProber]) -> None:
    desk, _ = watch
    assert status.status(desk, desk.clock()).overall is Now.UP
    clock(desk).forward(minutes=5)
    standing = status.status(desk, desk.clock())
    assert (standing.overall, standing.lines[0].since) == (Now.UNKNOWN, rome("2026-03-10 20:10"))


def test_page_export_and_managers_report_tell_the_same_month(watch: tuple[Desk, MemoryProber]) -> None:
    desk, _ = watch
    standing = status.status(desk, desk.clock())
    proof = standing.lines[0].proofs[0]
    [judged] = [r for r in reports.judged(desk, "2026-03", standing.now).services if r.services == ("archive",)]
    assert (proof.minimum, proof.maximum, proof.down, proof.unknown) == (
        judged.contractual.minimum,
        judged.contractual.maximum,
        judged.contractual.down,
        judged.contractual.unknown,
    )
    export = ask(desk, "GET", "/api/status/export/archive/2026-03").body.splitlines()
    _, contractual = [answered(Calculator(), line, number) for number, line in enumerate(export, start=1)]
    assert contractual is not None
    assert proof.minimum is not None and proof.maximum is not None
    assert (contractual["min"], contractual["max"]) == (cut(proof.minimum), cut(proof.maximum))
    assert contractual["down_s"] == proof.down.total_seconds()
    month = ask(desk, "GET", "/api/status").json["services"][0]["months"][0]
    assert {name: month[name] for name in ("min", "max", "down_s", "unknown_s", "verdict")} == {
        name: contractual[name] for name in ("min", "max", "down_s", "unknown_s", "verdict")
    }


def test_the_page_shows_the_outage_with_its_bracket(watch: tuple[Desk, MemoryProber]) -> None:
    desk, _ = watch
    html = ask(desk, "GET", "/api/status/page?lang=en").body.decode()
    assert "for certain from 10 March 2026, 20:02:00 (last regular answer: 10 March 2026, 20:01:00)" in html
    root = ET.fromstring(ask(desk, "GET", "/api/status/feed").body)
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1


@pytest.mark.parametrize(
    "url",
    [
        "/api/status/page?service=backstage",
        "/api/status/badge/backstage.svg",
        "/api/status/badge/archive.png",
        "/api/status/days.csv?service=backstage",
        "/api/status/export/backstage/2026-03",
        "/api/status/export/archive/2027-03",
    ],
)
def test_what_is_not_public_or_not_there_is_not_found(watch: tuple[Desk, MemoryProber], url: str) -> None:
    desk, _ = watch
    assert ask(desk, "GET", url).status == 404
    for each in PAGES:
        assert b"backstage" not in ask(desk, "GET", each).body


def test_without_services_every_door_answers() -> None:
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(0))
    for url in PAGES:
        assert ask(desk, "GET", url).status == (404 if "archive" in url else 200), url


@pytest.mark.parametrize("number", [1, 20, 1000])
def test_all_of_it_costs_three_requests_for_any_number_of_services(number: int) -> None:
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(number), rows=(rows := CountingRows(MemoryRows())))
    minutes(desk, 2)
    rows.reset()
    standing = status.status(desk, desk.clock())
    assert len(standing.lines) == number and rows.requests <= 3
    assert standing.now == desk.clock() - timedelta(minutes=1)


def test_an_empty_service_or_incident_in_the_address_is_none_at_all(desk: Desk) -> None:
    for query in ("service=", "incident=", "service=&incident=&page="):
        assert ask(desk, "GET", f"/api/status/page?{query}").status == 200
