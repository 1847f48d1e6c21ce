"""A guarantee that is judged by the year: verdict and budget are of the year, and a month under it has none of its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.actions.desk import Desk
from shared.actions.guarantees import alarms, chains, freezing
from shared.domain.guarantee import Period
from shared.domain.guarantees.frozen import first_broken
from shared.domain.guarantees.frozen_months import budget
from shared.domain.watch.service import Services
from tests.support.desks import rome
from tests.support.doors import as_staff, ask
from tests.support.watched import HOURLY, SERVICES, Watched

PAGE = "/api/status/page?service=archive&lang=en"


def by_year(desk: Desk) -> Desk:
    """The desk, with every guarantee of its contract judged by the year."""
    catalogue = desk.catalogue()
    contracts = tuple(
        replace(each, guarantees=tuple(replace(one, period=Period.YEAR) for one in each.guarantees))
        for each in catalogue.contracts
    )
    return replace(desk, catalogue=lambda: replace(catalogue, contracts=contracts))


def a_year(until: str, services: Services = SERVICES) -> tuple[Watched, Desk]:
    """Watched from its first day on, by hourly looks; for three hours of 10 March it was down."""
    watched = Watched("2026-03-01 00:00", services=services)
    watched.down("archive", "2026-03-10 10:00", "2026-03-10 12:30")
    watched.until(until)
    return watched, by_year(watched.desk)


def reported(desk: Desk, period: str) -> dict[str, Any]:
    found: dict[str, Any] = as_staff(desk, "carla", "GET", f"/api/availability?period={period}&service=archive").json["services"][
        0
    ]
    return found


def test_the_report_of_a_month_has_shares_alone_and_that_of_the_year_has_the_verdict() -> None:
    watched, desk = a_year("2026-03-20 00:00")
    month, year, of_month = reported(desk, "2026-03"), reported(desk, "2026"), reported(watched.desk, "2026-03")
    assert month["contractual"] == {**of_month["contractual"], "verdict": None} and month["contractual"]["min"]
    assert (month["raw"]["verdict"], month["budget"]) == (None, None)
    assert year["contractual"]["verdict"] and year["budget"]["allowed"] == "262.8000"


def test_the_page_shows_no_verdict_and_no_budget_of_such_a_month() -> None:
    watched, desk = a_year("2026-03-20 00:00")
    months = ask(desk, "GET", "/api/status?service=archive").json["services"][0]["months"]
    assert [(each["verdict"], each["budget"]) for each in months] == [(None, None)] and months[0]["min"]
    page = ask(desk, "GET", PAGE).body.decode()
    assert "promised 99.95% of the year, and judged by the year" in page and "Error budget:" not in page
    assert "Error budget:" in ask(watched.desk, "GET", PAGE).body.decode()


def test_such_a_month_is_frozen_without_a_verdict() -> None:
    watched, desk = a_year("2026-04-01 02:00")
    freezing.freeze(desk, watched.now)
    links = chains.chain(desk, "data-centre", "archive")
    assert [(each.raw.verdict, each.contractual.verdict, budget(each)) for each in links] == [("", "", None)]
    assert first_broken(links) is None
    [shown] = ask(desk, "GET", "/api/status/frozen/archive").json["guarantees"][0]["months"]
    assert shown["record"]["verdict"] is None and shown["record"]["budget"] is None
    assert "promised 99.95% of the year" in ask(desk, "GET", PAGE).body.decode()


def test_gaps_are_weighed_against_what_is_left_of_the_year() -> None:
    minutely = replace(HOURLY, interval=timedelta(minutes=1))
    services = replace(SERVICES, services={"archive": minutely})
    watched = Watched("2026-01-01 00:00", services=services)
    watched.until("2026-01-01 00:30", every=timedelta(minutes=1))
    watched.clock.now = rome("2026-01-01 00:40")
    watched.until("2026-01-01 00:45", every=timedelta(minutes=1))
    assert alarms.look(watched.desk, watched.now).raised == 1, "more than a quarter of the month's 22.32 minutes"
    desk = by_year(Watched("2026-01-01 00:00", services=services).desk)
    assert alarms.look(replace(desk, rows=watched.desk.rows), watched.now).standing == 0, "but not of the year's 262.8"


def added(desk: Desk, since: str) -> Desk:
    """The desk, with a contract whose guarantees are in it since a later version alone."""
    catalogue = desk.catalogue()
    contracts = tuple(
        version
        for each in catalogue.contracts
        for version in (
            replace(each, version="0", guarantees=(), calendars={}),
            replace(each, version="9", effective_from=rome(since)),
        )
    )
    return replace(desk, catalogue=lambda: replace(catalogue, contracts=contracts))


def test_one_that_came_within_the_year_is_judged_by_its_first_version_and_burns() -> None:
    minutely = replace(HOURLY, interval=timedelta(minutes=1))
    watched = Watched("2026-03-10 00:00", services=replace(SERVICES, services={"archive": minutely}))
    watched.down("archive", "2026-03-10 10:00", "2026-03-10 12:30")
    watched.until("2026-03-10 12:00", every=timedelta(minutes=1))
    desk = by_year(added(watched.desk, "2026-02-01 00:00"))
    year = reported(desk, "2026")
    assert (year["guarantee"], year["budget"]["allowed"]) == ("data-centre", "262.8000") and year["contractual"]["verdict"]
    assert alarms.look(desk, watched.now).raised
    watched.clock.set("2026-03-14 12:00")
    watched.until("2026-03-14 12:00")
    alarms.look(desk, watched.now)
    assert not any(each.burning for each in alarms.every(desk)), "what stands is cleared again"


def test_a_month_in_which_it_came_is_frozen_by_the_version_that_has_it() -> None:
    watched = Watched("2026-03-01 00:00")
    watched.until("2026-04-01 02:00")
    desk = added(watched.desk, "2026-03-16 00:00")
    freezing.freeze(desk, watched.now)
    [link] = chains.chain(desk, "data-centre", "archive")
    assert (link.month, link.contract) == ("2026-03", "zenshare-support@9")
