"""Months and years, judged from what the monitor has written."""

import io
import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from dev.bench.counting import CountingRows
from shared.actions.guarantees import reports
from shared.actions.watch import maintenance
from shared.actions.watch.maintenance import Wanted
from shared.adapters.memory import MemoryRows
from shared.domain.availability import Verdict
from shared.domain.errors import InvalidInput, NotFound
from shared.domain.guarantee import Period
from shared.domain.guarantees.report import Report
from shared.domain.watch.service import Services
from shared.proof.calculate import run
from shared.web.views import availability as views
from tests.support.desks import SANDRO, rome
from tests.support.watched import HOURLY, Watched

HOUR = timedelta(hours=1)
LAST_LOOKS = timedelta(seconds=4)
"""The quick re-probes after a bad sample, which sharpen the end of what was certainly down."""
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def spring() -> Watched:
    """March 2026 and the first days of April: one outage, one maintenance, one night asleep."""
    watched = Watched("2026-03-01 00:00")
    reason = {"it": "Aggiornamento", "en": "Update"}
    wanted = Wanted(services=("archive",), starts_at=rome("2026-03-12 09:00"), ends_at=rome("2026-03-12 13:00"), reason=reason)
    maintenance.announce(watched.desk, wanted, SANDRO, watched.now)
    watched.down("archive", "2026-03-10 10:00", "2026-03-10 12:00")
    watched.down("archive", "2026-03-12 09:00", "2026-03-12 14:00")
    watched.until("2026-03-20 20:00")
    watched.clock.set("2026-03-21 06:00")
    watched.until("2026-04-03 12:00")
    return watched


def one(watched: Watched, period: str, service: str = "archive") -> Report:
    (report,) = reports.judged(watched.desk, period, watched.now, service=service).services
    return report


def test_a_month_is_judged_raw_and_by_the_contract(spring: Watched) -> None:
    """Down from the first bad look to the last; between good and bad looks an hour is unknown; the night asleep is, too."""
    report = one(spring, "2026-03")
    assert report.now is None and report.raw.up + report.raw.down + report.raw.unknown == 743 * HOUR
    assert report.raw.down == HOUR + 4 * HOUR + 2 * LAST_LOOKS, "10 to 11 certainly, and 9 to 13 certainly"
    assert report.contractual.excluded == 4 * HOUR
    assert report.contractual.down == HOUR + 2 * LAST_LOOKS, "the work ran over: at 13:00 it was still down"
    assert report.contractual.verdict is Verdict.MISSED


def test_a_year_is_the_union_of_its_months(spring: Watched) -> None:
    year, march, april = one(spring, "2026"), one(spring, "2026-03"), one(spring, "2026-04")
    before = sum((one(spring, month).raw.unknown for month in ("2026-01", "2026-02")), timedelta(0))
    for figures in ("raw", "contractual"):
        whole, parts = getattr(year, figures), [getattr(report, figures) for report in (march, april)]
        assert whole.up == sum((part.up for part in parts), timedelta(0))
        assert whole.down == sum((part.down for part in parts), timedelta(0))
        assert whole.excluded == sum((part.excluded for part in parts), timedelta(0))
        assert whole.unknown == sum((part.unknown for part in parts), timedelta(0)) + before


def amended_contract(watched: Watched, effective_from: str, **changes: object) -> None:
    """From then on another version of the contract is in force, whose guarantee is another."""
    catalogue = watched.desk.catalogue()
    old = catalogue.in_force("zenshare-support", watched.now)
    guarantee = replace(old.guarantees[0], **changes)  # type: ignore[arg-type]
    new = replace(old, version="2099", effective_from=rome(effective_from), guarantees=(guarantee, *old.guarantees[1:]))
    both = replace(catalogue, contracts=(*catalogue.contracts, new))
    watched.desk = replace(watched.desk, catalogue=lambda: both)


