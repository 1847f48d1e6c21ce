"""What is written back and forth: replies, questions that stop the clocks, answers that start them, the customer's messages."""

from dataclasses import replace
from datetime import datetime

from shared.domain import correspondence as mail
from shared.domain.conclusion import Occasion, Said, concluded, content, planned
from shared.domain.errors import InvalidInput
from shared.domain.evidence import stamp
from shared.domain.lifecycle import judging
from shared.domain.lifecycle.authorship import written
from shared.domain.lifecycle.permission import require
from shared.domain.notice import Notice, NoticeKind
from shared.domain.people import Role
from shared.domain.ticket import Content, Decision, Happened, Hold, State, Ticket


def reply(ticket: Ticket, occasion: Occasion, said: Said) -> Decision:
    """A message to the customer that asks for nothing: no clock stops."""
    require(ticket, occasion, "reply")
    return _told(ticket, occasion, "replied", NoticeKind.REPLY, said)


def ask(ticket: Ticket, occasion: Occasion, question: Said) -> Decision:
    """The customer is asked for something. The clocks pause when the question has really been sent (`sent`), not before."""
    require(ticket, occasion, "hold")
    decision = _told(ticket, occasion, "asked", NoticeKind.QUESTION, question)
    hold = Hold(asked_at=occasion.now, notice=decision.notices[0].key)
    return replace(decision, ticket=replace(decision.ticket, hold=hold))


def resume(ticket: Ticket, occasion: Occasion, answered_at: datetime | None, answer: Said | None = None) -> Decision:
    """The customer's answer was received at `answered_at` (default: now): the clocks run again from there.

    An answer that staff enter says when it came; a customer's own comes now.
    """
    require(ticket, occasion, "resume")
    assert ticket.hold is not None
    if answered_at is not None and occasion.actor.customer is not None:
        raise InvalidInput("answered_at is for staff, who enter an answer that came another way; yours is received now.")
    began = ticket.hold.sent_at or ticket.hold.asked_at
    at = answered_at or max(occasion.now, began)  # another instance's clock may be a little ahead
    if answered_at is not None and not began <= at <= occasion.now:
        raise InvalidInput(f"answered_at must lie between the question ({stamp(began)}) and now ({stamp(occasion.now)}).")
    after = planned(replace(judging.unpaused(ticket, at), state=State.IN_CHARGE), occasion)
    data: dict[str, object] = {"answered_at": stamp(at), "answer": None}
    contents: tuple[Content, ...] = ()
    if answer is not None:
        wrote = written(after, occasion, answer)
        after, contents = wrote.ticket, wrote.contents
        data |= {"answer": wrote.text.commitment, **wrote.author}
    notices = _to_the_desk(after, occasion, answer.text if answer else "") if occasion.actor.customer is not None else ()
    return concluded(after, occasion, Happened(kind="resumed", data=data, at=at), notices, contents)


def message(ticket: Ticket, occasion: Occasion, said: Said) -> Decision:
    """The customer writes. While a question is open this is its answer, and the clocks run again."""
    require(ticket, occasion, "message")
    if ticket.hold is not None:
        return resume(ticket, occasion, None, said)
    wrote = written(ticket, occasion, said)
    notices = _to_the_desk(wrote.ticket, occasion, said.text)
    data = {"text": wrote.text.commitment, **wrote.author}
    return concluded(wrote.ticket, occasion, Happened(kind="message", data=data), notices, wrote.contents)


def _told(ticket: Ticket, occasion: Occasion, event: str, kind: NoticeKind, said: Said) -> Decision:
    after = replace(ticket, contents=ticket.contents + 1)
    text = content(after, said)
    notices = [mail.letter(kind, mail.customer_of(after), {**mail.about(after, occasion.contract), "text": said.text})]
    return concluded(after, occasion, Happened(kind=event, data={"text": text.commitment}), notices, (text,))


def _to_the_desk(ticket: Ticket, occasion: Occasion, text: str) -> list[Notice]:
    """To the assignee; to the Customer Care Manager while there is none."""
    staff = occasion.directory.staff.get(ticket.assignee or "")
    told = (staff,) if staff else occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER)
    facts = {
        **mail.about(ticket, occasion.contract),
        "author": occasion.actor.name,
        "text": text,
        "deadlines": mail.deadlines(ticket, occasion.contract, occasion.now),
    }
    return [mail.letter(NoticeKind.MESSAGE, mail.member(person), facts) for person in told]
