"""The file that says who staff and customers are, in TOML. All of it is checked before anything is written.

[staff.omar]
name = "Omar Ferri"
email = "omar@example.com"
language = "it"                      # it, en
roles = ["operator"]                 # operator, customer_care_manager, service_manager
entra_id = "0f0f0f0f-…"              # az ad user show --id omar@example.com --query id

[customers.ACME]
name = "Acme S.p.A."
contract = "zenshare-support"
tier = "gold"
products = ["zenshare-up"]
valid_from = 2026-01-01T00:00:00+01:00
valid_until = 2027-01-01T00:00:00+01:00               # may be left out; the end is exclusive
delivery = { zenshare-up = "cloud" }                  # may be left out
notify = [{ name = "Ada Neri", email = "ada@acme.example", language = "it" }]    # may be left out; of a new customer
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from dev.ops.trouble import Refused
from shared.actions.customers import is_customer_id
from shared.domain.addressees import MOST
from shared.domain.contract import Catalogue, Contract
from shared.domain.errors import SportelloError
from shared.domain.mailbox import folded
from shared.domain.people import STAFF_ROLES, Correspondent, Customer, Role, Staff
from shared.web.forms.reading import Address, Line, StaffForm, checked, in_utc

TAKEN = frozenset({"customer", "system", "portal", "witness"})
"""Words that the history uses for who is not staff."""

_STAFF_ID = re.compile("[a-z][a-z0-9-]{1,30}")


def _of_staff(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    if not set(roles) <= STAFF_ROLES:
        raise ValueError(f"must be of: {', '.join(sorted(STAFF_ROLES))}")
    return roles


class _Person(StaffForm):
    name: Line
    email: Address
    language: Literal["it", "en"]
    roles: Annotated[tuple[Role, ...], Field(min_length=1), AfterValidator(_of_staff)]
    entra_id: Annotated[str, Field(pattern="^(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]


class _Told(StaffForm):
    name: Line
    email: Address
    language: Literal["it", "en"]


class _Customer(StaffForm):
    name: Line
    contract: str
    tier: str
    products: Annotated[tuple[str, ...], Field(min_length=1)]
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None = None
    delivery: dict[str, str] = {}
    notify: tuple[_Told, ...] = ()


class _Book(StaffForm):
    staff: dict[str, _Person] = {}
    customers: dict[str, _Customer] = {}


@dataclass(frozen=True, slots=True)
class Book:
    """Who is to be entered, or changed. `customers` count no tickets: those that are there go on with their own numbers."""

    staff: tuple[Staff, ...]
    customers: tuple[Customer, ...]


def read(path: Path, catalogue: Catalogue) -> Book:
    """The file's people. Raises Refused with everything that is wrong, each with its place."""
    try:
        written = checked(_Book, tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, SportelloError) as error:
        raise Refused(f"{path}: {error}") from None
    wrong = [f"staff.{id}: an id is 2 to 31 of a-z, 0-9 and -, a letter first" for id in written.staff if not _may_be_called(id)]
    for id, customer in written.customers.items():
        wrong += [f"customers.{id}: {each}" for each in _against(catalogue, id, customer)]
    if wrong:
        raise Refused("\n".join(f"{path}: {each}." for each in wrong))
    return Book(
        staff=tuple(_staff(id, person) for id, person in written.staff.items()),
        customers=tuple(_customer(id, customer) for id, customer in written.customers.items()),
    )


def _may_be_called(id: str) -> bool:
    return bool(_STAFF_ID.fullmatch(id)) and id not in TAKEN


def _against(catalogue: Catalogue, id: str, customer: _Customer) -> list[str]:
    """What the catalogue does not have."""
    wrong = [] if is_customer_id(id) else ["an id is 2 to 12 of A-Z and 0-9, a letter first"]
    if customer.valid_until is not None and customer.valid_until <= customer.valid_from:
        wrong.append("valid_until is not after valid_from")
    addresses = [folded(each.email) for each in customer.notify]
    wrong += [f"notify names {each} more than once" for each in sorted(set(addresses)) if addresses.count(each) > 1]
    if len(addresses) > MOST:
        wrong.append(f"notify names {len(addresses)} addresses; {MOST} at most")
    versions = [each for each in catalogue.contracts if each.id == customer.contract]
    if not versions:
        known = ", ".join(sorted({each.id for each in catalogue.contracts}))
        return [*wrong, f"there is no contract {customer.contract!r}; there are: {known}"]
    return wrong + _against_contract(max(versions, key=lambda each: each.effective_from), customer)


def _against_contract(contract: Contract, customer: _Customer) -> list[str]:
    wrong = (
        [] if customer.tier in contract.tiers else [f"there is no tier {customer.tier!r}; there are: {', '.join(contract.tiers)}"]
    )
    for product in customer.products:
        if product not in contract.products:
            wrong.append(f"there is no product {product!r}; there are: {', '.join(sorted(contract.products))}")
    for product, mode in customer.delivery.items():
        known: Mapping[str, tuple[str, ...]] = {each: contract.products[each].delivery for each in contract.products}
        if product not in customer.products or mode not in known.get(product, ()):
            wrong.append(f"{product!r} is not delivered as {mode!r} to them")
    return wrong


def _staff(id: str, person: _Person) -> Staff:
    return Staff(
        id=id,
        name=person.name,
        email=person.email,
        language=person.language,
        roles=frozenset(person.roles),
        entra_id=person.entra_id.lower(),
    )


def _customer(id: str, customer: _Customer) -> Customer:
    valid_from = in_utc(customer.valid_from)
    assert valid_from is not None
    return Customer(
        id=id,
        name=customer.name,
        contract=customer.contract,
        tier=customer.tier,
        products=customer.products,
        valid_from=valid_from,
        valid_until=in_utc(customer.valid_until),
        delivery=customer.delivery,
        notify=tuple(Correspondent(name=each.name, email=each.email, language=each.language) for each in customer.notify),
    )
