"""A service, or its guarantee, that is taken out of the file: what it was promised is judged and frozen all the same."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dev.bench.counting import CountingRows
from shared.actions.guarantees import alarms, chains, freezing, reports
from shared.actions.guarantees.judging import judge
from shared.actions.status import letters
from shared.actions.watch import probing, reading, rollover, store, unseen
from shared.adapters.memory import MemoryRows
from shared.domain.errors import NotFound
from shared.domain.watch.service import NOTHING, Service, Services
from tests.support.desks import ROME, rome
from tests.support.doors import as_staff
from tests.support.watched import HOURLY, PORTAL, Watched

HOUR = timedelta(hours=1)
LAST_LOOKS = timedelta(seconds=4)


def file(*each: Service) -> Services:
    return Services(contract="zenshare-support", desk="ACME", services={service.id: service for service in each})


def becomes(watched: Watched, *each: Service) -> None:
    """The file has these services from now on."""
    services = file(*each)
    watched.desk = replace(watched.desk, services=lambda: services)


def march(*, rows: MemoryRows | None = None) -> Watched:
    """Eight hours down on the 10th; taken out of the file after 20 March 00:00."""
    watched = Watched("2026-03-01 00:00", services=file(HOURLY, PORTAL), rows=rows)
    watched.down("archive", "2026-03-10 10:00", "2026-03-10 18:00")
    watched.until("2026-03-20 00:00")
    becomes(watched, PORTAL)
    return watched


def test_a_service_that_is_taken_out_is_judged_by_what_it_was_and_unknown_from_then_on() -> None:
    watched = march()
    for moment in ("2026-03-20 12:00", "2026-03-25 12:00", "2026-04-02 12:00"):
        watched.until(moment)
        (report,) = reports.judged(watched.desk, "2026-03", watched.now, service="archive").services
        assert report.guarantee is not None and report.guarantee.id == "data-centre"
        assert report.raw.down == 7 * HOUR + LAST_LOOKS and report.states[-1] == (rome("2026-03-20 01:00"), "unknown")
    assert report.contractual.verdict == "MISSED" and report.raw.unknown >= 11 * 24 * HOUR
    (together,) = reports.judged(watched.desk, "2026-03", watched.now).together
    assert together.services == ("archive", "portal") and together.contractual.verdict == "MISSED"


def test_its_figures_and_states_are_one_click_away_as_ever() -> None:
    watched = march()
    watched.until("2026-04-02 12:00")
    shown = as_staff(watched.desk, "sandro", "GET", "/api/availability?period=2026-03&service=archive").json
    assert shown["services"][0]["contractual"]["verdict"] == "MISSED"
    assert as_staff(watched.desk, "sandro", "GET", shown["services"][0]["states_at"].replace("+", "%2B")).status == 200
    after = reports.judged(watched.desk, "2026-04", watched.now)
    assert [report.services for report in after.services] == [("portal",)], "it was not watched any more"
    with pytest.raises(NotFound):
        reports.judged(watched.desk, "2026-04", watched.now, service="archive")


def test_its_month_is_frozen() -> None:
    watched = march()
    watched.until("2026-04-02 12:00")
    assert freezing.freeze(watched.desk, watched.now) == freezing.Froze(months=3), "it, the other, and both together"
    (record,) = chains.chain(watched.desk, "data-centre", "archive")
    assert (record.month, record.contractual.verdict, record.contractual.down_us) == ("2026-03", "MISSED", 25_204_000_000)
    watched.until("2026-05-02 12:00")
    assert freezing.freeze(watched.desk, watched.now).months == 1, "April is the other's alone"


def test_a_guarantee_that_is_taken_from_a_service_is_still_the_months() -> None:
    watched = Watched("2026-03-01 00:00", services=file(HOURLY, PORTAL))
    watched.until("2026-03-20 12:00")
    becomes(watched, replace(HOURLY, guarantees=()), PORTAL)
    watched.until("2026-04-02 12:00")
    assert freezing.freeze(watched.desk, watched.now).months == 3
    assert chains.chain(watched.desk, "data-centre", "archive")[0].contractual.verdict == "MET"
    (april,) = reports.judged(watched.desk, "2026-04", watched.now, service="archive").services
    assert april.guarantee is None


def test_a_guarantee_that_is_given_later_says_nothing_of_the_months_before() -> None:
    watched = Watched("2026-03-01 00:00", services=file(replace(HOURLY, guarantees=()), PORTAL))
    watched.until("2026-04-02 12:00")
    becomes(watched, HOURLY, PORTAL)
    watched.until("2026-04-02 13:00")
    of = {
        period: reports.judged(watched.desk, period, watched.now, service="archive").services for period in ("2026-03", "2026-04")
    }
    assert [report.guarantee for report in of["2026-03"]] == [None]
    assert [report.guarantee is not None for report in of["2026-04"]] == [True]


def test_a_service_that_comes_back_was_unknown_meanwhile_and_counts_its_outages_on() -> None:
    watched = march()
    watched.until("2026-06-10 11:00")
    becomes(watched, HOURLY, PORTAL)
    watched.down("archive", "2026-06-12 10:00", "2026-06-12 12:00")
    watched.until("2026-06-13 00:00")
    (june,) = reports.judged(watched.desk, "2026-06", watched.now, service="archive").services
    assert june.guarantee is not None and june.states[0][1] == "unknown"
    (april,) = reports.judged(watched.desk, "2026-04", watched.now, service="archive").services
    assert april.guarantee is None and april.raw.unknown == 720 * HOUR, "nobody had promised anything"
    assert reading.current(watched.desk, watched.now)["archive"].outages == 2


def test_a_service_that_is_gone_costs_nothing_after_its_last_midnight() -> None:
    watched = march()
    watched.until("2026-03-22 12:00")
    today = rome("2026-03-22 12:00").date()
    assert list(store.all_heads(watched.desk, today, ROME, ["portal"])) == ["portal"]
    assert rollover.recent(watched.desk, ["portal"])["archive"].is_gone


@pytest.mark.parametrize("place", [0, 9, 10])
def test_among_as_many_as_fit_a_page_it_is_found_and_a_month_stays_two_reads(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever page of the store it is on: before, within or after the thousand (here ten) that are left."""
    monkeypatch.setattr(store, "_PAGE", 10)
    many = [replace(HOURLY, id=f"service-{number:04d}") for number in range(11)]
    left = [service for number, service in enumerate(many) if number != place]
    counting = CountingRows(MemoryRows())
    watched = Watched("2026-03-14 10:00", rows=counting, services=file(*many))
    watched.until("2026-03-14 10:00")
    becomes(watched, *left)
    for moment in ("2026-03-14 12:00", "2026-03-15 00:00", "2026-03-16 00:00"):
        watched.clock.set(moment)
        probing.probe(watched.desk, watched.now)
        found = reports.judged(watched.desk, "2026-03", watched.now)
        assert len(found.services) == 11, moment
    watched.clock.set("2026-04-01 00:00")
    probing.probe(watched.desk, watched.now)
    watched.clock.set("2026-04-02 00:00")
    probing.probe(watched.desk, watched.now)
    assert len(reports.judged(watched.desk, "2026-04", watched.now).services) == 10
    counting.reset()
    reports.judged(watched.desk, "2026-04", watched.now)
    assert counting.requests <= 2, "the windows were read a moment ago"


