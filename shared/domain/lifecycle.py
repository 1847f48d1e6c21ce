"""What people may do to a ticket. Each transition takes the ticket and the occasion, and returns the decision, or None where the
ticket is as asked already: asking again changes nothing. Nothing is written here.

Every transition ends in `conclusion.concluded`. What happens by itself is in `due_work`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from shared.domain import clock as clocks
from shared.domain import correspondence as mail
from shared.domain import target as targets
from shared.domain.clock import Clock
from shared.domain.conclusion import Occasion, Said, concluded, content, verdicts
from shared.domain.contract import Promise, TargetOn
from shared.domain.errors import InvalidInput, NotAllowedNow
from shared.domain.evidence import commitment, stamp
from shared.domain.notice import NoticeKind
from shared.domain.people import Role
from shared.domain.ticket import Content, Decision, Happened, Hold, State, Ticket

OPEN = (State.NEW, State.IN_CHARGE, State.ON_HOLD)

ALLOWED: Mapping[str, tuple[State, ...]] = {
    "acknowledge": (State.NEW,),
    "classify": OPEN,
    "prioritise": OPEN,
    "assign": OPEN,
    "reply": (*OPEN, State.RESOLVED),
    "hold": (State.IN_CHARGE,),
    "resume": (State.IN_CHARGE, State.ON_HOLD),
    "resolve": (State.IN_CHARGE, State.ON_HOLD),
    "reopen": (State.RESOLVED,),
}
"""In which states each transition is allowed. Closing is the desk's own, when the reopening window has passed."""


def allowed_now(ticket: Ticket) -> tuple[str, ...]:
    """The names of the transitions that the ticket's state allows."""
    names = [name for name, states in ALLOWED.items() if ticket.state in states]
    if ticket.hold is not None:
        names = [name for name in names if name != "hold"]
    elif "resume" in names:
        names.remove("resume")
    return tuple(names)


def received(ticket: Ticket, occasion: Occasion, description: Said) -> Decision:
    """A request has come in: its clocks start at the instant it was received, on the strictest priority of its table."""
    promises = occasion.contract.promises(product=ticket.product, classification=None, priority=None)
    running = tuple(
        clocks.started(promise, occasion.contract.calendars[on.calendar], on, ticket.received_at)
        for promise, on in promises.items()
    )
    ticket = replace(ticket, clocks=running, contents=1)
    text = content(ticket, description)
    data = {
        "customer": ticket.customer,
        "contract": f"{ticket.contract}@{ticket.contract_version}",
        "contract_digest": ticket.contract_digest,
        "product": ticket.product,
        "language": ticket.language,
        "declared_severity": ticket.declared_severity,
        "classification_wish": ticket.classification_wish,
        "portal_reference": ticket.portal_reference,
        "seen_at": stamp(ticket.seen_at),
        "subject": commitment(description.salt, ticket.subject),
        "description": text.commitment,
    }
    facts = {**mail.about(ticket, occasion.contract), "deadlines": mail.deadlines(ticket, occasion.contract, occasion.now)}
    notices = [mail.letter(NoticeKind.RECEIPT, mail.customer_of(ticket), facts)]
    for manager in occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER):
        notices.append(mail.letter(NoticeKind.ARRIVED, mail.member(manager), facts))
    return concluded(ticket, occasion, Happened(kind="received", data=data, at=ticket.received_at), notices, (text,))


def acknowledge(ticket: Ticket, occasion: Occasion) -> Decision:
    """A person takes charge: the response is done. An automatic receipt never does this (SEMANTICS 5)."""
    _require(ticket, "acknowledge")
    clocks_now = _done(ticket, occasion, Promise.RESPONSE)
    after = replace(ticket, state=State.IN_CHARGE, acknowledged_at=occasion.now, clocks=clocks_now)
    return concluded(after, occasion, Happened(kind="acknowledged", data={"verdicts": verdicts(after, occasion.now)}))


def classify(ticket: Ticket, occasion: Occasion, classification: str) -> Decision | None:
    """What the request turns out to be; its clocks are withdrawn, or judged anew from receipt, as the contract promises."""
    _require(ticket, "classify")
    table = occasion.contract.family_of(ticket.product, classification)
    if classification == ticket.classification:
        return None
    priority = ticket.priority if ticket.priority in table.priorities else None  # a kind with a table of its own: triaged anew
    after = replace(ticket, classification=classification, priority=priority)
    return _rejudged(after, occasion, "classified", {"from": ticket.classification, "to": classification})


def prioritise(ticket: Ticket, occasion: Occasion, priority: int) -> Decision | None:
    """The priority is set, or set again: the ticket is judged by it from receipt; the events keep what was before."""
    _require(ticket, "prioritise")
    occasion.contract.family_of(ticket.product, ticket.classification).priority(priority)
    if priority == ticket.priority:
        return None
    return _rejudged(replace(ticket, priority=priority), occasion, "prioritised", {"from": ticket.priority, "to": priority})


