"""What had fallen due when somebody acted happens first: the minute between two sweeps hides no breach."""

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.sweep import sweep
from shared.domain.clock import ClockState, state_of
from shared.domain.contract import Promise
from shared.domain.errors import StaleVersion
from shared.domain.ticket import State, Ticket
from tests.support.desks import Clock, a_desk, rome, staff, taken_in


@pytest.fixture
def clock() -> Clock:
    return Clock(rome("2026-03-02 09:00"))


@pytest.fixture
def desk(clock: Clock) -> Desk:
    desk = a_desk(clock)
    taken_in(desk)
    return desk


def kinds(desk: Desk) -> list[str]:
    return [e.kind for e in cases.events_of(desk, cases.load(desk, "ACME-1").ticket)]


def of(ticket: Ticket, promise: Promise, round: int = 1):  # type: ignore[no-untyped-def]
    return next(c for c in ticket.clocks if (c.promise, c.round) == (promise, round))


def test_a_breach_is_recorded_and_told_though_somebody_acts_before_the_sweep(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 10:00")
    clock.forward(seconds=30)
    staff(desk, "ACME-1").acknowledge()
    assert kinds(desk) == ["received", "warned", "warned", "breached", "acknowledged"]
    told = {n.recipient.id for n in cases.notices_of(desk, cases.load(desk, "ACME-1").ticket) if n.kind == "breach"}
    assert told == {"carla", "sandro"}
    sweep(desk, clock())
    assert kinds(desk).count("breached") == 1


def test_resolving_long_after_the_deadline_still_tells_everybody(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").acknowledge()
    clock.set("2026-03-20 10:00")
    staff(desk, "ACME-1").resolve(None)
    assert {"breached", "escalated"} <= set(kinds(desk)) and kinds(desk)[-1] == "resolved"


def test_a_stage_reached_before_a_pause_is_told_when_the_pause_begins(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").hold("Quale versione?")
    clock.set("2026-03-02 18:31")  # half of the 16 hours are used when the mail leaves
    deliver(desk, clock())
    assert kinds(desk)[-2:] == ["warned", "paused"]


def test_the_revision_that_was_seen_is_still_good_when_only_time_has_passed(desk: Desk, clock: Clock) -> None:
    seen = cases.load(desk, "ACME-1").ticket.revision
    clock.set("2026-03-02 10:01")
    assert staff(desk, "ACME-1", if_match=seen).acknowledge().state is State.IN_CHARGE
    with pytest.raises(StaleVersion):
        staff(desk, "ACME-1", if_match=seen).classify("bug")


def test_charge_taken_while_nothing_was_promised_meets_the_response_that_is_promised_later(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").classify("help-desk")
    clock.set("2026-03-02 09:30")
    staff(desk, "ACME-1").acknowledge()
    clock.set("2026-03-05 09:00")
    ticket = staff(desk, "ACME-1").classify("bug")
    assert state_of(of(ticket, Promise.RESPONSE), clock()) is ClockState.MET
    assert of(ticket, Promise.RESPONSE).done_at == rome("2026-03-02 09:30")


def test_what_was_judged_before_a_reopening_is_not_judged_again(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 11:00")
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").resolve(None)
    clock.set("2026-03-03 09:00")
    staff(desk, "ACME-1").reopen("Non va.")
    ticket = staff(desk, "ACME-1").prioritise(4)
    assert state_of(of(ticket, Promise.RESPONSE), clock()) is ClockState.BREACHED
    ticket = staff(desk, "ACME-1").classify("evolution")
    assert state_of(of(ticket, Promise.RESPONSE), clock()) is ClockState.BREACHED
    assert state_of(of(ticket, Promise.RESOLUTION, 1), clock()) is ClockState.MET
    assert state_of(of(ticket, Promise.RESOLUTION, 2), clock()) is ClockState.WITHDRAWN


def test_a_reopened_request_that_turns_out_to_be_a_bug_runs_from_the_reopening(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").classify("help-desk")
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").close("È una domanda sull'uso.", "not-competent")
    clock.set("2026-03-09 09:00")
    staff(desk, "ACME-1").reopen("Non va.")
    ticket = staff(desk, "ACME-1").classify("bug")
    assert of(ticket, Promise.RESOLUTION, 2).due_at == rome("2026-03-10 18:30")
    assert state_of(of(ticket, Promise.RESOLUTION, 1), clock()) is ClockState.WITHDRAWN


def test_a_clock_that_steps_back_a_little_stops_nobody(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").hold("Quale versione?")
    deliver(desk, clock())
    clock.forward(seconds=-1)
    ticket = staff(desk, "ACME-1").resume(None, None)
    assert ticket.pauses[0].starts_at == ticket.pauses[0].ends_at


def test_a_ticket_that_was_on_hold_four_hundred_times_can_still_be_resolved(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").acknowledge()
    for _ in range(400):
        clock.forward(seconds=2)
        staff(desk, "ACME-1").hold("?")
        deliver(desk, clock())
        staff(desk, "ACME-1").resume(None, None)
    ticket = staff(desk, "ACME-1").resolve(None)
    assert ticket.state is State.RESOLVED and len(ticket.pauses) == 400
