"""Other contracts than the shipped one are a file and nothing else: an older version, another country, another vendor."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.catalogue import parser
from shared.domain.availability import State, Verdict, judge
from shared.domain.contract import Catalogue, Contract, Course, Period, Promise, Quotation, Recipient, StageAction, text_in
from shared.domain.target import WorkingDays, WorkingTime, due

VENDORS = Path(__file__).parents[1] / "catalogues"
SHIPPED = Path(parser.__file__).parents[1]
ROME, NEW_YORK, BERLIN = ZoneInfo("Europe/Rome"), ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
Load = Callable[[str], Contract]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Several vendors in one folder, and two versions of one contract in two."""
    return parser.load([SHIPPED, VENDORS])


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """The contract in a text, with the keys that every file needs put in front."""

    def load(rest: str) -> Contract:
        head = 'id = "x"\nversion = "1"\neffective_from = 2026-01-01\nvendor = "X"\nzone = "UTC"\n'
        (tmp_path / "x.toml").write_text(head + rest, encoding="utf-8")
        return parser.load([tmp_path]).contracts[0]

    return load


def due_of(contract: Contract, received: datetime, promise: Promise, **request: object) -> datetime | None:
    on = contract.promises(**request)[promise]  # type: ignore[arg-type]
    return due(contract.calendars[on.calendar].running(received, received), received, on.target)


def test_each_request_comes_under_the_version_in_force_at_its_receipt(catalogue: Catalogue) -> None:
    new_year = datetime(2020, 1, 1, tzinfo=ROME)
    assert catalogue.in_force("zenshare-support", new_year - timedelta(microseconds=1)).version == "2015-1"
    assert catalogue.in_force("zenshare-support", new_year).version == "2026-1"


def test_an_older_version_gives_two_working_hours_where_the_new_one_gives_one(catalogue: Catalogue) -> None:
    monday = datetime(2018, 6, 4, 12, 30, tzinfo=ROME)  # half an hour before lunch
    old = catalogue.in_force("zenshare-support", monday)
    request = {"product": "zenshare-up", "classification": "bug", "priority": 1}
    assert due_of(old, monday, Promise.RESPONSE, **request) == datetime(2018, 6, 4, 16, tzinfo=ROME)
    new = catalogue.version("zenshare-support", "2026-1")
    assert due_of(new, monday, Promise.RESPONSE, **request) == datetime(2018, 6, 4, 15, tzinfo=ROME)


def test_three_yearly_guarantees_are_judged_each_on_its_own(catalogue: Catalogue) -> None:
    guarantees = catalogue.version("zenshare-support", "2015-1").guarantees
    assert [(g.id, g.target, g.period) for g in guarantees] == [
        ("network", Fraction(999, 1000), Period.YEAR),
        ("power", Fraction(1999, 2000), Period.YEAR),
        ("application", Fraction(99, 100), Period.YEAR),
    ]
    # Six hours down in the 8,760 of 2018 are 99.93 %.
    went_down = datetime(2018, 5, 1, tzinfo=UTC)
    verdicts = {}
    for guarantee in guarantees:
        start, end = guarantee.period_at(went_down)
        states = [(start, State.UP), (went_down, State.DOWN), (went_down + timedelta(hours=6), State.UP)]
        verdicts[guarantee.id] = judge(start, end, states, [], None, guarantee.target).verdict
    assert verdicts == {"network": Verdict.MET, "power": Verdict.MISSED, "application": Verdict.MET}