def assign(ticket: Ticket, occasion: Occasion, assignee: str) -> Decision | None:
    """The request is given to a member of staff, who is told."""
    _require(ticket, "assign")
    staff = occasion.directory.staff.get(assignee)
    if staff is None:
        raise InvalidInput(f"There is no member of staff {assignee!r}; there are: {', '.join(sorted(occasion.directory.staff))}.")
    if assignee == ticket.assignee:
        return None
    after = replace(ticket, assignee=assignee)
    facts = {**mail.about(after, occasion.contract), "deadlines": mail.deadlines(after, occasion.contract, occasion.now)}
    notices = [mail.letter(NoticeKind.ASSIGNED, mail.member(staff), facts)]
    return concluded(after, occasion, Happened(kind="assigned", data={"from": ticket.assignee, "to": assignee}), notices)


def reply(ticket: Ticket, occasion: Occasion, said: Said) -> Decision:
    """A message to the customer that asks for nothing: no clock stops."""
    _require(ticket, "reply")
    return _told(ticket, occasion, "replied", NoticeKind.REPLY, said)


def ask(ticket: Ticket, occasion: Occasion, question: Said) -> Decision:
    """The customer is asked for something. The clocks pause when the question has really been sent (`sent`), not before."""
    _require(ticket, "hold")
    decision = _told(ticket, occasion, "asked", NoticeKind.QUESTION, question)
    hold = Hold(asked_at=occasion.now, notice=decision.notices[0].key)
    return replace(decision, ticket=replace(decision.ticket, hold=hold))


def resume(ticket: Ticket, occasion: Occasion, answered_at: datetime | None, answer: Said | None = None) -> Decision:
    """The customer's answer was received at `answered_at` (default: now): the clocks run again from there."""
    _require(ticket, "resume")
    assert ticket.hold is not None
    began = ticket.hold.sent_at or ticket.hold.asked_at
    at = answered_at or max(occasion.now, began)  # another instance's clock may be a little ahead
    if answered_at is not None and not began <= at <= occasion.now:
        raise InvalidInput(f"answered_at must lie between the question ({stamp(began)}) and now ({stamp(occasion.now)}).")
    after = replace(_unpaused(ticket, at), state=State.IN_CHARGE)
    contents: tuple[Content, ...] = ()
    if answer is not None:
        after = replace(after, contents=after.contents + 1)
        contents = (content(after, answer),)
    data = {"answered_at": stamp(at), "answer": contents[0].commitment if contents else None}
    return concluded(after, occasion, Happened(kind="resumed", data=data, at=at), contents=contents)


def resolve(ticket: Ticket, occasion: Occasion, closing: Said | None) -> Decision:
    """The assignee closes the request with an optional text: the resolution is done, the customer is told, the window opens."""
    _require(ticket, "resolve")
    ticket = _unpaused(ticket, occasion.now)
    window = occasion.contract.reopening
    calendar = occasion.contract.calendars[window.calendar].known_at(occasion.now).calendar
    after = replace(
        ticket,
        state=State.RESOLVED,
        clocks=_done(ticket, occasion, Promise.RESOLUTION),
        resolved_at=occasion.now,
        reopen_until=targets.due(calendar, occasion.now, window.target),
        contents=ticket.contents + (closing is not None),
    )
    contents = (content(after, closing),) if closing else ()
    data = {"verdicts": verdicts(after, occasion.now), "text": contents[0].commitment if contents else None}
    facts = {
        **mail.about(after, occasion.contract),
        "text": closing.text if closing else "",
        "reopen_until": stamp(after.reopen_until) if after.reopen_until else None,
    }
    notices = [mail.letter(NoticeKind.RESOLVED, mail.customer_of(after), facts)]
    return concluded(after, occasion, Happened(kind="resolved", data=data), notices, contents)


def reopen(ticket: Ticket, occasion: Occasion, reason: Said) -> Decision:
    """Inside the window a resolved request opens again. What was judged stays judged; a new resolution clock starts now."""
    _require(ticket, "reopen")
    if ticket.reopen_until is not None and occasion.now > ticket.reopen_until:
        raise NotAllowedNow(f"The reopening window of {ticket.id} ended at {stamp(ticket.reopen_until)}; open a new request.")
    contract = occasion.contract
    promises = contract.promises(product=ticket.product, classification=ticket.classification, priority=ticket.priority)
    again = ticket.clocks
    if (on := promises.get(Promise.RESOLUTION)) is not None:
        round = 1 + max((c.round for c in ticket.clocks if c.promise is Promise.RESOLUTION), default=0)
        again += (clocks.started(Promise.RESOLUTION, contract.calendars[on.calendar], on, occasion.now, round=round),)
    after = replace(
        ticket,
        state=State.IN_CHARGE,
        clocks=again,
        resolved_at=None,
        reopen_until=None,
        reopened_at=occasion.now,
        contents=ticket.contents + 1,
    )
    text = content(after, reason)
    facts = {**mail.about(after, contract), "text": reason.text, "deadlines": mail.deadlines(after, contract, occasion.now)}
    staff = occasion.directory.staff.get(ticket.assignee or "")
    told = (staff,) if staff else occasion.directory.holders(Role.CUSTOMER_CARE_MANAGER)
    notices = [mail.letter(NoticeKind.REOPENED, mail.member(person), facts) for person in told]
    return concluded(after, occasion, Happened(kind="reopened", data={"reason": text.commitment}), notices, (text,))


