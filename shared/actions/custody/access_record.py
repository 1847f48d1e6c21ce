"""The record of reads as it is stored, and reading it: in a customer's partition, one row a read.

    access:<moment>:<ticket number>:<salt>          number 000000: of no single ticket, or of several (a page of a list)

Rows are only ever inserted. They name our staff, and a customer's people by a token: erasing a person leaves the record whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from shared.actions import document
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Value
from shared.domain.custody.access import contact_token
from shared.domain.errors import InvalidInput
from shared.domain.evidence import stamp
from shared.domain.people import Principal

NO_TICKET = 0
PREFIX = "access:"
PAGE = 1000
SEVERAL = "several"

type Grounds = Mapping[str, Sequence[str]]
"""Ticket to basis and detail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One entry. `who`: a member of staff, or `contact:<token>` for a customer's people (whose `name` is empty).

    `basis`: as in `domain.access.Basis`, or "several" where a list's tickets were seen on several grounds; `detail` has each.
    """

    who: str
    name: str
    what: str
    at: datetime
    tickets: tuple[str, ...]
    basis: str
    detail: str = ""

    def narrowed(self, ticket: str) -> "Reading":
        """What the entry says of one of its tickets."""
        found = re.search(rf"(?:^|, ){re.escape(ticket)} (\w+)(?: \(([^)]*)\))?(?:,|$)", self.detail)
        if self.basis != SEVERAL or found is None:
            return replace(self, tickets=(ticket,))
        return replace(self, tickets=(ticket,), basis=found[1], detail=found[2] or "")

    def without(self, hidden: Set[str]) -> "Reading | None":
        """The entry without some of its tickets; None where it is of no others."""
        if not hidden & set(self.tickets):
            return self
        left = {ticket: self.narrowed(ticket) for ticket in self.tickets if ticket not in hidden}
        if not left:
            return None
        basis, detail = ground_of({ticket: (each.basis, each.detail) for ticket, each in left.items()})
        return replace(self, tickets=tuple(left), basis=basis, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """A page of the record, the newest last. `next_cursor`: where the next page begins; None at the end."""

    entries: tuple[Reading, ...]
    next_cursor: str | None


def who(principal: Principal) -> tuple[str, str]:
    """How the record names somebody: id and name of our staff, of a customer's people a token and no name."""
    if principal.customer is not None:
        return by_token(principal.customer, principal.email or principal.id), ""
    return principal.id, principal.name


def by_token(customer: str, email: str) -> str:
    return f"contact:{contact_token(customer, email)}"


def row_of(reading: Reading, ticket_number: int, salt: str) -> Row:
    values: dict[str, Value] = {
        "who": reading.who,
        "name": reading.name,
        "what": reading.what,
        "at": stamp(reading.at),
        "basis": reading.basis,
        "detail": reading.detail,
        **document.columns("tickets", " ".join(reading.tickets)),
    }
    return Row(key=f"{PREFIX}{stamp(reading.at)}:{ticket_number:06d}:{salt}", values=values)


def reading_in(row: Row) -> Reading:
    return Reading(
        who=str(row.values["who"]),
        name=str(row.values["name"]),
        what=str(row.values["what"]),
        at=datetime.fromisoformat(str(row.values["at"])),
        tickets=tuple(document.joined("tickets", row.values).split()),
        basis=str(row.values["basis"]),
        detail=str(row.values["detail"]),
    )


def ground_of(grounds: Grounds) -> tuple[str, str]:
    """Basis and detail of several tickets: what all share, or else "several" and each: "ACME-1 own, ACME-2 role (x)"."""
    different = {tuple(ground) for ground in grounds.values()}
    if len(different) == 1:
        [(basis, detail)] = different
        return basis, detail
    each = (f"{ticket} {basis}" + (f" ({detail})" if detail else "") for ticket, (basis, detail) in grounds.items())
    return SEVERAL, ", ".join(each)


def accesses_of(
    desk: Desk,
    customer: str,
    *,
    ticket: str | None = None,
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Readings:
    """Who has seen a customer's data, or one ticket of theirs, since a day. InvalidInput for a cursor that is not ours."""
    first = "" if since is None else stamp(since)[:10]
    found: list[tuple[str, Reading]] = []
    for row in _rows(desk, customer, PREFIX + (first if cursor is None else _checked(cursor))):
        reading = reading_in(row)
        if ticket is None:
            found.append((row.key, reading))
        elif ticket in reading.tickets:
            found.append((row.key, reading.narrowed(ticket)))
        if len(found) > limit:
            break
    return Readings(
        entries=_entries(found[:limit]), next_cursor=found[limit - 1][0][len(PREFIX) :] if len(found) > limit else None
    )


def _rows(desk: Desk, customer: str, after: str) -> Iterator[Row]:
    while page := desk.rows.scan(Table.DESK, customer, after=after, before=f"{PREFIX}~", limit=PAGE):
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].key


def _entries(found: Sequence[tuple[str, Reading]]) -> tuple[Reading, ...]:
    return tuple(reading for _, reading in found)


def _checked(cursor: str) -> str:
    if not (0 < len(cursor) <= 100 and cursor.isascii() and cursor.isprintable()):
        raise InvalidInput("cursor is not one of ours; use next_cursor of the page before.")
    return cursor