def test_a_monthly_guarantee_of_95_per_cent_is_judged_by_the_month(catalogue: Catalogue) -> None:
    (guarantee,) = catalogue.version("northwind-hosting", "7").guarantees
    rule = guarantee.maintenance
    assert (rule.excluded, rule.notice, rule.calendar, rule.cap) == (True, timedelta(hours=24), "nights", timedelta(hours=8))
    start, end = guarantee.period_at(datetime(2026, 4, 15, tzinfo=UTC))
    assert (start, end) == (datetime(2026, 4, 1, 4, tzinfo=UTC), datetime(2026, 5, 1, 4, tzinfo=UTC))
    for hours, verdict in ((36, Verdict.MET), (37, Verdict.MISSED)):  # 5 % of 720 hours are 36
        states = [(start, State.DOWN), (start + timedelta(hours=hours), State.UP)]
        assert judge(start, end, states, [], None, guarantee.target).verdict is verdict


def test_responses_round_the_clock_and_resolutions_in_office_hours_stand_in_one_table(catalogue: Catalogue) -> None:
    contract = catalogue.version("northwind-hosting", "7")
    wednesday = datetime(2026, 11, 25, 20, tzinfo=NEW_YORK)
    request = {"product": "dns", "classification": "incident", "priority": 2}
    assert due_of(contract, wednesday, Promise.RESPONSE, **request) == datetime(2026, 11, 25, 21, tzinfo=NEW_YORK)
    # After office hours, before Thanksgiving and the extra day: received on Monday, and the working day after it is Tuesday.
    assert due_of(contract, wednesday, Promise.RESOLUTION, **request) == datetime(2026, 12, 1, 17, tzinfo=NEW_YORK)


def test_a_row_may_have_a_calendar_of_its_own(catalogue: Catalogue) -> None:
    contract = catalogue.version("northwind-hosting", "7")
    saturday = datetime(2026, 7, 4, 3, tzinfo=NEW_YORK)
    request = {"product": "dns", "classification": None, "priority": None}
    assert due_of(contract, saturday, Promise.RESPONSE, **request) == saturday + timedelta(minutes=15)
    assert due_of(contract, saturday, Promise.RESOLUTION, **request) == saturday + timedelta(hours=4)


def test_a_row_need_not_promise_a_resolution_and_a_target_may_have_its_own_calendar(catalogue: Catalogue) -> None:
    contract = catalogue.version("northwind-hosting", "7")
    promises = contract.promises(product="dns", classification="incident", priority=3)
    assert {promise: on.calendar for promise, on in promises.items()} == {Promise.RESPONSE: "office"}


def test_a_classification_may_be_judged_by_another_table(catalogue: Catalogue) -> None:
    contract = catalogue.version("northwind-hosting", "7")
    promises = contract.promises(product="dns", classification="request", priority=None)
    assert {promise: on.target for promise, on in promises.items()} == {Promise.RESOLUTION: WorkingDays(5)}
    assert contract.promises(product="dns", classification="question", priority=None) == {}


def test_holidays_of_a_subdivision_and_extra_dates_are_closed(catalogue: Catalogue) -> None:
    office = catalogue.version("northwind-hosting", "7").calendars["office"].versions[0].calendar
    patriots_day, after_thanksgiving = datetime(2026, 4, 20, 12, tzinfo=NEW_YORK), datetime(2026, 11, 27, 12, tzinfo=NEW_YORK)
    assert not office.is_open(patriots_day)
    assert not office.is_open(after_thanksgiving)
    assert office.is_open(patriots_day + timedelta(days=7))
    assert office.is_open(datetime(2027, 11, 26, 12, tzinfo=NEW_YORK)), "an extra date is that date alone"


def test_minutes_run_through_a_night_shift_that_belongs_to_the_day_before_a_holiday(catalogue: Catalogue) -> None:
    contract = catalogue.version("bergwerk-leitstand", "2026.1")
    # Tuesday 6 January is Epiphany in Bavaria: Monday's night shift ends at 6, and the next one starts on Wednesday at 6.
    night = datetime(2026, 1, 6, 5, 30, tzinfo=BERLIN)
    request = {"product": "control", "classification": None, "priority": 1}
    assert due_of(contract, night, Promise.RESPONSE, **request) == datetime(2026, 1, 7, 7, tzinfo=BERLIN)


