"""Which rung of the ladder is due on a ticket, and for whom. The ladder itself is the contract's data."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain import target as targets
from shared.domain.clock import Clock
from shared.domain.contract import Contract, Recipient, Stage, StageAction
from shared.domain.people import Directory, Role, Staff
from shared.domain.ticket import Ticket

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A stage of the ladder on one clock. `at`: the instant it names; `reached_at`: the first instant at which it has come.

    They differ for a breach, which has come only when the due instant has passed: done at that very instant is in time.
    """

    clock: Clock
    stage: Stage
    at: datetime

    @property
    def reached_at(self) -> datetime:
        return self.at if self.stage.action is StageAction.WARN else self.at + INSTANT

    @property
    def key(self) -> str:
        """Exists once: promise, round and version of the deadline, and stage."""
        return f"{self.clock.name}.{self.stage.id}"


def next_milestone(contract: Contract, ticket: Ticket, now: datetime) -> Milestone | None:
    """The earliest stage not yet fired on any open clock, past or future; None when nothing is left or all is paused."""
    ahead = [
        milestone
        for clock in ticket.clocks
        if clock.is_open and clock.due_at is not None
        for stage in contract.ladder
        if clock.promise in stage.promises and stage.id not in clock.fired
        if (milestone := _milestone(contract, ticket, clock, stage, now)) is not None
    ]
    return min(ahead, key=lambda m: (m.reached_at, m.key), default=None)


def recipients(milestone: Milestone, ticket: Ticket, directory: Directory) -> tuple[Staff, ...]:
    """The staff a stage is for, each once; when nobody holds its roles (no assignee yet), the Customer Care Manager.

    The customer is not staff: a stage that names them is answered by `lifecycle`.
    """
    people: dict[str, Staff] = {}
    for recipient in milestone.stage.notify:
        for staff in _people(recipient, ticket, directory):
            people[staff.id] = staff
    if not people and any(recipient is not Recipient.CUSTOMER for recipient in milestone.stage.notify):
        people = {staff.id: staff for staff in directory.holders(Role.CUSTOMER_CARE_MANAGER)}
    return tuple(people.values())


def _people(recipient: Recipient, ticket: Ticket, directory: Directory) -> tuple[Staff, ...]:
    if recipient is Recipient.CUSTOMER:
        return ()
    if recipient is Recipient.ASSIGNEE:
        assignee = directory.staff.get(ticket.assignee or "")
        return (assignee,) if assignee else ()
    return directory.holders(Role(recipient.value))


def _milestone(contract: Contract, ticket: Ticket, clock: Clock, stage: Stage, now: datetime) -> Milestone | None:
    assert clock.due_at is not None
    if stage.after is not None:
        calendar = contract.calendars[stage.after.calendar].running(clock.started_at, now)
        at = targets.due(calendar, clock.due_at, stage.after.target)
    else:
        assert stage.fraction is not None
        calendar = contract.calendars[clock.target.calendar].running(clock.started_at, now)
        at = targets.instant_of(calendar, clock.started_at, clock.target.target, stage.fraction, ticket.pauses)
    return None if at is None else Milestone(clock=clock, stage=stage, at=at)
