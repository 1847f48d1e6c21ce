"""What people do to a ticket, and what it does to its clocks. The dates are worked by hand on 9:00-13:00 / 14:30-18:30, Rome."""

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.adapters.memory import MemoryMailer
from shared.domain import evidence
from shared.domain.clock import Clock as TicketClock
from shared.domain.clock import ClockState, state_of
from shared.domain.contract import Promise
from shared.domain.errors import InvalidInput, NotAllowedNow, NotPermitted, StaleVersion
from shared.domain.people import Principal, Role
from shared.domain.ticket import State, Ticket
from shared.domain.tier import Channel
from tests.support.desks import Clock, a_desk, rome, staff, taken_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    return a_desk(clock)


def of(ticket: Ticket, promise: Promise, round: int = 1) -> TicketClock:
    return next(c for c in ticket.clocks if (c.promise, c.round) == (promise, round))


def on_hold(desk: Desk, clock: Clock, ticket: str) -> Ticket:
    """Asked, and the question really sent, now."""
    staff(desk, ticket).hold("Quale versione?")
    deliver(desk, clock())
    return cases.load(desk, ticket).ticket


def test_a_request_runs_on_the_strictest_priority_until_it_is_triaged(desk: Desk, clock: Clock) -> None:
    clock.set("2026-08-07 17:50")  # Friday: 40 minutes are left of the day
    ticket = taken_in(desk)
    assert of(ticket, Promise.RESPONSE).due_at == rome("2026-08-10 09:20")  # 1 working hour
    assert of(ticket, Promise.RESOLUTION).due_at == rome("2026-08-10 18:30")  # 1 working day


