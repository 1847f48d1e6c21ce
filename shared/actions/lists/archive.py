"""A customer's tickets, whatever their state, the newest first: read from the tickets themselves, a range of numbers a page."""

from datetime import datetime

from shared.actions import cases, customers
from shared.actions.desk import Desk
from shared.actions.lists import cursor
from shared.actions.lists.board import Page, Visible
from shared.actions.ports import Table
from shared.domain.listing import Filters, fits
from shared.domain.summary import summarised
from shared.domain.ticket import Summary

RANGE = 200
"""Numbers that are looked at for a page: tickets are read whole, and have some kilobytes each."""


def archive(
    desk: Desk, now: datetime, customer: str, *, limit: int, after: str | None, filters: Filters, visible: Visible
) -> Page:
    """The customer's tickets that fit, and that the caller may see. UnknownCustomer when there is no such customer.

    Two requests for the first page (the last number, the tickets), one for those after it.
    """
    top = _next(after, customer) if after else customers.find(desk, customer)[0].next_number - 1
    bottom = max(0, top - RANGE)
    rows = desk.rows.scan(Table.DESK, customer, after=cases.head_key(bottom), before=cases.head_key(top + 1), limit=RANGE)
    found: list[tuple[int, Summary]] = []
    for row in reversed(rows):
        ticket = cases.ticket_in(row)
        summary = summarised(ticket)
        if fits(summary, filters, cases.contract_of(desk, ticket), now) and visible(summary):
            found.append((ticket.number, summary))
    below = found[limit - 1][0] - 1 if len(found) > limit else bottom
    return Page(
        tickets=tuple(summary for _, summary in found[:limit]),
        total=len(found) if after is None and bottom == 0 else None,
        next_cursor=cursor.packed(f"{_prefix(customer)}{below}") if below > 0 else None,
    )


def _prefix(customer: str) -> str:
    return f"archive|{customer}|"


def _next(after: str, customer: str) -> int:
    number = cursor.unpacked(after, _prefix(customer)).removeprefix(_prefix(customer))
    if not number.isdigit() or len(number) > 9 or number.startswith("0"):
        raise cursor.refused()
    return int(number)
