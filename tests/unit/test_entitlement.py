"""What the shipped contract gives for a request: who pays, on which clause it rests, and what the customer is told."""

from datetime import datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from shared.catalogue import parser
from shared.domain.contract import Contract, Course
from shared.domain.errors import InvalidInput, UnknownProduct
from shared.domain.quotes.entitlement import Asked, Entitlement, Ground, entitlement_for, entitlements_for
from shared.domain.tier import Channel, Terms
from tests.support.desks import rome

FRIDAY = rome("2026-08-07 17:50")
"""The telephone is answered until 18:30."""

BUG, EVOLUTION, HELP, INVOICED = "bug", "evolution", "help-desk", "invoiced-intervention"
NOT_ACCEPTED, NOT_COMPETENT, VULNERABILITY = "not-accepted", "not-competent", "vulnerability"
EMAIL, PHONE, WEB = Channel
COVERED, CHARGED, QUOTED, NOT_COVERED = Terms

PUBLISHED: dict[tuple[str, str], dict[Channel, tuple[Terms, str | None, str]]] = {
    ("gold", BUG): {
        EMAIL: (COVERED, "malfunctions", "malfunctions"),
        PHONE: (COVERED, "malfunctions-by-phone", "switchboard"),
        WEB: (COVERED, "malfunctions", "malfunctions"),
    },
    ("gold", EVOLUTION): dict.fromkeys(Channel, (QUOTED, None, "quoted-separately")),
    ("gold", HELP): dict.fromkeys(Channel, (QUOTED, None, "quoted-separately")),
    ("gold", INVOICED): dict.fromkeys(Channel, (QUOTED, None, "quoted-separately")),
    ("gold", NOT_ACCEPTED): dict.fromkeys(Channel, (QUOTED, "declined", "not-accepted")),
    ("gold", NOT_COMPETENT): dict.fromkeys(Channel, (NOT_COVERED, "not-relevant", "not-relevant")),
    ("gold", VULNERABILITY): dict.fromkeys(Channel, (COVERED, "vulnerabilities", "vulnerabilities")),
    ("platinum", BUG): {
        EMAIL: (COVERED, "malfunctions", "malfunctions"),
        PHONE: (COVERED, "malfunctions-by-phone", "switchboard"),
        WEB: (COVERED, "malfunctions", "malfunctions"),
    },
    ("platinum", EVOLUTION): dict.fromkeys(Channel, (QUOTED, "intervention", "intervention-card")),
    ("platinum", HELP): {
        EMAIL: (QUOTED, "intervention", "intervention-card"),
        PHONE: (COVERED, "training", "training"),
        WEB: (QUOTED, "intervention", "intervention-card"),
    },
    ("platinum", INVOICED): {
        EMAIL: (QUOTED, "intervention", "intervention-card"),
        PHONE: (CHARGED, "configuration", "configuration"),
        WEB: (QUOTED, "intervention", "intervention-card"),
    },
    ("platinum", NOT_ACCEPTED): dict.fromkeys(Channel, (QUOTED, "declined", "not-accepted")),
    ("platinum", NOT_COMPETENT): dict.fromkeys(Channel, (NOT_COVERED, "not-relevant", "not-relevant")),
    ("platinum", VULNERABILITY): dict.fromkeys(Channel, (COVERED, "vulnerabilities", "vulnerabilities")),
}
"""Inside the telephone's hours: terms, right, clause. The mode of delivery makes a difference to updates alone (below)."""


@cache
def contract() -> Contract:
    return parser.load([Path(parser.__file__).parents[1]]).version("zenshare-support", "2026-1")


def given(classification: str | None, *, at: datetime = FRIDAY, held: str = "zenshare-up", **known: Any) -> Entitlement:
    asked = Asked(product=held, received_at=at, classification=classification, **{"tier": "gold", **known})
    return entitlement_for(contract(), asked)


