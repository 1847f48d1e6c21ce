"""How services stand, as anybody may see it: what was not watched is never up, and every figure follows from what was told."""

from datetime import timedelta
from fractions import Fraction

import pytest

from shared.domain.availability import Verdict
from shared.domain.status.incident import Phase, told
from shared.domain.status.standing import DAYS, Now
from tests.support.desks import rome
from tests.support.standings import (
    FIRST,
    NOW,
    a_service,
    a_standing,
    a_window,
    an_incident,
    change,
    gap,
    outage,
    up_since,
    watched,
)

UP = a_service()
ID = UP.id


def test_a_service_that_nobody_has_watched_yet_is_not_up() -> None:
    standing = a_standing(watched(UP, []))
    [line] = standing.lines
    assert (line.now, line.since, standing.overall) == (Now.UNWATCHED, None, Now.UNWATCHED)
    assert {bar.kind for bar in line.bars} == {Now.UNKNOWN}
    [proof] = line.proofs
    assert (proof.minimum, proof.verdict, proof.up) == (Fraction(0), Verdict.INDETERMINATE, timedelta(0))


def test_without_any_service_nothing_is_said_to_be_up() -> None:
    assert a_standing().overall is Now.UNWATCHED


@pytest.mark.parametrize(
    ("others", "overall"),
    [
        (["up", "up"], Now.UP),
        (["up", "unknown"], Now.UNKNOWN),
        (["unknown", "down"], Now.DOWN),
        (["up", "down"], Now.DOWN),
    ],
)
def test_the_worst_that_is_known_is_said_of_all_and_unknown_before_up(others: list[str], overall: Now) -> None:
    services = [a_service(f"s{number}", "S") for number in range(len(others))]
    found = [
        watched(service, [*up_since(service.id), change(service.id, NOW - timedelta(minutes=5), state)])
        for service, state in zip(services, others, strict=True)
    ]
    assert a_standing(*found).overall is overall


def test_one_that_is_not_watched_yet_keeps_all_from_being_up() -> None:
    new = a_service("new", "New")
    assert a_standing(watched(UP, up_since(ID)), watched(new, [])).overall is Now.UNKNOWN


def test_ninety_days_add_up_to_what_is_over_of_them_to_the_microsecond() -> None:
    at = NOW - timedelta(days=29, microseconds=7)  # the change to winter time, a day of 25 hours, is among them
    [line] = a_standing(watched(UP, [*up_since(ID), *outage(ID, 1, at, timedelta(minutes=3, microseconds=5))])).lines
    assert len(line.bars) == DAYS
    lengths = {bar.on.isoformat(): bar.up + bar.down + bar.unknown + bar.excluded for bar in line.bars}
    assert lengths["2026-10-25"] == timedelta(hours=25)
    assert lengths["2026-11-23"] == timedelta(hours=10)
    assert {length for on, length in lengths.items() if on not in ("2026-10-25", "2026-11-23")} == {timedelta(hours=24)}
    [bad] = [bar for bar in line.bars if bar.kind is Now.DOWN]
    assert (bad.down, bad.unknown) == (timedelta(minutes=3, microseconds=5), timedelta(minutes=2))


def test_an_interruption_has_the_edges_that_are_certain_and_those_that_are_not() -> None:
    at = rome("2026-11-22 10:00")
    told = outage(ID, 1, at, timedelta(minutes=7), bracket=timedelta(seconds=50))
    [spell] = a_standing(watched(UP, [*up_since(ID), *told])).spells
    assert (spell.last_good, spell.first_bad) == (at - timedelta(seconds=50), at)
    assert (spell.last_bad, spell.first_good) == (at + timedelta(minutes=7), at + timedelta(minutes=7, seconds=50))
    assert (spell.down, spell.unknown, spell.again) == (timedelta(minutes=7), timedelta(seconds=100), 0)


def test_one_that_comes_back_is_one_interruption_and_its_times_add_up() -> None:
    at = rome("2026-11-22 10:00")
    first, second = (outage(ID, 1, at + timedelta(minutes=later), timedelta(minutes=3)) for later in (0, 15))
    [spell] = a_standing(watched(UP, [*up_since(ID), *first, *second])).spells
    assert (spell.first_bad, spell.last_bad) == (at, at + timedelta(minutes=18))
    assert (spell.down, spell.unknown, spell.again) == (timedelta(minutes=6), timedelta(minutes=4), 1)


def test_one_that_goes_on_has_no_end_and_lasts_until_now() -> None:
    [spell] = a_standing(watched(UP, [*up_since(ID), *outage(ID, 1, NOW - timedelta(minutes=9), None)])).spells
    assert (spell.first_good, spell.last_bad, spell.down) == (None, NOW, timedelta(minutes=9))


def test_an_interruption_that_people_wrote_of_is_told_by_them_alone() -> None:
    story = watched(UP, [*up_since(ID), *outage(ID, 1, NOW - timedelta(hours=2), timedelta(minutes=9))])
    assert len(a_standing(story).spells) == 1
    standing = a_standing(story, incidents=[an_incident(outages=[f"{ID}.1"])])
    assert (len(standing.spells), len(standing.incidents)) == (0, 1)


