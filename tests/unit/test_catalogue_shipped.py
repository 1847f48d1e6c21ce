"""The shipped contract says what is published: tables, calendars, classifications, tiers, availability, escalation."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.catalogue import parser
from shared.domain.contract import Contract, Period, Promise, Quotation, Recipient, Stage, StageAction, text_in
from shared.domain.target import Target, WorkingDays, WorkingTime, due
from shared.domain.tier import Right, Terms, Tier

ROME = ZoneInfo("Europe/Rome")
SHIPPED = Path(parser.__file__).parents[1]
FRIDAY = datetime(2026, 8, 7, 17, 50, tzinfo=ROME)

PUBLISHED_TABLES = {
    "zenshare": {1: ("1h", "1d"), 2: ("4h", "2d"), 3: ("8h", "5d"), 4: ("16h", "30d")},
    "preservation-zucchetti": {1: ("1d", "2d")},
    "preservation-grammelot": {1: ("1d", "15d"), 2: ("7d", "30d"), 3: ("7d", "90d"), 4: ("7d", "180d")},
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    catalogue = parser.load([SHIPPED])
    return catalogue.in_force("zenshare-support", FRIDAY)


def written(target: Target) -> str:
    if isinstance(target, WorkingDays):
        assert target == WorkingDays(target.count), "published days are due at the close, received at the next opening"
        return f"{target.count}d"
    return f"{target.amount // timedelta(hours=1)}h"


def due_at(contract: Contract, product: str, promise: Promise, priority: int | None, received: datetime) -> datetime | None:
    on = contract.promises(product=product, classification="bug", priority=priority)[promise]
    due_instant = due(contract.calendars[on.calendar].running(received, received), received, on.target)
    return due_instant and due_instant.astimezone(ROME)


def test_every_published_target_is_there_and_no_other(contract: Contract) -> None:
    tables = {
        family.id: {
            number: (written(row.targets[Promise.RESPONSE].target), written(row.targets[Promise.RESOLUTION].target))
            for number, row in family.priorities.items()
        }
        for family in contract.families.values()
    }
    assert tables == PUBLISHED_TABLES


@pytest.mark.parametrize(
    ("product", "family"),
    [
        ("zenshare-up", "zenshare"),
        ("zenshare-suite", "zenshare"),
        ("zen-e-invoice", "zenshare"),
        ("preservation-zucchetti", "preservation-zucchetti"),
        ("preservation-grammelot", "preservation-grammelot"),
    ],
)
def test_every_published_product_has_its_table(contract: Contract, product: str, family: str) -> None:
    assert contract.family_of(product).id == family
    assert len(contract.products) == 5


def test_zucchetti_promises_first_aid_where_the_others_promise_a_resolution(contract: Contract) -> None:
    names = {family.id: text_in(family.resolution_name, "en") for family in contract.families.values()}
    assert names == {"zenshare": "Resolution", "preservation-zucchetti": "First aid", "preservation-grammelot": "Resolution"}
    assert {text_in(family.response_name, "en") for family in contract.families.values()} == {"Charge taking"}


@pytest.mark.parametrize(
    ("product", "priority", "response", "resolution"),
    [
        # Friday 17:50: forty minutes are left until 18:30, and a weekend follows.
        ("zenshare-up", 1, "2026-08-10 09:20", "2026-08-10 18:30"),
        ("zenshare-up", 2, "2026-08-10 12:20", "2026-08-11 18:30"),
        ("zenshare-suite", 3, "2026-08-10 17:50", "2026-08-14 18:30"),
        ("zen-e-invoice", 4, "2026-08-11 17:50", "2026-09-18 18:30"),
        ("preservation-zucchetti", 1, "2026-08-10 18:00", "2026-08-11 18:00"),
        ("preservation-grammelot", 2, "2026-08-18 18:30", "2026-09-18 18:30"),
    ],
)
def test_a_request_of_friday_evening_is_due(
    contract: Contract, product: str, priority: int, response: str, resolution: str
) -> None:
    assert f"{due_at(contract, product, Promise.RESPONSE, priority, FRIDAY):%Y-%m-%d %H:%M}" == response
    assert f"{due_at(contract, product, Promise.RESOLUTION, priority, FRIDAY):%Y-%m-%d %H:%M}" == resolution


def test_italian_holidays_do_not_count(contract: Contract) -> None:
    # Tuesday 8 December 2026 is the Immaculate Conception.
    monday = datetime(2026, 12, 7, 18, tzinfo=ROME)
    assert due_at(contract, "zenshare-up", Promise.RESPONSE, 1, monday) == datetime(2026, 12, 9, 9, 30, tzinfo=ROME)


def test_the_lunch_break_of_zucchetti_is_an_hour_and_ours_is_an_hour_and_a_half(contract: Contract) -> None:
    at_two = datetime(2026, 8, 7, 14, 15, tzinfo=ROME)
    open_at_two = {name for name, history in contract.calendars.items() if history.versions[0].calendar.is_open(at_two)}
    assert open_at_two == {"zucchetti", "email"}


def test_email_is_attended_to_from_8_to_18_30(contract: Contract) -> None:
    assert (contract.support.email_calendar, contract.support.phone_calendar) == ("email", "office")
    email = contract.calendars["email"].versions[0].calendar
    assert email.elapsed(datetime(2026, 8, 10, tzinfo=ROME), datetime(2026, 8, 11, tzinfo=ROME)) == timedelta(hours=10.5)
    assert email.is_open(datetime(2026, 8, 10, 8, tzinfo=ROME))


def test_only_bugs_have_deadlines_among_the_seven_classifications(contract: Contract) -> None:
    assert {id: each.has_targets for id, each in contract.classifications.items()} == {
        "bug": True,
        "evolution": False,
        "help-desk": False,
        "invoiced-intervention": False,
        "not-accepted": False,
        "not-competent": False,
        "vulnerability": False,
    }


def test_every_classification_has_its_published_procedure(contract: Contract) -> None:
    steps = {id: len(each.procedure) for id, each in contract.classifications.items()}
    assert steps["bug"] == 6
    assert steps["evolution"] == steps["help-desk"] == steps["invoiced-intervention"] == 7
    assert steps["not-accepted"] == steps["not-competent"] == 1
    assert steps["vulnerability"] == 2


def test_before_triage_every_family_runs_on_priority_1(contract: Contract) -> None:
    assert {family.untriaged_priority for family in contract.families.values()} == {1}


def test_platinum_is_gold_and_support_by_telephone(contract: Contract) -> None:
    gold, platinum = contract.tiers["gold"], contract.tiers["platinum"]
    assert platinum.rights[: len(gold.rights)] == gold.rights
    assert {"training", "configuration"} <= {right.id for right in platinum.rights} - {right.id for right in gold.rights}
    own = {right.id: right.terms for right in platinum.rights if right not in gold.rights}
    assert own == {
        "training": Terms.COVERED,
        "configuration": Terms.CHARGED,
        "extraordinary-maintenance": Terms.CHARGED,
        "intervention": Terms.QUOTED,
    }


def test_every_right_rests_on_a_published_clause_and_tells_the_customer_why(contract: Contract) -> None:
    for tier in contract.tiers.values():
        assert tier.otherwise is Terms.QUOTED
        sayings: tuple[Tier | Right, ...] = (tier, *tier.rights)
        for said in sayings:
            assert said.clause in contract.clauses, said.id
            assert said.sentence is not None and set(said.sentence) == {"it", "en"}, said.id
            assert all(sentence.endswith(".") and len(sentence) < 200 for sentence in said.sentence.values()), said.id


def test_every_classification_takes_its_course(contract: Contract) -> None:
    assert {id: each.course.value for id, each in contract.classifications.items()} == {
        "bug": "repair",
        "evolution": "quote",
        "help-desk": "quote",
        "invoiced-intervention": "quote",
        "not-accepted": "closure",
        "not-competent": "closure",
        "vulnerability": "vulnerability",
    }


def test_estimates_are_in_euro_with_the_ordinary_vat_and_hold_for_thirty_days(contract: Contract) -> None:
    assert contract.quotation == Quotation(
        currency="EUR",
        vat_percent=Decimal(22),
        hours_per_day=Decimal(8),
        validity=timedelta(days=30),
        reminders=(Fraction(1, 2), Fraction(9, 10)),
        declined_as="not-accepted",
    )
    assert contract.access_grace == timedelta(days=3)


def test_availability_is_99_95_per_cent_by_month_with_maintenance_in_business_hours(contract: Contract) -> None:
    (guarantee,) = contract.guarantees
    assert guarantee.target == Fraction(1999, 2000)
    assert (guarantee.period, guarantee.zone) == (Period.MONTH, "Europe/Rome")
    rule = guarantee.maintenance
    assert (rule.excluded, rule.calendar, rule.notice, rule.cap) == (True, "office", timedelta(0), None)


def test_the_ladder_warns_at_half_and_three_quarters_breaches_at_the_whole_and_escalates_later(contract: Contract) -> None:
    def ladder(promise: Promise) -> list[Stage]:
        return [stage for stage in contract.ladder if promise in stage.promises]

    for promise in Promise:
        assert [stage.fraction for stage in ladder(promise)] == [Fraction(1, 2), Fraction(3, 4), 1, None, None]
        assert [stage.action for stage in ladder(promise)] == [
            StageAction.WARN,
            StageAction.WARN,
            StageAction.BREACH,
            StageAction.ESCALATE,
            StageAction.ESCALATE,
        ]
        offsets = [stage.after.target for stage in ladder(promise) if stage.after]
        assert offsets == [WorkingTime(timedelta(hours=4)), WorkingDays(2)]
    half = {promise: ladder(promise)[0].notify for promise in Promise}
    assert half[Promise.RESPONSE] == (Recipient.ASSIGNEE, Recipient.CUSTOMER_CARE_MANAGER)
    assert half[Promise.RESOLUTION] == (Recipient.ASSIGNEE,)


def test_a_resolved_request_may_be_reopened_for_ten_working_days(contract: Contract) -> None:
    assert contract.reopening.target == WorkingDays(10)
    assert contract.reopening.calendar == "office"


def test_every_text_is_in_italian_and_english(contract: Contract) -> None:
    families, rows = contract.families.values(), [row for f in contract.families.values() for row in f.priorities.values()]
    texts = [contract.name, *contract.clauses.values(), *contract.delivery.values()]
    texts += [text for family in families for text in (family.name, family.response_name, family.resolution_name)]
    texts += [row.severity for row in rows] + [row.description for row in rows if row.description]
    for classification in contract.classifications.values():
        texts += [classification.name, classification.description, *classification.procedure]
    texts += [right.name for tier in contract.tiers.values() for right in tier.rights]
    assert len(texts) > 80
    assert [text for text in texts if set(text) != {"it", "en"}] == []


def test_the_contract_takes_effect_at_midnight_in_rome(contract: Contract) -> None:
    assert contract.effective_from == datetime(2019, 12, 31, 23, tzinfo=UTC)


def test_every_calendar_has_one_version_until_something_is_announced(contract: Contract) -> None:
    for history in contract.calendars.values():
        (version,) = history.versions
        assert version.number == 1
        assert version.announced_at == contract.effective_from
