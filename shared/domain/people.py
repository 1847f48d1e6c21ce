"""Who takes part: customers with their contacts, the staff, and whoever is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    """Somebody signed in, or the program itself (`SYSTEM`)."""

    id: str
    name: str
    roles: frozenset[Role]

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF_ROLES)


SYSTEM = Principal(id="system", name="Sportello", roles=frozenset({Role.SYSTEM}))
PORTAL = Principal(id="portal", name="Portal", roles=frozenset({Role.SYSTEM}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person at the customer's who asked."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One of ours: where notices reach them, and in which language."""

    id: str
    name: str
    email: str
    language: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The staff, by id."""

    staff: Mapping[str, Staff]

    def holders(self, role: Role) -> tuple[Staff, ...]:
        """Everybody who holds a role, in the order of their ids."""
        return tuple(self.staff[id] for id in sorted(self.staff) if role in self.staff[id].roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer with the support contract they hold. `id` begins every ticket number: ACME-42."""

    id: str
    name: str
    contract: str
    tier: str
    products: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime | None
    next_number: int = 1

    def is_covered_at(self, at: datetime) -> bool:
        """Whether the contract runs at an instant; the end is exclusive."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)