def test_one_that_is_back_after_all_was_said_to_be_over_shows_itself_again() -> None:
    """What people wrote speaks of it up to their last word: a correction later on does not take in what came meanwhile."""
    ended = NOW - timedelta(minutes=60)
    story = [*up_since(ID), *outage(ID, 1, NOW - timedelta(minutes=90), timedelta(minutes=29))]
    text = {"it": "Risolto.", "en": "Resolved."}
    resolved = told(an_incident(outages=[f"{ID}.1"], at=NOW - timedelta(minutes=80)), text, Phase.RESOLVED, "carla", ended)
    corrected = told(resolved, text, Phase.RESOLVED, "carla", NOW - timedelta(minutes=5), corrects=3)
    for incident in (resolved, corrected):
        assert a_standing(watched(UP, story), incidents=[incident]).spells == ()
        back = watched(UP, [*story, *outage(ID, 1, NOW - timedelta(minutes=20), None)])
        [spell] = a_standing(back, incidents=[incident]).spells
        assert (spell.again, spell.first_good) == (1, None)
        over = watched(UP, [*story, *outage(ID, 1, NOW - timedelta(minutes=20), timedelta(minutes=10))])
        assert len(a_standing(over, incidents=[incident]).spells) == 1, "nobody has written of the second time"
        again = told(incident, text, Phase.MONITORING, "carla", NOW - timedelta(minutes=4))
        assert a_standing(back, incidents=[again]).spells == ()


def test_an_interruption_long_over_is_not_news_any_more_but_its_bar_stays() -> None:
    at = NOW - timedelta(days=20)
    standing = a_standing(watched(UP, [*up_since(ID), *outage(ID, 1, at, timedelta(minutes=1))]))
    assert standing.spells == ()
    assert [bar.on for bar in standing.lines[0].bars if bar.kind is Now.DOWN] == [at.date()]


def test_maintenance_is_neither_down_nor_up_as_far_as_the_contract_excludes_it() -> None:
    at = rome("2026-11-20 09:00")
    down = outage(ID, 1, at + timedelta(hours=1), timedelta(hours=1))
    [line] = a_standing(watched(UP, [*up_since(ID), *down], [a_window("w", ID, at, 3)])).lines
    [day] = [bar for bar in line.bars if bar.on.isoformat() == "2026-11-20"]
    assert (day.kind, day.down, day.excluded) == (Now.MAINTENANCE, timedelta(0), timedelta(hours=3))
    late = a_window("w", ID, at, 3, announced_at=at - timedelta(hours=1))  # without the contract's notice: all of it counts
    [line] = a_standing(watched(UP, [*up_since(ID), *down], [late])).lines
    [day] = [bar for bar in line.bars if bar.on.isoformat() == "2026-11-20"]
    assert (day.kind, day.down, day.excluded) == (Now.DOWN, timedelta(hours=1), timedelta(0))


def test_while_maintenance_is_under_way_that_is_what_is_said() -> None:
    going_on = a_window("w", ID, NOW - timedelta(hours=1), 2)
    cancelled = a_window("w", ID, NOW - timedelta(hours=1), 2, cancelled_at=NOW - timedelta(days=1))
    assert a_standing(watched(UP, up_since(ID), [going_on])).lines[0].now is Now.MAINTENANCE
    assert a_standing(watched(UP, up_since(ID), [cancelled])).lines[0].now is Now.UP


def test_a_month_has_its_bounds_its_coverage_and_its_verdict() -> None:
    lost = timedelta(hours=3)
    [line] = a_standing(watched(UP, [*up_since(ID), *gap(ID, rome("2026-11-05 10:00"), lost)])).lines
    this, last = line.proofs
    passed = NOW - rome("2026-11-01 00:00")
    assert (this.month, this.is_running, this.unknown) == ("2026-11", True, lost)
    assert this.minimum == 1 - Fraction(lost // timedelta(seconds=1), passed // timedelta(seconds=1))
    assert this.maximum == 1
    assert this.coverage == this.minimum
    assert this.verdict is Verdict.INDETERMINATE
    assert (last.month, last.is_running, last.verdict) == ("2026-10", False, Verdict.MET)


def test_a_service_without_a_guarantee_has_figures_and_no_verdict() -> None:
    service = a_service(guarantees=())
    [line] = a_standing(watched(service, up_since(ID))).lines
    assert (line.proofs[0].verdict, line.proofs[0].target) == (None, None)
    assert line.proofs[0].minimum == 1


def test_what_was_told_after_the_moment_of_the_page_is_not_on_it() -> None:
    later = [*up_since(ID), change(ID, NOW + timedelta(seconds=1), "down")]
    assert a_standing(watched(UP, later, now=NOW + timedelta(seconds=30))).lines[0].now is Now.UP


def test_what_is_not_public_is_nowhere() -> None:
    hidden = a_service("hidden", "Interno", is_public=False)
    story = watched(
        hidden, [*up_since("hidden"), *outage("hidden", 1, NOW - timedelta(hours=1), None)], [a_window("w", "hidden", NOW, 1)]
    )
    standing = a_standing(watched(UP, up_since(ID)), story, incidents=[an_incident(services=["hidden"])])
    assert [line.id for line in standing.lines] == [ID]
    assert (standing.overall, standing.spells, standing.incidents, standing.windows) == (Now.UP, (), (), ())


def test_latency_is_a_bound_of_this_months_answers() -> None:
    [line] = a_standing(watched(UP, up_since(ID, FIRST))).lines
    assert line.latency is not None
    assert (line.latency.p50, line.latency.p95, line.latency.p99) == (150, 400, 400)
