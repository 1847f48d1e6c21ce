"""The values of a contract: histories of calendars, tables, classifications, periods of guarantees, versions in force."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from shared.domain.calendar import Calendar, Closing, Rules
from shared.domain.contract import (
    CalendarHistory,
    CalendarVersion,
    Catalogue,
    Classification,
    Contract,
    Family,
    Guarantee,
    MaintenanceRule,
    Period,
    Priority,
    Product,
    Promise,
    Support,
    TargetOn,
    text_in,
)
from shared.domain.errors import CatalogueError, InvalidInput, UnknownProduct
from shared.domain.target import WorkingDays, WorkingTime
from shared.domain.tier import Right, Terms, Tier

ROME = ZoneInfo("Europe/Rome")
HOURS = dict.fromkeys(range(5), ((9 * 3600, 13 * 3600), (14 * 3600 + 1800, 18 * 3600 + 1800)))
PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)
ANNOUNCED = datetime(2026, 8, 11, 8, tzinfo=UTC)  # Tuesday 10:00 in Rome, when the closure has begun


def a_version(number: int, announced_at: datetime, *closures: Closing) -> CalendarVersion:
    rules = Rules(zone="Europe/Rome", weekly=HOURS, closures=closures)
    return CalendarVersion(number=number, announced_at=announced_at, author="x", reason={"en": "x"}, calendar=Calendar(rules))


HISTORY = CalendarHistory(
    name="office",
    versions=(
        a_version(1, PUBLISHED),
        a_version(2, ANNOUNCED, Closing(starts=datetime(2026, 8, 11), ends=datetime(2026, 8, 15), reason="Chiusura")),
    ),
)


def on_office(hours: int) -> TargetOn:
    return TargetOn(target=WorkingTime(timedelta(hours=hours)), calendar="office")


def a_family(id: str, *first_hours: int) -> Family:
    return Family(
        id=id,
        name={"it": "Famiglia", "en": "Family"},
        resolution_name={"it": "Primo intervento", "en": "First aid"},
        priorities={
            number: Priority(number=number, severity={"en": "x"}, description=None, targets={Promise.RESPONSE: on_office(hours)})
            for number, hours in enumerate(first_hours, start=1)
        },
        untriaged_priority=1,
    )


def a_contract(version: str = "1", effective_from: datetime = PUBLISHED, id: str = "acme") -> Contract:
    return Contract(
        id=id,
        version=version,
        effective_from=effective_from,
        name={"en": "x"},
        vendor="x",
        languages=("en",),
        zone="Europe/Rome",
        digest="",
        support=Support(email=None, phone=None, email_calendar=None, phone_calendar=None),
        calendars={"office": HISTORY},
        families={"main": a_family("main", 1, 4), "requests": a_family("requests", 40)},
        products={"web": Product(id="web", name={"en": "Web"}, family="main")},
        classifications={
            "bug": Classification(id="bug", name={"en": "Bug"}, description={"en": "x"}, has_targets=True),
            "question": Classification(id="question", name={"en": "Question"}, description={"en": "x"}, has_targets=False),
            "request": Classification(
                id="request", name={"en": "Request"}, description={"en": "x"}, has_targets=True, family="requests"
            ),
        },
        tiers={},
        guarantees=(),
        ladder=(),
        reopening=TargetOn(target=WorkingDays(10), calendar="office"),
        local_names={"Chiusura": {"it": "Chiusura", "en": "Closure"}},
    )


def a_guarantee(period: Period, zone: str = "Europe/Rome") -> Guarantee:
    never = MaintenanceRule(excluded=False, notice=timedelta(0), calendar=None, cap=None)
    return Guarantee(id="g", name={"en": "g"}, target=Fraction(1999, 2000), period=period, zone=zone, maintenance=never)


def test_a_text_falls_back_to_the_first_language_it_has() -> None:
    assert text_in({"it": "sì", "en": "yes"}, "en") == "yes"
    assert text_in({"it": "sì", "en": "yes"}, "de") == "sì"


def test_a_calendar_is_known_as_it_had_been_announced_by_then() -> None:
    assert HISTORY.known_at(ANNOUNCED - timedelta(microseconds=1)).number == 1
    assert HISTORY.known_at(ANNOUNCED).number == 2


def test_before_anything_was_announced_the_first_version_holds() -> None:
    assert HISTORY.known_at(PUBLISHED - timedelta(days=1)).number == 1


def test_a_running_clock_keeps_the_time_used_before_an_announcement_and_counts_the_rest_on_the_new_version() -> None:
    start = datetime(2026, 8, 11, 9, tzinfo=ROME)
    asked_later = HISTORY.running(start, ANNOUNCED)
    asked_before = HISTORY.running(start, ANNOUNCED - timedelta(microseconds=1))
    assert asked_before.add(start, timedelta(hours=4)) == datetime(2026, 8, 11, 13, tzinfo=ROME)
    # One hour until 10:00 stays counted; three are left for Monday the 17th, after the closure and the weekend.
    assert asked_later.add(start, timedelta(hours=4)) == datetime(2026, 8, 17, 12, tzinfo=ROME)


def test_a_clock_that_starts_after_an_announcement_runs_on_the_new_version_alone() -> None:
    start = datetime(2026, 8, 13, 9, tzinfo=ROME)
    assert HISTORY.running(start, start).working_day_after(date(2026, 8, 13), 1) == date(2026, 8, 17)


def test_before_triage_a_request_has_the_targets_of_the_strictest_row() -> None:
    assert a_contract().promises(product="web", classification=None, priority=None) == {Promise.RESPONSE: on_office(1)}


def test_a_set_priority_has_its_own_targets() -> None:
    assert a_contract().promises(product="web", classification="bug", priority=2) == {Promise.RESPONSE: on_office(4)}


def test_a_classification_without_targets_has_no_clocks() -> None:
    assert a_contract().promises(product="web", classification="question", priority=1) == {}


def test_a_classification_may_have_a_table_of_its_own() -> None:
    contract = a_contract()
    assert contract.promises(product="web", classification="request", priority=None) == {Promise.RESPONSE: on_office(40)}
    assert contract.family_of("web").id == "main"
    assert contract.family_of("web", "request").id == "requests"


def test_an_unknown_product_names_those_that_are_known() -> None:
    with pytest.raises(UnknownProduct, match=r"'mail'; it knows: web\.$"):
        a_contract().family_of("mail")


def test_an_unknown_classification_names_those_that_are_allowed() -> None:
    with pytest.raises(InvalidInput, match=r"allowed: bug, question, request\.$"):
        a_contract().promises(product="web", classification="complaint", priority=1)


def test_an_unknown_priority_names_those_that_are_allowed() -> None:
    with pytest.raises(InvalidInput, match=r"Family has no priority 3; allowed: 1, 2\.$"):
        a_contract().promises(product="web", classification="bug", priority=3)


def test_a_promise_goes_by_the_name_the_contract_gives_it() -> None:
    family = a_contract().family_of("web")
    assert family.promise_name(Promise.RESOLUTION)["en"] == "First aid"
    assert family.promise_name(Promise.RESPONSE)["it"] == "Presa in carico"


def test_a_closure_is_named_in_the_language_of_the_reader() -> None:
    assert a_contract().name_in("Chiusura", "en") == "Closure"
    assert a_contract().name_in("Natale", "en") == "Natale"


def test_a_tier_tells_what_the_fee_covers_from_what_costs_extra() -> None:
    rights = tuple(Right(id=terms, name={"en": terms}, terms=terms) for terms in Terms)
    tier = Tier(id="gold", name={"en": "Gold"}, rights=rights)
    assert tier.covers == ({"en": "covered"},)
    assert tier.charged == ({"en": "charged"}, {"en": "quoted"})


def test_the_month_of_a_clock_change_has_743_hours_in_rome() -> None:
    start, end = a_guarantee(Period.MONTH).period_at(datetime(2026, 3, 31, 21, 59, tzinfo=UTC))
    assert (start, end) == (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert end - start == timedelta(hours=743)


def test_the_last_instant_of_a_month_is_told_from_the_first_of_the_next_by_the_guarantees_own_zone() -> None:
    midnight_in_rome = datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert a_guarantee(Period.MONTH).period_at(midnight_in_rome)[0] == midnight_in_rome
    assert a_guarantee(Period.MONTH, "UTC").period_at(midnight_in_rome)[1] == datetime(2026, 4, 1, tzinfo=UTC)


def test_december_ends_with_the_year() -> None:
    start, end = a_guarantee(Period.MONTH).period_at(datetime(2026, 12, 15, tzinfo=UTC))
    assert (start, end) == (datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC))


def test_a_yearly_guarantee_is_judged_by_the_calendar_year() -> None:
    start, end = a_guarantee(Period.YEAR).period_at(datetime(2024, 7, 1, tzinfo=UTC))
    assert (start, end) == (datetime(2023, 12, 31, 23, tzinfo=UTC), datetime(2024, 12, 31, 23, tzinfo=UTC))
    assert end - start == timedelta(days=366)


def test_the_latest_version_that_had_taken_effect_is_in_force() -> None:
    old, new = a_contract("old", PUBLISHED), a_contract("new", PUBLISHED + timedelta(days=365))
    other = a_contract("other", PUBLISHED + timedelta(days=365), id="other")
    catalogue = Catalogue(contracts=(new, old, other))
    assert catalogue.in_force("acme", new.effective_from - timedelta(microseconds=1)) is old
    assert catalogue.in_force("acme", new.effective_from) is new


def test_no_version_is_in_force_before_the_first_took_effect() -> None:
    with pytest.raises(CatalogueError, match="No version of the contract 'acme' was in force on 2025"):
        Catalogue(contracts=(a_contract(),)).in_force("acme", PUBLISHED - timedelta(days=1))


def test_a_version_that_tickets_refer_to_must_stay_in_the_catalogue() -> None:
    catalogue = Catalogue(contracts=(a_contract("1"),))
    assert catalogue.version("acme", "1").version == "1"
    with pytest.raises(CatalogueError, match="no longer holds version '0'"):
        catalogue.version("acme", "0")
