"""How a request ends: resolved by its assignee, closed by the Customer Care Manager, or going on as another ticket."""

from collections.abc import Mapping
from dataclasses import replace

from shared.domain import correspondence as mail
from shared.domain import target as targets
from shared.domain.conclusion import Occasion, Said, concluded, content, verdicts
from shared.domain.contract import Course, Promise
from shared.domain.errors import InvalidInput
from shared.domain.evidence import stamp
from shared.domain.lifecycle import judging
from shared.domain.lifecycle.needs import course_of, is_about_an_outage
from shared.domain.lifecycle.permission import require
from shared.domain.lifecycle.triage import reclassified
from shared.domain.notice import NoticeKind
from shared.domain.people import Role
from shared.domain.ticket import Content, Decision, Happened, State, Ticket


def resolve(ticket: Ticket, occasion: Occasion, closing: Said | None) -> Decision:
    """The assignee closes the request with an optional text: the resolution is done, the customer is told, the window opens."""
    require(ticket, occasion, "resolve")
    return _ended(ticket, occasion, "resolved", NoticeKind.RESOLVED, closing)


def treat(ticket: Ticket, occasion: Occasion, said: Said | None) -> Decision:
    """The assignee has verified and treated the vulnerability; the Customer Care Manager is told, and may close it."""
    require(ticket, occasion, "treat")
    after = replace(ticket, treated_at=occasion.now, contents=ticket.contents + (said is not None))
    contents = (content(after, said),) if said else ()
    facts = {**mail.about(after, occasion.contract), "text": said.text if said else ""}
    managers = occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER)
    notices = [mail.letter(NoticeKind.TREATED, mail.member(manager), facts) for manager in managers]
    data = {"text": contents[0].commitment if contents else None}
    return concluded(after, occasion, Happened(kind="treated", data=data), notices, contents)


def close(ticket: Ticket, occasion: Occasion, reason: Said | None, classification: str | None = None) -> Decision:
    """The Customer Care Manager closes what is not accepted or not within competence, telling why, a treated vulnerability, or
    the desk's own ticket about an outage.

    `classification`: what it is closed as, where it is not classified so already.
    """
    require(ticket, occasion, "close")
    closed_as = ticket.classification if classification is None else classification
    course = None if closed_as is None else occasion.contract.classification(closed_as).course
    if course not in (Course.CLOSURE, Course.VULNERABILITY) and not is_about_an_outage(ticket):
        kinds = [c.id for c in occasion.contract.classifications.values() if c.course is Course.CLOSURE]
        raise InvalidInput(
            f"{closed_as or 'An unclassified request'} is not closed but resolved; say as what to close it: {', '.join(kinds)}."
        )
    if course is Course.VULNERABILITY and course_of(ticket, occasion.contract) is not Course.VULNERABILITY:
        raise InvalidInput("A vulnerability is classified, assigned and treated before it is closed.")
    if course is Course.CLOSURE and reason is None:
        raise InvalidInput("text is missing: the customer is told why.")
    after = ticket
    if closed_as is not None and closed_as != ticket.classification:
        after = judging.rejudged(reclassified(ticket, occasion, closed_as), occasion)
    data = {"from": ticket.classification, "to": closed_as}
    return _ended(after, occasion, "settled", NoticeKind.CLOSED, reason, data)


def _ended(
    ticket: Ticket, occasion: Occasion, event: str, kind: NoticeKind, said: Said | None, data: Mapping[str, object] | None = None
) -> Decision:
    """Resolved as from now: what runs is done, the customer is told, and the window in which it can be reopened begins."""
    ticket = judging.unpaused(ticket, occasion.now)
    window = occasion.contract.reopening
    calendar = occasion.contract.calendars[window.calendar].known_at(occasion.now).calendar
    for promise in Promise if ticket.acknowledged_at is None else (Promise.RESOLUTION,):
        ticket = judging.done(ticket, occasion, promise)
    after = replace(
        ticket,
        state=State.RESOLVED,
        acknowledged_at=ticket.acknowledged_at or occasion.now,
        resolved_at=occasion.now,
        reopen_until=targets.due(calendar, occasion.now, window.target),
        contents=ticket.contents + (said is not None),
    )
    contents: tuple[Content, ...] = (content(after, said),) if said else ()
    facts = {
        **mail.about(after, occasion.contract),
        "text": said.text if said else "",
        "classification": dict(occasion.contract.classification(after.classification).name) if after.classification else None,
        "reopen_until": stamp(after.reopen_until) if after.reopen_until else None,
    }
    notices = [] if after.erased_at else [mail.letter(kind, mail.customer_of(after), facts)]
    told = {**(data or {}), "verdicts": verdicts(after, occasion.now), "text": contents[0].commitment if contents else None}
    return concluded(after, occasion, Happened(kind=event, data=told), notices, contents)