def test_alarms_of_what_is_gone_are_cleared_once_and_told() -> None:
    watched = march()
    becomes(watched, HOURLY, PORTAL)
    watched.clock.set("2026-03-20 00:00")
    alarms.look(watched.desk, watched.now)
    before = alarms.every(watched.desk)
    assert {each.service for each in before if each.raised} == {"archive"}
    raised = sum(len(each.raised) for each in before)
    becomes(watched, PORTAL)
    watched.until("2026-03-20 02:00")
    looked = alarms.look(watched.desk, watched.now)
    assert (looked.cleared, looked.raised, looked.standing) == (raised, 0, 0)
    assert alarms.look(watched.desk, watched.now).cleared == 0
    assert {dict(each.name)["en"] for each in alarms.every(watched.desk)} == {"Archive"}, "the name that it had"
    watched.mailer.sent.clear()
    watched.clock.forward(minutes=11)
    letters.work(watched.desk, watched.now)
    cleared = [mail for mail in watched.mailer.sent if ":cleared:" in mail.key and mail.to.startswith("carla")]
    assert len(cleared) == raised


def test_alarms_are_cleared_where_no_guarantee_is_left() -> None:
    watched = Watched("2026-03-01 00:00", services=file(HOURLY))
    watched.down("archive", "2026-03-01 10:00", "2026-03-01 18:00")
    watched.until("2026-03-01 17:00")
    assert alarms.look(watched.desk, watched.now).raised
    becomes(watched, replace(PORTAL, guarantees=()))
    watched.until("2026-06-01 12:00", every=24 * HOUR)
    assert alarms.look(watched.desk, watched.now).standing == 0
    assert not any(each.raised for each in alarms.every(watched.desk))


def test_when_the_last_service_is_taken_out_its_month_is_frozen_and_its_alarms_are_cleared() -> None:
    watched = Watched("2026-03-01 00:00", services=file(HOURLY))
    watched.down("archive", "2026-03-20 02:00", "2026-03-20 12:00")
    watched.until("2026-03-20 10:00")
    raised = alarms.look(watched.desk, watched.now).raised
    assert raised
    becomes(watched)
    watched.until("2026-03-20 11:00")
    assert alarms.look(watched.desk, watched.now).cleared == raised
    watched.until("2026-04-05 12:00")
    assert freezing.freeze(watched.desk, watched.now).months == 1
    (record,) = chains.chain(watched.desk, "data-centre", "archive")
    assert (record.month, record.contractual.verdict) == ("2026-03", "MISSED")
    (report,) = reports.judged(watched.desk, "2026-03", watched.now).services
    assert report.raw.unknown >= 11 * 24 * HOUR
    assert rollover.recent(watched.desk, [])["archive"].is_gone


def test_where_nothing_was_ever_watched_nothing_is_asked() -> None:
    counting = CountingRows(MemoryRows())
    watched = Watched("2026-03-01 00:00", rows=counting, services=NOTHING)
    counting.reset()
    probing.probe(watched.desk, watched.now)
    judge(watched.desk, watched.now)
    assert counting.requests == 0


def test_nobody_misses_what_was_taken_out() -> None:
    watched = march()
    watched.until("2026-03-20 12:00")
    assert unseen.problems(watched.desk, watched.now, lambda _: True) == []
