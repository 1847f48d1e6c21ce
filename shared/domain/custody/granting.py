"""Leave to read a ticket that is not one's own: given by the Customer Care Manager for a reason and a time, and taken back."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain import correspondence as mail
from shared.domain.conclusion import Occasion, Said, concluded, content
from shared.domain.errors import InvalidInput, NotFound
from shared.domain.evidence import stamp
from shared.domain.lifecycle.permission import require
from shared.domain.notice import NoticeKind
from shared.domain.people import Staff
from shared.domain.ticket import Decision, Grant, Happened, Ticket

USUAL = timedelta(days=7)
LONGEST = timedelta(days=90)


def grant(ticket: Ticket, occasion: Occasion, operator: str, reason: Said, until: datetime | None = None) -> Decision:
    """An operator may read the ticket until `until` (default: for seven days), and is told why."""
    require(ticket, occasion, "grant")
    staff = _employed(occasion, operator)
    ends_at = occasion.now + USUAL if until is None else until
    if not occasion.now < ends_at <= occasion.now + LONGEST:
        raise InvalidInput(f"until must lie after now ({stamp(occasion.now)}), and {LONGEST.days} days after it at the most.")
    after = replace(ticket, contents=ticket.contents + 1)
    text = content(after, reason)
    given = Grant(
        number=len(ticket.grants) + 1,
        operator=operator,
        granted_by=occasion.actor.id,
        at=occasion.now,
        until=ends_at,
        reason=text.commitment,
    )
    data = {"number": given.number, "operator": operator, "until": stamp(ends_at), "reason": text.commitment}
    facts = {**mail.about(after, occasion.contract), "text": reason.text, "until": stamp(ends_at)}
    notices = [mail.letter(NoticeKind.GRANTED, mail.member(staff), facts)]
    after = replace(after, grants=(*ticket.grants, given))
    return concluded(after, occasion, Happened(kind="granted", data=data), notices, (text,))


def revoke(ticket: Ticket, occasion: Occasion, number: int) -> Decision | None:
    """From now on a grant opens nothing; None when that was so already. NotFound for a grant that was never given."""
    require(ticket, occasion, "revoke")
    found = next((each for each in ticket.grants if each.number == number), None)
    if found is None:
        raise NotFound(f"{ticket.id} has no grant {number}.")
    if found.revoked_at is not None:
        return None
    grants = tuple(replace(each, revoked_at=occasion.now) if each is found else each for each in ticket.grants)
    data = {"number": number, "operator": found.operator}
    return concluded(replace(ticket, grants=grants), occasion, Happened(kind="grant_revoked", data=data))


def _employed(occasion: Occasion, operator: str) -> Staff:
    staff = occasion.directory.staff.get(operator)
    if staff is None:
        raise InvalidInput(
            f"There is no member of staff {operator[:100]!r}; there are: {', '.join(sorted(occasion.directory.staff))}."
        )
    return staff
