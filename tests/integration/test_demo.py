"""The demo shows what there is to show: requests in every state, on every family, for both tiers, some late or nearly so."""

import pytest

from dev import demo
from shared.actions import cases, customers, intake
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.sweep import sweep
from shared.domain import evidence
from shared.domain.clock import ClockState, state_of
from shared.domain.ticket import State, Ticket
from tests.support.desks import Clock, a_desk, rome


@pytest.fixture(params=["2026-11-23 10:00", "2026-08-16 03:00", "2027-01-06 18:00", "2026-03-29 02:30"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Loaded on a working day, on a Sunday night in August, on a holiday, and in the hour that the clocks skip."""
    desk = a_desk(Clock(rome(request.param)), enrol=False)
    demo.load(desk)
    deliver(desk, desk.clock())
    return desk


def tickets(desk: Desk) -> list[Ticket]:
    heads = [row for customer in customers.every_id(desk) for row in cases.under(desk, customer, "ticket:")]
    return [cases.ticket_in(row) for row in heads]


def test_every_state_family_and_tier_is_there(desk: Desk) -> None:
    found = tickets(desk)
    contract = cases.contract_of(desk, found[0])
    assert {t.state for t in found} == set(State)
    assert {contract.family_of(t.product).id for t in found} == set(contract.families)
    assert {customer.tier for customer in demo.CUSTOMERS} == set(contract.tiers)
    assert {t.language for t in found} == {"it", "en"}


def test_some_are_late_and_some_are_warned(desk: Desk) -> None:
    found = tickets(desk)
    states = {state_of(clock, desk.clock()) for t in found for clock in t.clocks}
    assert {ClockState.BREACHED, ClockState.RUNNING, ClockState.MET, ClockState.WITHDRAWN, ClockState.PAUSED} <= states
    assert any(clock.fired and state_of(clock, desk.clock()) is ClockState.RUNNING for t in found for clock in t.clocks)


def test_all_of_it_is_in_order(desk: Desk) -> None:
    assert reconcile(desk, desk.clock()).is_clean
    assert all(evidence.first_broken(cases.events_of(desk, ticket)) is None for ticket in tickets(desk))


def test_the_step_that_is_printed_leads_to_an_escalation(desk: Desk) -> None:
    assert isinstance(desk.clock, Clock)
    now = desk.clock()
    request = intake.Request(
        customer="ACME", contact=demo.ANNA, language="it", product="zenshare-up", subject="Prova", description="Una prova."
    )
    hours = demo.hours_to_an_escalation(desk)
    id = intake.accept(desk, request, source="step", raw="raw/none", seen_at=now, now=now).ticket.id
    sweep(desk, desk.clock.forward(hours=hours))
    kinds = [event.kind for event in cases.events_of(desk, cases.load(desk, id).ticket)]
    assert kinds[:4] == ["received", "warned", "warned", "breached"] and "escalated" in kinds
