"""A customer comes back: inside the window the ticket opens again; after it, a new one goes on with the matter, linked to it.

The new ticket and the note on the old one are one transaction. Its key is the Idempotency-Key, or else the text: saying the same
thing twice about the same closed request makes one ticket.
"""

from shared.actions import cases, intake, told
from shared.actions.custody import access
from shared.actions.ports import Insert, Write
from shared.actions.tickets import Change
from shared.domain import lifecycle
from shared.domain.errors import NotAllowedNow
from shared.domain.ticket import Link, Relation, State, Ticket


def reopen(change: Change, text: str) -> Ticket:
    """The ticket, open again; or, where it is closed for good, the new one that follows it."""
    try:
        return change.reopen(text)
    except NotAllowedNow as refused:
        if refused.facts.get("state") != State.CLOSED.value:
            raise
        return _followed_up(change, text, refused)


def _followed_up(change: Change, text: str, refused: NotAllowedNow) -> Ticket:
    """A new request of the same contact about the same product, received now. Nothing follows what was merged or erased."""
    desk, now = change.desk, change.now
    old = cases.load(desk, change.id).ticket
    found = access.permitted(desk, old, change.actor, now)
    if old.merged_into is not None:
        raise NotAllowedNow(f"{old.id} goes on as {old.merged_into}; write there.", **refused.facts)
    if old.erased_at is not None:
        raise refused
    request = intake.Request(
        customer=old.customer,
        contact=old.contact,
        language=old.language,
        product=old.product,
        subject=old.subject,
        description=text,
        channel=old.channel,
        links=(Link(relation=Relation.FOLLOWS, ticket=old.id),),
        actor=change.actor,
    )

    def also(new: Ticket) -> list[Write]:
        case = cases.load(desk, change.id)
        noted = lifecycle.followed(case.ticket, cases.occasion(desk, case.ticket, change.actor, now), new.id)
        return [*cases.writes_of(case, noted), Insert(access.row(desk, case.ticket, change.actor, found, "change", now))]

    source = f"follow-up:{old.id}:{change.once.key if change.once else text}"
    taken = told.taken_in(desk, request, source=source, raw=f"{old.id}\n{text}".encode(), now=now, also=also)
    change.is_replay = not taken.is_new
    return taken.ticket
