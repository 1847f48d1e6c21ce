"""How tickets of one customer stand to each other: related ones, and a duplicate that goes on as the ticket it repeats."""

from dataclasses import replace

from shared.domain import correspondence as mail
from shared.domain.clock import Clock
from shared.domain.conclusion import Occasion, concluded, verdicts
from shared.domain.contract import Promise
from shared.domain.custody.privacy import is_contact_of
from shared.domain.errors import InvalidInput
from shared.domain.lifecycle import judging
from shared.domain.lifecycle.permission import refused, require
from shared.domain.notice import NoticeKind
from shared.domain.ticket import Decision, Happened, Link, Relation, State, Ticket


def relate(ticket: Ticket, other: Ticket, occasion: Occasion) -> tuple[Decision, Decision] | None:
    """Each names the other; None when they do."""
    for each in (ticket, other):
        require(each, occasion, "link")
    if Link(relation=Relation.RELATED, ticket=other.id) in ticket.links:
        return None
    return _tied(ticket, other, occasion), _tied(other, ticket, occasion)


def merge(duplicate: Ticket, original: Ticket, occasion: Occasion) -> tuple[Decision, Decision]:
    """A duplicate goes on as the original, which was received before it: both keep their histories, and each names the other.

    Merging never loosens a deadline: while the duplicate's resolution runs, the original's must fall due no later.
    """
    require(duplicate, occasion, "merge")
    require(original, occasion, "link")
    _check_merge(duplicate, original, occasion)
    told = [
        mail.letter(
            NoticeKind.MERGED, mail.customer_of(duplicate), {**mail.about(duplicate, occasion.contract), "into": original.id}
        )
    ]
    taken = replace(
        judging.done(judging.unpaused(duplicate, occasion.now), occasion, Promise.RESPONSE),
        acknowledged_at=duplicate.acknowledged_at or occasion.now,
    )
    closed = replace(
        judging.withdrawn(taken, occasion.now),
        state=State.CLOSED,
        merged_into=original.id,
        resolved_at=occasion.now,
        links=(*duplicate.links, Link(relation=Relation.DUPLICATE_OF, ticket=original.id)),
    )
    data = {"into": original.id, "verdicts": verdicts(closed, occasion.now)}
    merged = concluded(closed, occasion, Happened(kind="merged", data=data), () if duplicate.erased_at else told)
    holder = replace(original, links=(*original.links, Link(relation=Relation.HAS_DUPLICATE, ticket=duplicate.id)))
    absorbed = concluded(
        holder, occasion, Happened(kind="absorbed", data={"duplicate": duplicate.id, "chain_tip": merged.ticket.chain_tip})
    )
    return merged, absorbed


def _tied(ticket: Ticket, other: Ticket, occasion: Occasion) -> Decision:
    to = Link(relation=Relation.RELATED, ticket=other.id)
    after = replace(ticket, links=(*ticket.links, to)) if to not in ticket.links else ticket
    return concluded(after, occasion, Happened(kind="linked", data={"relation": to.relation.value, "ticket": to.ticket}))


def _check_merge(duplicate: Ticket, original: Ticket, occasion: Occasion) -> None:
    if duplicate.id == original.id or duplicate.customer != original.customer:
        raise InvalidInput(f"{duplicate.id} can be merged into another ticket of {duplicate.customer} only.")
    if not is_contact_of(original, duplicate.contact.email):
        why = f"{original.id} was asked by somebody else, who alone may follow it; relate the two instead."
        raise refused(duplicate, occasion, why)
    if original.state in (State.RESOLVED, State.CLOSED):
        raise refused(duplicate, occasion, f"{original.id} is {original.state}; reopen it first, or merge the other way round.")
    if (original.received_at, original.number) > (duplicate.received_at, duplicate.number):
        why = f"{original.id} was received after {duplicate.id}; merge the later one into the earlier one."
        raise refused(duplicate, occasion, why)
    for clock in duplicate.clocks:
        if clock.is_open and clock.promise is Promise.RESOLUTION and not _is_kept_by(clock, original):
            why = f"The resolution of {original.id} is not due by that of {duplicate.id}; set its priority first, or resume it."
            raise refused(duplicate, occasion, why)


def _is_kept_by(clock: Clock, original: Ticket) -> bool:
    """Whether the original's running resolution falls due no later; one that is paused has no due instant to compare."""
    dues = [c.due_at for c in original.clocks if c.is_open and c.promise is Promise.RESOLUTION and c.due_at is not None]
    return bool(dues) and clock.due_at is not None and min(dues) <= clock.due_at