def test_each_month_is_judged_by_its_version_of_the_contract_also_within_a_year() -> None:
    """Until March maintenance is excluded, from April on it is not. The target of a year is that of its beginning."""
    watched = Watched("2026-03-29 00:00")
    reason = {"it": "Aggiornamento", "en": "Update"}
    for day in ("2026-03-30", "2026-04-02"):
        wanted = Wanted(services=("archive",), starts_at=rome(f"{day} 09:00"), ends_at=rome(f"{day} 12:00"), reason=reason)
        maintenance.announce(watched.desk, wanted, SANDRO, watched.now)
    rule = replace(watched.desk.catalogue().in_force("zenshare-support", watched.now).guarantees[0].maintenance, excluded=False)
    amended_contract(watched, "2026-04-01 00:00", maintenance=rule, target=Fraction(1, 2))
    watched.until("2026-04-06 00:00")
    year, march, april = one(watched, "2026"), one(watched, "2026-03"), one(watched, "2026-04")
    assert (march.contractual.excluded, april.contractual.excluded) == (3 * HOUR, timedelta(0))
    assert year.contractual.excluded == 3 * HOUR
    assert (march.target, april.target, year.target) == (Fraction(1999, 2000), Fraction(1, 2), Fraction(1999, 2000))
    across = reports.between(watched.desk, "archive", None, rome("2026-03-30 00:00"), rome("2026-04-05 00:00"), watched.now)
    assert across.contractual.excluded == 3 * HOUR, "an export too"
    april_window = maintenance.between(watched.desk, rome("2026-04-01 00:00"), rome("2026-05-01 00:00"))[0]
    parts = [part.why for effect in maintenance.effects(watched.desk, april_window) for part in effect.accounted.parts]
    assert parts == ["never_excluded"], "and so it was said beforehand"


def test_a_year_that_is_guaranteed_as_one_is_judged_by_the_version_of_its_beginning() -> None:
    watched = Watched("2026-03-29 00:00")
    amended_contract(watched, "2026-01-01 00:00", period=Period.YEAR)
    reason = {"it": "Aggiornamento", "en": "Update"}
    wanted = Wanted(services=("archive",), starts_at=rome("2026-04-02 09:00"), ends_at=rome("2026-04-02 12:00"), reason=reason)
    maintenance.announce(watched.desk, wanted, SANDRO, watched.now)
    rule = replace(watched.desk.catalogue().in_force("zenshare-support", watched.now).guarantees[0].maintenance, excluded=False)
    amended_contract(watched, "2026-04-01 00:00", maintenance=rule, target=Fraction(1, 2))
    watched.until("2026-04-03 00:00")
    for period in ("2026", "2026-04"):
        report = one(watched, period)
        assert (report.contractual.excluded, report.target) == (3 * HOUR, Fraction(1999, 2000)), period


def test_services_of_a_guarantee_are_judged_together_too(spring: Watched) -> None:
    found = reports.judged(spring.desk, "2026-03", spring.now)
    assert [report.services for report in found.services] == [("archive",), ("inner",), ("portal",)]
    (together,) = found.together
    assert together.services == ("archive", "portal") and together.contractual.down == HOUR + 2 * LAST_LOOKS


def test_a_service_without_a_guarantee_has_figures_and_no_verdict(spring: Watched) -> None:
    shown = views.report(one(spring, "2026-03", "inner"))
    assert shown["target"] is None and shown["contractual"] is None and shown["budget"] is None
    raw = shown["raw"]
    assert isinstance(raw, dict) and raw["verdict"] is None and raw["min"] is not None


def test_an_outage_seen_after_midnight_that_began_before_is_in_the_month_it_began_in() -> None:
    watched = Watched("2026-03-30 00:00")
    watched.down("archive", "2026-04-01 00:00", "2026-04-01 03:00")
    watched.until("2026-04-01 00:00")
    report = one(watched, "2026-03")
    assert report.states[-1] == (rome("2026-03-31 23:00"), "unknown"), "between the last good look and the first bad one"
    watched.until("2026-04-05 00:00")
    assert one(watched, "2026-03").states == report.states


def test_a_gap_is_unknown_though_nobody_wrote_it_down() -> None:
    watched = Watched("2026-03-02 00:00")
    watched.until("2026-03-02 10:00")
    watched.clock.set("2026-03-02 16:00")
    assert one(watched, "2026-03").states[-1] == (rome("2026-03-02 11:00"), "unknown")
    watched.clock.set("2026-03-09 16:00")
    assert one(watched, "2026-03").states[-1] == (rome("2026-03-02 11:00"), "unknown"), "asleep across midnights"
    watched.clock.set("2026-04-09 16:00")
    assert one(watched, "2026-03").raw.up == 11 * HOUR, "asleep across the end of the month"


