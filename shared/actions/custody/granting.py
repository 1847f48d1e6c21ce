"""The Customer Care Manager lets somebody read a ticket that is not theirs, and takes that back."""

from datetime import datetime

from shared.actions.tickets import Change
from shared.domain.custody import granting
from shared.domain.ticket import Ticket


def grant(change: Change, operator: str, reason: str, until: datetime | None) -> Ticket:
    return change.by(granting.grant, operator, change.said(reason), until)


def revoke(change: Change, number: int) -> Ticket:
    return change.by(granting.revoke, number)
