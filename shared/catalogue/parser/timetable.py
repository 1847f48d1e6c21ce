"""A calendar in a contract file: hours, holidays, closures and openings, and the `Rules` they make."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema, model_validator

from shared.catalogue.holiday_tables import country_holidays
from shared.catalogue.parser import hours, moments
from shared.catalogue.parser.scalars import Day, Local, Shape, Text, Written, ZoneName, names_in
from shared.catalogue.parser.words import shown
from shared.domain.calendar import Closing, Opening, Rules
from shared.domain.errors import InvalidInput
from shared.domain.text import Text as LanguageTexts

_SHIFTS_SCHEMA = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^\s*\d{1,2}:[0-5]\d(:[0-5]\d)?\s*[-–]\s*\d{1,2}:[0-5]\d(:[0-5]\d)?\s*$"},
}
_HOURS_SCHEMA = {
    "oneOf": [
        {"const": hours.ALL_DAY},
        {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {f"^({'|'.join(hours.DAYS)})(-({'|'.join(hours.DAYS)}))?$": _SHIFTS_SCHEMA},
            "additionalProperties": False,
        },
    ]
}
_EXTRA_SCHEMA = {
    "type": "object",
    "patternProperties": {r"^(\d{4}-)?\d{2}-\d{2}$": {"$ref": "#/$defs/Text"}},
    "additionalProperties": False,
}


def _all_week(value: object) -> object:
    if value == hours.ALL_DAY:
        return {"mon-sun": ["00:00-24:00"]}
    if not isinstance(value, dict):
        raise ValueError(f'must be "{hours.ALL_DAY}" or a table such as {{ mon-fri = ["09:00-18:00"] }}, not {shown(value)}')
    return value


def _shift(value: object) -> hours.Shift:
    if not isinstance(value, str):
        raise ValueError(f'must be an interval in quotes, such as "09:00-13:00", not {shown(value)}')
    return hours.shift_of(value)


def _checked(value: dict[tuple[int, ...], list[hours.Shift]]) -> dict[tuple[int, ...], list[hours.Shift]]:
    hours.weekly_of(value)
    return value


_Days = Annotated[tuple[int, ...], PlainValidator(hours.days_of)]
_Shift = Annotated[hours.Shift, PlainValidator(_shift)]
Hours = Annotated[dict[_Days, list[_Shift]], BeforeValidator(_all_week), AfterValidator(_checked), WithJsonSchema(_HOURS_SCHEMA)]
_Dates = Annotated[tuple[date, ...], PlainValidator(moments.dates_of)]


class Holidays(Shape):
    """Days of a country, and extra ones. The country's names are those of the holiday tables, in its own language."""

    country: Annotated[Written | None, Field(description="A country by its ISO 3166-1 code, such as IT.")] = None
    subdivision: Annotated[Written | None, Field(description="A part of the country by its ISO 3166-2 code, such as BZ.")] = None
    extra: Annotated[
        dict[_Dates, Text],
        Field(description="More holidays by date (2026-12-24) or by day of every year (12-10: month, day), with their names."),
        WithJsonSchema(_EXTRA_SCHEMA),
    ] = {}

    @model_validator(mode="after")
    def _exist(self) -> "Holidays":
        if self.subdivision is not None and self.country is None:
            raise ValueError("names a subdivision but no country")
        try:
            self.of_country()
        except InvalidInput as unknown:
            raise ValueError(f"cannot be found: {unknown.detail}") from None
        return self

    def of_country(self) -> Mapping[date, str]:
        return {} if self.country is None else country_holidays(self.country, self.subdivision)

    def by_date(self) -> Mapping[date, str]:
        """Every holiday with its name in the contract's first language where the contract names it."""
        extra = {day: _local(name) for days, name in self.extra.items() for day in days}
        return {**self.of_country(), **extra} if extra else self.of_country()


class Range(Shape):
    """A stretch of local time: whole days, first and last included, or from one local date-time to before another."""

    first_day: Annotated[Day | None, Field(description="The first whole day.")] = None
    last_day: Annotated[
        Day | None, Field(description="The last whole day, itself included; without it, the first is the only one.")
    ] = None
    starts: Annotated[Local | None, Field(description="Local date-time at which it begins.")] = None
    ends: Annotated[Local | None, Field(description="Local date-time at which it is over.")] = None
    reason: Annotated[Text | None, Field(description="What people are told.")] = None

    @model_validator(mode="after")
    def _one_way(self) -> "Range":
        given = {key for key in self.model_fields_set if key != "reason"}
        if given not in ({"first_day"}, {"first_day", "last_day"}, {"starts", "ends"}):
            raise ValueError("must have first_day (and last_day), or starts and ends")
        starts, ends = self.span()
        if ends <= starts:
            raise ValueError("ends before it begins; last_day must not precede first_day, and ends must follow starts")
        return self

    def span(self) -> tuple[datetime, datetime]:
        """Half-open, local."""
        if self.starts is not None and self.ends is not None:
            return self.starts, self.ends
        assert self.first_day is not None
        last = self.last_day or self.first_day
        return datetime.combine(self.first_day, time.min), datetime.combine(last + timedelta(days=1), time.min)


class Timetable(Shape):
    """A calendar: when working time passes."""

    hours: Annotated[Hours, Field(description='The weekly hours: "24/7", or intervals by day (mon … sun) or range of days.')]
    zone: Annotated[ZoneName | None, Field(description="The zone of its wall time; without it, the contract's.")] = None
    holidays: Annotated[Holidays, Field(description="Days on which nothing is open.")] = Holidays.model_construct()
    closures: Annotated[list[Range], Field(description="Times taken out of the hours.")] = []
    openings: Annotated[list[Range], Field(description="Open time added, even on a holiday or inside a closure.")] = []

    @model_validator(mode="after")
    def _make_rules(self, info: ValidationInfo) -> "Timetable":
        try:
            self.rules(names_in(info).zone.key)
        except InvalidInput as wrong:
            raise ValueError(f"cannot be a calendar: {wrong.detail}") from None
        return self

    def rules(self, contract_zone: str) -> Rules:
        return Rules(
            zone=self.zone or contract_zone,
            weekly=hours.weekly_of(self.hours),
            holidays=self.holidays.by_date(),
            closures=closings(self.closures),
            openings=opened(self.openings),
        )

    def named(self) -> Iterator[LanguageTexts]:
        """The names the contract itself gives to holidays, closures and openings."""
        yield from self.holidays.extra.values()
        yield from (each.reason for each in (*self.closures, *self.openings) if each.reason is not None)


def closings(ranges: Iterable[Range], reason: LanguageTexts | None = None) -> tuple[Closing, ...]:
    """`reason`: of those that give none of their own."""
    return tuple(Closing(starts=span[0], ends=span[1], reason=name) for span, name in _spans(ranges, reason))


def opened(ranges: Iterable[Range], reason: LanguageTexts | None = None) -> tuple[Opening, ...]:
    return tuple(Opening(starts=span[0], ends=span[1], reason=name) for span, name in _spans(ranges, reason))


def _spans(ranges: Iterable[Range], reason: LanguageTexts | None) -> Iterator[tuple[tuple[datetime, datetime], str]]:
    for each in ranges:
        yield each.span(), _local(each.reason or reason or {})


def _local(name: LanguageTexts) -> str:
    return next(iter(name.values()), "")
