"""The rules by which any contract's rights are read: which of several decides, and what is said where it has no words."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from shared.catalogue import parser
from shared.domain.contract import Contract
from shared.domain.people import Contact
from shared.domain.quotes.entitlement import Asked, Ground, entitlement_for, entitlement_of
from shared.domain.ticket import Ticket
from shared.domain.tier import Channel, Terms

NOON = datetime(2026, 8, 7, 12, tzinfo=UTC)
HEAD = """
id = "x"
version = "1"
effective_from = 2026-01-01
vendor = "X"
zone = "UTC"
calendar = "always"
delivery = { cloud = "Cloud", boxed = "Boxed" }
activities = { move = "Move" }
calendars.always.hours = "24/7"
calendars.mornings.hours.mon-fri = ["08:00-12:00"]
families.all.priorities.1.response.working_hours = 1
support.phone_calendar = "mornings"
classifications.fault.has_targets = true
classifications.wish.course = "quote"
"""
BY_NARROWNESS = {
    "any": "",
    "by-kind": "classifications = ['wish']",
    "by-channel": "channels = ['web']",
    "by-mode": "delivery = ['cloud']",
    "by-kind-and-channel": "classifications = ['wish']\nchannels = ['web']",
    "by-channel-and-mode": "channels = ['web']\ndelivery = ['cloud']",
    "by-all-three": "classifications = ['wish']\nchannels = ['web']\ndelivery = ['cloud']",
}
NARROWNESS = {id: len(limits.splitlines()) for id, limits in BY_NARROWNESS.items()}


def contract_of(folder: Path, rest: str) -> Contract:
    (folder / "x.toml").write_text(HEAD + rest, encoding="utf-8")
    return parser.load([folder]).contracts[0]


def tier_with(*rights: str, named: str = "t") -> str:
    return f"[tiers.{named}]\n" + "\n".join(f"[tiers.{named}.rights.{id}]\nname = '{id}'\n{BY_NARROWNESS[id]}" for id in rights)


ASKED = Asked(product="all", received_at=NOON, tier="t", classification="wish", delivery="cloud")


@pytest.mark.parametrize("pair", list(permutations(BY_NARROWNESS, 2)), ids=" ".join)
def test_the_right_that_is_limited_in_more_ways_decides_wherever_it_stands(tmp_path: Path, pair: tuple[str, str]) -> None:
    found = entitlement_for(contract_of(tmp_path, tier_with(*pair)), ASKED)
    first, second = pair
    assert found.right == (first if NARROWNESS[first] > NARROWNESS[second] else second), "of equally narrow ones the later"


def test_the_right_that_names_kind_channel_and_mode_decides_among_all(tmp_path: Path) -> None:
    for order in (list(BY_NARROWNESS), list(reversed(BY_NARROWNESS))):
        assert entitlement_for(contract_of(tmp_path, tier_with(*order)), ASKED).right == "by-all-three"


def test_a_right_for_the_activity_asked_for_decides_before_any_other(tmp_path: Path) -> None:
    rights = tier_with("by-all-three") + "\n[tiers.t.rights.moving]\nname = 'Moving'\nactivity = 'move'\nterms = 'charged'\n"
    contract = contract_of(tmp_path, rights)
    assert entitlement_for(contract, replace(ASKED, activity="move")).right == "moving"
    assert entitlement_for(contract, ASKED).right == "by-all-three", "and applies to nothing else"


def test_a_tiers_own_right_decides_before_an_equally_narrow_one_that_it_includes(tmp_path: Path) -> None:
    more = "[tiers.more]\nincludes = 't'\n[tiers.more.rights.own]\nname = 'own'\nchannels = ['web']\n"
    contract = contract_of(tmp_path, more + tier_with("by-kind"))
    assert entitlement_for(contract, replace(ASKED, tier="more")).right == "own"
    assert entitlement_for(contract, ASKED).right == "by-kind"


def test_a_right_applies_only_within_its_limits(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, tier_with("by-all-three"))
    for other in (
        replace(ASKED, classification="fault"),
        replace(ASKED, channel=Channel.EMAIL),
        replace(ASKED, delivery="boxed"),
        replace(ASKED, delivery=None),
    ):
        assert entitlement_for(contract, other).ground is Ground.OTHERWISE


@pytest.mark.parametrize("terms", list(Terms))
def test_a_contract_without_words_of_its_own_still_tells_the_customer_why(tmp_path: Path, terms: Terms) -> None:
    contract = contract_of(
        tmp_path,
        f"[tiers.t]\nname = 'Basic'\notherwise = '{terms}'\n"
        f"[tiers.t.rights.call]\nname = 'A call'\nterms = '{terms}'\nclassifications = ['wish']\n",
    )
    by_right = entitlement_for(contract, ASKED)
    otherwise = entitlement_for(contract, replace(ASKED, classification="fault"))
    assert (by_right.terms, by_right.right, otherwise.terms, otherwise.right) == (terms, "call", terms, None)
    assert by_right.sentence["it"].startswith("«A call»") and by_right.sentence["en"].startswith("“A call”")
    assert "Basic" in otherwise.sentence["it"] and "Basic" in otherwise.sentence["en"]
    assert by_right.clause is None and otherwise.clause is None


@pytest.mark.parametrize("terms", list(Terms))
def test_when_the_telephone_is_not_answered_the_rest_of_the_tier_decides(tmp_path: Path, terms: Terms) -> None:
    rights = "[tiers.t.rights.call]\nname = 'A call'\nchannels = ['phone']\n"
    contract = contract_of(tmp_path, f"[tiers.t]\notherwise = '{terms}'\n{rights}")
    found = entitlement_for(contract, replace(ASKED, channel=Channel.PHONE))
    assert (found.terms, found.ground, found.right) == (terms, Ground.PHONE_CLOSED, None)
    assert found.phone_opens_at == datetime(2026, 8, 10, 8, tzinfo=UTC)
    assert "A call" in found.sentence["it"] and "Monday 10 August 2026 at 8:00 (UTC)" in found.sentence["en"]
    repair = entitlement_for(contract, replace(ASKED, channel=Channel.PHONE, classification="fault"))
    assert repair.terms is (Terms.NOT_COVERED if terms is Terms.QUOTED else terms)


def test_a_right_that_may_be_asked_for_in_writing_too_applies_to_calls_at_any_hour(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, "[tiers.t.rights.call]\nname = 'A call'\nchannels = ['phone', 'email']\n")
    assert entitlement_for(contract, replace(ASKED, channel=Channel.PHONE)).ground is Ground.RIGHT


def test_without_published_hours_the_telephone_counts_as_answered(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, "[tiers.t.rights.call]\nname = 'A call'\nchannels = ['phone']\n")
    silent = replace(contract, support=replace(contract.support, phone_calendar=None))
    assert entitlement_for(silent, replace(ASKED, channel=Channel.PHONE)).ground is Ground.RIGHT


def test_a_closure_announced_by_the_time_of_receipt_closes_the_telephone(tmp_path: Path) -> None:
    (tmp_path / "closure.toml").write_text(
        "announces = 'x'\ncalendars = ['mornings']\nannounced_at = 2026-08-06T10:00:00Z\nauthor = 'X'\nreason = 'Closed'\n"
        "closures = [{ first_day = 2026-08-07 }]\n",
        encoding="utf-8",
    )
    contract = contract_of(tmp_path, "[tiers.t.rights.call]\nname = 'A call'\nchannels = ['phone']\n")
    called = replace(ASKED, channel=Channel.PHONE, received_at=datetime(2026, 8, 7, 9, tzinfo=UTC))
    assert entitlement_for(contract, called).ground is Ground.PHONE_CLOSED


def test_a_contract_in_another_language_is_understood_in_italian_and_english(tmp_path: Path) -> None:
    german = "\n[tiers.t.rights.x]\nname = 'Hilfe'\nsentence = { de = 'Das ist dabei.' }\n"
    (tmp_path / "x.toml").write_text("languages = ['de']\n" + HEAD + german, encoding="utf-8")
    found = entitlement_for(parser.load([tmp_path]).contracts[0], ASKED)
    assert found.sentence == {"it": "Das ist dabei.", "en": "Das ist dabei."}


def test_a_contract_without_classifications_and_tiers_covers_its_requests() -> None:
    contract = parser.load([Path("tests/catalogues/bergwerk-leitstand.toml")]).contracts[0]
    found = entitlement_for(contract, Asked(product="control", received_at=NOON))
    assert (found.classification, found.terms, found.ground) == (None, Terms.COVERED, Ground.NO_TIER)


def test_a_ticket_is_entitled_by_what_was_frozen_on_it(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, tier_with("by-all-three") + "\n[tiers.none]\notherwise = 'not_covered'\n")
    ticket = Ticket(
        id="ACME-1",
        customer="ACME",
        number=1,
        contract="x",
        contract_version="1",
        contract_digest="d",
        product="all",
        subject="s",
        language="en",
        contact=Contact(name="Anna", email="anna@acme.example"),
        received_at=NOON,
        seen_at=NOON,
        channel=Channel.WEB,
        tier="t",
        delivery="cloud",
        classification="wish",
    )
    assert entitlement_of(contract, ticket) == entitlement_for(contract, ASKED)
    for other in (
        replace(ticket, channel=Channel.EMAIL),
        replace(ticket, delivery=None),
        replace(ticket, classification="fault"),
    ):
        assert entitlement_of(contract, other).ground is Ground.OTHERWISE
    assert entitlement_of(contract, replace(ticket, tier="none", delivery=None)).terms is Terms.NOT_COVERED
    assert entitlement_of(contract, replace(ticket, tier=None)).ground is Ground.NO_TIER
