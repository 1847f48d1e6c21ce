"""Who is what to a ticket, and what they may do to it as it stands: the table of transitions, read."""

from datetime import datetime

from shared.domain.conclusion import Occasion
from shared.domain.contract import Contract
from shared.domain.custody.privacy import is_contact_of
from shared.domain.errors import NotAllowedNow, NotPermitted
from shared.domain.lifecycle.table import ROWS, TRANSITIONS, Who
from shared.domain.people import Principal, Role
from shared.domain.ticket import Ticket


def acts_as(ticket: Ticket, actor: Principal, now: datetime) -> frozenset[Who]:
    """What the actor is to this ticket; nothing at all for strangers."""
    found = set()
    if Role.SYSTEM in actor.roles:
        found.add(Who.SYSTEM)
    if actor.customer is not None:
        is_contact = is_contact_of(ticket, actor.email or "")
        if actor.customer == ticket.customer and (is_contact or Role.CUSTOMER_ADMINISTRATOR in actor.roles):
            found.add(Who.CUSTOMER)
        return frozenset(found)
    if Role.CUSTOMER_CARE_MANAGER in actor.roles:
        found.add(Who.MANAGER)
    if Role.SERVICE_MANAGER in actor.roles:
        found.add(Who.SERVICE_MANAGER)
    if actor.is_staff and ticket.assignee == actor.id:
        found |= {Who.ASSIGNEE, Who.DESIGNATED}
    if any(g.operator == actor.id and g.revoked_at is None and g.at <= now < g.until for g in ticket.grants):
        found.add(Who.DESIGNATED)
    if Who.DESIGNATED in found and ticket.estimate is not None and ticket.estimate.drafted_by == actor.actor:
        found.add(Who.AUTHOR)
    return frozenset(found)


def require(ticket: Ticket, occasion: Occasion, name: str) -> None:
    """Raises NotPermitted where the actor may not, NotAllowedNow with what is allowed where the ticket does not allow it."""
    require_leave(ticket, occasion, name)
    row, contract = TRANSITIONS[name], occasion.contract
    if ticket.state not in row.before:
        raise refused(ticket, occasion, f"{ticket.id} is {ticket.state}; {name} is not allowed now.")
    for need in row.needs:
        if not need.holds(ticket, contract):
            raise refused(ticket, occasion, f"{name} of {ticket.id} is not allowed now: {need.sentence}.")


def require_leave(ticket: Ticket, occasion: Occasion, name: str) -> None:
    """Raises NotPermitted where the actor may not, however the ticket stands."""
    row = TRANSITIONS[name]
    if not acts_as(ticket, occasion.actor, occasion.now) & set(row.who):
        raise NotPermitted(f"{name} on {ticket.id} is for: {', '.join(row.who)}.", transition=name)


def allowed_now(ticket: Ticket, contract: Contract, actor: Principal, now: datetime) -> tuple[str, ...]:
    """The names of what this actor may do to the ticket as it stands."""
    acting = acts_as(ticket, actor, now)
    return tuple(
        row.name
        for row in ROWS
        if row.noun and acting & set(row.who) and ticket.state in row.before and all(n.holds(ticket, contract) for n in row.needs)
    )


def refused(
    ticket: Ticket, occasion: Occasion, why: str, kind: type[NotAllowedNow] = NotAllowedNow, **facts: object
) -> NotAllowedNow:
    """A refusal that says what the actor may do to the ticket now."""
    allowed = allowed_now(ticket, occasion.contract, occasion.actor, occasion.now)
    now_allowed = ", ".join(allowed) or "nothing"
    return kind(f"{why} Allowed: {now_allowed}.", state=ticket.state.value, allowed=list(allowed), **facts)
