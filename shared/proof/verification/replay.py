"""A ticket told again from its events alone: how it stands after each, which clocks run, and when they fall due.

An event says what the ticket is from then on (`stands`); what that does to the clocks follows, as of the event's own instant
(`at`), whatever its kind, and however much later it was recorded:

    no longer new                          the response is done
    another classification or priority     judged anew from receipt (SEMANTICS 5)
    a bounce that names a pause            that pause never was
    on hold                                a pause begins at the event's instant, and ends with the state
    resolved                               the resolution is done, the window for reopening opens
    in charge again after that             a new round of the resolution
    closed without having been resolved    what runs is withdrawn

Then every deadline and verdict that the event states must be what comes out.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain import clock as clocks
from shared.domain import target as targets
from shared.domain.clock import Clock
from shared.domain.conclusion import Occasion, moved, verdicts
from shared.domain.contract import Contract, Promise
from shared.domain.errors import SportelloError
from shared.domain.escalation import INSTANT
from shared.domain.evidence import stamp
from shared.domain.lifecycle import judging
from shared.domain.people import SYSTEM, Contact, Directory
from shared.domain.target import Pause
from shared.domain.ticket import State, Ticket
from shared.proof.verification.reading import Broken, Part
from shared.proof.verification.terms import Terms

STATES = {state.value: state for state in State}
STAGE_KINDS = {"warn": "warned", "breach": "breached", "escalate": "escalated"}
CHANGES = {"classified": "classification", "settled": "classification", "prioritised": "priority", "assigned": "assignee"}
"""Kinds of events that say from what to what something changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the ticket stands after its last event. `late`: events written before the desk knew of an announcement."""

    ticket: Ticket
    late: tuple[int, ...]


def replayed(file: Part, terms: Terms) -> Told:
    """Raises Broken at the first event that states what does not come out."""
    ticket, last, late = None, file, list[int]()
    trail: list[tuple[Ticket | None, Part]] = []
    for event in file["events"].items():
        try:
            after = _after(ticket, event, terms, file["ticket"])
        except Broken as broken:
            after = _with_less_known(ticket, event, terms, file["ticket"], trail, broken)
            late.append(event["number"].number())
        else:
            trail.append((ticket, event))
        ticket, last = after, event
    if ticket is None:
        raise Broken("events", "at least one event", [])
    _check_ladder(file)
    ticket = replace(ticket, events=last["number"].number(), chain_tip=last["hash"].text())
    return Told(ticket=ticket, late=tuple(late))


def _with_less_known(
    ticket: Ticket | None, event: Part, terms: Terms, head: Part, trail: list[tuple[Ticket | None, Part]], broken: Broken
) -> Ticket:
    """An announcement may reach the desk after it was made: then what was written meanwhile does not know of it.

    But what the desk has once taken into account it does not forget: no event of `trail` since then may have known of it.
    """
    recorded_at = event["recorded_at"].instant()
    announced = {v.announced_at for history in terms.contract.calendars.values() for v in history.versions[1:]}
    for at in sorted((at for at in announced if at <= recorded_at), reverse=True):
        less = terms.known_until(at - INSTANT)
        try:
            for earlier, written in trail:
                if written["recorded_at"].instant() >= at:
                    _after(earlier, written, less, head)
            return _after(ticket, event, less, head)
        except Broken:
            continue
    raise broken


def _check_ladder(file: Part) -> None:
    """The stages are those that came, in the order in which they first did."""
    came = (event["data"].mapping().get("stage") for event in file["events"].items())
    stages = [stage["id"].value for stage in file["contract"]["ladder"].items()]
    if (expected := list(dict.fromkeys(stage for stage in came if stage is not None))) != stages:
        raise Broken("contract.ladder", expected, stages)


def _after(before: Ticket | None, event: Part, terms: Terms, head: Part) -> Ticket:
    try:
        return _checked(_begun(event, terms, head) if before is None else before, event, terms)
    except SportelloError as wrong:
        raise Broken(event.where, "something the contract in the file has an answer to", wrong.detail) from None
    except KeyError as missing:
        raise Broken("contract.families", "every table that the request was judged by", str(missing)) from None


def _begun(event: Part, terms: Terms, head: Part) -> Ticket:
    """The ticket as the first event tells it."""
    event["kind"].must_be("received")
    data, contract = event["data"], terms.contract
    data["contract"].must_be(f"{contract.id}@{contract.version}")
    data["contract_digest"].must_be(contract.digest)
    if contract.effective_from > event["at"].instant():
        raise Broken("contract.effective_from", f"not after the receipt at {event['at'].value}", stamp(contract.effective_from))
    ticket = Ticket(
        id=head["id"].text(),
        customer=data["customer"].text(),
        number=0,
        contract=contract.id,
        contract_version=contract.version,
        contract_digest=contract.digest,
        product=data["product"].text(),
        subject="",
        language=data["language"].text(),
        contact=Contact(name="", email=""),
        received_at=event["at"].instant(),
        seen_at=data["seen_at"].instant(),
    )
    ticket = _classified(ticket, data["stands"])
    promises = judging.promised(ticket, _occasion(terms, ticket.received_at))
    running = (
        clocks.started(promise, contract.calendars[on.calendar], on, ticket.received_at) for promise, on in promises.items()
    )
    return replace(ticket, clocks=tuple(running))


def _checked(before: Ticket, event: Part, terms: Terms) -> Ticket:
    now = event["recorded_at"].instant()
    occasion = _occasion(terms, event["at"].instant())
    after = _planned(_voided(_standing(before, event, terms, occasion), event), terms.contract, now)
    if "stage" in event["data"].mapping():
        after = _reached(after, event, terms, now)
    _check_statements(before, after, event, now)
    return after


def _standing(before: Ticket, event: Part, terms: Terms, occasion: Occasion) -> Ticket:
    """What the event's `stands` does to the ticket and its clocks."""
    stands = event["data"]["stands"]
    stands.has_only("state", "classification", "priority", "assignee")
    state = stands["state"].one_of(STATES)
    assignee = None if stands["assignee"].is_null else stands["assignee"].text()
    ticket = before if assignee == before.assignee else replace(before, assignee=assignee)
    ticket = _classified(ticket, stands)
    if (ticket.classification, ticket.priority) != (before.classification, before.priority):
        ticket = judging.rejudged(ticket, occasion)
    if before.state is not state:
        ticket = _moved(ticket, state, terms, occasion)
    return ticket


