"""The customer contests a classification or a deadline: recorded with both verdicts, answered, and nothing judged is changed."""

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.domain.clock import ClockState, state_of
from shared.domain.errors import InvalidInput, NotAllowedNow, NotFound, NotPermitted
from shared.domain.notice import NoticeKind
from shared.domain.ticket import DisputeAbout
from tests.support.desks import ADA, ANNA, CARLA, OMAR, Clock, a_desk, staff, taken_in

CLASSIFICATION, DEADLINE = DisputeAbout.CLASSIFICATION, DisputeAbout.DEADLINE


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    desk = a_desk(clock)
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").classify("evolution")
    return desk


def test_a_dispute_keeps_the_desks_verdict_beside_the_customers(desk: Desk) -> None:
    ticket = staff(desk, "ACME-1", ANNA).dispute(CLASSIFICATION, "bug", "Funzionava fino a ieri.")
    [dispute] = ticket.disputes
    assert (dispute.verdict, dispute.claim, dispute.upheld) == ("evolution", "bug", None)
    assert ticket.classification == "evolution"
    [notice] = [n for n in cases.notices_of(desk, ticket) if n.kind is NoticeKind.DISPUTED]
    assert (notice.recipient.id, notice.facts["text"]) == ("carla", "Funzionava fino a ieri.")


def test_reclassifying_later_leaves_both_verdicts_of_the_dispute_as_they_were(desk: Desk) -> None:
    staff(desk, "ACME-1", ANNA).dispute(CLASSIFICATION, "bug", "Funzionava fino a ieri.")
    staff(desk, "ACME-1").answer_dispute(1, True, "Ha ragione.")
    [dispute] = staff(desk, "ACME-1").classify("bug").disputes
    assert (dispute.verdict, dispute.claim, dispute.upheld) == ("evolution", "bug", True)


def test_a_deadline_can_be_contested_after_it_was_judged_and_stays_as_judged(desk: Desk, clock: Clock) -> None:
    staff(desk, "ACME-1").classify("bug")
    ticket = staff(desk, "ACME-1").resolve(None)
    name = ticket.clocks[1].name
    ticket = staff(desk, "ACME-1", ADA).dispute(DEADLINE, "breached", "Non era risolto.", name)
    ticket = staff(desk, "ACME-1").answer_dispute(1, True, "È vero.")
    assert ticket.disputes[0].verdict.startswith("met, due 2026-")
    assert state_of(ticket.clocks[1], clock()) is ClockState.MET  # the correction stands beside it
    told = [n for n in cases.notices_of(desk, ticket) if n.kind is NoticeKind.DISPUTE_ANSWERED]
    assert [(n.recipient.id, n.facts["upheld"]) for n in told] == [("customer", True)]


@pytest.mark.parametrize(
    ("about", "claim", "clock_name", "says"),
    [
        (CLASSIFICATION, "evolution", None, "already"),
        (CLASSIFICATION, "nonsense", None, "allowed"),
        (DEADLINE, "late", "response.1.1", "met, breached"),
        (DEADLINE, "breached", "response.9.9", "response.1.1"),
        (DEADLINE, "breached", None, "response.1.1"),
    ],
)
def test_what_cannot_be_contested_is_refused_with_what_can(
    desk: Desk, about: DisputeAbout, claim: str, clock_name: str | None, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        staff(desk, "ACME-1", ANNA).dispute(about, claim, "No.", clock_name)


def test_the_same_is_not_contested_again_while_it_waits(desk: Desk) -> None:
    staff(desk, "ACME-1", ANNA).dispute(CLASSIFICATION, "bug", "No.")
    with pytest.raises(NotAllowedNow, match="waits"):
        staff(desk, "ACME-1", ANNA).dispute(CLASSIFICATION, "bug", "No, davvero.")


def test_the_desk_contests_nothing_and_operators_answer_nothing(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        staff(desk, "ACME-1", CARLA).dispute(CLASSIFICATION, "bug", "No.")
    staff(desk, "ACME-1", ANNA).dispute(CLASSIFICATION, "bug", "No.")
    with pytest.raises(NotPermitted):
        staff(desk, "ACME-1", OMAR).answer_dispute(1, False, "No.")


def test_only_a_dispute_that_waits_is_answered(desk: Desk) -> None:
    with pytest.raises(NotAllowedNow, match="no dispute"):
        staff(desk, "ACME-1").answer_dispute(1, True, "Sì.")
    staff(desk, "ACME-1", ANNA).dispute(CLASSIFICATION, "bug", "No.")
    with pytest.raises(NotFound, match="no dispute 2"):
        staff(desk, "ACME-1").answer_dispute(2, True, "Sì.")


def test_a_dispute_is_answered_whatever_became_of_its_clock_since(desk: Desk) -> None:
    name = staff(desk, "ACME-1").classify("bug").clocks[1].name
    staff(desk, "ACME-1", ANNA).dispute(DEADLINE, "breached", "È già scaduta.", name)
    staff(desk, "ACME-1").prioritise(4)
    ticket = staff(desk, "ACME-1").answer_dispute(1, False, "No.")
    assert (ticket.disputes[0].verdict[:7], ticket.disputes[0].upheld) == ("running", False)


def test_what_the_desk_says_itself_is_not_contested(desk: Desk) -> None:
    name = staff(desk, "ACME-1").classify("bug").clocks[0].name
    with pytest.raises(InvalidInput, match="nothing to contest"):
        staff(desk, "ACME-1", ANNA).dispute(DEADLINE, "met", "Sì.", name)
    with pytest.raises(InvalidInput, match="clock is for"):
        staff(desk, "ACME-1", ANNA).dispute(CLASSIFICATION, "vulnerability", "No.", name)
