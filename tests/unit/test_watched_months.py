"""From probes to a judged month, in the cases where monitors are usually wrong. Samples once an hour: months are long."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from shared.domain.availability import Judgement, Verdict, judge
from shared.domain.guarantee import Guarantee, MaintenanceRule, Period
from shared.domain.watch.change import folded
from shared.domain.watch.sample import Outcome, Sample
from tests.support.desks import ROME
from tests.support.watching import SERVICE, Watch, at

HOUR = timedelta(hours=1)
HOURLY = replace(SERVICE, interval=HOUR)
GUARANTEE = Guarantee(
    id="data-centre",
    name={"en": "Data centre"},
    target=Fraction(1999, 2000),
    period=Period.MONTH,
    zone="Europe/Rome",
    maintenance=MaintenanceRule(excluded=True, notice=timedelta(0), calendar=None, cap=None),
)


def watched(first: str, last: str, *, down: tuple[str, ...] = (), asleep: tuple[str, str] | None = None) -> Watch:
    """Samples each hour, both included: bad at the hours of `down`; none inside `asleep`, its ends included."""
    watch = Watch(replace(HOURLY, thresholds=replace(HOURLY.thresholds, failures=1)))
    moment, bad = at(first), {at(each) for each in down}
    while moment <= at(last):
        if asleep is None or not at(asleep[0]) <= moment <= at(asleep[1]):
            watch.sees([Sample(service="archive", at=moment, outcome=Outcome.BAD if moment in bad else Outcome.GOOD)])
        moment += HOUR
    return watch


def month(
    watch: Watch, now: str | None = None, maintenance: tuple[tuple[str, str], ...] = (), of: str = "2026-03-15"
) -> Judgement:
    if now is not None:
        watch.wakes(now)
    states = [(change.at, change.state) for change in folded(watch.changes)]
    windows = [(at(start), at(end)) for start, end in maintenance]
    return judge(*GUARANTEE.period_at(at(f"{of} 12:00")), states, windows, at(now) if now else None, GUARANTEE.target)


def hours(judgement: Judgement) -> tuple[float, float, float, float]:
    parts = (judgement.up, judgement.down, judgement.unknown, judgement.excluded)
    return tuple(part / HOUR for part in parts)  # type: ignore[return-value]


FIRST, LAST = "2026-02-28 23:00", "2026-04-01 01:00"


@pytest.mark.parametrize(
    ("of", "first", "last", "length"),
    [
        ("2026-03-15", "2026-02-28 22:00", "2026-04-01 01:00", 743),  # the clocks go forward
        ("2026-10-15", "2026-09-30 22:00", "2026-11-01 01:00", 745),  # and back
        ("2026-02-15", "2026-01-31 22:00", "2026-03-01 01:00", 672),
    ],
)
def test_a_month_watched_all_the_time_is_its_hours_long(of: str, first: str, last: str, length: int) -> None:
    judgement = month(watched(first, last), of=of)
    assert hours(judgement) == (length, 0, 0, 0) and judgement.verdict is Verdict.MET


def test_the_first_probe_comes_late() -> None:
    assert hours(month(watched("2026-03-03 00:00", LAST))) == (743 - 48, 0, 48, 0)


def test_the_monitor_sleeps() -> None:
    """32 hours without a sample: 5 March 12:00 to 6 March 19:00. What is proven ends an hour after the last sample."""
    judgement = month(watched(FIRST, LAST, asleep=("2026-03-05 12:00", "2026-03-06 19:00")))
    assert hours(judgement) == (743 - 32, 0, 32, 0) and judgement.verdict is Verdict.INDETERMINATE


def test_the_monitor_sleeps_32_minutes() -> None:
    watch = Watch()
    watch.each_minute("20:00", "20:10")
    watch.each_minute("20:42", "21:00")
    states = [(change.at, change.state) for change in folded(watch.changes)]
    judgement = judge(at("20:00"), at("21:00"), states, [], None, GUARANTEE.target)
    assert judgement.unknown == timedelta(minutes=31)  # 20:11 to 20:42


def test_an_outage_across_the_end_of_a_month_counts_in_both_as_far_as_it_reaches() -> None:
    watch = watched(FIRST, "2026-04-02 00:00", down=tuple(_each("2026-03-31 22:00", "2026-04-01 03:00")))
    march, april = month(watch), month(watch, of="2026-04-15", now="2026-04-02 00:00")
    assert hours(march) == (743 - 3, 2, 1, 0)  # unknown 21:00 to 22:00
    assert hours(april) == (20, 3, 1, 0)  # unknown 03:00 to 04:00


def test_maintenance_nested_and_overlapping_is_taken_out_once() -> None:
    windows = (
        ("2026-03-10 00:00", "2026-03-10 06:00"),
        ("2026-03-10 01:00", "2026-03-10 02:00"),
        ("2026-03-10 05:00", "2026-03-10 08:00"),
    )
    watch = watched(FIRST, LAST, down=tuple(_each("2026-03-10 01:00", "2026-03-10 07:00")))
    judgement = month(watch, maintenance=windows)
    assert hours(judgement) == (743 - 8, 0, 0, 8) and judgement.verdict is Verdict.MET


def test_maintenance_inside_unknown_time_is_excluded_and_the_rest_stays_unknown() -> None:
    watch = watched(FIRST, LAST, asleep=("2026-03-05 01:00", "2026-03-05 10:00"))
    assert hours(month(watch, maintenance=(("2026-03-05 04:00", "2026-03-05 06:00"),))) == (743 - 10, 0, 8, 2)


def test_what_runs_over_counts() -> None:
    watch = watched(FIRST, LAST, down=tuple(_each("2026-03-05 02:00", "2026-03-05 08:00")))
    judgement = month(watch, maintenance=(("2026-03-05 01:00", "2026-03-05 06:00"),))
    assert hours(judgement) == (743 - 8, 2, 1, 5)  # down 06:00 to 08:00, unknown to 09:00
    assert judgement.verdict is Verdict.MISSED


def test_the_future_is_not_counted_and_what_is_late_now_is_unknown() -> None:
    watch = watched(FIRST, "2026-03-10 12:00")
    assert hours(month(watch, now="2026-03-10 13:30")) == (9 * 24 + 13.5, 0, 0, 0)
    assert hours(month(watch, now="2026-03-10 14:00")) == (9 * 24 + 13, 0, 1, 0)


def test_nothing_watched_and_all_excluded_prove_nothing() -> None:
    nothing = month(Watch())
    assert hours(nothing) == (0, 0, 743, 0) and nothing.verdict is Verdict.INDETERMINATE
    excluded = month(watched(FIRST, LAST), maintenance=(("2026-02-01 00:00", "2026-05-01 00:00"),))
    assert hours(excluded) == (0, 0, 0, 743) and excluded.verdict is Verdict.INDETERMINATE


def test_the_interval_changes_within_the_month() -> None:
    watch = watched(FIRST, "2026-03-15 12:00")
    watch.service = replace(HOURLY, interval=3 * HOUR)
    for moment in _each("2026-03-15 13:00", LAST)[::3]:
        watch.sees([Sample(service="archive", at=at(moment), outcome=Outcome.GOOD)])
    assert hours(month(watch)) == (743, 0, 0, 0)


def _each(first: str, last: str) -> list[str]:
    """Every hour, both included, as wall time in Rome."""
    start, hours = at(first), int((at(last) - at(first)) / HOUR)
    return [_wall(start + number * HOUR) for number in range(hours + 1)]


def _wall(moment: datetime) -> str:
    return moment.astimezone(ROME).strftime("%Y-%m-%d %H:%M")