def _voided(ticket: Ticket, event: Part) -> Ticket:
    """A bounce names the pause that it voids, where that was over already."""
    if event["kind"].value != "bounced" or "voids" not in event["data"].mapping():
        return ticket
    event["data"]["voids"].must_be(event["at"].value)
    began = event["data"]["voids"].one_of({stamp(p.starts_at): p.starts_at for p in ticket.pauses if p.ends_at is not None})
    if ticket.state in (State.RESOLVED, State.CLOSED) or (ticket.reopened_at is not None and began < ticket.reopened_at):
        raise Broken(event["data"]["voids"].where, "nothing, for what was judged stays judged", stamp(began))
    return judging.voided(ticket, began)


def _classified(ticket: Ticket, stands: Part) -> Ticket:
    """As what an event says it is; what the desk opens itself is classified from the beginning."""
    kind = None if stands["classification"].is_null else stands["classification"].text()
    priority = None if stands["priority"].is_null else stands["priority"].number()
    return replace(ticket, classification=kind, priority=priority)


def _moved(ticket: Ticket, state: State, terms: Terms, occasion: Occasion) -> Ticket:
    """From one state to another."""
    before, now = ticket.state, occasion.now
    ticket = replace(ticket, state=state)
    if before is State.ON_HOLD:
        ticket = judging.unpaused(ticket, now)
    if before is State.NEW and ticket.acknowledged_at is None:
        ticket = replace(judging.done(ticket, occasion, Promise.RESPONSE), acknowledged_at=now)
    if state is State.ON_HOLD:
        return replace(ticket, pauses=(*ticket.pauses, Pause(starts_at=now, ends_at=None)))
    if state is State.RESOLVED:
        return replace(judging.done(ticket, occasion, Promise.RESOLUTION), resolved_at=now, reopen_until=_window(terms, now))
    if state is State.CLOSED and before is not State.RESOLVED:
        return replace(judging.withdrawn(ticket, now), resolved_at=now)
    if before is State.RESOLVED and state is not State.CLOSED:
        return _reopened(ticket, occasion)
    return ticket


