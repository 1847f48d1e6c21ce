"""Days that are over: what is told later is laid over them, exactly, also where the clocks change."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from shared.domain.availability import State, judge, target_share
from shared.domain.guarantees.record import Figures, Measured, Record, between, extended, lengths, overlaid, part
from shared.domain.watch.change import Change
from shared.domain.watch.tally import Counts
from shared.domain.worktime.span import midnight
from tests.support.desks import ROME, rome

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


def change(at: str, state: State) -> Change:
    return Change(service="archive", at=rome(at), state=state, why="w")


def first_days(*changes: Change, last: date, first: date = date(2026, 3, 28)) -> Record:
    return extended(Record(service="archive"), changes, {first: Measured()}, ROME, last)


def test_days_have_their_real_length() -> None:
    record = first_days(change("2026-03-28 12:00", UP), last=date(2026, 3, 30))
    assert [(day.up, day.unknown) for day in record.days] == [
        (timedelta(hours=12), timedelta(hours=12)),
        (timedelta(hours=23), timedelta(0)),
        (timedelta(hours=24), timedelta(0)),
    ]


def test_a_later_story_holds_from_its_first_change_on_and_the_days_before_stay_as_they_are() -> None:
    counts = Measured(counts=Counts(samples=7))
    record = extended(
        Record(service="archive"), [change("2026-03-10 00:00", UP)], {date(2026, 3, 10): counts}, ROME, date(2026, 3, 12)
    )
    story = [change("2026-03-11 23:59", UNKNOWN), change("2026-03-12 00:00", DOWN), change("2026-03-12 00:10", UP)]
    after = extended(record, story, {}, ROME, date(2026, 3, 13))
    assert after.days[0] is record.days[0] and after.days[0].measured == counts
    assert after.days[1].unknown == timedelta(minutes=1)
    assert (after.days[2].down, after.days[3].up) == (timedelta(minutes=10), timedelta(days=1))
    assert extended(after, story, {}, ROME, date(2026, 3, 13)) == after


def test_a_story_may_take_back_what_was_told() -> None:
    told = [change("2026-03-10 00:00", UP), change("2026-03-10 10:00", UNKNOWN)]
    assert overlaid(told, [change("2026-03-10 09:00", UP)]) == (told[0], change("2026-03-10 09:00", UP))
    assert overlaid(told, []) == tuple(told)


def test_a_running_day_is_cut_off_at_now() -> None:
    story = [change("2026-03-10 06:00", UP)]
    record = extended(
        Record(service="archive"), story, {date(2026, 3, 10): Measured()}, ROME, date(2026, 3, 10), rome("2026-03-10 09:00")
    )
    [day] = record.days
    assert (day.up, day.down, day.unknown) == (timedelta(hours=3), timedelta(0), timedelta(hours=6))


def test_nothing_known_stays_nothing() -> None:
    assert extended(Record(service="archive"), [], {}, ROME, date(2026, 3, 10)) == Record(service="archive")
    assert Record(service="archive").through is None


def test_a_part_begins_with_what_held() -> None:
    record = first_days(change("2026-03-28 12:00", UP), change("2026-03-30 01:00", DOWN), last=date(2026, 3, 31))
    cut = part(record, date(2026, 3, 29), date(2026, 3, 29), ROME)
    assert [day.on for day in cut.days] == [date(2026, 3, 29)]
    assert cut.changes == (change("2026-03-28 12:00", UP),)
    assert part(record, date(2026, 4, 1), date(2026, 4, 30), ROME) == Record(service="archive")
    assert between(record.changes, (rome("2026-03-30 02:00"), rome("2026-03-30 03:00"))) == (change("2026-03-30 01:00", DOWN),)


@pytest.mark.parametrize("seed", range(40))
def test_days_are_what_the_judge_makes_of_the_changes_however_they_came(seed: int) -> None:
    """Stories of overlapping time, in any number; the record built day by day is that of the whole at once."""
    chance = random.Random(seed)
    first, last = date(2026, 3, 26), date(2026, 4, 1)
    record, told = Record(service="archive"), tuple[Change, ...]()
    for on in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        story = _story(chance, midnight(on, ROME) - timedelta(hours=chance.choice((0, 1, 30))))
        told = overlaid(told, story)
        record = extended(record, story, {on: Measured()}, ROME, on)
    for day in record.days:
        assert _sums(day) == _judged(told, day.on)


def _story(chance: random.Random, start: datetime) -> Sequence[Change]:
    at, found = start, []
    for _ in range(chance.randrange(6)):
        at += timedelta(seconds=chance.randrange(1, 20_000), microseconds=chance.randrange(3))
        found.append(Change(service="archive", at=at, state=chance.choice(tuple(State)), why="w"))
    return found


def _sums(day: Figures) -> tuple[timedelta, timedelta, timedelta]:
    return day.up, day.down, day.unknown


def _judged(told: Sequence[Change], on: date) -> tuple[timedelta, timedelta, timedelta]:
    span = midnight(on, ROME), midnight(on + timedelta(days=1), ROME)
    found = judge(*span, [(c.at, c.state) for c in told], [], None, target_share("99.95"))
    totals = lengths(told, [c.at for c in told], span)
    assert (totals[UP], totals[DOWN], totals[UNKNOWN]) == (found.up, found.down, found.unknown)
    return found.up, found.down, found.unknown
