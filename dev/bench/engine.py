"""The engine against its peers, on the same 10,000 cases: the Italian calendar of 2026 and 2027, its summer and winter closures.

Peers: workclock (Rust core), pandas CustomBusinessHour, businesstimedelta. Everything is built beforehand; each figure is the
best of many rounds, ours and theirs in turn, a call a case. Instants come in UTC, as the domain hands them down. The slow peers
are asked a part of the cases, pandas in whole hours only (it knows no others) and no elapsed time (it has no such function).
Our answers are compared with a table of every single minute.
"""

import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from importlib import import_module
from zoneinfo import ZoneInfo

import businesstimedelta
import pandas
import workclock

from dev.bench.minutes import MinuteTable
from shared.catalogue.holiday_tables import country_holidays
from shared.domain.calendar import Calendar, Closing, Rules, Shift
from shared.domain.target import WorkingTime, due

Row = tuple[str, str, str, bool]
"""What was measured, the figure, the bound, whether it holds. A bound of "-" is none: shown for comparison."""

CASES, PANDAS_CASES, SLOW_CASES = 10_000, 500, 50
ROUNDS = 25
ROME = ZoneInfo("Europe/Rome")
SHIFTS: tuple[Shift, ...] = ((9 * 3600, 13 * 3600), (14 * 3600 + 1800, 18 * 3600 + 1800))
CLOSED = [  # first day, last day
    (date(2025, 12, 24), date(2026, 1, 6)),
    (date(2026, 8, 10), date(2026, 8, 21)),
    (date(2026, 12, 24), date(2027, 1, 6)),
    (date(2027, 8, 9), date(2027, 8, 20)),
    (date(2027, 12, 24), date(2028, 1, 7)),
]
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """From `start`, how long until `amount` is used, and how much is used up to `end`?"""

    start: datetime
    end: datetime
    target: WorkingTime

    @property
    def amount(self) -> timedelta:
        return self.target.amount


