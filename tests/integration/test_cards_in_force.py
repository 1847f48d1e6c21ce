"""What the customer has accepted holds until they accept the next version, whatever is drawn up, sent or lapses meanwhile."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from shared.actions import cases, evidence
from shared.actions.custody.erasure import erase_contact
from shared.actions.custody.granting import grant
from shared.actions.desk import Desk
from shared.actions.quotes import card_links, estimates, packages
from shared.actions.sweep import sweep
from shared.actions.tickets import Change
from shared.domain.custody.privacy import RequestedBy
from shared.domain.errors import NotAllowedNow, NotPermitted, TooFewHours
from shared.domain.lifecycle.needs import HAS_ITS_TASK, is_debited
from shared.domain.lifecycle.working import Work
from shared.domain.people import Principal
from shared.domain.quotes.card import CardKind, CardState
from shared.domain.quotes.cards import in_force
from shared.domain.ticket import State, Ticket
from shared.domain.tier import Terms
from shared.proof.verification.checks import outcomes
from shared.web.views import card as views
from tests.support.cards import (
    ESTIMATE,
    NO,
    OFFER,
    YES,
    accepted,
    drafted,
    link_to,
    logged,
    offered,
    sent,
    the_card,
    to_be_quoted,
    with_package,
    with_task,
)
from tests.support.desks import ANNA, CARLA, OLGA, OMAR, SANDRO, Clock, staff, taken_in

KIND = CardKind.INTERVENTION
MORE = replace(ESTIMATE, intervention="Anche il grafico", hours=Decimal(6))


def by(desk: Desk, id: str, who: Principal) -> Change:
    return Change(desk, desk.clock(), actor=who, ticket=id)


def now(desk: Desk, id: str) -> Ticket:
    return cases.load(desk, id).ticket


def forward(desk: Desk, **time: float) -> None:
    assert isinstance(desk.clock, Clock)
    sweep(desk, desk.clock.forward(**time))


def agreed(desk: Desk, source: str = "w1") -> str:
    """The id of a request whose first estimate is accepted."""
    return accepted(desk, sent(desk, to_be_quoted(desk, source=source).id)).id


def holds(desk: Desk, id: str, version: int = 1) -> bool:
    card = in_force(now(desk, id), KIND)
    return card is not None and (card.version, card.state) == (version, CardState.ACCEPTED)


def seen_by_anna(desk: Desk, id: str) -> tuple[object, object]:
    shown = views.cards_of(now(desk, id), ANNA)["estimate"]
    assert isinstance(shown, dict)
    return shown["version"], shown["state"]


# --- what was accepted


def test_a_draft_undoes_nothing_that_was_accepted(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    link = link_to(desk, ticket)
    drafted(desk, ticket.id, MORE)
    assert holds(desk, ticket.id) and seen_by_anna(desk, ticket.id) == (1, "accepted")
    assert logged(desk, ticket.id, "1").worked == 1
    _, shown = card_links.opened(desk, link, desk.clock())
    assert (shown.version, shown.state) == (1, CardState.ACCEPTED)
    with pytest.raises(NotAllowedNow, match="was accepted") as refused:
        card_links.decide(desk, link, NO, desk.clock())
    assert refused.value.facts["card"] == "accepted"
    assert staff(desk, ticket.id).resolve(None).state is State.RESOLVED


def test_the_next_version_holds_once_it_is_accepted_and_not_if_it_is_declined(desk: Desk) -> None:
    id = agreed(desk)
    accepted(desk, sent(desk, id, MORE), verdict=NO)
    assert holds(desk, id, 1) and seen_by_anna(desk, id) == (2, "declined")
    ticket = sent(desk, id, replace(MORE, rate=Decimal(70)))
    assert holds(desk, id, 1) and ticket.state is State.QUOTED
    after = accepted(desk, ticket)
    assert holds(desk, id, 3) and after.in_force == ()
    states = [each["state"] for each in views.versions(estimates.versions(desk, after, KIND), after, KIND, ANNA)["versions"]]  # type: ignore[attr-defined]
    assert states == ["accepted", "declined", "accepted"]


def test_work_goes_on_while_a_further_card_is_with_the_customer(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    offered(desk, ticket.id)
    assert logged(desk, ticket.id, "2").worked == 2 and now(desk, ticket.id).state is State.QUOTED
    with pytest.raises(NotAllowedNow):
        logged(desk, sent(desk, to_be_quoted(desk, source="w2").id).id, "1", CARLA)


def test_erasing_takes_the_words_of_the_card_in_force_too(desk: Desk) -> None:
    id = agreed(desk)
    drafted(desk, id, MORE)
    staff(desk, id).close("Non serve più.", "not-accepted")
    erase_contact(desk, "ACME", "anna@acme.example", CARLA, desk.clock(), reason="Chiesto.", requested_by=RequestedBy.CONTACT)
    held = in_force(now(desk, id), KIND)
    assert held is not None and (held.intervention, held.conditions, held.gross) == ("", "", Decimal("976.00"))


# --- dropping a draft


def test_a_draft_is_dropped_by_the_manager_or_by_who_drew_it_up(desk: Desk) -> None:
    id = agreed(desk)
    staff(desk, id).assign("omar")
    drafted(desk, id, MORE)
    with pytest.raises(NotPermitted, match="who drew it up"):
        estimates.drop(by(desk, id, OMAR), KIND)
    estimates.drop(staff(desk, id), KIND)
    estimates.draft(by(desk, id, OMAR), KIND, MORE)
    after = estimates.drop(by(desk, id, OMAR), KIND)
    assert the_card(after).state is CardState.DROPPED and the_card(after).version == 3
    assert holds(desk, id, 1) and seen_by_anna(desk, id) == (1, "accepted")
    assert cases.events_of(desk, after)[-1].kind == "estimate_dropped"
    with pytest.raises(NotAllowedNow, match="has not been sent"):
        estimates.drop(staff(desk, id), KIND)
    shown = views.versions(estimates.versions(desk, after, KIND), after, KIND, ANNA)["versions"]
    assert len(shown) == 1, "the customer never saw the others"  # type: ignore[arg-type]
    assert the_card(drafted(desk, id, MORE)).version == 4


def test_a_dropped_offer_form_can_be_drawn_up_anew_under_the_number_kept_for_it(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    drafted(desk, id, OFFER, CardKind.PACKAGE)
    estimates.drop(staff(desk, id), CardKind.PACKAGE)
    card = the_card(drafted(desk, id, OFFER, CardKind.PACKAGE), CardKind.PACKAGE)
    assert (card.version, card.package) == (2, 1)


# --- who revises what is with the customer


def test_a_card_that_is_with_the_customer_is_revised_by_the_manager_alone(desk: Desk) -> None:
    ticket = to_be_quoted(desk)
    grant(staff(desk, ticket.id), "olga", "Per il preventivo.", None)
    estimates.draft(by(desk, ticket.id, OLGA), KIND, ESTIMATE)
    estimates.send(staff(desk, ticket.id), KIND)
    with pytest.raises(NotPermitted, match="revise_estimate"):
        estimates.draft(by(desk, ticket.id, OLGA), KIND, MORE)
    assert now(desk, ticket.id).state is State.QUOTED
    assert drafted(desk, ticket.id, MORE).state is State.IN_CHARGE


def test_staff_are_told_that_they_may_not_decide_before_they_are_told_how_the_card_stands(desk: Desk) -> None:
    ticket = to_be_quoted(desk)
    for who in (CARLA, SANDRO):
        with pytest.raises(NotPermitted):
            estimates.decide(by(desk, ticket.id, who), KIND, 7, YES)


@pytest.mark.parametrize("version", [1, 7])
def test_every_refusal_about_a_card_a_task_or_hours_says_what_is_allowed(desk: Desk, version: int) -> None:
    id = agreed(desk)
    refusals = []
    attempts: tuple[Callable[[], object], ...] = (
        lambda: estimates.decide(by(desk, id, ANNA), KIND, version, YES),
        lambda: estimates.draft(staff(desk, sent(desk, to_be_quoted(desk, source="w2").id).id), CardKind.PACKAGE, OFFER),
        lambda: packages.open_task(staff(desk, staff(desk, id).assign("omar").id)),
        lambda: logged(desk, id, "1"),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowedNow) as refused:
            attempt()
        refusals.append(refused.value.facts)
    assert all(isinstance(facts["allowed"], list) and facts["state"] for facts in refusals)


# --- what lapses


def test_a_further_card_that_lapses_ends_alone(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    offered(desk, ticket.id)
    forward(desk, days=31)
    after = now(desk, ticket.id)
    assert (after.state, after.classification, the_card(after, CardKind.PACKAGE).state) == (
        State.IN_CHARGE,
        "evolution",
        CardState.EXPIRED,
    )
    assert logged(desk, after.id, "1").worked == 1
    id = agreed(desk, "w2")
    sent(desk, id, MORE)
    forward(desk, days=31)
    assert now(desk, id).state is State.IN_CHARGE and holds(desk, id)
    told = {n.recipient.id: n.facts for n in cases.notices_of(desk, now(desk, id)) if n.kind == "expired"}
    assert told.keys() == {"customer", "carla"}
    assert all((facts["state"], facts["agreed"]) == ("in_charge", True) for facts in told.values())


def test_an_offer_form_that_lapses_closes_nothing(desk: Desk) -> None:
    ticket = offered(desk, to_be_quoted(desk).id)
    forward(desk, days=31)
    assert now(desk, ticket.id).state is State.IN_CHARGE


@pytest.mark.parametrize("late_s", [0, 20, 3 * 24 * 3600])
def test_the_evidence_of_a_card_that_lapsed_holds_however_late_that_was_noticed(desk: Desk, late_s: int) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    forward(desk, days=30, seconds=late_s)
    after = now(desk, ticket.id)
    assert the_card(after).state is CardState.EXPIRED
    raw = evidence.file_of(desk, after, CARLA, desk.clock())
    assert [(each.name, each.broken) for each in outcomes(json.loads(raw), raw) if each.broken] == []


# --- tasks and hours


def test_nothing_is_debited_for_what_is_covered(desk: Desk) -> None:
    quoted = to_be_quoted(desk).id
    with_package(desk, quoted)
    bug = taken_in(desk, source="w2").id
    staff(desk, bug).acknowledge()
    staff(desk, bug).classify("bug")
    staff(desk, bug).assign("omar")
    with pytest.raises(NotAllowedNow, match="support covers it"):
        packages.open_task(staff(desk, bug))
    ticket = with_task(desk, quoted)
    staff(desk, ticket.id).classify("bug")
    after = logged(desk, ticket.id, "2")
    assert after.task is not None and after.worked == 2 and after.task.debited == 0


def test_hours_go_back_to_the_package_that_they_were_debited_to(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    logged(desk, ticket.id, "3")
    with_package(desk, ticket.id)
    logged(desk, ticket.id, "2")
    back = Work(hours=Decimal(-1), on=desk.clock().date(), text=staff(desk, ticket.id).said("Errore"))
    packages.log_work(staff(desk, ticket.id), back)
    packages.log_work(staff(desk, ticket.id), replace(back, hours=Decimal(-3), package=1))
    assert [package.remaining for package in packages.every(desk, "ACME")] == [20, 19]
    with pytest.raises(NotAllowedNow, match="0 hours are debited to package 1"):
        packages.log_work(staff(desk, ticket.id), replace(back, package=1))


def test_what_no_right_covers_is_debited_like_what_is_quoted(desk: Desk) -> None:
    ticket = now(desk, agreed(desk))
    contract = cases.contract_of(desk, ticket)
    assert ticket.tier is not None
    bare = replace(contract.tiers[ticket.tier], rights=(), otherwise=Terms.NOT_COVERED)
    contract = replace(contract, tiers={ticket.tier: bare})
    assert is_debited(ticket, contract)
    assert not is_debited(replace(ticket, estimate=None), contract)
    charged = replace(contract, tiers={ticket.tier: replace(bare, otherwise=Terms.CHARGED)})
    assert not HAS_ITS_TASK.holds(ticket, charged) and HAS_ITS_TASK.holds(replace(ticket, assignee="omar"), charged)


def test_what_was_estimated_is_resolved_once_it_is_assigned_and_has_its_task(desk: Desk) -> None:
    id = agreed(desk)
    with pytest.raises(NotAllowedNow, match="is assigned, and its task opened"):
        staff(desk, id).resolve(None)
    with_package(desk, id)
    staff(desk, id).assign("omar")
    with pytest.raises(NotAllowedNow, match="its task opened"):
        staff(desk, id).resolve(None)
    packages.open_task(staff(desk, id))
    assert staff(desk, id).resolve(None).state is State.RESOLVED


def test_too_few_hours_says_what_is_allowed(desk: Desk) -> None:
    id = agreed(desk)
    staff(desk, id).assign("omar")
    with pytest.raises(TooFewHours) as few:
        packages.open_task(staff(desk, id))
    assert "offer" in few.value.facts["allowed"] and few.value.facts["asked"] == "10"  # type: ignore[operator]
