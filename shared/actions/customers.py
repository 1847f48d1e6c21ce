"""Customers, staff and subscriptions as the store keeps them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.actions import codec
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Row, Rows, Table, Upsert
from shared.domain.errors import InvalidInput, NotFound, UnknownCustomer
from shared.domain.people import Customer, Directory, Staff, Subscription

CUSTOMER = "customer"
ALLOWED_IN_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def customer_row(customer: Customer, etag: str = "") -> Row:
    return Row(key=CUSTOMER, values={"doc": codec.dumped(customer)}, etag=etag)


def find(desk: Desk, id: str) -> tuple[Customer, str]:
    """A customer and the ETag of its row. UnknownCustomer when there is none."""
    row = desk.rows.get(Table.DESK, id, CUSTOMER) if is_customer_id(id) else None
    if row is None:
        raise UnknownCustomer(f"There is no customer {id[:40]!r}.")
    return codec.loaded(Customer, str(row.values["doc"])), row.etag


def is_registered(desk: Desk, id: str) -> bool:
    return is_customer_id(id) and desk.rows.get(Table.DESK, id, CUSTOMER) is not None


def is_customer_id(id: str) -> bool:
    """2 to 12 capital letters and digits, beginning with a letter: what a ticket number can begin with."""
    return 2 <= len(id) <= 12 and id[0].isalpha() and set(id) <= ALLOWED_IN_ID


def enrol(desk: Desk, customer: Customer) -> None:
    """Registers a customer. Conflict when the id is taken."""
    if not is_customer_id(customer.id):
        raise InvalidInput(f"{customer.id!r} cannot be a customer's id: 2 to 12 of A-Z and 0-9, a letter first.")
    desk.rows.commit(Table.SYSTEM, "customer", [Upsert(Row(key=customer.id, values={"name": customer.name}))])
    desk.rows.commit(Table.DESK, customer.id, [Insert(customer_row(customer))])


def every_id(desk: Desk) -> Iterator[str]:
    """The ids of all customers."""
    after = ""
    while page := desk.rows.scan(Table.SYSTEM, "customer", after=after):
        for row in page:
            yield row.key
        if len(page) < 1000:
            return
        after = page[-1].key


DIRECTORY = "directory"
"""The partition of staff and subscriptions: every instance reads it once a minute, in one request."""


def employ(desk: Desk, staff: Staff) -> None:
    """Registers or updates a member of staff. The same again changes nothing."""
    row = Row(key=f"staff:{staff.id}", values={"doc": codec.dumped(staff)})
    desk.rows.commit(Table.SYSTEM, DIRECTORY, [Upsert(row)])


def subscription_row(subscription: Subscription, etag: str = "") -> Row:
    return Row(key=f"hook:{subscription.id}", values={"doc": codec.dumped(subscription)}, etag=etag)


def subscription_in(row: Row) -> Subscription:
    return codec.loaded(Subscription, str(row.values["doc"]))


def subscription(desk: Desk, id: str) -> Subscription:
    """A subscription as it is stored now. NotFound when there is none."""
    return subscription_in(subscription_stored(desk, id))


def subscription_stored(desk: Desk, id: str) -> Row:
    row = desk.rows.get(Table.SYSTEM, DIRECTORY, f"hook:{id}") if is_subscription_id(id) else None
    if row is None:
        raise NotFound(f"There is no subscription {id[:40]!r}.")
    return row


def is_subscription_id(id: str) -> bool:
    return 0 < len(id) <= 40 and id.isascii() and id.isalnum()


class KeptDirectory:
    """The staff and the subscriptions, read at most once a minute: a change is known to every instance within that time."""

    KEPT_FOR = timedelta(minutes=1)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._read: tuple[datetime, Directory] | None = None

    def __call__(self, now: datetime) -> Directory:
        read = self._read
        if read is None or not timedelta(0) <= now - read[0] < self.KEPT_FOR:
            read = self._read = (now, _directory(self._rows.scan(Table.SYSTEM, DIRECTORY)))
        return read[1]


def _directory(rows: Sequence[Row]) -> Directory:
    staff = [codec.loaded(Staff, str(row.values["doc"])) for row in rows if row.key.startswith("staff:")]
    subscriptions = tuple(subscription_in(row) for row in rows if row.key.startswith("hook:"))
    return Directory(staff={person.id: person for person in staff}, subscriptions=subscriptions)
