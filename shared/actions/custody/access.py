"""Who is shown what, and that it is on record: nobody sees a customer's data unrecorded.

Recording comes before answering: where it fails, the read fails. A single read is a row in the customer's partition
(`access_record`). A page of a list, which may show many customers' tickets, is one row of the agenda, which the sweep files
under the customers concerned (`access_filing`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from shared.actions import agenda, cases
from shared.actions.custody import access_filing, access_record
from shared.actions.custody.access_record import NO_TICKET, Reading, Readings, by_token, row_of
from shared.actions.custody.access_record import accesses_of as accesses_of
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Row, Table
from shared.domain.custody import access
from shared.domain.custody.access import Access, Basis, Classified, Visible
from shared.domain.errors import InvalidInput, NotFound, NotPermitted
from shared.domain.people import Principal, Role
from shared.domain.ticket import Ticket

UNFILED = "access"
"""The partition of the system table for reads of what belongs to no customer yet."""


class Seen(Visible, Classified, Protocol):
    """A ticket, or the summary of one, that may be shown to somebody."""

    @property
    def id(self) -> str: ...
    @property
    def contract(self) -> str: ...
    @property
    def contract_version(self) -> str: ...


def access_to(desk: Desk, ticket: Seen, principal: Principal, now: datetime) -> Access | None:
    """The ground on which somebody may see a ticket, or its summary, under the contract frozen on it; None: they may not."""
    contract = desk.catalogue().version(ticket.contract, ticket.contract_version)
    restricted = access.is_restricted(ticket, contract)
    return access.access_to(ticket, principal, grace=contract.access_grace, is_restricted=restricted, now=now)


def permitted(desk: Desk, ticket: Seen, principal: Principal, now: datetime) -> Access:
    """The same, or a refusal: staff are told why (NotPermitted); to a customer's people there is no such ticket (NotFound)."""
    found = access_to(desk, ticket, principal, now)
    if found is not None:
        return found
    desk.telemetry.tell("access.refused", is_warning=True, ticket=ticket.id, who=access_record.who(principal)[0])
    if principal.customer is not None:
        raise NotFound(f"There is no ticket {ticket.id}.")
    raise NotPermitted(f"{ticket.id} is not assigned to you; the Customer Care Manager can grant you leave to read it.")


def read(desk: Desk, id: str, principal: Principal, what: str, now: datetime) -> Ticket:
    """The ticket of that number, for somebody who may see it; the read is on record before they get it. `what`: a word for it."""
    ticket = cases.load(desk, id).ticket
    found = permitted(desk, ticket, principal, now)
    desk.rows.commit(Table.DESK, ticket.customer, [Insert(row(desk, ticket, principal, found, what, now))])
    return ticket


def read_by_link(desk: Desk, id: str, what: str, now: datetime) -> Ticket:
    """The ticket, for whoever holds a link of its letters, which the caller has checked. Recorded as any other read."""
    ticket = cases.load(desk, id).ticket
    holder = by_token(ticket.customer, ticket.contact.email)
    reading = Reading(who=holder, name="", what=what, at=now, tickets=(id,), basis=Basis.LINK)
    desk.rows.commit(Table.DESK, ticket.customer, [Insert(row_of(reading, ticket.number, desk.salt()))])
    return ticket


def read_customer(desk: Desk, customer: str, principal: Principal, what: str, now: datetime) -> Access:
    """Leave to see what belongs to a customer and to no single ticket, recorded. NotPermitted, or NotFound, as with tickets.

    The caller makes sure that there is such a customer.
    """
    found = access.access_to_customer(customer, principal)
    if found is None and principal.customer not in (None, customer):
        raise NotFound(f"There is no customer {customer[:40]!r}.")
    if found is None:
        raise NotPermitted(f"{principal.name} may not see this; managers and the customer's administrators may.")
    reading = _reading(principal, found, what, now, ())
    desk.rows.commit(Table.DESK, customer, [Insert(row_of(reading, NO_TICKET, desk.salt()))])
    return found


