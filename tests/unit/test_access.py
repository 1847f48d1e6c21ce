"""Who may see a ticket, by the domain's one judgement: of a ticket, and of the line that a list shows of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.app import catalogue_in
from shared.domain.contract import Course
from shared.domain.custody import access
from shared.domain.custody.access import Access, Basis
from shared.domain.people import PORTAL, SYSTEM, Contact, Principal, Role
from shared.domain.ticket import Grant, State
from tests.support.desks import ADA, ANNA, BRUNO, CARLA, OLGA, OMAR, SANDRO, rome

NOW = rome("2026-03-02 09:00")
GRACE = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Line:
    """As much of a ticket, or of its summary, as access is judged by."""

    customer: str = "ACME"
    contact: Contact | str
    state: State = State.IN_CHARGE
    assignee: str | None = "omar"
    resolved_at: datetime | None = None
    grants: tuple[Grant, ...] = ()


LINE = Line(contact=Contact(name="Anna Bianchi", email="anna@acme.example"))
SUMMARY = replace(LINE, contact=access.contact_token("ACME", "anna@acme.example"))


def judged(line: Line, principal: Principal, *, is_restricted: bool = False, now: datetime = NOW) -> Access | None:
    return access.access_to(line, principal, grace=GRACE, is_restricted=is_restricted, now=now)


def on(line: Line, principal: Principal, *, is_restricted: bool = False) -> Basis | None:
    found = judged(line, principal, is_restricted=is_restricted)
    return found.basis if found else None


def a_grant(**changes: object) -> Grant:
    given = Grant(number=1, operator="olga", granted_by="carla", at=NOW, until=NOW + timedelta(days=7), reason="r")
    return replace(given, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", [LINE, SUMMARY], ids=["ticket", "summary"])
@pytest.mark.parametrize(
    ("who", "ordinary", "restricted"),
    [
        (ANNA, Basis.OWN, Basis.OWN),
        (ADA, Basis.ADMINISTRATOR, Basis.ADMINISTRATOR),
        (replace(ANNA, id="carlo", email="carlo@acme.example"), None, None),
        (BRUNO, None, None),
        (replace(BRUNO, roles=frozenset({Role.CUSTOMER_ADMINISTRATOR})), None, None),
        (replace(BRUNO, email="anna@acme.example"), None, None),
        (OMAR, Basis.ASSIGNMENT, Basis.ASSIGNMENT),
        (OLGA, None, None),
        (CARLA, Basis.ROLE, Basis.ROLE),
        (SANDRO, Basis.ROLE, None),
        (SYSTEM, None, None),
        (PORTAL, None, None),
        (Principal(id="omar", name="Omar", roles=frozenset()), None, None),
    ],
)
def test_each_role_sees_what_the_house_rules_say(
    line: Line, who: Principal, ordinary: Basis | None, restricted: Basis | None
) -> None:
    assert on(line, who) is ordinary
    assert on(line, who, is_restricted=True) is restricted


def test_a_contact_is_known_in_whatever_case_their_address_is_written() -> None:
    assert on(LINE, replace(ANNA, email="Anna@ACME.example")) is Basis.OWN
    assert on(SUMMARY, replace(ANNA, email="ANNA@acme.example")) is Basis.OWN


def test_the_same_address_at_another_customer_is_another_token() -> None:
    assert access.contact_token("ACME", "a@b.example") != access.contact_token("BETA", "a@b.example")
    assert access.contact_token("ACME", "A@b.example") == access.contact_token("ACME", "a@B.example")


@pytest.mark.parametrize("address", [None, ""])
def test_somebody_without_an_address_owns_nothing_not_even_what_was_erased(address: str | None) -> None:
    assert on(replace(LINE, contact=Contact(name="", email="")), replace(ANNA, email=address)) is None


def test_an_administrator_who_asked_themselves_sees_their_own() -> None:
    assert on(replace(LINE, contact=Contact(name="Ada", email="ada@acme.example")), ADA) is Basis.OWN


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
def test_resolving_revokes_after_the_grace_to_the_microsecond(state: State) -> None:
    line = replace(LINE, state=state, resolved_at=NOW)
    last = NOW + GRACE - timedelta(microseconds=1)
    assert judged(line, OMAR, now=last) == Access(basis=Basis.ASSIGNMENT)
    assert judged(line, OMAR, now=NOW + GRACE) is None
    assert judged(line, CARLA, now=NOW + GRACE) is not None


def test_what_was_closed_without_ever_being_resolved_has_no_grace() -> None:
    assert judged(replace(LINE, state=State.CLOSED, resolved_at=None), OMAR) is None


def test_an_open_ticket_is_its_assignees_however_old() -> None:
    assert on(LINE, OMAR) is Basis.ASSIGNMENT
    assert judged(LINE, OMAR, now=NOW + timedelta(days=999)) is not None


def test_a_ticket_given_to_somebody_else_is_lost_at_once() -> None:
    assert on(replace(LINE, assignee="olga"), OMAR) is None
    assert on(replace(LINE, assignee=None), OMAR) is None


def test_a_grant_opens_one_ticket_until_it_ends_and_says_which_it_was() -> None:
    line = replace(LINE, grants=(a_grant(operator="omar"), a_grant(number=2)))
    assert judged(line, OLGA) == Access(basis=Basis.GRANT, detail="grant 2")
    assert judged(line, OLGA, is_restricted=True) is not None
    assert judged(line, OLGA, now=NOW + timedelta(days=7)) is None
    assert judged(line, OLGA, now=NOW + timedelta(days=7, microseconds=-1)) is not None


def test_a_revoked_grant_opens_nothing_and_another_still_does() -> None:
    revoked = a_grant(revoked_at=NOW)
    assert judged(replace(LINE, grants=(revoked,)), OLGA) is None
    assert judged(replace(LINE, grants=(revoked, a_grant(number=2))), OLGA) == Access(basis=Basis.GRANT, detail="grant 2")


def test_a_service_manager_sees_a_vulnerability_that_is_assigned_or_granted_to_them() -> None:
    assert on(replace(LINE, assignee="sandro"), SANDRO, is_restricted=True) is Basis.ASSIGNMENT
    assert on(replace(LINE, grants=(a_grant(operator="sandro"),)), SANDRO, is_restricted=True) is Basis.GRANT


def test_a_customers_person_is_never_judged_as_staff_whatever_roles_they_carry() -> None:
    both = replace(ANNA, id="omar", email="x@acme.example", roles=frozenset({Role.CUSTOMER, Role.CUSTOMER_CARE_MANAGER}))
    assert on(LINE, both) is None
    assert access.access_to_customer("BETA", both) is None


def test_only_a_vulnerability_is_restricted() -> None:
    contract = catalogue_in([Path("shared/catalogue")])().in_force("zenshare-support", NOW)

    @dataclass
    class Kind:
        classification: str | None

    restricted = {id for id in contract.classifications if access.is_restricted(Kind(id), contract)}
    assert restricted == {c.id for c in contract.classifications.values() if c.course is Course.VULNERABILITY} != set()
    assert not access.is_restricted(Kind(None), contract)


@pytest.mark.parametrize(
    ("who", "basis"),
    [
        (ADA, Basis.ADMINISTRATOR),
        (CARLA, Basis.ROLE),
        (SANDRO, Basis.ROLE),
        (ANNA, None),
        (BRUNO, None),
        (replace(BRUNO, roles=frozenset({Role.CUSTOMER_ADMINISTRATOR})), None),
        (OMAR, None),
        (SYSTEM, None),
    ],
)
def test_what_belongs_to_a_customer_as_a_whole_is_for_its_administrators_and_the_managers(
    who: Principal, basis: Basis | None
) -> None:
    found = access.access_to_customer("ACME", who)
    assert (found.basis if found else None) is basis
