"""Reports against a look at every second, a year against its months, and every figure against the calculator."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.availability import Judgement, State
from shared.domain.guarantee import Guarantee, MaintenanceRule, Period
from shared.domain.guarantees.budget import gap_alarm
from shared.domain.guarantees.report import Held, History, Report, combined, of_guarantee, of_service
from shared.domain.watch.maintenance import Window
from shared.proof.answers import Calculator
from shared.proof.calculate import answered
from shared.web.views import availability as views
from tests.unit.worked_dates import rome

START = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
LENGTH = 400
SECOND = timedelta(seconds=1)
PERIOD = START, START + LENGTH * SECOND

offsets = st.integers(-60, LENGTH + 60)
histories = st.dictionaries(offsets, st.sampled_from(State), max_size=8)
maintenances = st.lists(st.tuples(offsets, st.integers(1, 150)), max_size=3)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(histories, maintenances), max_size=3))
def test_services_together_are_judged_second_by_second(services: list[tuple[dict[int, State], list[tuple[int, int]]]]) -> None:
    """Down, then unknown, then excluded, then up: of services that are not themselves in excluded maintenance."""
    spans = [([(_at(at), state) for at, state in sorted(said.items())], _spans(maintenance)) for said, maintenance in services]
    states, out = combined(spans, PERIOD)
    for second in range(LENGTH):
        each = [_one(said, maintenance, second) for said, maintenance in services] or ["unknown"]
        worst = next(state for state in ("down", "unknown", "excluded", "up") if state in each)
        is_out = any(start <= _at(second) < end for start, end in out)
        assert ("excluded" if is_out else _held(states, _at(second))) == worst


def _one(said: dict[int, State], maintenance: list[tuple[int, int]], second: int) -> str:
    if any(start <= second < start + length for start, length in maintenance):
        return "excluded"
    before = [at for at in said if at <= second]
    return said[max(before)].value if before else "unknown"


def _held(states: tuple[Held, ...], at: datetime) -> str:
    before = [state.value for since, state in states if since <= at]
    return before[-1] if before else "unknown"


YEAR = rome("2026-01-01 00:00"), rome("2027-01-01 00:00")
MONTHS = [rome(f"2026-{month:02d}-01 00:00") for month in range(1, 13)] + [YEAR[1]]
instants = st.integers(-30 * 86_400, 396 * 86_400).map(lambda second: YEAR[0] + second * SECOND)


@st.composite
def years(draw: st.DrawFn) -> tuple[History, Guarantee, datetime]:
    said = draw(st.dictionaries(instants, st.sampled_from(State), max_size=10))
    windows = []
    for number in range(draw(st.integers(0, 4))):
        starts = draw(instants)
        window = Window(
            id=f"w{number}",
            services=("up",),
            starts_at=starts,
            ends_at=starts + draw(st.integers(1, 40 * 86_400)) * SECOND,
            announced_at=starts - draw(st.integers(1, 86_400)) * SECOND,
            announced_by="sandro",
            reason={"en": "Update"},
        )
        windows.append(window)
    hours = draw(st.none() | st.integers(0, 100))
    guarantee = Guarantee(
        id="uptime",
        name={"en": "Uptime"},
        target=draw(st.sampled_from([Fraction(1999, 2000), Fraction(99, 100), Fraction(1, 2), Fraction(1), Fraction(0)])),
        period=draw(st.sampled_from(Period)),
        zone="Europe/Rome",
        maintenance=MaintenanceRule(
            excluded=draw(st.integers(0, 5)) > 0,
            notice=timedelta(hours=draw(st.integers(0, 12))),
            calendar=None,
            cap=None if hours is None else timedelta(hours=hours),
        ),
    )
    now = draw(instants | st.just(YEAR[1] + timedelta(days=400)))
    return History(service="up", states=tuple(sorted(said.items())), windows=tuple(windows)), guarantee, now


@settings(max_examples=300, deadline=None)
@given(years())
def test_a_year_is_its_months_exactly(year: tuple[History, Guarantee, datetime]) -> None:
    history, guarantee, now = year
    whole = of_service(history, guarantee, None, YEAR, now)
    months = [of_service(history, guarantee, None, month, now) for month in pairwise(MONTHS)]
    for name in ("raw", "contractual"):
        parts = [getattr(month, name) for month in months]
        for state in ("up", "down", "unknown", "excluded"):
            assert getattr(getattr(whole, name), state) == sum((getattr(part, state) for part in parts), timedelta(0))
    assert whole.budget is not None
    if guarantee.period is Period.YEAR:
        assert not any(month.is_judged or month.budget for month in months), "the year alone is judged"
    else:
        assert whole.budget.allowed == sum(month.budget.allowed for month in months if month.budget)


@settings(max_examples=300, deadline=None)
@given(years())
def test_the_calculator_says_the_same_of_every_figure(year: tuple[History, Guarantee, datetime]) -> None:
    history, guarantee, now = year
    other = History(service="down", states=history.states[1:])
    for report in (
        of_service(history, guarantee, None, YEAR, now),
        of_service(history, guarantee, None, (MONTHS[2], MONTHS[3]), now),
        of_guarantee([history, other], guarantee, None, (MONTHS[9], MONTHS[10]), now),
    ):
        _agrees(report)


def _agrees(report: Report) -> None:
    said: dict[str, Any] = views.report(report)
    for question in views.questions(report):
        answer = answered(Calculator(), json.dumps(question).encode(), 1)
        assert answer is not None and "error" not in answer, answer
        shown = said[str(question["id"]).rpartition("/")[2]]
        if not report.is_judged:
            assert shown["verdict"] is None
            del answer["verdict"]
        assert {name: answer[name] for name in answer if name != "id"} == {name: shown[name] for name in answer if name != "id"}


@settings(max_examples=200, deadline=None)
@given(years())
def test_the_budget_of_a_period_that_is_over_agrees_with_its_verdict(year: tuple[History, Guarantee, datetime]) -> None:
    history, guarantee, _ = year
    report = of_service(history, guarantee, None, YEAR, YEAR[1])
    assert report.budget is not None
    least, most = report.budget.left
    counted = report.contractual.minimum is not None
    verdict = "MET" if least >= 0 else "MISSED" if most < 0 else "INDETERMINATE"
    assert report.contractual.verdict.value == (verdict if counted else "INDETERMINATE")
    assert gap_alarm(report.budget) == (report.budget.unknown > max(most, Fraction(0)) / 4)


def _seconds(judgement: Judgement) -> Counter[str]:
    return Counter({name: getattr(judgement, name) // SECOND for name in ("up", "down", "unknown", "excluded")})


@settings(max_examples=500, deadline=None)
@given(histories, maintenances, offsets)
def test_a_service_is_judged_second_by_second(said: dict[int, State], maintenance: list[tuple[int, int]], now: int) -> None:
    windows = tuple(
        Window(
            id=f"w{number}",
            services=("up",),
            starts_at=start,
            ends_at=end,
            announced_at=start - SECOND,
            announced_by="sandro",
            reason={"en": "Update"},
        )
        for number, (start, end) in enumerate(_spans(maintenance))
    )
    rule = MaintenanceRule(excluded=True, notice=timedelta(0), calendar=None, cap=None)
    guarantee = Guarantee(
        id="g", name={"en": "g"}, target=Fraction(9, 10), period=Period.YEAR, zone="Europe/Rome", maintenance=rule
    )
    states = tuple((_at(at), state) for at, state in said.items())
    report = of_service(History(service="up", states=states, windows=windows), guarantee, None, PERIOD, _at(now))
    passed = range(max(0, min(LENGTH, now)))
    assert _seconds(report.contractual) == +Counter(_one(said, maintenance, second) for second in passed) or not passed
    raw = Counter(_one(said, [], second) for second in passed)
    assert +_seconds(report.raw) == +raw
    assert report.coverage == (Fraction(raw["up"] + raw["down"], len(passed)) if passed else None)


def _spans(maintenance: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
    return [(_at(start), _at(start + length)) for start, length in maintenance]


def _at(second: int) -> datetime:
    return START + second * SECOND
