"""What holds of every deadline, whatever the calendar, to the microsecond."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.calendar import Calendar, Closing, Opening, Rules
from shared.domain.target import Pause, WorkingTime, due, target_from, target_to, used
from tests.property.calendars import working_days

MANY = settings(max_examples=200, deadline=None)
WEEKDAYS = dict.fromkeys(range(5), ((32400, 46800), (52200, 66600)))

ITALIAN = Calendar(
    Rules(
        zone="Europe/Rome",
        weekly=WEEKDAYS,
        closures=(Closing(starts=datetime(2026, 8, 10), ends=datetime(2026, 8, 22), reason="Chiusura estiva"),),
        openings=(Opening(starts=datetime(2026, 8, 12, 10), ends=datetime(2026, 8, 12, 12, 0, 0, 1)),),
    )
)
NIGHTS = Calendar(Rules(zone="Europe/Rome", weekly=dict.fromkeys(range(7), ((79200, 108000),))))
ALWAYS = Calendar(Rules(zone="Europe/Rome", weekly=dict.fromkeys(range(7), ((0, 86400),))))

calendars = st.sampled_from([ITALIAN, NIGHTS, ALWAYS])
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
amounts = st.timedeltas(timedelta(0), timedelta(days=40))


@MANY
@given(calendars, instants, instants, instants)
def test_elapsed_is_additive(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    assert calendar.elapsed(a, b) + calendar.elapsed(b, c) == calendar.elapsed(a, c)


@MANY
@given(calendars, instants, amounts)
def test_exactly_the_amount_is_open_up_to_due_and_less_before(calendar: Calendar, start: datetime, amount: timedelta) -> None:
    due_at = calendar.add(start, amount)
    assert calendar.elapsed(start, due_at) == amount
    if amount:
        assert calendar.elapsed(start, due_at - timedelta(microseconds=1)) == amount - timedelta(microseconds=1)


@MANY
@given(calendars, instants, instants, amounts, amounts)
def test_due_is_monotone(calendar: Calendar, one: datetime, other: datetime, less: timedelta, more: timedelta) -> None:
    (one, other), (less, more) = sorted((one, other)), sorted((less, more))
    assert calendar.add(one, less) <= calendar.add(other, less)
    assert calendar.add(one, less) <= calendar.add(one, more)


@MANY
@given(calendars, instants, amounts, st.lists(st.tuples(instants, st.timedeltas(timedelta(0), timedelta(days=9))), max_size=5))
def test_paused_time_is_never_charged(
    calendar: Calendar, start: datetime, amount: timedelta, drawn: list[tuple[datetime, timedelta]]
) -> None:
    pauses = [Pause(starts_at=at, ends_at=at + length) for at, length in drawn]
    due_at = due(calendar, start, WorkingTime(amount), pauses)
    assert due_at is not None and due_at >= calendar.add(start, amount)
    assert used(calendar, start, pauses, due_at) == amount


@MANY
@given(instants, st.integers(0, 10**12))
def test_round_the_clock_every_second_counts_through_both_clock_changes(start: datetime, microseconds: int) -> None:
    amount = timedelta(microseconds=microseconds)
    assert ALWAYS.add(start, amount) == start + amount


@MANY
@given(st.one_of(st.timedeltas(timedelta(0), timedelta(days=70_000)).map(WorkingTime), working_days()))
def test_a_target_that_is_written_down_reads_the_same(target: object) -> None:
    assert target_from(target_to(target)) == target  # type: ignore[arg-type]
