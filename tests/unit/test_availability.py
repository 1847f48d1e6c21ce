"""SEMANTICS 6 as worked periods."""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from shared.domain.availability import Judgement, State, Verdict, cut, judge, target_share
from shared.domain.errors import InvalidInput
from tests.unit.worked_dates import rome

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
MARCH = rome("2026-03-01 00:00"), rome("2026-04-01 00:00")
TARGET = Fraction(9995, 10_000)
HOUR = timedelta(hours=1)


def march(
    *states: tuple[str, State], maintenance: tuple[tuple[str, str], ...] = (), now: str | None = None, target: Fraction = TARGET
) -> Judgement:
    return judge(
        *MARCH,
        [(rome(at), state) for at, state in states],
        [(rome(start), rome(end)) for start, end in maintenance],
        None if now is None else rome(now),
        target,
    )


def test_march_in_rome_has_743_hours() -> None:
    judgement = march(("2026-03-01 00:00", UP))
    assert judgement.up == 743 * HOUR
    assert judgement.minimum == judgement.maximum == 1 and judgement.verdict is Verdict.MET


def test_the_verdict_uses_exact_values() -> None:
    """0.05 % of 743 hours are 1337.4 seconds: down for exactly that long it is met, a microsecond longer it is missed."""
    down = rome("2026-03-10 10:00")
    for seconds, verdict in ((1337.4, Verdict.MET), (1337.400001, Verdict.MISSED)):
        states = [(MARCH[0], UP), (down, DOWN), (down + timedelta(seconds=seconds), UP)]
        judgement = judge(*MARCH, states, [], None, TARGET)
        assert judgement.verdict is verdict
    assert judgement.minimum is not None and cut(judgement.minimum) == "99.9499"


def test_what_nobody_watched_is_unknown_and_never_silently_up() -> None:
    judgement = march(("2026-03-02 00:00", UP))
    assert (judgement.unknown, judgement.up) == (24 * HOUR, 719 * HOUR)
    assert judgement.verdict is Verdict.INDETERMINATE
    assert march().unknown == 743 * HOUR and march().verdict is Verdict.INDETERMINATE
    assert march(("2026-03-01 00:00", UP), ("2026-03-05 00:00", UNKNOWN), ("2026-03-05 01:00", UP)).unknown == HOUR


def test_missed_when_even_all_the_unknown_would_not_save_it() -> None:
    judgement = march(("2026-03-01 12:00", DOWN), ("2026-03-02 12:00", UP))
    assert judgement.maximum == Fraction(743 - 24, 743) and judgement.verdict is Verdict.MISSED


def test_a_state_from_before_the_period_reaches_into_it_and_later_ones_do_not_matter() -> None:
    assert march(("2026-02-01 00:00", DOWN), ("2026-02-20 00:00", UP), ("2026-04-01 00:00", DOWN)).up == 743 * HOUR


def test_states_come_in_any_order() -> None:
    states = [("2026-03-05 01:00", UP), ("2026-03-01 00:00", UP), ("2026-03-05 00:00", DOWN)]
    assert march(*states) == march(*sorted(states)) and march(*states).down == HOUR


def test_the_same_state_twice_at_one_instant_is_said_once_and_two_states_are_a_contradiction() -> None:
    assert march(("2026-03-01 00:00", UP), ("2026-03-01 00:00", UP)).up == 743 * HOUR
    with pytest.raises(InvalidInput, match="cannot be both"):
        march(("2026-03-01 00:00", UP), ("2026-03-05 00:00", DOWN), ("2026-03-05 00:00", UP))


def test_announced_maintenance_is_excluded_whatever_the_probes_say() -> None:
    judgement = march(
        ("2026-03-01 00:00", UP),
        ("2026-03-05 00:30", DOWN),
        ("2026-03-05 02:30", UP),
        maintenance=(
            ("2026-03-05 01:00", "2026-03-05 02:00"),  # out of order
            ("2026-03-05 00:00", "2026-03-05 01:30"),  # overlapping
            ("2026-03-05 01:10", "2026-03-05 01:20"),  # inside another
            ("2026-02-01 00:00", "2026-02-02 00:00"),  # outside the period
            ("2026-03-31 23:00", "2026-04-02 00:00"),  # reaching beyond it
            ("2026-03-20 00:00", "2026-03-20 00:00"),  # empty
        ),
    )
    assert judgement.excluded == 3 * HOUR
    assert judgement.down == HOUR / 2  # the overrun counts
    assert judgement.up == 743 * HOUR - judgement.excluded - judgement.down


