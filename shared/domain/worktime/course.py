"""Which version of a calendar's rules holds when: one after another, each from an instant on."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from shared.domain.errors import InvalidInput
from shared.domain.worktime.dayplan import DayPlan
from shared.domain.worktime.reason import Stretch
from shared.domain.worktime.span import Span, clipped, merged


class _Leg(NamedTuple):
    """A plan and the instants between which it is the one that holds."""

    plan: DayPlan
    since: datetime
    until: datetime


class Course:
    """At least one plan; each ends where the next begins. A local date on which they change keeps what each leaves to it."""

    __slots__ = ("_legs",)

    def __init__(self, legs: tuple[_Leg, ...]) -> None:
        self._legs = legs

    @classmethod
    def of(cls, plan: DayPlan, starts_at: datetime, ends_at: datetime) -> Self:
        return cls((_Leg(plan, starts_at, ends_at),))

    @property
    def starts_at(self) -> datetime:
        return self._legs[0].since

    @property
    def ends_at(self) -> datetime:
        return self._legs[-1].until

    @property
    def last_plan(self) -> DayPlan:
        return self._legs[-1].plan

    @property
    def zone(self) -> ZoneInfo:
        return self.last_plan.zone

    def spliced(self, at: datetime, other: "Course") -> "Course":
        """Before `at` this course, from `at` on the other. Raises InvalidInput when their zones differ."""
        here, there = self.zone.key, other.zone.key
        if here != there:
            raise InvalidInput(f"A calendar in {here} cannot go on as one in {there}: its dates would not be the same dates.")
        before = (leg._replace(until=min(leg.until, at)) for leg in self._legs if leg.since < at)
        after = (leg._replace(since=max(leg.since, at)) for leg in other._legs if leg.until > at)
        return Course((*before, *after))

    def open_on(self, day: date) -> list[Span]:
        """The open time that belongs to a local date, in order and disjoint."""
        if len(self._legs) == 1:
            return self._legs[0].plan.open_on(day)
        return merged(span for leg in self._legs for span in clipped(leg.plan.open_on(day), leg.since, leg.until))

    def closed(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Why `[start, end)`, in which nothing is open, is closed."""
        for leg in self._legs:
            yield from leg.plan.closed(max(start, leg.since), min(end, leg.until))
