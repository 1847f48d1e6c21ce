"""What the property tests draw: calendars of every shape around awkward weeks, instants in them, targets, pauses."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from shared.domain.calendar import Closing, Opening, Rules, Shift
from shared.domain.target import DueAt, Pause, Received, WorkingDays, WorkingTime
from tests.property.reference import STEP, Painted

STEP_S = int(STEP.total_seconds())
DAY_STEPS = 86_400 // STEP_S

WEEKS = [
    ("Europe/Rome", date(2026, 3, 23), date(2026, 4, 5)),  # forward on 29 March, 02:00
    ("Europe/Rome", date(2026, 10, 19), date(2026, 11, 1)),  # back on 25 October, 03:00
    ("Europe/Rome", date(2026, 12, 24), date(2027, 1, 6)),  # two years
    ("Australia/Lord_Howe", date(2026, 9, 28), date(2026, 10, 11)),  # forward by half an hour
    ("Australia/Lord_Howe", date(2026, 3, 30), date(2026, 4, 12)),  # back by half an hour
    ("America/Havana", date(2026, 3, 2), date(2026, 3, 15)),  # forward at midnight: the date begins at 01:00
    ("America/Havana", date(2026, 10, 26), date(2026, 11, 8)),  # back at 01:00: midnight occurs twice
    ("Asia/Kathmandu", date(2026, 8, 3), date(2026, 8, 16)),  # 5 h 45 min ahead, no changes
]

Week = tuple[str, date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A calendar, and the same one painted; `first` and `last` are the dates to ask about."""

    rules: Rules
    painted: Painted
    first: date
    last: date


def shifts() -> st.SearchStrategy[Shift]:
    """At any time of day, night shifts included, up to the next midnight but one."""
    opens = st.integers(0, DAY_STEPS - 1)
    return opens.flatmap(lambda o: st.tuples(st.just(o * STEP_S), st.integers(o + 1, 2 * DAY_STEPS).map(lambda c: c * STEP_S)))


def days_hours() -> st.SearchStrategy[tuple[Shift, ...]]:
    """Office hours as often as anything else, so that ordinary weeks are drawn too."""
    ordinary = st.sampled_from(
        [(), ((32_400, 46_800), (52_200, 66_600)), ((0, 86_400),), ((79_200, 108_000),), ((7_200, 12_600),)]
    )
    return st.one_of(ordinary, st.lists(shifts(), max_size=3).map(tuple))


@st.composite
def cases(draw: st.DrawFn, week: Week | None = None) -> Case:
    """Any of the weeks, unless one is given."""
    zone, first, last = week or draw(st.sampled_from(WEEKS))
    dates = st.integers(0, (last - first).days).map(lambda n: first + timedelta(days=n))
    rules = Rules(
        zone=zone,
        weekly=draw(st.dictionaries(st.integers(0, 6), days_hours(), max_size=7)),
        holidays=dict.fromkeys(draw(st.lists(dates, max_size=3)), "a holiday"),
        closures=tuple(Closing(starts=s, ends=e, reason="closed") for s, e in draw(st.lists(ranges(first, last), max_size=2))),
        openings=tuple(Opening(starts=s, ends=e) for s, e in draw(st.lists(ranges(first, last), max_size=2))),
    )
    return Case(rules=rules, painted=Painted(rules, first, last), first=first, last=last)


@st.composite
def ranges(draw: st.DrawFn, first: date, last: date) -> tuple[datetime, datetime]:
    """A range of local date-times: hours or days long."""
    steps = ((last - first).days + 1) * DAY_STEPS
    start = draw(st.integers(0, steps - 1))
    length = draw(st.one_of(st.integers(1, 60), st.integers(1, 5 * DAY_STEPS)))
    midnight = datetime.combine(first, time.min)
    return midnight + start * STEP, midnight + (start + length) * STEP


@st.composite
def instants(draw: st.DrawFn, case: Case) -> datetime:
    steps = ((case.last - case.first).days + 1) * DAY_STEPS
    return datetime.combine(case.first, time.min, UTC) + draw(st.integers(0, steps - 1)) * STEP


@st.composite
def pauses(draw: st.DrawFn, case: Case, *, may_be_open: bool = False) -> list[Pause]:
    """In any order; nested, overlapping, touching and empty ones too."""
    drawn = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(instants(case))
        drawn.append(Pause(starts_at=start, ends_at=start + draw(st.integers(0, 200)) * STEP))
    if may_be_open and draw(st.booleans()):
        drawn.insert(draw(st.integers(0, len(drawn))), Pause(starts_at=draw(instants(case)), ends_at=None))
    return drawn


def working_times() -> st.SearchStrategy[WorkingTime]:
    return st.integers(0, 300).map(lambda n: WorkingTime(n * STEP))


def working_days() -> st.SearchStrategy[WorkingDays]:
    return st.builds(WorkingDays, st.integers(1, 4), st.sampled_from(DueAt), st.sampled_from(Received))