def said(entitlement: Entitlement) -> tuple[Terms, str | None, str | None]:
    return entitlement.terms, entitlement.right, entitlement.clause.id if entitlement.clause else None


def test_the_table_has_both_tiers_and_all_seven_classifications() -> None:
    assert PUBLISHED.keys() == set(product(contract().tiers, contract().classifications))


@pytest.mark.parametrize("delivery", [None, "cloud", "subscription"])
@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize(("tier", "classification"), PUBLISHED)
def test_each_tier_gives_what_is_published(tier: str, classification: str, channel: Channel, delivery: str | None) -> None:
    found = given(classification, tier=tier, channel=channel, delivery=delivery)
    assert said(found) == PUBLISHED[tier, classification][channel]
    assert found.ground is (Ground.RIGHT if found.right else Ground.OTHERWISE)


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize(("tier", "classification"), PUBLISHED)
def test_only_what_is_estimated_and_not_paid_for_otherwise_needs_an_estimate(
    tier: str, classification: str, channel: Channel
) -> None:
    found = given(classification, tier=tier, channel=channel)
    is_estimated = contract().classification(classification).course is Course.QUOTE
    assert found.needs_estimate is (is_estimated and found.terms not in (COVERED, CHARGED))


@pytest.mark.parametrize(
    ("activity", "delivery", "expected"),
    [
        ("new-version", "cloud", (COVERED, "new-versions", "software-assurance")),
        ("new-version", "subscription", (COVERED, "new-versions", "software-assurance")),
        ("software-update", "cloud", (COVERED, "update-work-in-the-cloud", "updates")),
        ("software-update", "subscription", (QUOTED, "update-work", "updates")),
        ("software-update", None, (QUOTED, "update-work", "updates")),
    ],
)
@pytest.mark.parametrize("tier", ["gold", "platinum"])
@pytest.mark.parametrize("classification", [EVOLUTION, HELP, INVOICED])
def test_updates_are_quoted_except_in_the_cloud_and_new_versions_are_free(
    tier: str, classification: str, activity: str, delivery: str | None, expected: tuple[Terms, str, str]
) -> None:
    found = given(classification, tier=tier, activity=activity, delivery=delivery)
    assert said(found) == expected
    assert found.needs_estimate is (found.terms is QUOTED)


@pytest.mark.parametrize(
    ("tier", "channel", "expected"),
    [
        ("platinum", PHONE, (CHARGED, "extraordinary-maintenance", "extraordinary-maintenance")),
        ("platinum", EMAIL, (QUOTED, "intervention", "intervention-card")),
        ("gold", PHONE, (QUOTED, None, "quoted-separately")),
    ],
)
def test_extraordinary_maintenance_by_telephone_is_charged_to_platinum_customers_and_quoted_to_others(
    tier: str, channel: Channel, expected: tuple[Terms, str | None, str]
) -> None:
    assert said(given(INVOICED, tier=tier, channel=channel, activity="extraordinary-maintenance")) == expected


@pytest.mark.parametrize(
    ("at", "opens_at", "it", "en"),
    [
        (
            "2026-08-07 18:30",
            "2026-08-10 09:00",
            "lunedì 10 agosto 2026, ore 9:00 (Europe/Rome)",
            "Monday 10 August 2026 at 9:00 (Europe/Rome)",
        ),
        ("2026-08-07 13:00", "2026-08-07 14:30", "venerdì 7 agosto 2026, ore 14:30", "Friday 7 August 2026 at 14:30"),
        # Tuesday 8 December is the Immaculate Conception.
        ("2026-12-08 10:00", "2026-12-09 09:00", "mercoledì 9 dicembre 2026, ore 9:00", "Wednesday 9 December 2026 at 9:00"),
        # Good Friday is a working day in Italy; Easter Monday is not.
        ("2026-04-03 18:31", "2026-04-07 09:00", "martedì 7 aprile 2026, ore 9:00", "Tuesday 7 April 2026 at 9:00"),
        ("2026-05-30 10:00", "2026-06-01 09:00", "lunedì 1º giugno 2026, ore 9:00", "Monday 1 June 2026 at 9:00"),
    ],
)
def test_when_nobody_answers_the_telephone_its_rights_do_not_apply_and_the_customer_is_told_when_it_is_answered(
    at: str, opens_at: str, it: str, en: str
) -> None:
    found = given(HELP, tier="platinum", channel=PHONE, at=rome(at))
    assert said(found) == (QUOTED, "intervention", "switchboard")
    assert (found.ground, found.phone_opens_at, found.needs_estimate) == (Ground.PHONE_CLOSED, rome(opens_at), True)
    assert it in found.sentence["it"]
    assert en in found.sentence["en"]


