"""What went wrong and waits for people: tickets whose work fails, and notices that were given up."""

from shared.actions import agenda
from shared.actions.codec import plain
from shared.actions.desk import Desk


def failing_tickets(desk: Desk) -> list[object]:
    """Tickets whose work has failed and will be tried again: {"ticket", "failures", "error", "at"}."""
    return [plain(row.values) for _, row in agenda.every(desk, "x")]


def given_up_notices(desk: Desk) -> list[object]:
    """Notices that were given up or have bounced, and that nobody has dismissed yet.

    {"ticket", "notice", "kind", "error", "at"}; the error of one that bounced is the mail service's word for it.
    """
    return [plain(row.values) for kind in ("f", "b") for _, row in agenda.every(desk, kind)]
