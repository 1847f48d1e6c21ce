"""What a published support contract promises: products, priorities, targets, classifications, tiers, uptime, escalation.

Values only. `shared/catalogue/parser/` makes them from TOML; nothing here knows any vendor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from shared.domain.calendar import Calendar
from shared.domain.errors import CatalogueError, InvalidInput, UnknownProduct
from shared.domain.guarantee import Guarantee as Guarantee
from shared.domain.guarantee import MaintenanceRule as MaintenanceRule
from shared.domain.guarantee import Period as Period
from shared.domain.target import Target
from shared.domain.text import Text as Text
from shared.domain.text import text_in as text_in
from shared.domain.tier import Tier as Tier


class Promise(StrEnum):
    """What a clock runs towards. "First aid" is a resolution that goes by another name (see `Family.resolution_name`)."""

    RESPONSE = "response"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarVersion:
    """One immutable version of a calendar. Version 1 is the contract's own; each announcement makes the next.

    `calendar` holds all that was announced so far, not only what this version added.
    """

    number: int
    announced_at: datetime
    author: str
    reason: Text
    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarHistory:
    """A calendar's versions, oldest first, in the order in which they were announced."""

    name: str
    versions: tuple[CalendarVersion, ...]

    def known_at(self, at: datetime) -> CalendarVersion:
        """The version that was known at an instant (the first one, before any announcement)."""
        return [v for v in self.versions if v.announced_at <= at][-1] if at >= self.versions[0].announced_at else self.versions[0]

    def running(self, start: datetime, until: datetime) -> Calendar:
        """The calendar a clock runs on that started at `start`, with all that was announced up to `until`.

        The time used before an announcement stays counted on the version of then; the rest counts on the new one
        (SEMANTICS 5: "running clocks keep the time used").
        """
        calendar = self.known_at(start).calendar
        for version in self.versions:
            if start < version.announced_at <= until:
                calendar = calendar.splice(version.announced_at, version.calendar)
        return calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOn:
    """A target with the name of the calendar it is counted on."""

    target: Target
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """One row of a family's table. 1 is stricter than 2. A promise that is absent is not made."""

    number: int
    severity: Text
    description: Text | None
    targets: Mapping[Promise, TargetOn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Products that share one table of targets."""

    id: str
    name: Text
    resolution_name: Text
    priorities: Mapping[int, Priority]
    untriaged_priority: int
    response_name: Text = field(default_factory=lambda: {"it": "Presa in carico", "en": "Response"})

    def promise_name(self, promise: Promise) -> Text:
        """What the contract calls it."""
        return self.response_name if promise is Promise.RESPONSE else self.resolution_name

    def priority(self, number: int) -> Priority:
        try:
            return self.priorities[number]
        except KeyError:
            allowed = ", ".join(map(str, sorted(self.priorities)))
            raise InvalidInput(f"{text_in(self.name, 'en')} has no priority {number}; allowed: {allowed}.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something that is supported. `delivery`: the modes in which it is supported; empty when the contract names none.

    `clause`: the published clause that says so.
    """

    id: str
    name: Text
    family: str
    delivery: tuple[str, ...] = ()
    clause: str | None = None


class Course(StrEnum):
    """Which of the published procedures a request takes, once it is classified."""

    REPAIR = "repair"
    """Taken in charge, given a priority, assigned, resolved by its assignee."""
    QUOTE = "quote"
    """Estimated first, where the customer's support does not cover it; work begins when they have accepted."""
    CLOSURE = "closure"
    """Closed by the Customer Care Manager, with the reason told."""
    VULNERABILITY = "vulnerability"
    """Treated by its assignee out of everybody else's sight, closed by the Customer Care Manager."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What a request turns out to be. Only those with `has_targets` have clocks.

    `family`: whose table such a request is judged by, in place of its product's; None nearly everywhere.
    """

    id: str
    name: Text
    description: Text
    has_targets: bool
    course: Course = Course.REPAIR
    procedure: tuple[Text, ...] = ()
    family: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """The terms of estimates. Of an estimate that waits, the customer is reminded at each of `reminders` (fractions of its
    validity, in order); once its `validity`, counted from its sending, is over it lapses.

    `declined_as`: the classification that a request takes when its estimate lapses or is declined.
    """

    currency: str = "EUR"
    vat_percent: Decimal = Decimal(22)
    hours_per_day: Decimal = Decimal(8)
    validity: timedelta = timedelta(days=30)
    reminders: tuple[Fraction, ...] = (Fraction(1, 2), Fraction(9, 10))
    declined_as: str | None = None


class Recipient(StrEnum):
    """Whom a stage of the ladder tells."""

    ASSIGNEE = "assignee"
    CUSTOMER_CARE_MANAGER = "customer_care_manager"
    SERVICE_MANAGER = "service_manager"
    CUSTOMER = "customer"


class StageAction(StrEnum):
    WARN = "warn"
    BREACH = "breach"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A rung of the escalation ladder: at a fraction of the target's working time, or at an offset after the deadline.

    Exactly one of `fraction` (0 < f <= 1) and `after` is set.
    """

    id: str
    promises: tuple[Promise, ...]
    action: StageAction
    fraction: Fraction | None
    after: TargetOn | None
    notify: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Where and when requests are taken in: address, telephone, and the calendar of each channel. None: not published.

    `phone_clause`: the published clause on the telephone.
    """

    email: str | None
    phone: str | None
    email_calendar: str | None
    phone_calendar: str | None
    phone_clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One published version of a contract, in force for requests received from `effective_from` on.

    `calendar` names the one that counts where nothing else is said. `digest`: SHA-256 of the file's content. `delivery`:
    the modes in which products are supported. `activities`: what may be asked for by name, where no classification tells it
    apart. `clauses`: published sentences, which entitlements refer to and customers are shown. `local_names`:
    in every language, the names that the calendars carry in the first one (closures, openings, extra holidays). `access_grace`:
    how long after a request was resolved its assignee may still read it.
    """

    id: str
    version: str
    effective_from: datetime
    name: Text
    vendor: str
    languages: tuple[str, ...]
    zone: str
    digest: str
    support: Support
    calendars: Mapping[str, CalendarHistory]
    families: Mapping[str, Family]
    products: Mapping[str, Product]
    classifications: Mapping[str, Classification]
    tiers: Mapping[str, Tier]
    guarantees: tuple[Guarantee, ...]
    ladder: tuple[Stage, ...]
    reopening: TargetOn
    quotation: Quotation = field(default_factory=Quotation)
    access_grace: timedelta = timedelta(days=3)
    calendar: str = ""
    source: str | None = None
    delivery: Mapping[str, Text] = field(default_factory=dict)
    activities: Mapping[str, Text] = field(default_factory=dict)
    clauses: Mapping[str, Text] = field(default_factory=dict)
    local_names: Mapping[str, Text] = field(default_factory=dict)

    def family_of(self, product: str, classification: str | None = None) -> Family:
        """The table a request is judged by: its product's, unless its classification has one of its own."""
        if product not in self.products:
            allowed = ", ".join(sorted(self.products)) or "none"
            raise UnknownProduct(f"The contract does not know the product {product!r}; it knows: {allowed}.")
        own = None if classification is None else self.classification(classification).family
        return self.families[self.products[product].family if own is None else own]

    def name_in(self, local: str, language: str) -> str:
        """The name of a closure, an opening or a holiday in `language`; a name known in one language only, as it is."""
        return text_in(self.local_names[local], language) if local in self.local_names else local

    def classification(self, id: str) -> Classification:
        try:
            return self.classifications[id]
        except KeyError:
            allowed = ", ".join(sorted(self.classifications)) or "none"
            raise InvalidInput(f"The contract has no classification {id!r}; allowed: {allowed}.") from None

    def promises(self, *, product: str, classification: str | None, priority: int | None) -> Mapping[Promise, TargetOn]:
        """The targets of a request: none when its classification has none; before triage, the strictest row's.

        Source: SEMANTICS 5 ("Before triage a ticket runs on the strictest priority of its table").
        """
        if classification is not None and not self.classification(classification).has_targets:
            return {}
        family = self.family_of(product, classification)
        return family.priority(family.untriaged_priority if priority is None else priority).targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every published contract version."""

    contracts: tuple[Contract, ...]

    def in_force(self, id: str, at: datetime) -> Contract:
        """The version of a contract that was in force at an instant: the latest that had taken effect."""
        versions = [c for c in self.contracts if c.id == id and c.effective_from <= at]
        if not versions:
            raise CatalogueError(f"No version of the contract {id!r} was in force on {at.isoformat()}.")
        return max(versions, key=lambda c: c.effective_from)

    def version(self, id: str, version: str) -> Contract:
        """A version by name, as it is frozen on a ticket."""
        for contract in self.contracts:
            if contract.id == id and contract.version == version:
                return contract
        raise CatalogueError(f"The catalogue no longer holds version {version!r} of the contract {id!r}, which tickets refer to.")
