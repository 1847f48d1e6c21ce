"""Availability against a count of every single second."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.availability import State, Verdict, judge

START = datetime(2026, 3, 29, 0, 50, tzinfo=UTC)
LENGTH = 900
SECOND = timedelta(seconds=1)

offsets = st.integers(-120, LENGTH + 120)
histories = st.dictionaries(offsets, st.sampled_from(State), max_size=12)
maintenances = st.lists(st.tuples(offsets, st.integers(0, 300)), max_size=4)


@settings(max_examples=600, deadline=None)
@given(histories, st.randoms(use_true_random=False), maintenances, st.none() | offsets, st.fractions(0, 1, max_denominator=1000))
def test_every_second_is_exactly_one_of_up_down_unknown_excluded(
    history: dict[int, State], order: object, maintenance: list[tuple[int, int]], now: int | None, target: Fraction
) -> None:
    seconds = Counter(
        _said(history, maintenance, second) for second in range(LENGTH if now is None else max(0, min(LENGTH, now)))
    )
    states = [(START + at * SECOND, state) for at, state in history.items()]
    order.shuffle(states)  # type: ignore[attr-defined]
    judgement = judge(
        START,
        START + LENGTH * SECOND,
        states,
        [(START + at * SECOND, START + (at + length) * SECOND) for at, length in maintenance],
        None if now is None else START + now * SECOND,
        target,
    )
    up, down, unknown = (seconds[state] for state in ("up", "down", "unknown"))
    assert [part / SECOND for part in (judgement.up, judgement.down, judgement.unknown)] == [up, down, unknown]
    assert judgement.excluded / SECOND == seconds["excluded"]
    counted = up + down + unknown
    assert judgement.minimum == (Fraction(up, counted) if counted else None)
    assert judgement.maximum == (Fraction(up + unknown, counted) if counted else None)
    assert judgement.verdict is _verdict(up, unknown, counted, target)


def _said(history: dict[int, State], maintenance: list[tuple[int, int]], second: int) -> str:
    if any(start <= second < start + length for start, length in maintenance):
        return "excluded"
    said = [at for at in history if at <= second]
    return history[max(said)].value if said else "unknown"


def _verdict(up: int, unknown: int, counted: int, target: Fraction) -> Verdict:
    if counted and up >= target * counted:
        return Verdict.MET
    return Verdict.MISSED if counted and up + unknown < target * counted else Verdict.INDETERMINATE