def _window(terms: Terms, now: datetime) -> datetime | None:
    if terms.reopening is None:
        raise Broken("contract.reopening", "the window in which a resolved request can be reopened", None)
    calendar = terms.contract.calendars[terms.reopening.calendar].known_at(now).calendar
    return targets.due(calendar, now, terms.reopening.target)


def _reopened(ticket: Ticket, occasion: Occasion) -> Ticket:
    again = ticket.clocks
    if (on := judging.promised(ticket, occasion).get(Promise.RESOLUTION)) is not None:
        round = 1 + max((c.round for c in again if c.promise is Promise.RESOLUTION), default=0)
        history = occasion.contract.calendars[on.calendar]
        again += (clocks.started(Promise.RESOLUTION, history, on, occasion.now, round=round),)
    return replace(ticket, clocks=again, resolved_at=None, reopen_until=None, reopened_at=occasion.now)


def _planned(ticket: Ticket, contract: Contract, now: datetime) -> Ticket:
    fresh = tuple(planned(clock, contract, ticket.pauses, now) for clock in ticket.clocks)
    return ticket if fresh == ticket.clocks else replace(ticket, clocks=fresh)


def planned(clock: Clock, contract: Contract, pauses: tuple[Pause, ...], now: datetime) -> Clock:
    """An open clock as it is due by what was known at `now`; what is done stays as it was judged."""
    return clocks.planned(clock, contract.calendars[clock.target.calendar], pauses, now) if clock.is_open else clock


def _reached(ticket: Ticket, event: Part, terms: Terms, now: datetime) -> Ticket:
    """A stage of the ladder: it comes once on each version of a deadline, at the instant it names."""
    data = event["data"]
    running = {clock.name: clock for clock in ticket.clocks if clock.is_open}
    clock, stage = data["deadline"].one_of(running), data["stage"].one_of(terms.ladder)
    if stage.id in clock.fired:
        raise Broken(data["stage"].where, "a stage that had not come yet", stage.id)
    event["kind"].must_be(STAGE_KINDS[stage.action.value])
    data["promise"].must_be(clock.promise.value)
    data["notify"].must_be([recipient.value for recipient in stage.notify])
    data["due_at"].must_be(stamp(clock.due_at) if clock.due_at else None)
    history = terms.contract.calendars
    if stage.after is not None and clock.due_at is not None:
        calendar = history[stage.after.calendar].running(clock.started_at, now)
        at = targets.due(calendar, clock.due_at, stage.after.target)
    elif stage.fraction is not None:
        calendar = history[clock.target.calendar].running(clock.started_at, now)
        at = targets.instant_of(calendar, clock.started_at, clock.target.target, stage.fraction, ticket.pauses)
    else:
        at = None
    event["at"].must_be(stamp(at) if at else None)
    marked = replace(clock, fired=(*clock.fired, stage.id))
    return replace(ticket, clocks=tuple(marked if each is clock else each for each in ticket.clocks))


def _check_statements(before: Ticket, after: Ticket, event: Part, now: datetime) -> None:
    """What the event says of deadlines, verdicts and changes."""
    data = event["data"]
    stated = data.mapping()
    kind = event["kind"].text()
    data["deadlines"].must_be({c.name: stamp(c.due_at) if c.due_at else None for c in after.clocks if c.is_open})
    if "verdicts" in stated:
        data["verdicts"].must_be(verdicts(after, now))
    if "moved" in stated:
        data["moved"].must_be(moved(before.clocks, after.clocks[: len(before.clocks)]))
    if kind in CHANGES and "from" in stated:
        data["from"].must_be(getattr(before, CHANGES[kind]))
        data["to"].must_be(getattr(after, CHANGES[kind]))
    if kind == "closed":
        event["at"].must_be(stamp(before.reopen_until) if before.reopen_until else None)
    if kind == "resumed":
        data["answered_at"].must_be(event["at"].value)
    if kind == "bounced" and before.state is not after.state:
        event["at"].must_be(stamp(before.pauses[-1].starts_at) if before.state is State.ON_HOLD else None)


def _occasion(terms: Terms, now: datetime) -> Occasion:
    return Occasion(contract=terms.contract, directory=Directory(staff={}), actor=SYSTEM, now=now)
