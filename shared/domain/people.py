"""Who takes part: customers with their contacts, the staff, and whoever is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

THE_CUSTOMER = "customer"
"""Who an event says has acted when one of the customer's people has."""


class Role(StrEnum):
    """What a person may be to the desk."""

    CUSTOMER = "customer"
    CUSTOMER_ADMINISTRATOR = "customer_administrator"
    OPERATOR = "operator"
    CUSTOMER_CARE_MANAGER = "customer_care_manager"
    SERVICE_MANAGER = "service_manager"
    SYSTEM = "system"


STAFF_ROLES = frozenset({Role.OPERATOR, Role.CUSTOMER_CARE_MANAGER, Role.SERVICE_MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody signed in, or the program itself (`SYSTEM`). `customer` and `email` are set on a customer's people alone."""

    id: str
    name: str
    roles: frozenset[Role]
    customer: str | None = None
    email: str | None = None

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF_ROLES)

    @property
    def is_manager(self) -> bool:
        return Role.CUSTOMER_CARE_MANAGER in self.roles

    @property
    def actor(self) -> str:
        """Who an event says has acted: staff by their id; of a customer's people nothing that would have to be erased."""
        return THE_CUSTOMER if self.customer is not None else self.id


SYSTEM = Principal(id="system", name="Sportello", roles=frozenset({Role.SYSTEM}))
PORTAL = Principal(id="portal", name="Portal", roles=frozenset({Role.SYSTEM}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person at the customer's who asked."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One of ours: where notices reach them, and in which language. `entra_id`: the object id the platform signs them in by."""

    id: str
    name: str
    email: str
    language: str
    roles: frozenset[Role]
    entra_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredSecret:
    """A secret that was replaced: it goes on signing, beside the new one, until the other side has surely changed over."""

    secret: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Another system that is told of events: where, signed with which secret, and of which types (empty: all).

    `kinds`: event types as they are sent, "ticket.resolved". `customer`: only of that customer's tickets; None: of everybody's.
    `changed_by`: the key under which the secret was last changed. `stopped`: why nothing is sent any more, while `is_active` is
    False.
    """

    id: str
    url: str
    secret: str = field(repr=False)
    kinds: tuple[str, ...] = ()
    customer: str | None = None
    is_active: bool = True
    retired: tuple[RetiredSecret, ...] = ()
    created_at: datetime | None = None
    created_by: str = ""
    changed_by: str | None = None
    stopped: str | None = None

    def wants(self, kind: str, customer: str) -> bool:
        return self.is_active and self.customer in (None, customer) and (not self.kinds or kind in self.kinds)

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """What signs now: the secret, and those it has replaced not long ago."""
        return (self.secret, *(retired.secret for retired in self.retired if now < retired.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The staff, by id, and the systems that are told of events."""

    staff: Mapping[str, Staff]
    subscriptions: tuple[Subscription, ...] = ()

    def holders(self, role: Role) -> tuple[Staff, ...]:
        """Everybody who holds a role, in the order of their ids."""
        return tuple(self.staff[id] for id in sorted(self.staff) if role in self.staff[id].roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Whom a customer wants to be written to about its services, and in which language."""

    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer with the support contract they hold. `id` begins every ticket number: ACME-42.

    `delivery`: in which mode they have each product ("cloud", "subscription"), where the contract tells them apart. `notify`: who
    is told of maintenance of the services that their products run on.
    """

    id: str
    name: str
    contract: str
    tier: str
    products: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime | None
    next_number: int = 1
    next_package: int = 1
    delivery: Mapping[str, str] = field(default_factory=dict)
    notify: tuple[Correspondent, ...] = ()

    def is_covered_at(self, at: datetime) -> bool:
        """Whether the contract runs at an instant; the end is exclusive."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)
