"""What the board holds, and what it should hold."""

from collections.abc import Iterable
from datetime import timedelta

from shared.actions import agenda, document
from shared.actions.custody import access_filing
from shared.actions.desk import Desk
from shared.actions.lists import places
from shared.domain.ticket import State, Ticket


def on_the_board(desk: Desk) -> list[tuple[str, str]]:
    """Every row of the board, open and resolved: its key, and what it says."""
    return [(row.key, document.joined("doc", row.values)) for kind in places.KINDS for _, row in agenda.every(desk, kind)]


def as_they_are(desk: Desk, tickets: Iterable[Ticket]) -> list[tuple[str, str]]:
    """What the board holds when it shows each ticket once, as it is, and no closed one."""
    rows = [places.row(ticket, desk.clock()) for ticket in tickets if ticket.state is not State.CLOSED]
    return sorted((row.key, document.joined("doc", row.values)) for row in rows)


def lists_waiting(desk: Desk) -> list[agenda.Due]:
    """The pages of lists that the sweep has not filed yet."""
    later = desk.clock() + timedelta(days=1)
    return [row for rows in agenda.due(desk, "s", later) for row in rows if access_filing.is_list(row)]
