"""A contract file and an announcement file: what may stand in them. docs/catalogue.schema.json is made from these models."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from shared.catalogue.parser.quotation import Access, Quotation
from shared.catalogue.parser.scalars import (
    CalendarName,
    ClauseName,
    DeliveryName,
    Effective,
    Email,
    FamilyName,
    Id,
    Instant,
    Language,
    Percent,
    ProcedureName,
    Shape,
    Text,
    Version,
    Written,
    ZoneName,
    known,
    names_in,
)
from shared.catalogue.parser.table import Family, Ladder, Stage, Target
from shared.catalogue.parser.tiers import Tier, no_circle
from shared.catalogue.parser.timetable import Range, Timetable
from shared.catalogue.parser.words import listed
from shared.domain.contract import Course, Period


def _only(section: str) -> AfterValidator:
    """What is left out is the only one there is; of several, one must be named."""

    def choose(value: str | None, info: ValidationInfo) -> str | None:
        defined = names_in(info).defined[section]
        if value is None and not defined:
            raise ValueError(f"is missing, and there are no {section} to choose from")
        if value is None and len(defined) > 1:
            raise ValueError(f"is missing; with several {section} it must name one of: {listed(defined)}")
        return defined[0] if value is None else value

    return AfterValidator(choose)


def _each_once(value: list[str]) -> list[str]:
    if len(set(value)) < len(value):
        raise ValueError("names something twice; each may stand once")
    return value


class Support(Shape):
    """Where and when requests are taken in."""

    email: Annotated[Email | None, Field(description="The address for requests.")] = None
    phone: Annotated[Written | None, Field(description="The telephone number for requests.")] = None
    email_calendar: Annotated[CalendarName | None, Field(description="When requests by e-mail are attended to.")] = None
    phone_calendar: Annotated[CalendarName | None, Field(description="When the telephone is answered.")] = None
    phone_clause: Annotated[ClauseName | None, Field(description="The clause on requests by telephone.")] = None


class Product(Shape):
    """Something that is supported."""

    name: Annotated[Text | None, Field(description="Without it, the id.")] = None
    family: Annotated[
        FamilyName | None,
        _only("families"),
        Field(validate_default=True, description="Whose table it has; without it, the only one."),
    ] = None
    delivery: Annotated[list[DeliveryName], Field(description="The modes of delivery in which it is supported.")] = []
    clause: Annotated[ClauseName | None, Field(description="The clause on those modes.")] = None


class Classification(Shape):
    """What a request may turn out to be."""

    name: Annotated[Text | None, Field(description="Without it, the id.")] = None
    description: Annotated[Text | None, Field(description="Which requests it means; without it, the name.")] = None
    has_targets: Annotated[bool, Field(description="Whether such requests have deadlines; without it, they have none.")] = False
    family: Annotated[FamilyName | None, Field(description="A table of their own, in place of the product's.")] = None
    course: Annotated[
        Course,
        Field(strict=False, description="How the desk works on them: it repairs, quotes first, closes, or treats apart."),
    ] = Course.REPAIR
    procedure: Annotated[ProcedureName | None, Field(description="The published steps, to be shown.")] = None

    @model_validator(mode="after")
    def _has_use_for_a_family(self) -> "Classification":
        if self.family is not None and not self.has_targets:
            raise ValueError("names a family but has no targets; add has_targets = true, or leave the family out")
        return self


class Duration(Shape):
    """Time that really passes, not working time. The keys add up."""

    days: Annotated[int, Field(ge=0, description="Of 24 hours.")] = 0
    hours: Annotated[int, Field(ge=0)] = 0
    minutes: Annotated[int, Field(ge=0)] = 0

    def length(self) -> timedelta:
        return timedelta(days=self.days, hours=self.hours, minutes=self.minutes)


class Maintenance(Shape):
    """When announced maintenance does not count against a guarantee."""

    excluded: Annotated[bool, Field(description="false: maintenance counts as what the probes say.")] = True
    notice: Annotated[Duration, Field(description="Least time between announcement and beginning; without it, none.")] = (
        Duration.model_construct()
    )
    calendar: Annotated[CalendarName | None, Field(description="Only inside its open hours; without it, at any time.")] = None
    cap: Annotated[Duration | None, Field(description="Most that is excluded in one period; without it, all.")] = None


class Guarantee(Shape):
    """A promised availability."""

    name: Annotated[Text | None, Field(description="Without it, the id.")] = None
    description: Annotated[Text | None, Field(description="What the promise covers.")] = None
    percent: Annotated[Percent, Field(description="The promised availability in per cent, such as 99.95.")]
    period: Annotated[Period, Field(strict=False, description="It is judged by calendar month or year.")] = Period.MONTH
    zone: Annotated[ZoneName | None, Field(description="The zone of the period; without it, the contract's.")] = None
    maintenance: Annotated[Maintenance, Field(description="Without it, maintenance is not excluded.")] = (
        Maintenance.model_construct(excluded=False)
    )


def _some_have_targets(classifications: dict[str, Classification], info: ValidationInfo) -> dict[str, Classification]:
    if classifications and names_in(info).defined["families"] and not any(each.has_targets for each in classifications.values()):
        raise ValueError("give no request a deadline; at least one needs has_targets = true")
    return classifications


class ContractFile(Shape):
    """One published version of a contract."""

    id: Annotated[Id, Field(description="The contract's id, the same in all its versions.")]
    version: Annotated[Version, Field(description="This version's name, such as 2026-1.")]
    effective_from: Annotated[
        Effective, Field(description="From when requests come under this version: a date, or a date-time with an offset.")
    ]
    vendor: Annotated[Written, Field(description="Who promises.")]
    name: Annotated[Text | None, Field(description="Without it, the id.")] = None
    languages: Annotated[
        list[Language],
        Field(min_length=1, description="The languages of its texts, the first one first; without it, English."),
        AfterValidator(_each_once),
    ] = ["en"]
    zone: Annotated[ZoneName, Field(description="The IANA time zone of the contract, such as Europe/Rome.")]
    source: Annotated[Written | None, Field(description="Where it is published.")] = None
    calendar: Annotated[
        CalendarName | None,
        _only("calendars"),
        Field(
            validate_default=True, description="The calendar that counts where no other is named; needed when there are several."
        ),
    ] = None
    support: Annotated[Support, Field(description="Where and when requests are taken in.")] = Support.model_construct()
    delivery: Annotated[dict[Id, Text], Field(description="Modes of delivery, by id.")] = {}
    activities: Annotated[dict[Id, Text], Field(description="What may be asked for by name, by id.")] = {}
    calendars: Annotated[
        dict[Id, Timetable], Field(min_length=1, description='Calendars by name; [calendars.always] with hours = "24/7" is one.')
    ]
    families: Annotated[dict[Id, Family], Field(description="Tables of targets, by id.")] = {}
    products: Annotated[dict[Id, Product], Field(description="Products by id; without any, each family is a product.")] = {}
    procedures: Annotated[dict[Id, list[Text]], Field(description="The steps of each procedure, by id.")] = {}
    classifications: Annotated[
        dict[Id, Classification],
        Field(description="What requests may turn out to be, by id; without any, every request has deadlines."),
        AfterValidator(_some_have_targets),
    ] = {}
    tiers: Annotated[dict[Id, Tier], Field(description="Levels of support, by id."), AfterValidator(no_circle)] = {}
    guarantees: Annotated[dict[Id, Guarantee], Field(description="Promised availabilities, by id.")] = {}
    ladder: Annotated[dict[Id, Stage], Ladder, Field(description="Stages of escalation, by id.")] = {}
    reopening: Annotated[Target, Field(description="How long after its resolution a request may be reopened.")] = (
        Target.model_construct(working_days=10)
    )
    quotation: Annotated[Quotation, Field(description="The terms of estimates.")] = Quotation.model_construct()
    access: Annotated[Access, Field(description="Who may read what a customer has sent.")] = Access.model_construct()
    clauses: Annotated[dict[Id, Text], Field(description="What else the contract says, to refer to and to be shown.")] = {}


class AnnouncementFile(Shape):
    """Closures and openings announced after publication: the next version of the calendars it names."""

    announces: Annotated[str, known("contracts"), Field(description="The id of the contract.")]
    calendars: Annotated[
        list[CalendarName], Field(min_length=1, description="The calendars that change."), AfterValidator(_each_once)
    ]
    announced_at: Annotated[Instant, Field(description="When customers were told: a date-time with an offset.")]
    author: Annotated[Written, Field(description="Who announced it.")]
    reason: Annotated[Text, Field(description="What customers were told.")]
    closures: Annotated[list[Range], Field(description="Times taken out of the hours.")] = []
    openings: Annotated[list[Range], Field(description="Open time added, even on a holiday or inside a closure.")] = []

    @model_validator(mode="after")
    def _changes_something(self) -> "AnnouncementFile":
        if not self.closures and not self.openings:
            raise ValueError("announces nothing; it needs closures or openings")
        return self