@pytest.mark.parametrize(("moment", "most"), [("2026-03-15 12:00", 2), ("2026-04-20 12:00", 2)])
def test_any_month_of_a_thousand_services_is_two_reads(moment: str, most: int) -> None:
    many = {f"service-{number:04d}": replace(HOURLY, id=f"service-{number:04d}") for number in range(1000)}
    counting = CountingRows(MemoryRows())
    watched = Watched(
        "2026-03-14 10:00", rows=counting, services=Services(contract="zenshare-support", desk="ACME", services=many)
    )
    watched.until("2026-03-14 11:00")
    watched.clock.set("2026-03-15 00:00")
    watched.until("2026-03-15 01:00")
    watched.clock.set("2026-03-31 23:00")
    watched.until("2026-04-01 01:00")
    watched.clock.set(moment)
    if moment < "2026-04":
        reports.judged(watched.desk, "2026-03", watched.now)  # the windows are kept for a minute
    before = counting.requests
    found = reports.judged(watched.desk, "2026-03", watched.now)
    assert counting.requests - before <= most and len(found.services) == 1000


def test_windows_that_are_kept_are_those_of_the_time_that_is_asked_for() -> None:
    watched = Watched("2026-03-02 10:00")
    reason = {"it": "Aggiornamento", "en": "Update"}
    starts_at = rome("2026-04-07 09:00")
    for length in (HOUR, 2 * HOUR):  # announced here, it is known here at once
        wanted = Wanted(services=("archive",), starts_at=starts_at, ends_at=starts_at + length, reason=reason)
        maintenance.announce(watched.desk, wanted, SANDRO, watched.now)
        assert one(watched, "2026-03").excluded == ()
        assert one(watched, "2026-04").excluded == ((starts_at, starts_at + length),)


def test_a_month_that_has_not_begun_costs_nothing_and_shows_nothing(spring: Watched) -> None:
    assert one(spring, "2026-12").raw.minimum is None


@pytest.mark.parametrize("period", ["2026-13", "26-01", "2026-1", "2026-03-01", "", "march"])
def test_a_period_is_a_month_or_a_year(spring: Watched, period: str) -> None:
    with pytest.raises(InvalidInput, match="2026-11"):
        reports.judged(spring.desk, period, spring.now)


def test_what_is_not_watched_is_not_found(spring: Watched) -> None:
    with pytest.raises(NotFound):
        reports.judged(spring.desk, "2026-03", spring.now, service="nothing")
    with pytest.raises(InvalidInput, match="data-centre"):
        reports.judged(spring.desk, "2026-03", spring.now, guarantee="other")


def test_the_calculator_agrees_with_every_figure_that_is_shown(spring: Watched) -> None:
    found = [reports.judged(spring.desk, period, spring.now) for period in ("2026-03", "2026-04", "2026")]
    for report in (each for judged in found for each in (*judged.services, *judged.together)):
        lines = b"".join(json.dumps(question).encode() + b"\n" for question in views.questions(report))
        answers = io.BytesIO()
        assert run(io.BytesIO(lines), answers) == 0
        shown = views.report(report)
        for line in answers.getvalue().splitlines():
            answer = json.loads(line)
            figures = shown[answer.pop("id").rpartition("/")[2]]
            assert isinstance(figures, dict)
            verdict = answer.pop("verdict")
            assert answer == {name: figures[name] for name in answer} and figures["verdict"] in (verdict, None)


def test_the_export_goes_through_make_calculate_as_it_is(spring: Watched) -> None:
    report = reports.between(spring.desk, "archive", None, rome("2026-03-05 00:00"), rome("2026-03-25 00:00"), spring.now)
    lines = views.as_lines(report)
    done = subprocess.run(["make", "-s", "calculate"], cwd=ROOT, input=lines.encode(), capture_output=True, check=True)
    answers = {json.loads(line)["id"].rpartition("/")[2]: json.loads(line) for line in done.stdout.splitlines()}
    shown = views.report(report)
    for name in ("raw", "contractual"):
        figures = shown[name]
        assert isinstance(figures, dict)
        assert {key: answers[name][key] for key in ("up_s", "down_s", "unknown_s", "excluded_s", "min", "max", "verdict")} == {
            key: figures[key] for key in ("up_s", "down_s", "unknown_s", "excluded_s", "min", "max", "verdict")
        }