def _require(ticket: Ticket, name: str) -> None:
    if name not in (allowed := allowed_now(ticket)):
        now_allowed = ", ".join(allowed) or "nothing: its reopening window has ended; open a new request"
        raise NotAllowedNow(
            f"{ticket.id} is {ticket.state}; {name} is not allowed now. Allowed: {now_allowed}.",
            state=ticket.state.value,
            allowed=list(allowed),
        )


def _told(ticket: Ticket, occasion: Occasion, event: str, kind: NoticeKind, said: Said) -> Decision:
    after = replace(ticket, contents=ticket.contents + 1)
    text = content(after, said)
    notices = [mail.letter(kind, mail.customer_of(after), {**mail.about(after, occasion.contract), "text": said.text})]
    return concluded(after, occasion, Happened(kind=event, data={"text": text.commitment}), notices, (text,))


def _rejudged(ticket: Ticket, occasion: Occasion, kind: str, data: Mapping[str, object]) -> Decision:
    """The clocks as the ticket's classification and priority now promise: others withdrawn, each judged from its own start.

    What was judged before the last reopening stays as it was judged; a resolution then promised starts at the reopening.
    """
    contract = occasion.contract
    promises = contract.promises(product=ticket.product, classification=ticket.classification, priority=ticket.priority)
    judged = [
        clock if _is_of_the_past(clock, ticket) else _judged(clock, promises.get(clock.promise), ticket, occasion)
        for clock in ticket.clocks
    ]
    judged += [_late(promise, on, ticket, occasion) for promise, on in promises.items() if _is_missing(promise, ticket)]
    after = replace(ticket, clocks=tuple(judged))
    return concluded(after, occasion, Happened(kind=kind, data={**data, "verdicts": verdicts(after, occasion.now)}))


def _is_of_the_past(clock: Clock, ticket: Ticket) -> bool:
    """Whether a reopening has put the clock beyond judgement: a response met or broken, a resolution of a former round."""
    if ticket.reopened_at is None or clock.started_at >= ticket.reopened_at:
        return False
    return clock.promise is Promise.RESOLUTION or clock.done_at is not None


def _is_missing(promise: Promise, ticket: Ticket) -> bool:
    """Whether a promise has no clock that could still be judged."""
    of_it = [clock for clock in ticket.clocks if clock.promise is promise]
    return not of_it or (promise is Promise.RESOLUTION and all(_is_of_the_past(clock, ticket) for clock in of_it))


def _late(promise: Promise, on: TargetOn, ticket: Ticket, occasion: Occasion) -> Clock:
    """A clock for what is promised only now: from receipt; a resolution of a ticket that was reopened, from the reopening."""
    rounds = sum(clock.promise is promise for clock in ticket.clocks)
    is_again = promise is Promise.RESOLUTION and ticket.reopened_at is not None
    start = ticket.reopened_at if is_again and ticket.reopened_at else ticket.received_at
    history = occasion.contract.calendars[on.calendar]
    clock = clocks.started(promise, history, on, start, round=rounds + 1)
    return clocks.planned(_answered(clock, ticket), history, ticket.pauses, occasion.now)


def _judged(clock: Clock, on: TargetOn | None, ticket: Ticket, occasion: Occasion) -> Clock:
    if on is None:
        return replace(clock, is_withdrawn=True, due_at=None)
    history = occasion.contract.calendars[on.calendar]
    judged = clocks.judged_by(clock, history, on)
    return clock if judged is clock else clocks.planned(_answered(judged, ticket), history, ticket.pauses, occasion.now)


def _answered(clock: Clock, ticket: Ticket) -> Clock:
    """A response is done since a person took charge, even if nothing was promised then."""
    return replace(clock, done_at=ticket.acknowledged_at) if clock.promise is Promise.RESPONSE else clock


def _done(ticket: Ticket, occasion: Occasion, promise: Promise) -> tuple[Clock, ...]:
    """The clocks with the open ones of a promise done now, and judged for good by what is known now."""
    return tuple(
        clocks.planned(
            replace(clock, done_at=occasion.now), occasion.contract.calendars[clock.target.calendar], ticket.pauses, occasion.now
        )
        if clock.is_open and clock.promise is promise
        else clock
        for clock in ticket.clocks
    )


def _unpaused(ticket: Ticket, at: datetime) -> Ticket:
    """Without its hold; an open pause ends at `at`."""
    ended = tuple(replace(p, ends_at=max(at, p.starts_at)) if p.ends_at is None else p for p in ticket.pauses)
    return replace(ticket, hold=None, pauses=ended)