def readings_for(
    desk: Desk, customer: str, principal: Principal, now: datetime, *, ticket: str | None, cursor: str | None, limit: int
) -> Readings:
    """The record of a customer's reads as somebody may see it: without a trace of what is restricted and out of their sight."""
    if ticket is not None and hidden(desk, [ticket], principal, now):
        return Readings(entries=(), next_cursor=None)
    found = accesses_of(desk, customer, ticket=ticket, cursor=cursor, limit=limit)
    unseen = hidden(desk, (each for entry in found.entries for each in entry.tickets), principal, now)
    shown = (entry.without(unseen) for entry in found.entries)
    return replace(found, entries=tuple(entry for entry in shown if entry is not None))


def as_shown(desk: Desk, ticket: Ticket, principal: Principal, now: datetime) -> Ticket:
    """The ticket without its ties to what is restricted and out of a reader's sight."""
    unseen = hidden(desk, (link.ticket for link in ticket.links), principal, now)
    if not unseen:
        return ticket
    links = tuple(link for link in ticket.links if link.ticket not in unseen)
    return replace(ticket, links=links, merged_into=None if ticket.merged_into in unseen else ticket.merged_into)


def hidden(desk: Desk, tickets: Iterable[str], principal: Principal, now: datetime) -> frozenset[str]:
    """Those of a customer's tickets that are restricted and out of a reader's sight: a request for each, unless they see all."""
    if principal.roles & {Role.CUSTOMER_CARE_MANAGER, Role.CUSTOMER_ADMINISTRATOR}:
        return frozenset()
    return frozenset(id for id in set(tickets) if _is_hidden(desk, id, principal, now))


def _is_hidden(desk: Desk, id: str, principal: Principal, now: datetime) -> bool:
    try:
        ticket = cases.load(desk, id).ticket
    except (InvalidInput, NotFound):
        return False  # nothing of ours is called so
    restricted = access.is_restricted(ticket, cases.contract_of(desk, ticket))
    return restricted and access_to(desk, ticket, principal, now) is None


def read_unfiled(desk: Desk, principal: Principal, what: str, detail: str, now: datetime) -> None:
    """Records a read of what belongs to no customer yet (a quarantined request, a list of failures), in the system table."""
    reading = _reading(principal, Access(basis=Basis.ROLE, detail=detail), what, now, ())
    desk.rows.commit(Table.SYSTEM, UNFILED, [Insert(row_of(reading, NO_TICKET, desk.salt()))])


def row(desk: Desk, ticket: Ticket, principal: Principal, found: Access, what: str, now: datetime) -> Row:
    """The record of one read, to be inserted in a transaction of the caller's own."""
    return row_of(_reading(principal, found, what, now, (ticket.id,)), ticket.number, desk.salt())


def record_list(desk: Desk, principal: Principal, tickets: Sequence[Seen], what: str, now: datetime) -> None:
    """Records that somebody is shown these tickets on a page of a list, before they are: one row, which the sweep files.

    Each must have been found visible to them (`access_to`); of no tickets there is nothing to record.
    """
    if not tickets:
        return
    who, name = access_record.who(principal)
    grounds = {ticket.id: permitted(desk, ticket, principal, now) for ticket in tickets}
    shown = {id: [found.basis.value, found.detail] for id, found in grounds.items()}
    doc = json.dumps({"who": who, "name": name, "what": what, "tickets": shown}, ensure_ascii=False)
    salt = desk.salt()
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, salt), [Insert(access_filing.row(now, salt, doc))])


def _reading(principal: Principal, found: Access, what: str, now: datetime, tickets: tuple[str, ...]) -> Reading:
    who, name = access_record.who(principal)
    return Reading(who=who, name=name, what=what, at=now, tickets=tickets, basis=found.basis.value, detail=found.detail)
