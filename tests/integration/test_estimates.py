"""Cards from draft to decision, on both stores: versions, one decision on exactly what was sent, reminders, expiry."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.quotes import card_links, estimates
from shared.actions.quotes.card_links import Link
from shared.actions.quotes.estimates import Verdict
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer
from shared.domain.conclusion import Said
from shared.domain.errors import InvalidInput, NotAllowedNow, NotFound, NotPermitted
from shared.domain.evidence import commitment
from shared.domain.lifecycle import quoting
from shared.domain.quotes import validity
from shared.domain.quotes.card import CardKind, CardState
from shared.domain.ticket import State, Ticket
from tests.support.cards import ESTIMATE, NO, YES, accepted, drafted, link_to, offered, sent, the_card, to_be_quoted, with_package
from tests.support.desks import ADA, ANNA, BRUNO, CARLA, OLGA, OMAR, SANDRO, Clock, staff, taken_in

KIND = CardKind.INTERVENTION


def kinds(desk: Desk, ticket: Ticket) -> list[str]:
    return [event.kind for event in cases.events_of(desk, ticket)]


def mails(desk: Desk) -> list[tuple[str, str]]:
    assert isinstance(desk.mailer, MemoryMailer)
    deliver(desk, desk.clock())
    return [(mail.to.partition("@")[0], mail.subject.partition("] ")[2]) for mail in desk.mailer.sent]


def forward(desk: Desk, **by: float) -> None:
    """Time goes on, and the sweep runs."""
    assert isinstance(desk.clock, Clock)
    sweep(desk, desk.clock.forward(**by))


def test_every_draft_is_the_next_version_and_the_same_again_is_none(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    assert the_card(drafted(desk, id)).version == 1
    assert the_card(drafted(desk, id)).version == 1
    again = drafted(desk, id, replace(ESTIMATE, rate=Decimal(90)))
    assert (the_card(again).version, the_card(again).state, again.state) == (2, CardState.DRAFT, State.IN_CHARGE)
    assert kinds(desk, again).count("estimated") == 2


def test_the_commitment_of_a_version_is_the_salted_hash_of_its_text(desk: Desk) -> None:
    ticket = drafted(desk, to_be_quoted(desk).id)
    text = cases.contents_of(desk, ticket)[-1]
    [event] = [event for event in cases.events_of(desk, ticket) if event.kind == "estimated"]
    assert the_card(ticket).commitment == commitment(text.salt, text.text) == event.data["commitment"]
    assert (event.data["version"], "gross" in event.data) == (1, False), "the customer reads events"


def test_sending_says_until_when_and_waits_for_the_customer(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    card = the_card(ticket)
    assert ticket.state is State.QUOTED and card.sent_at == desk.clock()
    assert card.valid_until is not None and (card.valid_until - desk.clock()).days == 30
    assert ("anna", "estimate") in mails(desk)


def test_accepting_by_link_records_which_version_who_when_and_from_where(desk: Desk) -> None:
    ticket = accepted(desk, sent(desk, to_be_quoted(desk).id))
    assert ticket.state is State.IN_CHARGE and the_card(ticket).state is CardState.ACCEPTED
    event = cases.events_of(desk, ticket)[-1]
    whence = next(text for text in cases.contents_of(desk, ticket) if text.commitment == event.data["whence"])
    assert (event.kind, event.actor, event.data["commitment"]) == ("estimate_accepted", "customer", the_card(ticket).commitment)
    for part in ('"address":"203.0.113.9"', '"agent":"Firefox"', '"by":"link"', '"anna@acme.example"', '"at":"2026-03-02'):
        assert part in whence.text
    assert "anna@acme" not in str(event.data)
    assert {("anna", "decided"), ("carla", "decided")} <= set(mails(desk))


def test_declining_goes_back_to_the_manager_with_the_reason(desk: Desk) -> None:
    ticket = accepted(desk, sent(desk, to_be_quoted(desk).id), verdict=NO)
    assert ticket.state is State.IN_CHARGE and the_card(ticket).state is CardState.DECLINED
    event = cases.events_of(desk, ticket)[-1]
    assert event.kind == "estimate_declined"
    assert "Troppo caro." in [t.text for t in cases.contents_of(desk, ticket) if t.commitment == event.data["reason"]]


@pytest.mark.parametrize("first", [YES, NO])
@pytest.mark.parametrize("second", [YES, NO])
def test_what_was_decided_is_not_decided_again(desk: Desk, first: Verdict, second: Verdict) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    before = accepted(desk, ticket, verdict=first)
    with pytest.raises(NotAllowedNow) as refused:
        accepted(desk, ticket, verdict=second)
    assert refused.value.facts["card"] == the_card(before).state
    assert cases.load(desk, ticket.id).ticket == before


def test_twenty_clicks_at_once_are_one_decision(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)

    def click(number: int) -> str:
        try:
            return the_card(accepted(desk, ticket, verdict=(YES, NO)[number % 2])).state
        except NotAllowedNow:
            return "refused"

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(click, range(20)))[1:] == ["refused"] * 19
    assert sum(kind in ("estimate_accepted", "estimate_declined") for kind in kinds(desk, ticket)) == 1


def test_a_change_after_sending_is_a_new_version_and_voids_the_link(desk: Desk) -> None:
    first = sent(desk, to_be_quoted(desk).id)
    old = link_to(desk, first)
    revised = drafted(desk, first.id, replace(ESTIMATE, rate=Decimal(90)))
    assert revised.state is State.IN_CHARGE
    assert cases.events_of(desk, revised)[-1].data["voids"] == 1
    for _ in range(2):
        with pytest.raises(NotAllowedNow) as refused:
            card_links.decide(desk, old, YES, desk.clock())
        assert refused.value.facts["card"] == "superseded"
        estimates.send(staff(desk, first.id), KIND) if the_card(revised).state is CardState.DRAFT else None
        revised = cases.load(desk, first.id).ticket
    assert the_card(accepted(desk, revised)).version == 2


def test_of_an_acceptance_and_a_revision_at_once_the_customer_never_accepts_what_was_changed(desk: Desk) -> None:
    for round in range(5):
        ticket = sent(desk, to_be_quoted(desk, source=f"w{round}").id)
        link = link_to(desk, ticket)

        def accept(link: Link = link) -> str:
            try:
                card_links.decide(desk, link, YES, desk.clock())
                return "accepted"
            except NotAllowedNow as refused:
                return str(refused.facts["card"])

        def revise(id: str = ticket.id) -> int:
            return the_card(drafted(desk, id, replace(ESTIMATE, rate=Decimal(95)))).version

        with ThreadPoolExecutor(2) as pool:
            one, other = pool.submit(accept), pool.submit(revise)
            assert (one.result(), other.result()) in {("accepted", 2), ("superseded", 2)}
        decided = [e for e in cases.events_of(desk, ticket) if e.kind == "estimate_accepted"]
        assert [e.data["version"] for e in decided] in ([1], [])


def test_a_foreign_key_opens_nothing_and_decides_nothing(desk: Desk) -> None:
    one = sent(desk, to_be_quoted(desk, source="w1").id)
    other = sent(desk, to_be_quoted(desk, source="w2").id)
    good = link_to(desk, one)
    for link in (
        replace(good, key=link_to(desk, other).key),
        replace(good, key=""),
        replace(good, ticket=other.id),
        replace(good, kind=CardKind.PACKAGE),
        replace(good, version=2),
        replace(good, version=0),
        replace(good, ticket="ACME-99"),
        replace(good, ticket="rubbish"),
    ):
        for attempt in (
            lambda link=link: card_links.opened(desk, link, desk.clock()),
            lambda link=link: card_links.decide(desk, link, YES, desk.clock()),
        ):
            with pytest.raises(NotFound):
                attempt()
    assert the_card(cases.load(desk, one.id).ticket).state is CardState.SENT


def test_what_is_not_sent_cannot_be_opened_or_decided(desk: Desk) -> None:
    ticket = drafted(desk, to_be_quoted(desk).id)
    with pytest.raises(NotFound):
        card_links.opened(desk, link_to(desk, ticket), desk.clock())
    with pytest.raises(NotAllowedNow):
        estimates.decide(staff(desk, ticket.id, ANNA), KIND, 1, YES)


def test_the_last_instant_counts_and_the_next_does_not(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    until = the_card(ticket).valid_until
    assert until is not None and isinstance(desk.clock, Clock)
    desk.clock.now = until
    with pytest.raises(NotAllowedNow) as refused:
        accepted(desk, ticket)
    assert refused.value.facts["card"] == "expired"
    other = sent(desk, to_be_quoted(desk, source="w2").id)
    other_until = the_card(other).valid_until
    assert other_until is not None
    desk.clock.now = other_until
    desk.clock.forward(microseconds=-1)
    assert the_card(accepted(desk, other)).state is CardState.ACCEPTED


def test_the_domain_alone_refuses_what_has_lapsed_and_what_no_longer_waits(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    until = the_card(ticket).valid_until
    assert until is not None
    late = cases.occasion(desk, ticket, card_links.holder(ticket), until)
    with pytest.raises(NotAllowedNow) as refused:
        quoting.decide(ticket, late, KIND, 1, is_accepted=True, whence=Said(text="", salt="s"))
    assert refused.value.facts["card"] == "expired"
    gone = replace(ticket, state=State.CLOSED)
    assert validity.waiting(gone) is None and validity.waiting(ticket) == the_card(ticket)
    with pytest.raises(NotAllowedNow) as refused:
        quoting.decide(gone, late, KIND, 1, is_accepted=True, whence=Said(text="", salt="s"))
    assert refused.value.facts["card"] == "withdrawn"


def test_the_customer_is_reminded_once_at_each_share_of_the_time(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    reminded = []
    for _ in range(29):
        forward(desk, days=1)
        forward(desk)
        reminded.append(mails(desk).count(("anna", "reminder")))
    assert reminded == [0] * 14 + [1] * 12 + [2] * 3
    assert cases.load(desk, ticket.id).ticket.state is State.QUOTED


def test_reminders_that_were_missed_are_one(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    forward(desk, days=28)
    assert kinds(desk, ticket).count("estimate_reminded") == 1
    assert mails(desk).count(("anna", "reminder")) == 1


def test_nobody_is_reminded_of_what_they_have_decided(desk: Desk) -> None:
    ticket = accepted(desk, sent(desk, to_be_quoted(desk).id))
    assert ticket.wake_at is None
    forward(desk, days=40)
    assert "estimate_reminded" not in kinds(desk, ticket) and "estimate_expired" not in kinds(desk, ticket)


def test_a_card_that_lapses_closes_the_request_as_not_accepted(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    forward(desk, days=31)
    after = cases.load(desk, ticket.id).ticket
    assert (after.state, the_card(after).state) == (State.RESOLVED, CardState.EXPIRED)
    assert after.classification == (cases.contract_of(desk, after).quotation.declined_as or "evolution")
    assert after.resolved_at == the_card(ticket).valid_until, "the instant it lapsed, not the one at which that was noticed"
    assert after.reopen_until is not None and after.reopen_until > desk.clock()
    event = cases.events_of(desk, after)[-1]
    assert event.kind == "estimate_expired" and event.at == the_card(ticket).valid_until
    assert {("anna", "expired"), ("carla", "expired")} <= set(mails(desk))
    with pytest.raises(NotAllowedNow) as refused:
        accepted(desk, ticket)
    assert refused.value.facts["card"] == "expired"


def test_a_request_that_lapsed_can_be_reopened_and_estimated_anew(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    forward(desk, days=31)
    staff(desk, ticket.id).reopen("Ci serve ancora.")
    staff(desk, ticket.id).classify("evolution")
    assert the_card(sent(desk, ticket.id)).version == 2


def test_a_request_that_turns_out_to_be_something_else_is_no_longer_to_be_decided(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    link = link_to(desk, ticket)
    staff(desk, ticket.id).classify("bug")
    with pytest.raises(NotAllowedNow) as refused:
        card_links.decide(desk, link, YES, desk.clock())
    assert refused.value.facts["card"] == "withdrawn"


@pytest.mark.parametrize("classification", ["bug", "not-accepted", "not-competent", "vulnerability"])
def test_what_is_not_for_sale_is_not_estimated(desk: Desk, classification: str) -> None:
    id = to_be_quoted(desk, classification=classification).id
    with pytest.raises(NotAllowedNow):
        drafted(desk, id)
    with pytest.raises(NotAllowedNow):
        drafted(desk, id, kind=CardKind.PACKAGE)


def test_a_card_is_for_more_than_no_hours(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="more than no hours"):
        drafted(desk, to_be_quoted(desk).id, replace(ESTIMATE, days=Decimal(0), hours=Decimal(0)))


def test_the_manager_sends_and_the_customer_decides_and_nobody_else(desk: Desk) -> None:
    id = drafted(desk, to_be_quoted(desk).id).id
    for person in (OMAR, OLGA, SANDRO):
        with pytest.raises(NotPermitted):
            estimates.send(staff(desk, id, person), KIND)
    with pytest.raises(NotPermitted):
        estimates.send(staff(desk, id, ANNA), KIND)
    estimates.send(staff(desk, id, CARLA), KIND)
    for person in (CARLA, SANDRO):
        with pytest.raises(NotPermitted):
            estimates.decide(staff(desk, id, person), KIND, 1, YES)
    with pytest.raises(NotFound):
        estimates.decide(staff(desk, id, BRUNO), KIND, 1, YES)
    assert the_card(estimates.decide(staff(desk, id, ADA), KIND, 1, YES)).state is CardState.ACCEPTED


def test_the_contact_decides_when_signed_in_and_only_on_the_version_they_name(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    for version in (0, 2, 3):
        with pytest.raises(NotAllowedNow):
            estimates.decide(staff(desk, ticket.id, ANNA), KIND, version, YES)
    after = estimates.decide(staff(desk, ticket.id, ANNA), KIND, 1, YES)
    whence = cases.contents_of(desk, after)[-1].text
    assert '"by":"sign-in"' in whence and '"email":"anna@acme.example"' in whence


def test_while_one_card_is_with_the_customer_the_other_is_not_touched(desk: Desk) -> None:
    ticket = sent(desk, to_be_quoted(desk).id)
    with pytest.raises(NotAllowedNow, match="no offer form waits") as refused:
        drafted(desk, ticket.id, kind=CardKind.PACKAGE)
    assert "revise_estimate" in refused.value.facts["allowed"]  # type: ignore[operator]


def test_all_versions_can_be_read_with_what_became_of_them(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    sent(desk, id)
    sent(desk, id, replace(ESTIMATE, rate=Decimal(70)))
    ticket = accepted(desk, cases.load(desk, id).ticket)
    first, second = estimates.versions(desk, ticket, KIND)
    assert [event.kind for event in first.later] == ["estimate_sent"]
    assert [event.kind for event in second.later] == ["estimate_sent", "estimate_accepted"]
    assert '"rate":"80"' in first.text and '"rate":"70"' in second.text


def test_an_offer_form_keeps_the_number_of_its_package_until_it_is_accepted(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    assert the_card(offered(desk, id), CardKind.PACKAGE).package == 1
    revised = offered(desk, id, replace(ESTIMATE, days=Decimal(0), hours=Decimal(30)))
    assert the_card(revised, CardKind.PACKAGE).package == 1
    accepted(desk, revised, CardKind.PACKAGE)
    assert the_card(offered(desk, id), CardKind.PACKAGE).package == 2
    assert with_package(desk, to_be_quoted(desk, source="w2").id).offer.package == 3  # type: ignore[union-attr]


def test_a_request_of_another_customer_has_numbers_of_its_own(desk: Desk) -> None:
    with_package(desk, to_be_quoted(desk).id)
    other = taken_in(desk, source="b", customer="BETA")
    staff(desk, other.id).acknowledge()
    staff(desk, other.id).classify("evolution")
    assert the_card(with_package(desk, other.id), CardKind.PACKAGE).package == 1
