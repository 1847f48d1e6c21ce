"""The alert on timers that do not run: what it says of a desk's days, from before the first deployment to long silence."""

import json
from datetime import UTC, datetime, timedelta

from shared.actions.running.rounds import ROUNDS
from tests.infra.bicep_text import INFRA
from tests.infra.kql_run import Record
from tests.infra.kql_tables import run

QUERY = (INFRA / "queries" / "alerts" / "heartbeat-missing.kql").read_text()
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
OF_TICKETS = {each.name for each in ROUNDS if not each.is_watching}
EVERY = {each.name for each in ROUNDS}
HOUR = timedelta(hours=1)


def line(ago: timedelta, **told: object) -> Record:
    return {"TimeGenerated": NOW - ago, "Message": json.dumps(told, separators=(",", ":"))}


def measured(ago: timedelta, rounds: set[str]) -> Record:
    return line(ago, event="desk.measured", rounds=" ".join(sorted(rounds)))


def ran(ago: timedelta, rounds: set[str], by: str = "timer", outcome: str = "ok") -> list[Record]:
    return [line(ago, event="timer.ran", timer=each, ran_by=by, outcome=outcome) for each in rounds]


def silent(*lines: Record | list[Record], looked_at: timedelta | None = None) -> set[str]:
    """The timers that the alert names."""
    traces = [each for some in lines for each in (some if isinstance(some, list) else [some])]
    looks = [] if looked_at is None else [{"TimeGenerated": NOW - looked_at}]
    return {row["timer"] for row in run(QUERY, {"AppTraces": traces, "AppAvailabilityResults": looks}, NOW)}


def days(rounds: set[str]) -> list[Record]:
    """A desk that has measured itself for two days."""
    return [measured(hours * HOUR, rounds) for hours in range(48)]


def test_a_desk_that_goes_its_rounds_is_well() -> None:
    assert silent(days(EVERY), ran(timedelta(minutes=1), EVERY)) == set()
    assert silent(days(OF_TICKETS), ran(timedelta(minutes=1), OF_TICKETS - {"reconcile"}), ran(9 * HOUR, {"reconcile"})) == set()


def test_a_table_that_is_empty_at_the_first_deployment_alerts_nobody() -> None:
    assert silent() == silent(looked_at=HOUR) == set()


def test_a_desk_just_deployed_has_as_long_as_any_for_its_first_runs() -> None:
    assert silent(measured(timedelta(minutes=4), EVERY)) == set()
    assert silent(measured(timedelta(minutes=6), EVERY), measured(timedelta(0), EVERY)) == {"sweep", "deliver", "probe"}
    assert silent(measured(25 * HOUR, {"reconcile"}), measured(timedelta(0), {"reconcile"})) == set()
    assert silent(measured(27 * HOUR, {"reconcile"}), measured(timedelta(0), {"reconcile"})) == {"reconcile"}


def test_what_the_watchdog_ran_does_not_count_for_the_timer() -> None:
    assert silent(days(EVERY), ran(timedelta(minutes=1), EVERY, by="tick")) == EVERY


def test_a_timer_whose_run_failed_is_alive_and_a_round_that_fails_every_time_is_an_alarm() -> None:
    failed = ran(22 * HOUR, {"reconcile"}, outcome="failed")
    others = ran(timedelta(minutes=1), EVERY - {"reconcile"})
    before = ran(46 * HOUR, {"reconcile"})
    assert silent(days(EVERY), others, before, failed, ran(21 * HOUR, {"reconcile"}, by="tick")) == set()
    assert silent(days(EVERY), others, before, failed) == {"reconcile"}, "its work has not been done by anybody"
    assert silent(days(EVERY), others, before, failed, ran(21 * HOUR, {"reconcile"}, by="tick", outcome="failed")) == {
        "reconcile"
    }
    assert silent(days(EVERY), ran(timedelta(minutes=1), EVERY, outcome="failed")) == EVERY


def test_a_timer_that_is_dead_for_days_stays_an_alarm() -> None:
    for hours in (1, 27, 47):
        assert silent(days(EVERY), ran(hours * HOUR, {"probe"}), ran(timedelta(0), EVERY - {"probe"})) == {"probe"}
    assert silent(days(EVERY), ran(timedelta(0), EVERY - {"probe"})) == {"probe"}, "its last run is beyond what is looked at"


def test_a_desk_that_watches_nothing_any_more_misses_nothing() -> None:
    stopped = [measured(27 * HOUR, EVERY), measured(timedelta(0), OF_TICKETS)]
    assert silent(stopped, ran(27 * HOUR, EVERY), ran(timedelta(0), OF_TICKETS)) == set()


def test_a_desk_that_says_nothing_at_all_is_an_alarm_as_long_as_somebody_looks_at_it() -> None:
    last = timedelta(minutes=30)
    assert silent(measured(last, EVERY), ran(last, EVERY)) == EVERY - {"reconcile"}
    assert silent(looked_at=26 * HOUR) == OF_TICKETS
