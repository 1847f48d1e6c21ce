"""A local day of a service: exact sums, minutes for the eye, and how little room they take."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from shared.actions import codec
from shared.domain.availability import State
from shared.domain.errors import InvalidInput
from shared.domain.watch.change import Change
from shared.domain.watch.day import (
    Day,
    Minute,
    bad_minutes,
    closing,
    counted,
    marked,
    minutes,
    pack,
    summary,
    unpack,
)
from shared.domain.watch.tally import Counts
from tests.support.desks import rome
from tests.support.watching import Watch, bad, good

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ROME = "Europe/Rome"


def change(at: datetime, state: State) -> Change:
    return Change(service="archive", at=at, state=state, why="")


def a_day(on: str, *changes: tuple[str, State], opening: State = State.UNKNOWN, until: str = "2030-01-01 00:00") -> Day:
    day = Day(service="archive", on=date.fromisoformat(on), zone=ROME, opening=opening)
    return marked(day, [change(rome(at), state) for at, state in changes], rome(until))


@pytest.mark.parametrize(("on", "length"), [("2026-03-10", 1440), ("2026-03-29", 1380), ("2026-10-25", 1500)])
def test_a_day_has_the_minutes_that_really_pass(on: str, length: int) -> None:
    day = a_day(on, opening=State.UP)
    assert day.length == length == len(minutes(day))
    assert set(minutes(day)) == {Minute.UP}
    assert summary(day).up == length * MINUTE
    assert len(pack(minutes(day))) == length // 3


def test_the_hour_that_occurs_twice_is_two_hours() -> None:
    """25 October: 02:00 to 03:00 summer time are the minutes 120 to 179, the same hour again 180 to 239."""
    again = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # 02:00 for the second time
    day = marked(
        a_day("2026-10-25", opening=State.UP), [change(again, State.DOWN), change(again + HOUR, State.UP)], again + 2 * HOUR
    )
    assert [number for number, mark in enumerate(minutes(day)) if mark == Minute.DOWN] == list(range(180, 240))
    march = a_day("2026-03-29", ("2026-03-29 03:00", State.DOWN), ("2026-03-29 03:01", State.UP), opening=State.UP)
    assert [number for number, mark in enumerate(minutes(march)) if mark == Minute.DOWN] == [120]


def test_a_minute_is_down_if_any_part_of_it_was_else_unknown_if_any_part_was() -> None:
    day = a_day(
        "2026-03-10",
        ("2026-03-10 10:00:59.999999", State.DOWN),
        ("2026-03-10 10:01:00", State.UNKNOWN),
        ("2026-03-10 10:02:30", State.UP),
        ("2026-03-10 10:03:10", State.UNKNOWN),
        ("2026-03-10 10:03:20", State.DOWN),
        ("2026-03-10 10:03:20.000001", State.UP),
        opening=State.UP,
    )
    marks = minutes(day)[599:605]
    assert list(marks) == [Minute.UP, Minute.DOWN, Minute.UNKNOWN, Minute.UNKNOWN, Minute.DOWN, Minute.UP]
    assert bad_minutes(minutes(day)) == 2
    assert summary(day).down == timedelta(microseconds=2)
    assert summary(day).unknown == timedelta(seconds=100)
    assert summary(day).up == 24 * HOUR - timedelta(seconds=100, microseconds=2)


def test_what_is_to_come_is_neither_up_nor_down_and_counted_nowhere() -> None:
    day = a_day("2026-03-10", ("2026-03-10 08:00", State.UP), until="2026-03-10 10:00:30")
    total = summary(day)
    assert (total.up, total.down, total.unknown) == (2 * HOUR + MINUTE / 2, timedelta(0), 8 * HOUR)
    assert list(minutes(day)[600:602]) == [Minute.UP, Minute.UNKNOWN]
    ahead = a_day("2026-03-10", ("2026-03-10 10:00", State.DOWN), opening=State.UP, until="2026-03-10 09:00")
    assert (summary(ahead).up, summary(ahead).down) == (9 * HOUR, timedelta(0)) and bad_minutes(minutes(ahead)) == 0
    untold = Day(service="archive", on=date(2026, 3, 10), zone=ROME, opening=State.UP)
    assert summary(untold).up == timedelta(0) and set(minutes(untold)) == {Minute.UNKNOWN}
    assert summary(a_day("2026-03-10", opening=State.UP, until="2026-03-09 10:00")).up == timedelta(0)


def test_a_story_takes_the_place_of_what_was_told_from_its_first_change_on() -> None:
    day = a_day("2026-03-10", ("2026-03-10 08:00", State.UP), ("2026-03-10 09:00", State.UNKNOWN), until="2026-03-10 09:30")
    day = marked(day, [change(rome("2026-03-10 08:30"), State.DOWN)], rome("2026-03-10 09:30"))
    assert [(each.at, each.state) for each in day.changes] == [
        (rome("2026-03-10 08:00"), State.UP),
        (rome("2026-03-10 08:30"), State.DOWN),
    ]
    assert marked(day, [], rome("2026-03-10 09:00")) == day  # time goes on only forward
    again = marked(day, [change(rome("2026-03-10 08:30"), State.UNKNOWN)], rome("2026-03-10 09:30"))
    assert [each.state for each in again.changes] == [State.UP, State.UNKNOWN]  # another word about the same instant


def test_an_outage_found_after_midnight_puts_the_end_of_the_day_before_right() -> None:
    watch = Watch()
    watch.sees(good("2026-03-10 23:58"))
    first = a_day("2026-03-10", ("2026-03-10 23:58", State.UP), until="2026-03-11 00:00")
    second = Day(service="archive", on=date(2026, 3, 11), zone=ROME, opening=closing(first))
    watch.sees(good("2026-03-10 23:59:30"))
    step = watch.sees(bad("2026-03-11 00:00:30"))
    first, second = (marked(day, step.story, rome("2026-03-11 00:01")) for day in (first, second))
    assert summary(first).unknown == 24 * HOUR - MINUTE * 3 / 2  # 23:58 to 23:59:30 was up
    assert closing(first) is State.UNKNOWN is second.opening
    assert summary(second).unknown == summary(second).down == MINUTE / 2 and summary(second).up == timedelta(0)


def test_packed_minutes_are_short_and_come_back() -> None:
    marks = bytes(Random(5).choices(range(4), k=1500))
    text = pack(marks)
    assert len(text) == 500 and text.isascii() and text.isprintable()
    assert unpack(text) == marks == unpack(text, 1500)
    assert unpack(pack(marks[:1410]), 1410) == marks[:1410]  # Lord Howe: half an hour


@pytest.mark.parametrize(("text", "length"), [("?", None), ("AAA", None), ("é" * 4, None), ("AAAA", 24), ("AAAA", 8)])
def test_what_was_not_packed_is_refused(text: str, length: int | None) -> None:
    with pytest.raises(InvalidInput):
        unpack(text, length)


def test_a_day_counts_what_runs_came_to_and_can_be_stored() -> None:
    day = a_day("2026-03-10", ("2026-03-10 08:00", State.UP), until="2026-03-10 09:30")
    day = counted(day, Counts(samples=1, bad=1), [120, 80])
    day = counted(day, Counts(samples=1, blips=1, gaps=1, void=1, ignored=1))
    assert day.counts == Counts(samples=2, bad=1, blips=1, gaps=1, void=1, ignored=1)
    assert day.latency.total == 2
    assert codec.loaded(Day, codec.dumped(day)) == day
