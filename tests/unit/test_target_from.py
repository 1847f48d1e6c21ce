"""How the contract's data writes a target, and what it answers to one that is wrong."""

import math
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import InvalidInput
from shared.domain.target import DueAt, Received, Target, WorkingDays, WorkingTime, target_from, target_to


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ({"working_hours": 4}, WorkingTime(timedelta(hours=4))),
        ({"working_hours": 0}, WorkingTime(timedelta(0))),
        ({"working_hours": 1.5}, WorkingTime(timedelta(minutes=90))),
        ({"working_hours": 0.1}, WorkingTime(timedelta(seconds=360))),
        ({"working_hours": 24}, WorkingTime(timedelta(hours=24))),  # never days
        ({"working_minutes": 90}, WorkingTime(timedelta(minutes=90))),
        ({"working_seconds": 0.555}, WorkingTime(timedelta(milliseconds=555))),
        ({"working_seconds": 1e-6}, WorkingTime(timedelta(microseconds=1))),
        ({"working_days": 2}, WorkingDays(2, DueAt.CLOSE, Received.NEXT_OPENING)),
        ({"working_days": 2, "at": "same_time", "received": "as_is"}, WorkingDays(2, DueAt.SAME_TIME, Received.AS_IS)),
    ],
)
def test_a_target_is_read(written: dict[str, object], target: Target) -> None:
    assert target_from(written) == target


@pytest.mark.parametrize("unit", ["working_hours", "working_minutes", "working_seconds"])
@pytest.mark.parametrize("count", [True, False, None, "4", [4], math.nan, math.inf, -math.inf])
def test_an_amount_that_is_no_number_is_refused(unit: str, count: object) -> None:
    with pytest.raises(InvalidInput, match=f"{unit} is a number, zero or more, not"):
        target_from({unit: count})


@pytest.mark.parametrize("count", [-1, -0.5, 1e300, pytest.param(10**5000, id="of thousands of digits"), 10**9])
def test_an_amount_that_is_negative_or_beyond_all_measure_is_refused(count: float) -> None:
    with pytest.raises(InvalidInput, match="working_hours is zero or more, and at most 211 years"):
        target_from({"working_hours": count})


@pytest.mark.parametrize("written", [{"working_seconds": 1e-7}, {"working_hours": 0.3333333333}, {"working_seconds": 0.1234567}])
def test_a_fraction_of_a_microsecond_is_refused(written: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="exact to the microsecond"):
        target_from(written)


@pytest.mark.parametrize("count", [0, -1, 1.0, 1.5, True, "1", None, math.nan])
def test_working_days_are_whole_numbers_from_one(count: object) -> None:
    with pytest.raises(InvalidInput, match="working_days is a whole number from 1 on, not"):
        target_from({"working_days": count})
    with pytest.raises(InvalidInput, match="working_days is a whole number from 1 on, not"):
        WorkingDays(count)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({}, "this one names nothing"),
        ({"hours": 4}, "this one names only 'hours'"),
        ({"working_hours": 4, "working_days": 1}, "names working_hours and working_days at once"),
        ({"working_hours": 4, "working_minutes": 1}, "names working_hours and working_minutes at once"),
        ({"working_hours": 4, "at": "close"}, "A target in working_hours has no 'at'; allowed: working_hours"),
        ({"working_days": 1, "until": "noon"}, "A target in working_days has no 'until'; allowed: working_days, at, received"),
        ({"working_days": 1, "at": "noon"}, "at is close or same_time, not 'noon'"),
        ({"working_days": 1, "at": None}, "at is close or same_time, not None"),
        ({"working_days": 1, "received": ["as_is"]}, "received is next_opening or as_is, not"),
        ([], 'A target is one of {"working_hours": 4}'),
        (4, 'A target is one of {"working_hours": 4}'),
    ],
)
def test_a_target_that_is_not_one_is_refused_with_what_is_allowed(written: Any, says: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        target_from(written)
    assert says in wrong.value.detail


@pytest.mark.parametrize("amount", [timedelta(microseconds=-1), timedelta.max])
def test_an_impossible_amount_is_refused(amount: timedelta) -> None:
    with pytest.raises(InvalidInput, match="working time is from zero"):
        WorkingTime(amount)


@pytest.mark.parametrize(
    ("target", "written"),
    [
        (WorkingTime(timedelta(hours=28)), {"working_hours": 28}),
        (WorkingTime(timedelta(0)), {"working_hours": 0}),
        (WorkingTime(timedelta(minutes=90)), {"working_minutes": 90}),
        (WorkingTime(timedelta(seconds=35297)), {"working_seconds": 35297}),
        (WorkingTime(timedelta(milliseconds=555)), {"working_seconds": 0.555}),
        (WorkingDays(30), {"working_days": 30, "at": "close", "received": "next_opening"}),
    ],
)
def test_a_target_is_written_in_the_largest_unit_that_is_exact(target: Target, written: dict[str, object]) -> None:
    assert target_to(target) == written
    assert target_from(written) == target
