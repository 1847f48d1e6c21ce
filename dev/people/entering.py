"""Enters staff and customers, and changes those that are there. Whoever is not named stays; the same again changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from functools import partial

from dev.ops.trouble import Refused
from dev.people.book import Book
from shared.actions import codec
from shared.actions.customers import CUSTOMER, DIRECTORY, customer_row
from shared.actions.ports import Delete, Insert, Replace, Row, Rows, Table, Upsert
from shared.domain.errors import Conflict
from shared.domain.people import Customer, Role, Staff

NEEDED = (Role.CUSTOMER_CARE_MANAGER, Role.SERVICE_MANAGER)
"""Somebody must hold each: escalations go to the one, and only they let anybody else in."""

TRIES = 5
"""A customer's row changes with every ticket they open: who comes too late reads it again."""

KEPT = ("next_number", "next_package", "notify")
"""What of a customer stays as it is: the desk counts the ones, and they change whom they have written to themselves."""


def staff_of(rows: Rows) -> dict[str, Staff]:
    """Everybody at the desk, by id."""
    return {person.id: person for person in map(_person, _staff_rows(rows))}


def customers_of(rows: Rows) -> Iterator[Customer]:
    """All customers, in the order of their ids."""
    after = ""
    while page := rows.scan(Table.SYSTEM, CUSTOMER, after=after):
        for listed in page:
            if row := rows.get(Table.DESK, listed.key, CUSTOMER):
                yield codec.loaded(Customer, str(row.values["doc"]))
        after = page[-1].key


def enter(rows: Rows, book: Book, *, only_say: bool = False) -> Iterator[str]:
    """A line for each, as it is written: entered, changed and in what, or as it was. Refused before anything is written
    where two people would have one account, or nobody would hold a role that somebody must."""
    _require_a_sound_desk(staff_of(rows) | {person.id: person for person in book.staff})
    for person in book.staff:
        yield f"staff {person.id}: {_in_turn(partial(_enter_person, rows, person, only_say))}"
    for customer in book.customers:
        yield f"customer {customer.id}: {_in_turn(partial(_enter_customer, rows, customer, only_say))}"


def remove(rows: Rows, id: str) -> str:
    """Takes somebody off the staff. What they did stays in the history under their id, which nobody else should be given."""
    there = staff_of(rows)
    if id not in there:
        return f"staff {id}: there is nobody of that name"
    _require_a_sound_desk({name: person for name, person in there.items() if name != id})
    rows.commit(Table.SYSTEM, DIRECTORY, [Delete(f"staff:{id}")])
    return f"staff {id}: removed"


def _enter_person(rows: Rows, person: Staff, only_say: bool) -> str:
    key = f"staff:{person.id}"
    stored = rows.get(Table.SYSTEM, DIRECTORY, key)
    found = _difference(_person(stored) if stored else None, person)
    if found and not only_say:
        row = Row(key=key, values={"doc": codec.dumped(person)}, etag=stored.etag if stored else "")
        rows.commit(Table.SYSTEM, DIRECTORY, [Replace(row) if stored else Insert(row)])
    return found or "as it was"


def _enter_customer(rows: Rows, customer: Customer, only_say: bool) -> str:
    """First the list of all customers, as `customers.enrol` does: cut off between the two, the same again finishes it."""
    stored = rows.get(Table.DESK, customer.id, CUSTOMER)
    before = codec.loaded(Customer, str(stored.values["doc"])) if stored else None
    wanted = replace(customer, **{name: getattr(before, name) for name in KEPT}) if before else customer
    found = _difference(before, wanted)
    if found and not only_say:
        rows.commit(Table.SYSTEM, CUSTOMER, [Upsert(Row(key=customer.id, values={"name": customer.name}))])
        row = customer_row(wanted, stored.etag if stored else "")
        rows.commit(Table.DESK, customer.id, [Replace(row) if stored else Insert(row)])
    return found or "as it was"


def _in_turn(step: Callable[[], str]) -> str:
    for _ in range(TRIES):
        try:
            return step()
        except Conflict:
            continue
    raise Refused("It changes all the time; try again.")


def _difference(before: Staff | Customer | None, after: Staff | Customer) -> str:
    if before is None:
        return "entered"
    changed = [each.name for each in fields(after) if getattr(before, each.name) != getattr(after, each.name)]
    return f"changed: {', '.join(changed)}" if changed else ""


def _require_a_sound_desk(staff: Mapping[str, Staff]) -> None:
    accounts: dict[str, str] = {}
    for person in staff.values():
        if person.entra_id and (other := accounts.setdefault(person.entra_id.lower(), person.id)) != person.id:
            raise Refused(f"{other} and {person.id} have the same account in Entra ID.")
    for role in NEEDED:
        if not any(role in person.roles and person.entra_id for person in staff.values()):
            raise Refused(f"Nobody who can sign in would be {role.value.replace('_', ' ')}; enter another one first.")


def _staff_rows(rows: Rows) -> Iterator[Row]:
    yield from (row for row in rows.scan(Table.SYSTEM, DIRECTORY) if row.key.startswith("staff:"))


def _person(row: Row) -> Staff:
    return codec.loaded(Staff, str(row.values["doc"]))
