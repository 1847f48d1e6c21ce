"""Tickets of one customer: related, merged, and following one that is closed for good."""

import pytest

from shared.actions import cases, linking
from shared.actions.desk import Desk
from shared.actions.reopening import reopen
from shared.actions.sweep import sweep
from shared.domain import evidence
from shared.domain.clock import ClockState, state_of
from shared.domain.errors import InvalidInput, NotAllowedNow, NotPermitted
from shared.domain.people import SYSTEM, Contact
from shared.domain.ticket import Link, Relation, State, Ticket
from tests.support.desks import ANNA, CARLA, OMAR, Clock, a_desk, staff, taken_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    desk = a_desk(clock)
    taken_in(desk, "w1")
    clock.forward(minutes=5)
    taken_in(desk, "w2", subject="Ancora il protocollo")
    return desk


def of(desk: Desk, id: str) -> Ticket:
    return cases.load(desk, id).ticket


def kinds(desk: Desk, id: str) -> list[str]:
    return [event.kind for event in cases.events_of(desk, of(desk, id))]


def test_a_duplicate_goes_on_as_the_earlier_ticket_and_each_names_the_other(desk: Desk) -> None:
    merged = linking.merge(staff(desk, "ACME-2"), "ACME-1")
    assert (merged.state, merged.merged_into) == (State.CLOSED, "ACME-1")
    assert merged.links == (Link(relation=Relation.DUPLICATE_OF, ticket="ACME-1"),)
    assert of(desk, "ACME-1").links == (Link(relation=Relation.HAS_DUPLICATE, ticket="ACME-2"),)
    assert (kinds(desk, "ACME-2"), kinds(desk, "ACME-1")) == (["received", "merged"], ["received", "absorbed"])
    for id in ("ACME-1", "ACME-2"):
        assert evidence.first_broken(cases.events_of(desk, of(desk, id))) is None


def test_the_one_that_absorbs_commits_to_the_history_of_the_other(desk: Desk) -> None:
    linking.merge(staff(desk, "ACME-2"), "ACME-1")
    absorbed = cases.events_of(desk, of(desk, "ACME-1"))[-1]
    assert absorbed.data["chain_tip"] == of(desk, "ACME-2").chain_tip


def test_merging_takes_charge_of_the_duplicate_and_withdraws_its_resolution(desk: Desk, clock: Clock) -> None:
    response, resolution = linking.merge(staff(desk, "ACME-2"), "ACME-1").clocks
    assert state_of(response, clock()) is ClockState.MET
    assert state_of(resolution, clock()) is ClockState.WITHDRAWN


def test_merging_never_loosens_a_deadline(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").prioritise(4)
    with pytest.raises(NotAllowedNow, match="due"):
        linking.merge(staff(desk, "ACME-2"), "ACME-1")
    staff(desk, "ACME-2").prioritise(4)
    assert linking.merge(staff(desk, "ACME-2"), "ACME-1").state is State.CLOSED


def test_a_ticket_is_merged_into_an_earlier_one_only(desk: Desk) -> None:
    with pytest.raises(NotAllowedNow, match="received after"):
        linking.merge(staff(desk, "ACME-1"), "ACME-2")


def test_a_ticket_is_not_merged_into_what_somebody_else_asked_who_alone_may_follow_it(desk: Desk) -> None:
    taken_in(desk, "w3", contact=Contact(name="Carlo", email="carlo@acme.example"))
    with pytest.raises(NotAllowedNow, match="relate the two") as refused:
        linking.merge(staff(desk, "ACME-3"), "ACME-1")
    assert "link" in str(refused.value.facts["allowed"])


def test_a_ticket_is_merged_into_an_open_one_only(desk: Desk) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").resolve(None)
    with pytest.raises(NotAllowedNow, match="reopen it first"):
        linking.merge(staff(desk, "ACME-2"), "ACME-1")


@pytest.mark.parametrize("into", ["ACME-2", "BETA-1", "nonsense", "ACME-0"])
def test_a_ticket_is_merged_into_another_of_its_customer_only(desk: Desk, into: str) -> None:
    with pytest.raises(InvalidInput):
        linking.merge(staff(desk, "ACME-2"), into)


def test_only_the_customer_care_manager_merges(desk: Desk) -> None:
    for id in ("ACME-1", "ACME-2"):
        staff(desk, id).assign("omar")
    with pytest.raises(NotPermitted):
        linking.merge(staff(desk, "ACME-2", OMAR), "ACME-1")


def test_a_merged_ticket_is_off_the_board_and_never_wakes(desk: Desk, clock: Clock) -> None:
    linking.merge(staff(desk, "ACME-2"), "ACME-1")
    clock.forward(days=60)
    sweep(desk, clock())
    assert kinds(desk, "ACME-2") == ["received", "merged"]
    assert of(desk, "ACME-2").board == ""


def test_relating_two_tickets_is_said_on_both_and_once(desk: Desk) -> None:
    for _ in range(2):
        linking.relate(staff(desk, "ACME-1"), "ACME-2")
    assert of(desk, "ACME-1").links == (Link(relation=Relation.RELATED, ticket="ACME-2"),)
    assert of(desk, "ACME-2").links == (Link(relation=Relation.RELATED, ticket="ACME-1"),)
    assert kinds(desk, "ACME-2").count("linked") == 1


def closed(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").resolve(None)
    clock.forward(days=30)
    sweep(desk, clock())
    assert of(desk, "ACME-1").state is State.CLOSED


def test_after_its_window_a_request_goes_on_as_a_new_ticket_linked_to_the_old(desk: Desk, clock: Clock) -> None:
    closed(desk, clock)
    new = reopen(staff(desk, "ACME-1", ANNA), "È successo di nuovo.")
    assert (new.id, new.state, new.received_at) == ("ACME-3", State.NEW, clock())
    assert (new.product, new.contact, new.language) == ("zenshare-up", of(desk, "ACME-1").contact, "it")
    assert new.links == (Link(relation=Relation.FOLLOWS, ticket="ACME-1"),)
    assert of(desk, "ACME-1").links == (Link(relation=Relation.FOLLOWED_BY, ticket="ACME-3"),)
    assert of(desk, "ACME-1").state is State.CLOSED
    assert [c.is_open for c in new.clocks] == [True, True]


def test_saying_the_same_twice_makes_one_new_ticket(desk: Desk, clock: Clock) -> None:
    closed(desk, clock)
    first, second = (reopen(staff(desk, "ACME-1", ANNA), "È successo di nuovo.") for _ in range(2))
    assert first.id == second.id == "ACME-3"


def test_a_merged_ticket_is_followed_by_nothing(desk: Desk) -> None:
    linking.merge(staff(desk, "ACME-2"), "ACME-1")
    with pytest.raises(NotAllowedNow, match="goes on as ACME-1"):
        reopen(staff(desk, "ACME-2"), "E allora?")


def test_nobody_else_goes_on_with_a_closed_request(desk: Desk, clock: Clock) -> None:
    closed(desk, clock)
    with pytest.raises(NotPermitted):
        reopen(staff(desk, "ACME-1", OMAR), "È successo di nuovo.")
    assert CARLA is not SYSTEM