def test_the_clocks_start_when_the_portal_received_the_request_and_the_lag_is_kept(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 11:00")
    ticket = taken_in(desk, occurred_at=rome("2026-03-02 10:15"))
    assert of(ticket, Promise.RESPONSE).due_at == rome("2026-03-02 11:15")
    assert (ticket.seen_at - ticket.received_at).total_seconds() == 45 * 60


def test_a_request_that_says_it_comes_from_the_future_is_refused(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 11:00")
    with pytest.raises(InvalidInput, match="future"):
        taken_in(desk, occurred_at=rome("2026-03-02 11:06"))


def test_taking_charge_meets_the_response_and_only_that(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    clock.set("2026-03-02 10:00")  # the very instant at which it is due
    ticket = staff(desk, ticket.id).acknowledge()
    assert ticket.state is State.IN_CHARGE
    assert state_of(of(ticket, Promise.RESPONSE), clock()) is ClockState.MET
    assert state_of(of(ticket, Promise.RESOLUTION), clock()) is ClockState.RUNNING


def test_one_microsecond_after_the_due_instant_is_a_breach(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    clock.set("2026-03-02 10:00")
    clock.forward(microseconds=1)
    ticket = staff(desk, ticket.id).acknowledge()
    assert state_of(of(ticket, Promise.RESPONSE), clock()) is ClockState.BREACHED


def test_a_receipt_that_is_sent_automatically_never_meets_the_response(desk: Desk, clock: Clock) -> None:
    ticket = taken_in(desk)
    deliver(desk, clock())
    assert isinstance(desk.mailer, MemoryMailer) and "receipt" in desk.mailer.sent[0].subject
    assert of(cases.load(desk, ticket.id).ticket, Promise.RESPONSE).done_at is None


def test_the_priority_judges_from_receipt_and_the_history_stays(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    clock.set("2026-03-02 11:00")  # an hour late, by priority 1
    staff(desk, ticket.id).acknowledge()
    ticket = staff(desk, ticket.id).prioritise(3)
    assert state_of(of(ticket, Promise.RESPONSE), clock()) is ClockState.MET  # 8 working hours
    assert of(ticket, Promise.RESOLUTION).due_at == rome("2026-03-09 18:30")  # 5 working days
    verdicts = [e.data["verdicts"]["response.1.1"]["state"] for e in cases.events_of(desk, ticket) if e.kind == "acknowledged"]  # type: ignore[index]
    assert verdicts == ["breached"]


def test_a_priority_set_again_judges_again_even_what_was_met(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    clock.set("2026-03-02 11:00")
    staff(desk, ticket.id).acknowledge()
    staff(desk, ticket.id).prioritise(3)
    ticket = staff(desk, ticket.id).prioritise(1)
    assert state_of(of(ticket, Promise.RESPONSE), clock()) is ClockState.BREACHED
    assert of(ticket, Promise.RESOLUTION).version == 3


def test_setting_what_is_set_already_changes_nothing(desk: Desk) -> None:
    ticket = taken_in(desk)
    ticket = staff(desk, ticket.id).prioritise(2)
    assert staff(desk, ticket.id).prioritise(2).revision == ticket.revision


@pytest.mark.parametrize(
    "classification", ["evolution", "help-desk", "invoiced-intervention", "not-accepted", "not-competent", "vulnerability"]
)
def test_a_classification_without_targets_withdraws_the_clocks(desk: Desk, classification: str) -> None:
    ticket = taken_in(desk)
    ticket = staff(desk, ticket.id).classify(classification)
    assert {state_of(c, desk.clock()) for c in ticket.clocks} == {ClockState.WITHDRAWN}
    assert ticket.wake_at is None


def test_reclassified_as_a_bug_it_is_judged_from_receipt(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    staff(desk, ticket.id).classify("help-desk")
    clock.set("2026-03-03 09:00")
    ticket = staff(desk, ticket.id).classify("bug")
    assert of(ticket, Promise.RESPONSE).due_at == rome("2026-03-02 10:00")
    assert state_of(of(ticket, Promise.RESPONSE), clock()) is ClockState.BREACHED


def test_no_clock_pauses_before_the_question_has_really_been_sent(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    staff(desk, ticket.id).acknowledge()
    ticket = staff(desk, ticket.id).hold("Quale versione?")
    assert (ticket.state, ticket.pauses) == (State.IN_CHARGE, ())
    clock.set("2026-03-02 09:30")
    deliver(desk, clock())
    ticket = cases.load(desk, ticket.id).ticket
    assert ticket.state is State.ON_HOLD
    assert ticket.pauses[0].starts_at == rome("2026-03-02 09:30")
    assert of(ticket, Promise.RESOLUTION).due_at is None


def test_the_clock_goes_on_from_the_receipt_of_the_answer(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    staff(desk, ticket.id).acknowledge()
    staff(desk, ticket.id).prioritise(2)  # 2 working days: Wednesday 18:30
    on_hold(desk, clock, ticket.id)
    clock.set("2026-03-03 16:00")
    ticket = staff(desk, ticket.id).resume(rome("2026-03-03 13:00"), "La 7.")  # answered during lunch: 8 + 4 hours paused
    assert of(ticket, Promise.RESOLUTION).due_at == rome("2026-03-06 13:00")
    assert ticket.state is State.IN_CHARGE


def test_an_answer_cannot_have_come_before_the_question_or_from_the_future(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    staff(desk, ticket.id).acknowledge()
    on_hold(desk, clock, ticket.id)
    clock.set("2026-03-02 12:00")
    for answered_at in ("2026-03-02 08:59", "2026-03-02 12:01"):
        with pytest.raises(InvalidInput, match="answered_at"):
            staff(desk, ticket.id).resume(rome(answered_at), None)


def test_resolving_while_on_hold_ends_the_pause_and_is_in_time(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    staff(desk, ticket.id).acknowledge()
    on_hold(desk, clock, ticket.id)
    clock.set("2026-03-12 10:00")  # far beyond one working day, all of it paused
    ticket = staff(desk, ticket.id).resolve("Non era un errore.")
    assert state_of(of(ticket, Promise.RESOLUTION), clock()) is ClockState.MET
    assert ticket.pauses[0].ends_at == clock()


def test_a_resolved_request_opens_again_inside_its_window_and_what_was_judged_stays(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    staff(desk, ticket.id).acknowledge()
    clock.set("2026-03-02 12:00")
    staff(desk, ticket.id).resolve(None)
    clock.set("2026-03-05 10:00")
    ticket = staff(desk, ticket.id).reopen("Non va ancora.")
    assert state_of(of(ticket, Promise.RESOLUTION, 1), clock()) is ClockState.MET
    assert of(ticket, Promise.RESOLUTION, 2).due_at == rome("2026-03-06 18:30")
    ticket = staff(desk, ticket.id).prioritise(4)
    assert of(ticket, Promise.RESOLUTION, 1).version == 1
    assert of(ticket, Promise.RESOLUTION, 2).version == 2


def test_after_its_window_a_request_does_not_open_again(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 09:00")
    ticket = taken_in(desk)
    staff(desk, ticket.id).acknowledge()
    ticket = staff(desk, ticket.id).resolve(None)
    assert ticket.reopen_until == rome("2026-03-16 18:30")  # 10 working days
    clock.set("2026-03-16 18:31")
    with pytest.raises(NotAllowedNow, match="closed"):
        staff(desk, ticket.id).reopen("Non va.")


def test_what_is_not_allowed_says_what_is(desk: Desk) -> None:
    ticket = taken_in(desk)
    with pytest.raises(NotAllowedNow) as refused:
        staff(desk, ticket.id).resolve(None)
    assert refused.value.facts["allowed"] == [
        "acknowledge",
        "classify",
        "prioritise",
        "assign",
        "reply",
        "close",
        "merge",
        "link",
        "grant",
        "revoke",
    ]


def test_an_unknown_priority_classification_or_assignee_is_refused_with_what_is_allowed(desk: Desk) -> None:
    ticket = taken_in(desk)
    with pytest.raises(InvalidInput, match="1, 2, 3, 4"):
        staff(desk, ticket.id).prioritise(5)
    with pytest.raises(InvalidInput, match="help-desk"):
        staff(desk, ticket.id).classify("nonsense")
    with pytest.raises(InvalidInput, match="carla, olga, omar, sandro"):
        staff(desk, ticket.id).assign("nobody")


def test_who_is_nobody_to_a_ticket_changes_nothing(desk: Desk) -> None:
    ticket = taken_in(desk)
    stranger = Principal(id="anna", name="Anna", roles=frozenset({Role.CUSTOMER}))
    with pytest.raises(NotPermitted):
        staff(desk, ticket.id, stranger).acknowledge()


def test_a_change_of_what_somebody_else_has_changed_is_refused_with_the_current_ticket(desk: Desk) -> None:
    ticket = taken_in(desk)
    staff(desk, ticket.id).assign("omar")
    with pytest.raises(StaleVersion) as stale:
        staff(desk, ticket.id, if_match=ticket.revision).acknowledge()
    current = stale.value.facts["ticket"]
    assert isinstance(current, Ticket) and current.assignee == "omar"


def test_the_chain_holds_and_a_changed_event_is_found(desk: Desk) -> None:
    from dataclasses import replace

    ticket = taken_in(desk)
    staff(desk, ticket.id).acknowledge()
    staff(desk, ticket.id).prioritise(2)
    events = cases.events_of(desk, ticket)
    assert evidence.first_broken(events) is None
    for changed in (
        replace(events[1], at=rome("2026-03-02 08:00")),
        replace(events[1], actor="omar"),
        replace(events[1], data={**events[1].data, "x": 1}),
        replace(events[1], kind="resolved"),
    ):
        assert evidence.first_broken([events[0], changed, events[2]]) == 2
    assert evidence.first_broken([events[0], events[2]]) == 3
    assert evidence.first_broken(events[1:]) == 2


def test_an_event_answers_for_every_part_of_it() -> None:
    at = rome("2026-03-02 09:00")
    whole = {
        "ticket": "ACME-1",
        "number": 2,
        "kind": "x",
        "at": at,
        "recorded_at": at,
        "actor": "carla",
        "data": {"a": 1},
        "previous": "0" * 64,
    }
    other = {
        "ticket": "ACME-2",
        "number": 3,
        "kind": "y",
        "at": rome("2026-03-02 10:00"),
        "recorded_at": rome("2026-03-02 10:00"),
    }
    other |= {"actor": "omar", "data": {"a": 2}, "previous": "1" * 64}
    hashes = {evidence.chained(**{**whole, field: value}).hash for field, value in other.items()}  # type: ignore[arg-type]
    assert len(hashes | {evidence.chained(**whole).hash}) == len(whole) + 1  # type: ignore[arg-type]


def test_the_chain_holds_no_personal_text_but_a_commitment_to_it(desk: Desk) -> None:
    ticket = taken_in(desk, description="Il paziente Mario Verdi non vede il referto.")
    events, contents = cases.events_of(desk, ticket), cases.contents_of(desk, ticket)
    assert "Mario" not in str(events)
    assert events[0].data["description"] == contents[0].commitment == evidence.commitment(contents[0].salt, contents[0].text)


def test_a_long_text_is_kept_whole(desk: Desk) -> None:
    text = "è𐐷" * 40_000
    ticket = taken_in(desk, description=text)
    assert cases.contents_of(desk, ticket)[0].text == text


def test_an_activity_that_no_classification_tells_apart_decides_whether_it_is_estimated(desk: Desk) -> None:
    ticket = taken_in(desk, channel=Channel.PHONE)
    staff(desk, ticket.id).acknowledge()
    staff(desk, ticket.id).classify("help-desk", "software-update")
    with pytest.raises(NotAllowedNow, match="estimated first"):
        staff(desk, ticket.id).assign("omar")
    with pytest.raises(InvalidInput, match="software-update"):
        staff(desk, ticket.id).classify("help-desk", "nonsense")
    assert cases.load(desk, ticket.id).ticket.activity == "software-update"


def test_a_clock_that_is_withdrawn_keeps_how_it_stood(desk: Desk, clock: Clock) -> None:
    ticket = taken_in(desk)
    staff(desk, ticket.id).acknowledge()
    clock.forward(days=9)
    response, resolution = staff(desk, ticket.id).classify("help-desk").clocks
    assert (response.stood or "").startswith("met, due 2026-03-02")
    assert (resolution.stood or "").startswith("breached, due 2026-03-03")