def test_days_may_count_from_the_date_of_receipt_and_end_at_the_same_time(catalogue: Catalogue) -> None:
    contract = catalogue.version("bergwerk-leitstand", "2026.1")
    saturday = datetime(2026, 1, 10, 10, tzinfo=BERLIN)  # opens at 22:00, until 24:00
    request = {"product": "control", "classification": None, "priority": 1}
    assert due_of(contract, saturday, Promise.RESOLUTION, **request) == datetime(2026, 1, 13, 22, tzinfo=BERLIN)


def test_an_extra_holiday_without_a_year_is_one_of_every_year(catalogue: Catalogue) -> None:
    shifts = catalogue.version("bergwerk-leitstand", "2026.1").calendars["shifts"].versions[0].calendar
    assert [shifts.is_open(datetime(year, 12, 24, 8, tzinfo=BERLIN)) for year in (2025, 2026, 2099)] == [False] * 3
    assert shifts.is_open(datetime(2026, 12, 23, 8, tzinfo=BERLIN))


def test_a_published_closure_and_opening_hold(catalogue: Catalogue) -> None:
    contract = catalogue.version("bergwerk-leitstand", "2026.1")
    shifts = contract.calendars["shifts"].versions[0].calendar
    assert not shifts.is_open(datetime(2026, 5, 4, 13, 59, tzinfo=BERLIN))
    assert shifts.is_open(datetime(2026, 5, 4, 22, tzinfo=BERLIN))
    labour_day = datetime(2026, 5, 1, tzinfo=BERLIN)
    assert shifts.elapsed(labour_day, labour_day + timedelta(days=1)) == timedelta(hours=24)
    assert contract.name_in("Betriebsversammlung", "en") == "Works meeting"
    assert contract.name_in("Heiligabend", "en") == "Christmas Eve"


def test_without_a_ladder_the_breach_is_recorded_all_the_same(catalogue: Catalogue) -> None:
    ladder = catalogue.version("bergwerk-leitstand", "2026.1").ladder
    assert [promise for stage in ladder for promise in stage.promises] == list(Promise)
    told = (Recipient.CUSTOMER_CARE_MANAGER,)
    assert {(stage.action, stage.fraction, stage.notify) for stage in ladder} == {(StageAction.BREACH, Fraction(1), told)}
    assert len({stage.id for stage in ladder}) == 2


def test_a_ladder_without_a_breach_gets_one(catalogue: Catalogue) -> None:
    director, *breaches = catalogue.version("northwind-hosting", "7").ladder
    assert director.notify == (Recipient.SERVICE_MANAGER, Recipient.CUSTOMER)
    assert director.after is not None
    assert (director.action, director.after.target, director.after.calendar) == (
        StageAction.ESCALATE,
        WorkingTime(timedelta(hours=1)),
        "always",
    )
    assert [stage.action for stage in breaches] == [StageAction.BREACH] * 2


def test_a_contract_needs_little(load: Load) -> None:
    contract = load("calendars.always.hours = '24/7'\nfamilies.all.priorities.2.response.working_hours = 1.5\n")
    on = contract.promises(product="all", classification=None, priority=None)[Promise.RESPONSE]
    assert on.target == WorkingTime(timedelta(minutes=90))
    assert on.calendar == contract.reopening.calendar == contract.calendar == "always"
    assert contract.name == {"en": "x"}
    assert contract.products["all"].name == {"en": "all"}
    assert contract.family_of("all").priorities[2].severity == {"en": "2"}
    assert contract.family_of("all").untriaged_priority == 2
    assert contract.reopening.target == WorkingDays(10)
    assert contract.support.email is None
    assert (contract.tiers, contract.guarantees, contract.classifications) == ({}, (), {})


