"""The tables of targets in a contract file: families, their priorities, the targets of each, and the escalation ladder."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from shared.catalogue.parser.scalars import CalendarName, Number, PriorityNumber, Shape, Share, Text
from shared.catalogue.parser.words import listed
from shared.domain import target as targets
from shared.domain.contract import Promise, Recipient, StageAction
from shared.domain.errors import InvalidInput

UNITS = {"working_days", "working_hours", "working_minutes", "working_seconds"}

OfTheTable = Field(description="The calendar its targets are counted on, unless a narrower place names another.")


class Target(Shape):
    """An amount of working time. Exactly one unit; units are never converted into each other."""

    working_days: Annotated[Number | None, Field(description="Whole working days; the day of receipt is not counted.")] = None
    working_hours: Annotated[Number | None, Field(description="Hours of open time.")] = None
    working_minutes: Annotated[Number | None, Field(description="Minutes of open time.")] = None
    working_seconds: Annotated[Number | None, Field(description="Seconds of open time.")] = None
    at: Annotated[
        Literal["close", "same_time"] | None,
        Field(description="With working_days: due at the close of the last day (close, the default) or at the time of receipt."),
    ] = None
    received: Annotated[
        Literal["next_opening", "as_is"] | None,
        Field(description="With working_days: the day of receipt is that of the next opening (the default) or the date itself."),
    ] = None
    calendar: Annotated[CalendarName | None, Field(description="The calendar this target alone is counted on.")] = None

    @model_validator(mode="after")
    def _is_a_target(self) -> "Target":
        if len(self.model_fields_set & UNITS) != 1:
            raise ValueError(f"must have exactly one of {listed(sorted(UNITS))}")
        try:
            self.target()
        except InvalidInput as wrong:
            raise ValueError(f"is not a target: {wrong.detail}") from None
        return self

    def target(self) -> targets.Target:
        given = {key: getattr(self, key) for key in type(self).model_fields if key in self.model_fields_set - {"calendar"}}
        return targets.target_from({key: _plain(value) for key, value in given.items()})


class Priority(Shape):
    """A row of a table. A promise that is left out is not made."""

    severity: Annotated[Text | None, Field(description="What the row is called; without it, its number.")] = None
    description: Annotated[Text | None, Field(description="Which requests belong to it.")] = None
    calendar: Annotated[CalendarName | None, Field(description="The calendar of this row, whatever the family says.")] = None
    response: Annotated[Target | None, Field(description="Until a person has taken charge.")] = None
    resolution: Annotated[
        Target | None, Field(description="Until the assignee has closed it; or first aid, where that is promised.")
    ] = None

    @field_validator("response", "resolution")
    @classmethod
    def _allows_some_time(cls, value: Target | None) -> Target | None:
        if value is not None and value.target() == targets.WorkingTime(amount=timedelta(0)):
            raise ValueError("must be more than nothing; a promise that is not made is left out")
        return value


class Family(Shape):
    """Products that share one table of targets."""

    name: Annotated[Text | None, Field(description="Without it, the id.")] = None
    response_name: Annotated[Text | None, Field(description="What the contract calls the response, such as charge taking.")] = (
        None
    )
    resolution_name: Annotated[Text | None, Field(description="What the contract calls the resolution, such as first aid.")] = (
        None
    )
    calendar: Annotated[CalendarName | None, OfTheTable] = None
    response_calendar: Annotated[CalendarName | None, Field(description="The calendar of the responses.")] = None
    resolution_calendar: Annotated[CalendarName | None, Field(description="The calendar of the resolutions.")] = None
    priorities: Annotated[
        dict[PriorityNumber, Priority], Field(min_length=1, description="The rows by number; 1 is stricter than 2.")
    ]
    untriaged_priority: Annotated[
        int | None, Field(description="The row that counts before triage; without it, the lowest number.")
    ] = None

    @field_validator("untriaged_priority")
    @classmethod
    def _is_a_row(cls, value: int | None, info: ValidationInfo) -> int | None:
        rows = info.data.get("priorities")  # absent when a row has a mistake of its own
        if value is not None and rows is not None and value not in rows:
            raise ValueError(f"is {value}, which is not among the priorities; allowed: {listed(map(str, sorted(rows)))}")
        return value

    def calendar_of(self, priority: Priority, promise: Promise, otherwise: str) -> str:
        """Where a target is counted: its own calendar; else the row's, the family's for the promise, or the family's."""
        target = getattr(priority, promise)
        own = getattr(self, f"{promise}_calendar")
        return (target.calendar if target else None) or priority.calendar or own or self.calendar or otherwise


class Stage(Shape):
    """A rung of the ladder: when a share of the target's working time is used, or some time after the deadline."""

    fraction: Annotated[
        Share | None, Field(description="The share of the working time that is used when it comes: 0.5 is half.")
    ] = None
    after: Annotated[Target | None, Field(description="Working time after the deadline.")] = None
    action: Annotated[
        StageAction | None,
        Field(
            strict=False, description="Without it: warn before the whole, breach at the whole (fraction 1), escalate after it."
        ),
    ] = None
    promises: Annotated[
        list[Annotated[Promise, Field(strict=False)]],
        Field(min_length=1, description="Which clocks it is for; without it, both."),
    ] = list(Promise)
    notify: Annotated[list[Annotated[Recipient, Field(strict=False)]], Field(description="Whom it tells.")] = []

    @model_validator(mode="after")
    def _comes_once(self) -> "Stage":
        if (self.fraction is None) == (self.after is None):
            raise ValueError("must have either fraction (a share of the working time) or after (working time past the deadline)")
        if self.does is StageAction.WARN and self.share >= 1:
            raise ValueError("warns when there is nothing left to warn of; a warning needs a fraction below 1")
        if self.does is StageAction.BREACH and self.share != 1:
            raise ValueError("is a breach, which comes at fraction 1 and nowhere else")
        return self

    @property
    def share(self) -> Fraction:
        """Of the working time; more than the whole for a stage after the deadline."""
        return Fraction(2) if self.fraction is None else self.fraction

    @property
    def does(self) -> StageAction:
        if self.action is not None:
            return self.action
        if self.share < 1:
            return StageAction.WARN
        return StageAction.BREACH if self.share == 1 else StageAction.ESCALATE


def _one_breach_each(ladder: dict[str, Stage]) -> dict[str, Stage]:
    breaches: dict[Promise, str] = {}
    for id, stage in ladder.items():
        for promise in stage.promises if stage.does is StageAction.BREACH else ():
            if promise in breaches:
                raise ValueError(f"has two breaches of the {promise}, {breaches[promise]} and {id}; allowed: one of each promise")
            breaches[promise] = id
    return ladder


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


Ladder = AfterValidator(_one_breach_each)