def rows() -> list[Row]:
    cases = _cases(timedelta(hours=40) // MICROSECOND, 1)
    office, schedule = Calendar(_rules()), _workclock()
    return [
        *_against_workclock(office, schedule, cases),
        *_against_pandas(office, _cases(40, timedelta(hours=1) // MICROSECOND)[:PANDAS_CASES]),
        *_against_businesstimedelta(office, cases[:SLOW_CASES]),
        _wrong_answers(office, cases),
        *_year_built(),
    ]


def _rules() -> Rules:
    return Rules(
        zone="Europe/Rome",
        weekly=dict.fromkeys(range(5), SHIFTS),
        holidays=country_holidays("IT"),
        closures=tuple(
            Closing(starts=datetime.combine(first, clock_time.min), ends=datetime.combine(last + DAY, clock_time.min))
            for first, last in CLOSED
        ),
    )


def _cases(units: int, unit_us: int) -> list[Case]:
    """The same ones every time: starts and ends to the microsecond, amounts of 1 to `units` of so many microseconds."""
    dice = random.Random(2026)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    cases = []
    for _ in range(CASES):
        start = first + dice.randrange(729 * DAY // MICROSECOND) * MICROSECOND
        amount = dice.randint(1, units) * unit_us * MICROSECOND
        end = start + dice.randrange(30 * DAY // MICROSECOND) * MICROSECOND
        cases.append(Case(start=start, end=end, target=WorkingTime(amount)))
    return cases


def _against_workclock(office: Calendar, schedule: workclock.Schedule, cases: Sequence[Case]) -> list[Row]:
    asked_due = [(case.start, case.target) for case in cases]
    asked_add = [(case.start, case.amount) for case in cases]
    asked_elapsed = [(case.start, case.end) for case in cases]
    starts, ends, amounts = [c.start for c in cases], [c.end for c in cases], [c.amount for c in cases]
    ours_due, theirs_due, many_due = _best(
        lambda: [due(office, start, target) for start, target in asked_due],
        lambda: [schedule.add(start, amount) for start, amount in asked_add],
        lambda: schedule.add_many(starts, amounts),
    )
    ours_elapsed, theirs_elapsed, many_elapsed = _best(
        lambda: [office.elapsed(start, end) for start, end in asked_elapsed],
        lambda: [schedule.between(start, end) for start, end in asked_elapsed],
        lambda: schedule.between_many(starts, ends),
    )
    return [
        _ratio("due against workclock", ours_due, theirs_due, CASES, at_least=10),
        _ratio("elapsed against workclock", ours_elapsed, theirs_elapsed, CASES, at_least=10),
        _ratio("due against workclock, all cases in one call of theirs", ours_due, many_due, CASES),
        _ratio("elapsed against workclock, all cases in one call of theirs", ours_elapsed, many_elapsed, CASES),
        *_in_rome(office, schedule, cases),
    ]


def _in_rome(office: Calendar, schedule: workclock.Schedule, cases: Sequence[Case]) -> list[Row]:
    """The same with instants in the calendar's zone; ours then turns them into UTC first."""
    local = [(case.start.astimezone(ROME), case.end.astimezone(ROME), case.amount, case.target) for case in cases]
    ours_due, theirs_due = _best(
        lambda: [due(office, start, target) for start, _, _, target in local],
        lambda: [schedule.add(start, amount) for start, _, amount, _ in local],
    )
    ours_elapsed, theirs_elapsed = _best(
        lambda: [office.elapsed(start, end) for start, end, _, _ in local],
        lambda: [schedule.between(start, end) for start, end, _, _ in local],
    )
    return [
        _ratio("due against workclock, instants in Europe/Rome", ours_due, theirs_due, CASES),
        _ratio("elapsed against workclock, instants in Europe/Rome", ours_elapsed, theirs_elapsed, CASES),
    ]


def _against_pandas(office: Calendar, cases: Sequence[Case]) -> list[Row]:
    hours = {
        n: pandas.offsets.CustomBusinessHour(n=n, start=["09:00", "14:30"], end=["13:00", "18:30"], holidays=sorted(_days_off()))
        for n in range(1, 41)
    }
    asked = [(pandas.Timestamp(case.start).tz_convert("Europe/Rome"), hours[case.amount // timedelta(hours=1)]) for case in cases]
    in_utc = [(case.start, case.target) for case in cases]
    ours, theirs = _best(
        lambda: [due(office, start, target) for start, target in in_utc],
        lambda: [start + amount for start, amount in asked],
        rounds=5,
    )
    return [_ratio("due against pandas CustomBusinessHour", ours, theirs, len(cases), at_least=100)]


def _against_businesstimedelta(office: Calendar, cases: Sequence[Case]) -> list[Row]:
    zone = import_module("pytz").timezone("Europe/Rome")  # the zones that this peer takes
    shifts = [(clock_time(9), clock_time(13)), (clock_time(14, 30), clock_time(18, 30))]
    rules = businesstimedelta.Rules(
        [
            *[businesstimedelta.WorkDayRule(start_time=s, end_time=e, working_days=[0, 1, 2, 3, 4], tz=zone) for s, e in shifts],
            businesstimedelta.HolidayRule(_days_off(), tz=zone),
        ]
    )
    amounts = [businesstimedelta.BusinessTimeDelta(rules, timedelta=case.amount) for case in cases]
    ours_due, theirs_due = _best(
        lambda: [due(office, case.start, case.target) for case in cases],
        lambda: [case.start + amount for case, amount in zip(cases, amounts, strict=True)],
        rounds=2,
    )
    ours_elapsed, theirs_elapsed = _best(
        lambda: [office.elapsed(case.start, case.end) for case in cases],
        lambda: [rules.difference(case.start, case.end) for case in cases],
        rounds=2,
    )
    return [
        _ratio("due against businesstimedelta", ours_due, theirs_due, len(cases)),
        _ratio("elapsed against businesstimedelta", ours_elapsed, theirs_elapsed, len(cases)),
    ]


def _wrong_answers(office: Calendar, cases: Sequence[Case]) -> Row:
    table = MinuteTable(ROME, SHIFTS, frozenset(_days_off()), date(2025, 12, 25), date(2028, 3, 31))
    wrong = sum(
        (office.elapsed(case.start, case.end) != table.elapsed(case.start, case.end))
        + (due(office, case.start, case.target) != table.due(case.start, case.amount))
        for case in cases
    )
    return f"wrong answers of {2 * len(cases):,}, against a table of every minute", str(wrong), "0", wrong == 0


def _year_built() -> list[Row]:
    rules, middle = _rules(), datetime(2026, 7, 1, tzinfo=UTC)
    (seconds,) = _best(lambda: Calendar(rules).is_open(middle), rounds=ROUNDS)
    tracemalloc.start()
    kept = Calendar(rules)
    kept.is_open(middle)
    size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return [
        ("a calendar's year worked out", f"{seconds * 1000:.1f} ms", "<= 5 ms", seconds <= 0.005),
        ("a calendar's year kept", f"{size / 1024:.0f} KB, peak {peak / 1024:.0f} KB", "<= 300 KB", peak <= 300 * 1024),
    ]


def _workclock() -> workclock.Schedule:
    hours = [workclock.WorkDay(clock_time(9), clock_time(13)), workclock.WorkDay(clock_time(14, 30), clock_time(18, 30))]
    return workclock.Schedule([*hours, workclock.Holidays(_days_off())], time_zone="Europe/Rome")


def _days_off() -> set[date]:
    """Holidays and closures as the peers take them: dates, of the years around."""
    days = {day for day in country_holidays("IT") if 2025 <= day.year <= 2028}
    return days | {first + n * DAY for first, last in CLOSED for n in range((last - first).days + 1)}


def _best(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """The best time of each, in seconds, taken in turn."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for number, work in enumerate(works):
            started = time.perf_counter()
            work()
            best[number] = min(best[number], time.perf_counter() - started)
    return best


def _ratio(what: str, ours: float, theirs: float, cases: int, *, at_least: int | None = None) -> Row:
    ratio = theirs / ours
    figures = f"{what} ({ours / cases * 1e6:.2f} us, {theirs / cases * 1e6:.1f} us)"
    return figures, f"{ratio:.1f}x", "-" if at_least is None else f">= {at_least}x", at_least is None or ratio >= at_least


if __name__ == "__main__":
    for what, figure, bound, holds in rows():
        print(f"{'ok  ' if holds else 'MISS'}  {what:<90} {figure:>24}   {bound}")