def test_a_contract_may_promise_availability_and_nothing_else(load: Load) -> None:
    contract = load("calendars.always.hours = '24/7'\nguarantees.uptime.percent = 100\n")
    (guarantee,) = contract.guarantees
    assert (guarantee.target, guarantee.period, guarantee.maintenance.excluded) == (Fraction(1), Period.MONTH, False)


def test_all_days_round_the_clock_have_23_hours_when_the_clocks_go_forward(load: Load) -> None:
    always = load("calendars.always.hours = '24/7'\n").calendars["always"].versions[0].calendar
    march_29 = datetime(2026, 3, 29, tzinfo=ROME)
    assert always.elapsed(march_29, datetime(2026, 3, 30, tzinfo=ROME)) == timedelta(hours=23)


def test_a_calendar_may_be_in_another_zone_than_the_contract(load: Load) -> None:
    contract = load("calendars.tokyo = { hours = { mon-fri = ['09:00-10:00'] }, zone = 'Asia/Tokyo' }\n")
    tokyo = contract.calendars["tokyo"].versions[0].calendar
    assert tokyo.is_open(datetime(2026, 8, 10, 0, 30, tzinfo=UTC))
    assert not tokyo.is_open(datetime(2026, 8, 10, 9, 30, tzinfo=UTC))


def test_a_target_is_counted_on_the_calendar_named_nearest_to_it(load: Load) -> None:
    contract = load(
        "calendar = 'e'\n"
        "[calendars]\na.hours = '24/7'\nb.hours = '24/7'\nc.hours = '24/7'\nd.hours = '24/7'\ne.hours = '24/7'\n"
        "[families]\n"
        "bare.priorities.1.response.working_hours = 1\n"
        "one = { calendar = 'd', priorities.1.response.working_hours = 1 }\n"
        "two = { calendar = 'd', response_calendar = 'c', priorities.1.response.working_hours = 1 }\n"
        "three = { response_calendar = 'c', priorities.1 = { calendar = 'b', response.working_hours = 1 } }\n"
        "four = { priorities.1 = { calendar = 'b', response = { working_hours = 1, calendar = 'a' } } }\n"
        "five = { calendar = 'd', response_calendar = 'c', priorities.1.resolution.working_hours = 1 }\n"
    )
    counted_on = {id: [on.calendar for on in family.priorities[1].targets.values()] for id, family in contract.families.items()}
    assert counted_on == {"bare": ["e"], "one": ["d"], "two": ["c"], "three": ["b"], "four": ["a"], "five": ["d"]}


def test_the_row_before_triage_need_not_be_the_first(load: Load) -> None:
    contract = load("calendars.a.hours = '24/7'\nfamilies.x = { priorities = { 1 = {}, 2 = {} }, untriaged_priority = 2 }\n")
    assert contract.families["x"].untriaged_priority == 2


def test_a_guarantee_may_be_judged_in_another_zone(load: Load) -> None:
    contract = load("calendars.a.hours = '24/7'\nguarantees.g = { percent = 99, zone = 'Asia/Tokyo' }\n")
    assert contract.guarantees[0].zone == "Asia/Tokyo"


def test_classifications_need_no_targets_where_the_contract_has_none(load: Load) -> None:
    contract = load("calendars.a.hours = '24/7'\nclassifications.question = {}\n")
    assert not contract.classification("question").has_targets


def test_days_may_be_given_as_a_range_across_the_weekend(load: Load) -> None:
    contract = load("[calendars.shop]\nhours = { fri-mon = ['10:00-12:00'], tue = ['10:00-11:00', '11:00-12:00'] }\n")
    shop = contract.calendars["shop"].versions[0].calendar
    week = [shop.is_open(datetime(2026, 8, 10 + day, 11, tzinfo=UTC)) for day in range(7)]
    assert week == [True, True, False, False, True, True, True]


