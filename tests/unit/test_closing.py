"""How requests end: what is closed by the Customer Care Manager, and what a treated vulnerability needs."""

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.domain.clock import ClockState, state_of
from shared.domain.contract import Promise
from shared.domain.errors import InvalidInput, NotAllowedNow, NotPermitted
from shared.domain.notice import NoticeKind
from shared.domain.ticket import State
from tests.support.desks import OMAR, Clock, a_desk, staff, taken_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    desk = a_desk(clock)
    taken_in(desk)
    return desk


def told(desk: Desk, kind: NoticeKind) -> list[tuple[str, object]]:
    ticket = cases.load(desk, "ACME-1").ticket
    return [(n.recipient.id, n.facts.get("text")) for n in cases.notices_of(desk, ticket) if n.kind is kind]


def treated(desk: Desk) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").classify("vulnerability")
    staff(desk, "ACME-1").assign("omar")
    staff(desk, "ACME-1", OMAR).treat("Verificata e corretta.")


def test_what_is_not_within_competence_is_closed_with_the_reason_told(desk: Desk) -> None:
    ticket = staff(desk, "ACME-1").close("Riguarda la stampante.", "not-competent")
    assert (ticket.state, ticket.classification) == (State.RESOLVED, "not-competent")
    assert told(desk, NoticeKind.CLOSED) == [("customer", "Riguarda la stampante.")]


def test_closing_what_nobody_took_charge_of_takes_charge_and_leaves_no_clock_running(desk: Desk, clock: Clock) -> None:
    ticket = staff(desk, "ACME-1").close("Riguarda la stampante.", "not-competent")
    assert ticket.acknowledged_at == clock()
    assert {state_of(c, clock()) for c in ticket.clocks} == {ClockState.WITHDRAWN}


def test_nothing_is_closed_without_telling_why(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="told why"):
        staff(desk, "ACME-1").close(None, "not-competent")
    assert cases.load(desk, "ACME-1").ticket.state is State.NEW


@pytest.mark.parametrize("kind", [None, "bug", "help-desk", "evolution"])
def test_what_is_to_be_resolved_is_not_closed(desk: Desk, kind: str | None) -> None:
    with pytest.raises(InvalidInput, match="not-accepted, not-competent"):
        staff(desk, "ACME-1").close("Basta così.", kind)


def test_only_the_customer_care_manager_closes(desk: Desk) -> None:
    staff(desk, "ACME-1").assign("omar")
    with pytest.raises(NotPermitted, match="Customer Care Manager"):
        staff(desk, "ACME-1", OMAR).close("No.", "not-competent")


def test_a_vulnerability_is_treated_by_its_assignee_and_then_closed_by_the_manager(desk: Desk) -> None:
    treated(desk)
    assert told(desk, NoticeKind.TREATED) == [("carla", "Verificata e corretta.")]
    with pytest.raises(NotPermitted):
        staff(desk, "ACME-1", OMAR).close(None)
    ticket = staff(desk, "ACME-1").close(None)
    assert (ticket.state, ticket.classification) == (State.RESOLVED, "vulnerability")


def test_a_vulnerability_is_not_closed_before_it_is_treated(desk: Desk) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").classify("vulnerability")
    with pytest.raises(NotAllowedNow, match="not treated"):
        staff(desk, "ACME-1").close("Fatto.")


def test_a_vulnerability_is_treated_by_nobody_but_its_assignee(desk: Desk) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").classify("vulnerability")
    with pytest.raises(NotPermitted):
        staff(desk, "ACME-1").treat(None)


def test_a_vulnerability_is_not_simply_resolved(desk: Desk) -> None:
    treated(desk)
    with pytest.raises(NotAllowedNow, match="closure"):
        staff(desk, "ACME-1", OMAR).resolve("Fatto.")


def test_a_bug_is_not_treated(desk: Desk) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").classify("bug")
    staff(desk, "ACME-1").assign("omar")
    with pytest.raises(NotAllowedNow, match="vulnerability"):
        staff(desk, "ACME-1", OMAR).treat(None)


def test_a_vulnerability_that_is_reopened_is_treated_again(desk: Desk) -> None:
    treated(desk)
    staff(desk, "ACME-1").close(None)
    staff(desk, "ACME-1").reopen("C'è ancora.")
    with pytest.raises(NotAllowedNow, match="not treated"):
        staff(desk, "ACME-1").close(None)


def test_what_was_closed_by_mistake_is_reopened_and_runs_as_a_bug_from_then(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").close("Riguarda la stampante.", "not-competent")
    clock.set("2026-03-04 10:00")
    staff(desk, "ACME-1").reopen("Non è la stampante.")
    ticket = staff(desk, "ACME-1").classify("bug")
    running = [c for c in ticket.clocks if c.is_open]
    assert [(c.promise, c.started_at) for c in running] == [(Promise.RESOLUTION, clock())]


def test_closing_judges_the_clocks_of_a_kind_that_has_targets(desk: Desk, clock: Clock) -> None:
    ticket = staff(desk, "ACME-1").acknowledge()
    clock.set("2026-03-10 10:00")
    ticket = staff(desk, "ACME-1").resolve(None)
    resolution = next(c for c in ticket.clocks if c.promise is Promise.RESOLUTION)
    assert state_of(resolution, clock()) is ClockState.BREACHED