def test_a_malfunction_told_by_telephone_when_nobody_answers_is_not_covered_by_that_way_and_never_quoted() -> None:
    found = given(BUG, channel=PHONE, at=rome("2026-08-08 10:00"))
    assert said(found) == (NOT_COVERED, None, "switchboard")
    assert not found.needs_estimate
    assert given(BUG, channel=EMAIL, at=rome("2026-08-08 10:00")).terms is COVERED


def test_the_telephone_is_answered_from_its_opening_up_to_its_closing() -> None:
    hours = {at: given(HELP, tier="platinum", channel=PHONE, at=rome(f"2026-08-07 {at}")).terms for at in ("09:00", "18:29")}
    assert set(hours.values()) == {COVERED}
    just_before = rome("2026-08-07 09:00") - timedelta(microseconds=1)
    assert given(HELP, tier="platinum", channel=PHONE, at=just_before).terms is QUOTED


def test_rights_that_are_not_the_telephones_alone_hold_at_any_hour() -> None:
    sunday = rome("2026-08-09 03:00")
    for channel in Channel:
        assert given(VULNERABILITY, channel=channel, at=sunday).terms is COVERED
        assert given(NOT_COMPETENT, channel=channel, at=sunday).ground is Ground.RIGHT


def test_a_contract_that_has_ended_covers_nothing_and_its_last_day_is_told() -> None:
    ended = given(BUG, valid_until=rome("2026-01-01 00:00"))
    assert (ended.terms, ended.ground, ended.right, ended.clause) == (NOT_COVERED, Ground.NOT_IN_FORCE, None, None)
    assert "31 dicembre 2025" in ended.sentence["it"]
    assert "31 December 2025" in ended.sentence["en"]


def test_a_contract_runs_from_its_first_instant_up_to_its_end() -> None:
    a_microsecond = timedelta(microseconds=1)
    assert given(BUG, valid_from=FRIDAY, valid_until=FRIDAY + a_microsecond).terms is COVERED
    assert given(BUG, valid_until=FRIDAY).ground is Ground.NOT_IN_FORCE
    not_begun = given(BUG, valid_from=FRIDAY + a_microsecond)
    assert not_begun.ground is Ground.NOT_IN_FORCE
    assert "7 agosto 2026" in not_begun.sentence["it"]


def test_a_product_that_the_customer_does_not_hold_is_not_covered() -> None:
    found = given(BUG, products=("zenshare-suite",))
    assert (found.terms, found.ground) == (NOT_COVERED, Ground.PRODUCT_NOT_HELD)
    assert "ZenShare UP" in found.sentence["it"]
    assert given(BUG, products=("zenshare-suite", "zenshare-up")).terms is COVERED


def test_a_mode_of_delivery_that_is_not_supported_is_not_covered() -> None:
    found = given(BUG, delivery="on-premises")
    assert (found.terms, found.ground) == (NOT_COVERED, Ground.OTHER_DELIVERY)
    assert found.clause is not None and found.clause.id == "supported-modes"
    assert "Cloud (SaaS) o Sottoscrizione" in found.sentence["it"]
    assert given(BUG, held="zen-e-invoice", delivery="on-premises").terms is COVERED, "no mode is named for that product"


