"""What a list shows of a ticket: made from the ticket when it changes, kept on the board, read there without the ticket."""

from datetime import datetime

from shared.domain import clock as clocks
from shared.domain.clock import ClockState
from shared.domain.contract import Contract
from shared.domain.custody.access import contact_token
from shared.domain.ticket import Summary, Ticket


def summarised(ticket: Ticket) -> Summary:
    """A ticket's summary. It names no address, and says nothing that another revision with the same standing would not say."""
    return Summary(
        id=ticket.id,
        customer=ticket.customer,
        contact=contact_token(ticket.customer, ticket.contact.email),
        subject=ticket.subject,
        product=ticket.product,
        channel=ticket.channel,
        state=ticket.state,
        classification=ticket.classification,
        priority=ticket.priority,
        assignee=ticket.assignee,
        received_at=ticket.received_at,
        resolved_at=ticket.resolved_at,
        reopen_until=ticket.reopen_until,
        next_due_at=min((clock.due_at for clock in ticket.clocks if clock.is_open and clock.due_at), default=None),
        contract=ticket.contract,
        contract_version=ticket.contract_version,
        clocks=tuple(clock for clock in ticket.clocks if clock.is_open),
        pauses=ticket.pauses,
        grants=tuple(grant for grant in ticket.grants if grant.revoked_at is None),
    )


def is_overdue(summary: Summary, contract: Contract, now: datetime) -> bool:
    """Whether a promise is broken that is still to be kept, by the calendars as they are known at `now`."""
    fresh = (
        clocks.planned(clock, contract.calendars[clock.target.calendar], summary.pauses, now)
        for clock in summary.clocks
        if clock.is_open
    )
    return any(clocks.state_of(clock, now) is ClockState.BREACHED for clock in fresh)
