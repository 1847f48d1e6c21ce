"""What falls due on a ticket by itself, as time passes and mail goes out: stages, the window's end, what a calendar moved."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from shared.domain import correspondence as mail
from shared.domain import escalation
from shared.domain.conclusion import Occasion, concluded, moved, planned
from shared.domain.contract import Recipient, StageAction
from shared.domain.evidence import Event, stamp
from shared.domain.lifecycle import judging
from shared.domain.lifecycle.outage import in_charge
from shared.domain.mail_report import MailReport
from shared.domain.notice import Notice, NoticeKind
from shared.domain.people import THE_CUSTOMER
from shared.domain.quotes import lapsing
from shared.domain.target import Pause
from shared.domain.ticket import Decision, Happened, State, Ticket

_PAST: Mapping[StageAction, str] = {StageAction.WARN: "warned", StageAction.BREACH: "breached", StageAction.ESCALATE: "escalated"}


def overdue_work(ticket: Ticket, occasion: Occasion) -> Decision | None:
    """The first thing that has fallen due by itself: deadlines moved by a calendar, a stage, a card's, the window's end."""
    fresh = planned(ticket, occasion)
    if shifts := moved(ticket.clocks, fresh.clocks):
        return concluded(ticket, occasion, Happened(kind="replanned", data={"moved": shifts}))
    if ticket.state is State.RESOLVED and ticket.reopen_until is not None and occasion.now > ticket.reopen_until:
        closed = replace(ticket, state=State.CLOSED)
        return concluded(closed, occasion, Happened(kind="closed", data={}, at=ticket.reopen_until))
    milestone = escalation.next_milestone(occasion.contract, ticket, occasion.now)
    if milestone is not None and milestone.reached_at <= occasion.now:
        return _reached(ticket, occasion, milestone)
    if (waited := lapsing.overdue(ticket, occasion)) is not None:
        return waited
    if fresh.wake_at != ticket.wake_at:
        return concluded(ticket, occasion, Happened(kind="replanned", data={"moved": {}}))
    return None


def sent(ticket: Ticket, occasion: Occasion, notice: Notice, sent_at: datetime) -> Decision | None:
    """A notice has gone out. If it is the question the ticket waits with, the pause begins; otherwise nothing changes."""
    if (
        ticket.hold is None
        or ticket.hold.notice != notice.key
        or ticket.hold.sent_at is not None
        or ticket.state is not State.IN_CHARGE
    ):
        return None
    after = replace(
        ticket,
        state=State.ON_HOLD,
        hold=replace(ticket.hold, sent_at=sent_at),
        pauses=(*ticket.pauses, Pause(starts_at=sent_at, ends_at=None)),
    )
    return concluded(after, occasion, Happened(kind="paused", data={"notice": notice.key}, at=sent_at))


def undeliverable(ticket: Ticket, occasion: Occasion, notice: Notice) -> Decision | None:
    """A question that could not be sent asks nothing: the hold is void, and no clock ever paused for it."""
    if ticket.hold is None or ticket.hold.notice != notice.key or ticket.hold.sent_at is not None:
        return None
    return concluded(replace(ticket, hold=None), occasion, Happened(kind="hold_void", data={"notice": notice.key}))


def unanswered(history: Iterable[Event], notice: str) -> datetime | None:
    """When the pause of a question began that staff have ended without an answer on record; None in any other case.

    A customer who answers has received the question, even without words.
    """
    began = None
    for event in history:
        if event.kind == "paused" and event.data.get("notice") == notice:
            began = event.at
        elif event.kind == "resumed" and began is not None:
            return began if event.data.get("answer") is None and event.actor != THE_CUSTOMER else None
    return None


def bounced(
    ticket: Ticket, occasion: Occasion, notice: Notice, report: MailReport, *, unanswered_since: datetime | None = None
) -> Decision:
    """A question that was sent was received by nobody: the pause it began ends where it began, and the clocks count as ever.

    The event stands at that instant. A question that has been answered was received, whatever is reported; and what was judged
    is not judged again: then the event stands beside, and changes nothing. `unanswered_since`: of `unanswered`; the event names
    the pause that it voids, for the ticket's state does not tell.
    """
    data = {"notice": notice.key, "status": report.status, "reported_at": stamp(report.at)}
    hold = ticket.hold
    if hold is not None and hold.notice == notice.key and hold.sent_at is not None:
        began = hold.sent_at
        after = replace(judging.unpaused(ticket, began), state=State.IN_CHARGE)
    elif unanswered_since is not None and _is_unjudged(ticket, unanswered_since):
        began = unanswered_since
        after = judging.voided(ticket, began)
        data["voids"] = stamp(began)
    else:
        return concluded(ticket, occasion, Happened(kind="bounced", data=data))
    occasion = replace(occasion, now=max(occasion.now, began))  # it may have been sent since this run began
    after = planned(after, occasion)
    facts = {
        **mail.about(after, occasion.contract),
        "status": report.status,
        "deadlines": mail.deadlines(after, occasion.contract, occasion.now),
    }
    notices = [mail.letter(NoticeKind.BOUNCED, mail.member(person), facts) for person in in_charge(after, occasion)]
    return concluded(after, occasion, Happened(kind="bounced", data=data, at=began), notices)


def _is_unjudged(ticket: Ticket, at: datetime) -> bool:
    """Whether the resolution that was running then still runs."""
    is_open = ticket.state not in (State.RESOLVED, State.CLOSED)
    return is_open and (ticket.reopened_at is None or at >= ticket.reopened_at)


def _reached(ticket: Ticket, occasion: Occasion, milestone: escalation.Milestone) -> Decision:
    """A stage of the ladder has come: it is recorded once, and those it names are told."""
    clock, stage = milestone.clock, milestone.stage
    marked = replace(clock, fired=(*clock.fired, stage.id))
    after = replace(ticket, clocks=tuple(marked if c.name == clock.name else c for c in ticket.clocks))
    data = {
        "stage": stage.id,
        "promise": clock.promise.value,
        "deadline": clock.name,
        "due_at": stamp(clock.due_at) if clock.due_at else None,
        "notify": [recipient.value for recipient in stage.notify],
    }
    facts = {
        **mail.about(after, occasion.contract),
        "stage": stage.id,
        "percent": str(int(stage.fraction * 100)) if stage.fraction else None,
        "at": stamp(milestone.at),
        "deadlines": [mail.deadline(clock, ticket, occasion.contract, occasion.now)],
    }
    kind = NoticeKind(stage.action.value)
    notices = [mail.letter(kind, mail.member(s), facts) for s in escalation.recipients(milestone, ticket, occasion.directory)]
    if Recipient.CUSTOMER in stage.notify:
        notices.append(mail.letter(kind, mail.customer_of(ticket), facts))
    happened = Happened(kind=_PAST[stage.action], data=data, at=milestone.at)
    return replace(concluded(after, occasion, happened, notices), milestones=(milestone.key,))
