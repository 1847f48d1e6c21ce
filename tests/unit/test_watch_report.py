"""Months as they are argued about: the named traps, the budget, and figures that are never shown better than they are."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from shared.domain.availability import State, Verdict, cut
from shared.domain.guarantee import Guarantee, MaintenanceRule, Period
from shared.domain.guarantees.budget import Budget, cut_minutes, gap_alarm
from shared.domain.guarantees.report import Held, History, Report, of_guarantee, of_service
from shared.domain.guarantees.windows import Why, ledger, refusal
from shared.domain.watch.maintenance import Window
from shared.web.views import availability as views
from tests.unit.worked_dates import rome

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
MARCH = rome("2026-03-01 00:00"), rome("2026-04-01 00:00")
OCTOBER = rome("2026-10-01 00:00"), rome("2026-11-01 00:00")
LATER = rome("2027-06-01 00:00")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def promised(cap: timedelta | None = None, notice: timedelta = timedelta(0), period: Period = Period.MONTH) -> Guarantee:
    return Guarantee(
        id="uptime",
        name={"en": "Uptime"},
        target=Fraction(1999, 2000),
        period=period,
        zone="Europe/Rome",
        maintenance=MaintenanceRule(excluded=True, notice=notice, calendar=None, cap=cap),
    )


def window(starts: str, ends: str, announced: str = "2026-01-01 00:00", cancelled: str | None = None) -> Window:
    return Window(
        id=starts,
        services=("up",),
        starts_at=rome(starts),
        ends_at=rome(ends),
        announced_at=rome(announced),
        announced_by="sandro",
        reason={"it": "Aggiornamento", "en": "Update"},
        cancelled_at=rome(cancelled) if cancelled else None,
    )


def history(*states: tuple[str, State], windows: tuple[Window, ...] = (), service: str = "up") -> History:
    held: tuple[Held, ...] = tuple((rome(at), state) for at, state in states)
    return History(service=service, states=held, windows=windows)


def judged(
    given: History, period: tuple[datetime, datetime] = MARCH, now: datetime = LATER, of: Guarantee | None = None
) -> Report:
    return of_service(given, of or promised(), None, period, now)


def test_the_first_probe_may_come_late_and_the_time_before_it_is_unknown() -> None:
    report = judged(history(("2026-03-02 00:00", UP)))
    assert report.raw.unknown == 24 * HOUR and report.coverage == Fraction(719, 743)
    assert report.contractual.verdict is Verdict.INDETERMINATE


def test_a_monitor_asleep_for_32_minutes_proves_neither() -> None:
    report = judged(history(("2026-03-01 00:00", UP), ("2026-03-10 10:00", UNKNOWN), ("2026-03-10 10:32", UP)))
    assert (report.contractual.verdict, report.contractual.unknown) == (Verdict.INDETERMINATE, 32 * MINUTE)
    assert report.budget is not None and report.budget.left == (Fraction("22.29") - 32, Fraction("22.29"))
    assert gap_alarm(report.budget)


def test_nested_and_overlapping_maintenance_counts_once() -> None:
    windows = (
        window("2026-03-10 10:00", "2026-03-10 14:00"),
        window("2026-03-10 11:00", "2026-03-10 12:00"),
        window("2026-03-10 13:00", "2026-03-10 15:00"),
    )
    report = judged(history(("2026-03-01 00:00", UP), windows=windows))
    assert report.contractual.excluded == 5 * HOUR and report.raw.excluded == timedelta(0)


def test_maintenance_inside_unknown_time_is_excluded() -> None:
    report = judged(history(("2026-03-02 00:00", UP), windows=(window("2026-03-01 10:00", "2026-03-01 12:00"),)))
    assert (report.contractual.excluded, report.contractual.unknown) == (2 * HOUR, 22 * HOUR)


def test_work_that_runs_over_its_window_counts() -> None:
    states = (("2026-03-01 00:00", UP), ("2026-03-10 10:05", DOWN), ("2026-03-10 12:30", UP))
    report = judged(history(*states, windows=(window("2026-03-10 10:00", "2026-03-10 12:00"),)))
    assert (report.contractual.down, report.raw.down) == (30 * MINUTE, 145 * MINUTE)
    assert report.contractual.verdict is Verdict.MISSED


def test_maintenance_across_a_month_boundary_counts_in_each_month_with_that_months_cap() -> None:
    windows = (window("2026-03-31 21:00", "2026-04-01 06:00"),)
    of = promised(cap=2 * HOUR)
    april = rome("2026-04-01 00:00"), rome("2026-05-01 00:00")
    assert judged(history(windows=windows), MARCH, of=of).excluded == ((rome("2026-03-31 21:00"), rome("2026-03-31 23:00")),)
    assert judged(history(windows=windows), april, of=of).excluded == ((rome("2026-04-01 00:00"), rome("2026-04-01 02:00")),)


def test_a_year_has_one_cap_where_the_year_is_promised() -> None:
    windows = (window("2026-03-10 10:00", "2026-03-10 13:00"), window("2026-10-10 10:00", "2026-10-10 13:00"))
    of = promised(cap=4 * HOUR, period=Period.YEAR)
    assert judged(history(windows=windows), MARCH, of=of).contractual.excluded == 3 * HOUR
    assert judged(history(windows=windows), OCTOBER, of=of).contractual.excluded == HOUR


@pytest.mark.parametrize(("period", "hours"), [(MARCH, 743), (OCTOBER, 745)])
def test_the_months_in_which_clocks_change_have_their_real_length(period: tuple[datetime, datetime], hours: int) -> None:
    report = judged(history(("2026-01-01 00:00", UP)), period)
    assert report.contractual.up == hours * HOUR
    assert report.budget is not None and report.budget.allowed == Fraction(hours * 60, 2000)


def test_a_window_through_the_hour_that_is_skipped_is_as_long_as_it_really_was() -> None:
    report = judged(history(windows=(window("2026-03-29 01:00", "2026-03-29 04:00"),)))
    assert report.contractual.excluded == 2 * HOUR


def test_exactly_the_contracts_notice_is_enough_and_a_microsecond_less_is_not() -> None:
    begins = window("2026-03-10 10:00", "2026-03-10 11:00", announced="2026-03-09 10:00")
    later = replace(begins, announced_at=begins.announced_at + timedelta(microseconds=1))
    rule = promised(notice=24 * HOUR).maintenance
    assert (refusal(begins, rule), refusal(later, rule)) == (None, Why.NOTICE)


def test_notice_is_time_that_really_elapses() -> None:
    """Announced at 10:00 the day before, for 10:00 after the clocks went forward: 23 hours, not 24."""
    late = window("2026-03-29 10:00", "2026-03-29 11:00", announced="2026-03-28 10:00")
    assert judged(history(windows=(late,)), of=promised(notice=24 * HOUR)).excluded == ()
    assert judged(history(windows=(late,)), of=promised(notice=23 * HOUR)).contractual.excluded == HOUR


def test_a_running_month_ends_now_and_the_future_is_neither_up_nor_down() -> None:
    now = rome("2026-03-11 00:00")
    ahead = window("2026-03-20 10:00", "2026-03-20 14:00")
    report = judged(history(("2026-03-01 00:00", UP), ("2026-03-12 00:00", DOWN), windows=(ahead,)), now=now)
    assert (report.raw.up, report.raw.down, report.contractual.excluded) == (240 * HOUR, timedelta(0), timedelta(0))
    assert report.now == now and report.budget is not None
    assert report.budget.allowed == Fraction(739 * 60, 2000), "what is announced makes the month, and its budget, shorter"


def test_nothing_watched_proves_nothing() -> None:
    report = judged(history())
    assert report.raw.minimum == 0 and report.raw.maximum == 1 and report.coverage == 0
    assert report.contractual.verdict is Verdict.INDETERMINATE


def test_a_month_that_is_all_excluded_has_no_figures() -> None:
    report = judged(history(("2026-03-01 00:00", DOWN), windows=(window("2026-02-20 00:00", "2026-04-20 00:00"),)))
    assert (report.contractual.minimum, report.contractual.verdict) == (None, Verdict.INDETERMINATE)
    assert report.raw.verdict is Verdict.MISSED


def test_a_month_that_has_not_begun_has_no_figures() -> None:
    report = judged(history(("2026-02-01 00:00", UP)), now=rome("2026-02-10 00:00"))
    assert (report.raw.minimum, report.coverage, report.raw.up) == (None, None, timedelta(0))


def test_no_window_is_excluded_that_was_announced_when_it_had_begun() -> None:
    at_once = window("2026-03-10 10:00", "2026-03-10 12:00", announced="2026-03-10 10:00")
    (told,) = ledger([at_once], promised().maintenance, None, MARCH)
    assert [part.why for part in told.parts] == [Why.AFTERWARDS]


def test_another_services_maintenance_hides_no_outage() -> None:
    one = history(("2026-03-01 00:00", UP), windows=(window("2026-03-10 10:00", "2026-03-10 12:00"),))
    other = history(("2026-03-01 00:00", UP), ("2026-03-10 10:30", DOWN), ("2026-03-10 10:50", UP), service="other")
    report = of_guarantee([one, other], promised(), None, MARCH, LATER)
    assert (report.contractual.down, report.contractual.excluded) == (20 * MINUTE, 100 * MINUTE)


def test_raw_counts_what_was_down_in_maintenance() -> None:
    maintained = (window("2026-03-10 10:00", "2026-03-10 12:00"),)
    one = history(("2026-03-01 00:00", UP), ("2026-03-10 10:00", DOWN), ("2026-03-10 11:00", UP), windows=maintained)
    other = history(("2026-03-01 00:00", UP), ("2026-03-10 10:00", UNKNOWN), ("2026-03-10 11:00", UP), service="other")
    report = of_guarantee([one, other], promised(), None, MARCH, LATER)
    assert (report.raw.down, report.contractual.down) == (HOUR, timedelta(0))
    assert (report.contractual.unknown, report.contractual.excluded) == (HOUR, HOUR)


def test_a_share_just_below_the_target_is_never_shown_as_the_target() -> None:
    states = (("2026-03-01 00:00", UP), ("2026-03-10 10:00", DOWN))
    report = judged(history(*states, ("2026-03-10 10:22", UP)))
    down = report.raw.down
    assert down == 22 * MINUTE and report.contractual.verdict is Verdict.MET
    barely = History(
        service="up",
        states=(
            (MARCH[0], UP),
            (rome("2026-03-10 10:00"), DOWN),
            (rome("2026-03-10 10:00") + timedelta(seconds=1337.400001), UP),
        ),
    )
    shown = views.report(judged(barely))["contractual"]
    assert isinstance(shown, dict) and (shown["min"], shown["verdict"]) == ("99.9499", "MISSED")
    assert cut(Fraction(999_499_999_999, 10**12)) == "99.9499"


def test_what_is_left_of_the_budget_is_never_shown_larger_than_it_is() -> None:
    assert [cut_minutes(Fraction(text)) for text in ("22.29", "0.00009", "-0.00001", "-1.5", "21.59999")] == [
        "22.2900",
        "0.0000",
        "-0.0001",
        "-1.5000",
        "21.5999",
    ]


def test_the_budget_is_used_up_exactly_when_the_target_cannot_be_met() -> None:
    """Of 743 hours four are excluded: 739 hours bear 1330.2 seconds."""
    windows = (window("2026-03-12 09:00", "2026-03-12 13:00"),)
    for seconds, left, verdict in ((1330.2, 0, Verdict.MET), (1330.200001, Fraction(-1, 60_000_000), Verdict.MISSED)):
        down = rome("2026-03-10 10:00")
        states = ((MARCH[0], UP), (down, DOWN), (down + timedelta(seconds=seconds), UP))
        report = judged(History(service="up", states=states, windows=windows))
        assert report.budget is not None and report.budget.left == (left, left)
        assert report.contractual.verdict is verdict


def test_the_gap_alarm_looks_at_what_is_left() -> None:
    def alarms(used: int, unknown: int) -> bool:
        return gap_alarm(Budget(allowed=Fraction(20), used=Fraction(used), unknown=Fraction(unknown)))

    assert not alarms(0, 5) and alarms(0, 6)
    assert not alarms(12, 2) and alarms(12, 3)
    assert not alarms(30, 0) and alarms(30, 1)


def test_a_target_is_written_in_full() -> None:
    assert [views.percent(Fraction(text)) for text in ("0.9995", "1", "0.99999", "0.5", "0.005")] == [
        "99.95",
        "100",
        "99.999",
        "50",
        "0.5",
    ]


def test_the_states_as_csv_are_contiguous_from_the_beginning_to_the_end() -> None:
    states = (("2026-03-02 00:00", UP), ("2026-03-10 10:30", DOWN), ("2026-03-10 13:00", UP))
    lines = views.as_csv(judged(history(*states, windows=(window("2026-03-10 10:00", "2026-03-10 12:00"),)))).splitlines()
    assert [line.split(",")[2:4] for line in lines[1:]] == [
        ["unknown", "no"],
        ["up", "no"],
        ["up", "yes"],
        ["down", "yes"],
        ["down", "no"],
        ["up", "no"],
    ]
    assert sum(float(line.split(",")[4]) for line in lines[1:]) == 743 * 3600
    assert all(before.split(",")[1] == after.split(",")[0] for before, after in pairwise(lines[1:]))