def test_a_version_may_take_effect_at_an_instant_and_may_be_quoted(tmp_path: Path) -> None:
    for number, effective in enumerate(("2026-01-01T09:00:00+01:00", "'2026-02-01'", "2026-03-01")):
        text = f"id = 'x'\nversion = '{number}'\neffective_from = {effective}\nvendor = 'X'\nzone = 'Asia/Tokyo'\n"
        (tmp_path / f"{number}.toml").write_text(text + "calendars.a.hours = '24/7'\n", encoding="utf-8")
    assert [contract.effective_from for contract in parser.load([tmp_path]).contracts] == [
        datetime(2026, 1, 1, 8, tzinfo=UTC),
        datetime(2026, 1, 31, 15, tzinfo=UTC),
        datetime(2026, 2, 28, 15, tzinfo=UTC),
    ]
    assert {contract.effective_from.tzinfo for contract in parser.load([tmp_path]).contracts} == {UTC}


def test_one_string_serves_for_every_language(load: Load) -> None:
    contract = load("languages = ['it', 'en']\ncalendars.a.hours = '24/7'\nclauses.name = 'ZenShare'\n")
    assert contract.clauses["name"] == {"it": "ZenShare", "en": "ZenShare"}


def test_the_first_language_of_the_contract_is_that_of_its_texts(load: Load) -> None:
    contract = load("languages = ['it', 'en']\ncalendars.a.hours = '24/7'\nclauses.yes = { en = 'yes', it = 'sì' }\n")
    assert text_in(contract.clauses["yes"], "de") == "sì"


def test_a_tier_replaces_an_included_right_of_the_same_id(load: Load) -> None:
    contract = load(
        "calendars.a.hours = '24/7'\n"
        "[tiers.silver]\nrights.updates = { name = 'Updates', terms = 'quoted' }\nrights.fixes.name = 'Fixes'\n"
        "[tiers.gold]\nincludes = 'silver'\notherwise = 'charged'\nrights.updates.name = 'Updates'\n"
    )
    assert contract.tiers["silver"].covers == ({"en": "Fixes"},)
    assert contract.tiers["gold"].covers == ({"en": "Updates"}, {"en": "Fixes"})
    assert contract.tiers["gold"].otherwise == "charged"


def test_estimates_have_the_usual_terms_where_the_contract_names_none(load: Load) -> None:
    contract = load("calendars.a.hours = '24/7'\n")
    assert contract.quotation == Quotation()
    assert contract.access_grace == timedelta(days=3)


def test_estimates_have_the_terms_that_the_contract_names(load: Load) -> None:
    contract = load(
        "calendars.a.hours = '24/7'\naccess.grace_days = 0\n"
        "classifications.no.course = 'closure'\n"
        "[quotation]\ncurrency = 'CHF'\nvat_percent = 0\nhours_per_day = 7.5\nvalidity_days = 14\n"
        "reminders = []\ndeclined_as = 'no'\n"
    )
    assert contract.quotation == Quotation(
        currency="CHF",
        vat_percent=Decimal(0),
        hours_per_day=Decimal("7.5"),
        validity=timedelta(days=14),
        reminders=(),
        declined_as="no",
    )
    assert contract.access_grace == timedelta(0)


def test_a_request_takes_the_course_of_a_repair_unless_the_contract_says_otherwise(load: Load) -> None:
    contract = load("calendars.a.hours = '24/7'\nclassifications.fault = {}\nclassifications.wish.course = 'quote'\n")
    assert [each.course for each in contract.classifications.values()] == [Course.REPAIR, Course.QUOTE]


def test_the_digest_is_of_the_content_and_not_of_its_layout(load: Load) -> None:
    plain = load("languages = ['en']\ncalendars.a.hours = '24/7'\nguarantees.g.percent = 99.5\n").digest
    relaid = "# comment\nlanguages = [ \"en\", ]\n[guarantees.g]\npercent = 99.50\n[calendars.a]\nhours = '24/7'\n"
    assert load(relaid).digest == plain
    assert load(relaid.replace("99.50", "99.51")).digest != plain
    assert len(plain) == 64
