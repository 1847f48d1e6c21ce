"""Support packages in the store: a head that every debit replaces by its ETag, and entries that are only ever added.

    package:0001                  the package as it stands
    package-entry:0001:000001     one line of its ledger

Both are in the customer's partition and are written in the transaction of the ticket's event that they go with.
"""

from datetime import datetime

from shared.actions import cases, codec, customers
from shared.actions.custody import access
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Replace, Row, Table, Write
from shared.actions.tickets import Change
from shared.domain.conclusion import Occasion
from shared.domain.errors import NotFound
from shared.domain.lifecycle import working
from shared.domain.lifecycle.working import Work
from shared.domain.people import Principal
from shared.domain.quotes.package import Entry, Package
from shared.domain.ticket import Decision, Ticket


def held(desk: Desk, customer: str, principal: Principal, now: datetime) -> list[Package]:
    """A customer's packages, the oldest first, for somebody who may see them; on record before they do."""
    _permitted(desk, customer, principal, "packages", now)
    return every(desk, customer)


def statement(desk: Desk, customer: str, number: int, principal: Principal, now: datetime) -> tuple[Package, list[Entry]]:
    """A package with every line of its ledger."""
    _permitted(desk, customer, principal, f"package {number}", now)
    package, _ = found(desk, customer, number)
    entries = [codec.loaded(Entry, str(row.values["doc"])) for row in cases.under(desk, customer, f"package-entry:{number:04d}:")]
    return package, entries[: package.entries]


def every(desk: Desk, customer: str) -> list[Package]:
    return [_package_in(row) for row in cases.under(desk, customer, "package:")]


def found(desk: Desk, customer: str, number: int) -> tuple[Package, str]:
    """A package and the ETag that only this state of it has. NotFound when there is none."""
    row = desk.rows.get(Table.DESK, customer, _key(number))
    if row is None:
        raise NotFound(f"{customer} has no package {number}.")
    return _package_in(row), row.etag


def inserts(package: Package, entry: Entry) -> list[Write]:
    """A package that has just been contracted, to be written with the acceptance of its offer form."""
    return [Insert(_row(package)), Insert(_entry_row(entry))]


def open_task(change: Change) -> Ticket:
    """Opens the ticket's task in one of the customer's packages that has the hours."""

    def decide(ticket: Ticket, occasion: Occasion) -> Decision:
        return working.open_task(ticket, occasion, every(change.desk, ticket.customer))

    return change.by(decide)


def log_work(change: Change, work: Work) -> Ticket:
    """Logs hours, and debits them to the task's package in the same transaction, if it still has them then."""

    def decide(ticket: Ticket, occasion: Occasion) -> Decision:
        number = working.package_for(ticket, occasion, work)
        package, etag = found(change.desk, ticket.customer, number) if number is not None else (None, "")
        debit = working.log_work(ticket, occasion, work, package)
        if debit.package is not None and debit.entry is not None:
            change.beside = (Replace(_row(debit.package, etag)), Insert(_entry_row(debit.entry)))
        return debit.decision

    return change.by(decide)


def _permitted(desk: Desk, customer: str, principal: Principal, what: str, now: datetime) -> None:
    if principal.customer is None:
        customers.find(desk, customer)
    access.read_customer(desk, customer, principal, what, now)


def _key(number: int) -> str:
    return f"package:{number:04d}"


def _row(package: Package, etag: str = "") -> Row:
    return Row(key=_key(package.number), values={"doc": codec.dumped(package)}, etag=etag)


def _entry_row(entry: Entry) -> Row:
    return Row(key=f"package-entry:{entry.package:04d}:{entry.number:06d}", values={"doc": codec.dumped(entry)})


def _package_in(row: Row) -> Package:
    return codec.loaded(Package, str(row.values["doc"]))
