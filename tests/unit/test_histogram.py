"""Latencies in buckets: what a percentile read from them guarantees."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidInput
from shared.domain.watch.histogram import BOUNDS_MS, Histogram, unpack

latencies = st.lists(st.integers(0, 40_000), max_size=60)


def histogram_of(values: list[int]) -> Histogram:
    made = Histogram()
    for value in values:
        made = made.added(value)
    return made


def test_the_buckets_are_few_and_rise_evenly() -> None:
    assert len(BOUNDS_MS) < 32 and list(BOUNDS_MS) == sorted(set(BOUNDS_MS))
    assert all(after <= 2 * before for before, after in pairwise(BOUNDS_MS))
    assert all(3 * after <= 5 * before for before, after in pairwise(BOUNDS_MS[1:]))


@given(latencies, st.sampled_from((1, 50, 95, 99, 100)))
def test_a_percentile_is_a_bound_that_holds_and_no_further_off_than_its_bucket(values: list[int], percent: int) -> None:
    bound = histogram_of(values).percentile(percent)
    if not values:
        assert bound is None
        return
    exact = sorted(values)[-(-len(values) * percent // 100) - 1]
    assert bound is not None and bound >= exact
    if 1 < exact <= 30_000:
        assert bound <= 2 * exact
    assert 100 * sum(value <= bound for value in values) >= percent * len(values)


def test_percentiles_of_a_worked_day() -> None:
    """98 answers in 80 ms, one in 460, one in 41,000: half within 80, 99 in a hundred within 500, all within 41,000."""
    day = histogram_of([80] * 98 + [460, 41_000])
    assert [day.percentile(percent) for percent in (50, 95, 99, 100)] == [100, 100, 500, 41_000]
    assert histogram_of([80]).percentile(50) == 80  # the longest of all is known exactly


@given(latencies, latencies)
def test_days_add_up(one: list[int], another: list[int]) -> None:
    both = histogram_of(one).merged(histogram_of(another))
    assert both == histogram_of(another).merged(histogram_of(one)) == histogram_of(one + another)


@given(latencies)
def test_a_packed_histogram_comes_back(values: list[int]) -> None:
    made = histogram_of(values)
    assert unpack(made.pack()) == made and made.pack().isascii()


def test_the_fullest_day_is_a_short_line() -> None:
    full = Histogram(counts=(1_440,) * 28, longest=99_999)
    assert len(full.pack()) <= 120


@pytest.mark.parametrize("text", ["", "1.2", "1.2:", "1,2:3", "-1:2", "." * 40 + ":1"])
def test_what_is_no_histogram_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        unpack(text)


@pytest.mark.parametrize("percent", [0, 101])
def test_percentiles_are_from_one_to_a_hundred(percent: int) -> None:
    with pytest.raises(InvalidInput):
        Histogram().percentile(percent)


def test_no_answer_comes_before_it_was_asked_for() -> None:
    with pytest.raises(InvalidInput):
        Histogram().added(-1)
