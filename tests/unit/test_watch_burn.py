"""Burn-rate alerts, minute by minute."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.guarantees.burn import LONGEST, RULES, Turn, after, bad_minutes, turned

TARGET = Fraction(1999, 2000)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def turns(minutes: str, target: Fraction = TARGET) -> list[tuple[int, str, str]]:
    """What turns when: "." a good minute, "x" a bad one, looked at after each."""
    raised: frozenset[str] = frozenset()
    found = []
    for minute in range(1, len(minutes) + 1):
        turning = turned(raised, [letter == "x" for letter in minutes[:minute]], target)
        raised = after(raised, turning)
        found += [(minute, rule, turn.value) for rule, turn in turning.items()]
    return found


def test_one_outage_raises_each_alert_once_and_clears_it_once() -> None:
    told = turns("." * 60 + "x" * 10 + "." * 5000)
    assert [(rule, turn) for _, rule, turn in told] == [
        ("fast", "raised"),
        ("steady", "raised"),
        ("slow", "raised"),
        ("fast", "cleared"),
        ("steady", "cleared"),
        ("slow", "cleared"),
    ]


def test_at_99_95_the_first_bad_minute_burns_fast_and_the_third_day_slowly() -> None:
    """An hour at 14.4 times 0.05 % is 26 seconds, six hours at 6 are 65 seconds, three days at 1 are 130."""
    told = turns("." * 60 + "x" + "." * 20 + "x" + "." * 20 + "x")
    assert told == [(61, "fast", "raised"), (82, "steady", "raised"), (103, "slow", "raised")]


def test_what_flickers_is_one_alert() -> None:
    told = turns(("x" + "." * 9) * 12)
    assert [rule for _, rule, turn in told if turn == "raised"] == ["fast", "steady", "slow"]
    assert not [rule for _, rule, turn in told if turn == "cleared"]


def test_trouble_that_is_over_raises_nothing() -> None:
    minutes = [True] * 30 + [False] * 400
    assert turned(frozenset(), minutes, TARGET) == {}, "the long windows burn, the short ones do not"


def test_exactly_the_rate_burns() -> None:
    """95 %: an hour at 14.4 times is 43.2 minutes, six hours at 6 are 108 and three days at 1 are 216, to the minute."""
    told = turns("." * 4000 + "x" * 216, Fraction(95, 100))
    assert told == [(4044, "fast", "raised"), (4108, "steady", "raised"), (4216, "slow", "raised")]


def test_a_laxer_target_bears_more() -> None:
    assert turns("." * 60 + "x" * 5, Fraction(95, 100)) == []


def test_a_target_of_all_bears_nothing_and_a_good_month_raises_nothing() -> None:
    assert turns("." * 500, Fraction(1)) == []
    assert {rule for _, rule, _ in turns("....x", Fraction(1))} == {rule.id for rule in RULES}


def test_a_minute_is_bad_that_was_down_for_a_moment_of_it() -> None:
    down = [
        (NOON - 3 * MINUTE + timedelta(seconds=59), NOON - 2 * MINUTE + timedelta(microseconds=1)),
        (NOON - 9 * MINUTE, NOON - 8 * MINUTE),
        (NOON - 100 * MINUTE, NOON - 90 * MINUTE),
        (NOON, NOON + MINUTE),
    ]
    bad = bad_minutes(down, NOON + timedelta(seconds=30), 10)
    assert [NOON - (10 - k) * MINUTE for k, is_bad in enumerate(bad) if is_bad] == [NOON - k * MINUTE for k in (9, 3, 2)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 700), st.integers(1, 120)), max_size=6), st.sampled_from([TARGET, Fraction(99, 100)]))
def test_raised_and_cleared_take_turns_and_all_is_cleared_in_the_end(outages: list[tuple[int, int]], target: Fraction) -> None:
    minutes = [any(start <= k < start + length for start, length in outages) for k in range(900)] + [False] * (LONGEST + 10)
    told: dict[str, list[Turn]] = {rule.id: [] for rule in RULES}
    raised: frozenset[str] = frozenset()
    for minute in range(5, len(minutes), 5):
        turning = turned(raised, minutes[max(0, minute - LONGEST) : minute], target)
        raised = after(raised, turning)
        for rule, turn in turning.items():
            told[rule].append(turn)
    assert all(each == [Turn.RAISED, Turn.CLEARED] * (len(each) // 2) for each in told.values())
    assert raised == frozenset()