def test_a_period_that_was_all_maintenance_proves_nothing() -> None:
    judgement = march(("2026-03-01 00:00", UP), maintenance=(("2026-02-01 00:00", "2026-05-01 00:00"),))
    assert judgement.excluded == 743 * HOUR
    assert (judgement.minimum, judgement.maximum, judgement.verdict) == (None, None, Verdict.INDETERMINATE)


def test_a_running_period_ends_now() -> None:
    states = (("2026-03-01 00:00", UP), ("2026-03-05 00:00", DOWN))
    maintenance = (("2026-03-01 00:00", "2026-03-01 01:00"), ("2026-03-20 00:00", "2026-03-21 00:00"))
    judgement = march(*states, now="2026-03-05 02:00", maintenance=maintenance)
    assert (judgement.up, judgement.down, judgement.excluded) == (95 * HOUR, 2 * HOUR, HOUR)
    assert march(*states, now="2026-05-01 00:00") == march(*states)
    before = march(*states, now="2026-02-01 00:00", maintenance=maintenance)
    assert (before.up, before.excluded, before.verdict) == (timedelta(0), timedelta(0), Verdict.INDETERMINATE)


def test_a_period_must_end_after_it_starts_and_a_maintenance_not_before() -> None:
    for end in (MARCH[0], MARCH[0] - HOUR):
        with pytest.raises(InvalidInput, match="A period must end after it starts"):
            judge(MARCH[0], end, [], [], None, TARGET)
    with pytest.raises(InvalidInput, match="A maintenance ends before it starts"):
        march(maintenance=(("2026-03-05 01:00", "2026-03-05 00:00"),))


def test_naive_instants_are_refused() -> None:
    naive = datetime(2026, 3, 1)
    wrongs: list[Callable[[], object]] = [
        lambda: judge(naive, MARCH[1], [], [], None, TARGET),
        lambda: judge(*MARCH, [(naive, UP)], [], None, TARGET),
        lambda: judge(*MARCH, [], [(naive, MARCH[1])], None, TARGET),
        lambda: judge(*MARCH, [], [], naive, TARGET),
    ]
    for wrong in wrongs:
        with pytest.raises(InvalidInput, match="needs its offset"):
            wrong()


@pytest.mark.parametrize(
    ("percent", "share"),
    [
        ("99.95", TARGET),
        (99.95, TARGET),
        (100, Fraction(1)),
        ("100.000", Fraction(1)),
        (0, Fraction(0)),
        (1e-7, Fraction(1, 10**9)),
        (-0.0, Fraction(0)),
        ("-0.0", Fraction(0)),
        ("-0", Fraction(0)),
        (1e-30, Fraction(1, 10**32)),
    ],
)
def test_a_target_is_read_exactly(percent: object, share: Fraction) -> None:
    assert target_share(percent) == share


@pytest.mark.parametrize(
    "percent",
    [
        "100.0000001",
        100.1,
        -1,
        "-0.1",
        "",
        "99,95",
        "99.95%",
        "1e2",
        " 99",
        "٩٩",
        True,
        None,
        float("nan"),
        float("inf"),
        [99],
        pytest.param(10**5000, id="of thousands of digits"),
    ],
)
def test_a_target_that_is_no_percentage_is_refused(percent: Any) -> None:
    with pytest.raises(InvalidInput, match="per cent from 0 to 100"):
        target_share(percent)


@pytest.mark.parametrize("percent", [5e-324, 1e-31, "0." + "0" * 30 + "1"])
def test_a_target_of_more_decimals_than_are_read_is_told_how_many_are(percent: object) -> None:
    with pytest.raises(InvalidInput, match="at most 30 decimals; not "):
        target_share(percent)


def test_a_target_outside_nothing_and_everything_is_refused() -> None:
    with pytest.raises(InvalidInput, match="from 0 to 100"):
        march(target=Fraction(101, 100))


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(1), "100.0000"),
        (Fraction(0), "0.0000"),
        (Fraction(999499999, 10**9), "99.9499"),
        (Fraction(9995, 10**4), "99.9500"),
        (1 - Fraction(1, 10**20), "99.9999"),
        (Fraction(5, 10**6), "0.0005"),
        (Fraction(2, 3), "66.6666"),
    ],
)
def test_a_shown_percentage_is_cut_and_never_rounded_up(share: Fraction, shown: str) -> None:
    assert cut(share) == shown