def test_what_is_estimated_and_not_covered_is_worked_on_only_by_estimate() -> None:
    assert given(HELP, delivery="on-premises").needs_estimate
    assert given(HELP, valid_until=FRIDAY).needs_estimate
    assert not given(BUG, delivery="on-premises").needs_estimate


def test_the_contract_is_checked_before_the_product_and_the_product_before_its_mode() -> None:
    wrong: dict[str, Any] = {"delivery": "on-premises", "products": (), "valid_until": FRIDAY}
    grounds = []
    while wrong:
        grounds.append(given(BUG, **wrong).ground)
        wrong.popitem()
    assert grounds == [Ground.NOT_IN_FORCE, Ground.PRODUCT_NOT_HELD, Ground.OTHER_DELIVERY]


@pytest.mark.parametrize("tier", [None, "bronze"])
def test_without_a_tier_repairs_are_covered_and_the_rest_is_quoted_or_closed(tier: str | None) -> None:
    found = entitlements_for(contract(), Asked(product="zenshare-up", received_at=FRIDAY, tier=tier))
    assert {each.classification: each.terms for each in found} == {
        BUG: COVERED,
        EVOLUTION: QUOTED,
        HELP: QUOTED,
        INVOICED: QUOTED,
        NOT_ACCEPTED: NOT_COVERED,
        NOT_COMPETENT: NOT_COVERED,
        VULNERABILITY: COVERED,
    }
    assert {each.ground for each in found} == {Ground.NO_TIER}
    assert {each.classification for each in found if each.needs_estimate} == {EVOLUTION, HELP, INVOICED}


def test_before_it_is_classified_a_request_has_an_entitlement_for_each_classification() -> None:
    asked = Asked(product="zenshare-up", received_at=FRIDAY, tier="platinum", channel=PHONE)
    found = entitlements_for(contract(), asked)
    assert [each.classification for each in found] == list(contract().classifications)
    assert list(found) == [given(id, tier="platinum", channel=PHONE) for id in contract().classifications]
    with pytest.raises(InvalidInput, match="not classified yet"):
        entitlement_for(contract(), asked)


def test_a_classified_request_has_one_entitlement() -> None:
    asked = Asked(product="zenshare-up", received_at=FRIDAY, tier="gold", classification=BUG)
    assert entitlements_for(contract(), asked) == (given(BUG),)


def test_what_the_contract_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownProduct, match="does not know the product 'fax'; it knows: preservation-grammelot"):
        given(BUG, held="fax")
    with pytest.raises(InvalidInput, match="has no classification 'moan'; allowed: bug"):
        given("moan")
    with pytest.raises(InvalidInput, match="names no activity 'nap'; allowed: new-version, software-update"):
        given(BUG, activity="nap")


def test_every_outcome_has_one_sentence_in_each_language() -> None:
    hours = (FRIDAY, rome("2026-08-08 10:00"))
    known: list[dict[str, Any]] = [
        {},
        {"delivery": "cloud"},
        {"delivery": "on-premises"},
        {"products": ()},
        {"valid_until": rome("2026-01-01 00:00")},
        {"valid_from": rome("2027-01-01 00:00")},
        *({"activity": id} for id in contract().activities),
    ]
    seen = set()
    for tier, kind, channel, at, more in product((*contract().tiers, None), contract().classifications, Channel, hours, known):
        found = given(kind, tier=tier, channel=channel, at=at, **more)
        seen.add((found.ground, found.terms))
        assert set(found.sentence) == {"it", "en"}
        assert found.sentence["it"] != found.sentence["en"]
        for sentence in found.sentence.values():
            assert sentence[0] in "«“" or sentence[0].isupper()
            assert sentence.endswith(".") and "{" not in sentence and ". " not in sentence.replace("S.r.l. ", "")
        if found.clause is not None:
            assert contract().clauses[found.clause.id] == found.clause.text
    assert {ground for ground, _ in seen} == set(Ground)
    assert {terms for _, terms in seen} == set(Terms)
