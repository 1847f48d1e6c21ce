"""When a target falls due, how much of it is used, and how much is left.

Sources: SEMANTICS 2 (working time), 3 (working days), 4 (pauses).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from shared.domain.calendar import Calendar
from shared.domain.errors import InvalidInput
from shared.domain.worktime.pause import Pause, Paused, union
from shared.domain.worktime.promised import US, DueAt, Received, Target, WorkingDays, WorkingTime
from shared.domain.worktime.span import clipped, instant, utc

_ZERO = timedelta(0)


def due(calendar: Calendar, start: datetime, target: Target, pauses: Sequence[Pause] = ()) -> datetime | None:
    """The due instant (UTC); None while a pause is open that began before it.

    On 9-13/14:30-18:30, from Friday 7 August 2026 17:50: four working hours are due on Monday 12:20, and with a pause on Monday
    10:00-11:00 at 14:50 (40 minutes up to 13:00, 20 from 14:30 on); two working days are due on Tuesday 18:30.
    Raises OutOfRange and NeverOpen as the calendar does.
    """
    if not pauses and isinstance(target, WorkingTime):
        return calendar.add(start, target.amount)
    return pushed(calendar, due_without_pauses(calendar, start, target), union(pauses, utc(start)))


def due_without_pauses(calendar: Calendar, start: datetime, target: Target) -> datetime:
    if isinstance(target, WorkingTime):
        return calendar.add(start, target.amount)
    receipt = day_of_receipt(calendar, start, target)
    day = calendar.working_day_after(receipt, target.count)
    if target.at is DueAt.CLOSE:
        return calendar.close_of(day)
    opened = calendar.next_open(start).astimezone(calendar.zone)
    return calendar.next_open(instant(datetime.combine(day, opened.time()), calendar.zone))


def day_of_receipt(calendar: Calendar, start: datetime, target: WorkingDays) -> date:
    """The local date that is not counted. Saturday: Monday. Tuesday 07:00 or during lunch: Tuesday. Tuesday 19:00: Wednesday.

    As it is: the local date of receipt, whether open or not.
    """
    received = calendar.next_open(start) if target.received is Received.NEXT_OPENING else utc(start)
    return received.astimezone(calendar.zone).date()


def pushed(calendar: Calendar, due_at: datetime, paused: Iterable[Paused]) -> datetime | None:
    """The due instant after each pause that begins before it has pushed it by the pause's own open time; None: still paused."""
    for begins, ends in paused:
        if begins >= due_at:
            break
        if ends is None:
            return None
        due_at = calendar.add(due_at, calendar.elapsed(begins, ends))
    return due_at


def instant_of(
    calendar: Calendar, start: datetime, target: Target, fraction: Fraction, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """When this share (0 to 1) of the target's working time is used; 1 is exactly `due`. None while a pause keeps it from coming.

    The working time of days is all the open time from start to due, that of the day of receipt included. A share that is not a
    whole number of microseconds is rounded up: at the instant given, the share has been used.
    """
    if not 0 <= fraction <= 1:
        raise InvalidInput(f"A share of a target is from 0 to 1, not {fraction}.")
    if fraction == 1:
        return due(calendar, start, target, pauses)
    if isinstance(target, WorkingTime):
        whole = target.amount
    else:
        whole = calendar.elapsed(start, due_without_pauses(calendar, start, target))
    share = -(-(whole // US * fraction.numerator) // fraction.denominator) * US
    return pushed(calendar, calendar.add(start, share), union(pauses, utc(start)))


def used(calendar: Calendar, start: datetime, pauses: Sequence[Pause], until: datetime) -> timedelta:
    """The open time from start to `until` that was not paused; zero when `until` is not after start."""
    start, until = utc(start), utc(until)
    return _unpaused(calendar, start, until, union(pauses, start)) if until > start else _ZERO


def remaining(calendar: Calendar, start: datetime, target: Target, pauses: Sequence[Pause], now: datetime) -> timedelta:
    """The working time left before due: never negative, and while paused what was left when the pause began.

    For days too: the open time up to the due instant, that of the day of receipt included.
    """
    start = utc(start)
    now, paused = max(utc(now), start), union(pauses, start)
    ended = [(begins, ends) for begins, ends in paused if ends is not None]
    due_at = pushed(calendar, due_without_pauses(calendar, start, target), ended)
    assert due_at is not None, "only an open pause takes the due instant away"
    if len(ended) < len(paused):
        now = min(now, paused[-1][0])
    return _unpaused(calendar, now, due_at, ended) if now < due_at else _ZERO


def _unpaused(calendar: Calendar, start: datetime, end: datetime, paused: Iterable[Paused]) -> timedelta:
    """The open time of `[start, end)` less what was paused of it."""
    spans = clipped(((begins, ends or end) for begins, ends in paused), start, end)
    return calendar.elapsed(start, end) - sum((calendar.elapsed(*span) for span in spans), _ZERO)
