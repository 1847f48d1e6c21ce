"""Every mistake in a contract file is one sentence that names the file, the key and what is allowed; all of them at once."""

from pathlib import Path

import pytest

from shared.catalogue import parser
from shared.domain.errors import CatalogueError

HEAD = {
    "id": 'id = "acme"',
    "version": 'version = "1"',
    "effective_from": "effective_from = 2026-01-01",
    "vendor": 'vendor = "Acme"',
    "languages": 'languages = ["it", "en"]',
    "zone": 'zone = "Europe/Rome"',
    "calendar": 'calendar = "office"',
}
BODY = """
[calendars.office]
hours = { mon-fri = ["09:00-18:00"] }
[calendars.always]
hours = "24/7"
[families.web]
priorities.1 = { response = { working_hours = 1 } }
priorities.2 = { response = { working_hours = 2 } }
[families.mail]
priorities.1 = { response = { working_hours = 1 } }
"""


def a_file(rest: str = "", **changed: str) -> str:
    """A file without mistakes, with some lines of its head changed ("" leaves them out), and more at its end."""
    return "\n".join(line for line in {**HEAD, **changed}.values() if line) + BODY + rest


def mistakes_in(folder: Path, *texts: str | bytes) -> list[str]:
    for number, text in enumerate(texts):
        content = text if isinstance(text, bytes) else text.encode()
        (folder / f"{'abcdef'[number]}.toml").write_bytes(content)
    with pytest.raises(CatalogueError) as caught:
        parser.load([folder])
    assert caught.value.facts["mistakes"] == tuple(caught.value.detail.split("\n"))
    return [mistake.replace(f"{folder}/", "") for mistake in caught.value.detail.split("\n")]


def test_the_file_these_tests_change_has_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(a_file(), encoding="utf-8")
    assert len(parser.load([tmp_path]).contracts) == 1


CALENDARS = "allowed: office, always."
LANGUAGES = "the contract's languages are it, en."


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ({"id": 'id = "Acme srl"'}, "id is not an id; allowed: up to 64 letters"),
        ({"id": ""}, "id is missing. The contract's id, the same in all its versions."),
        (
            {"version": "version = 2026"},
            'version must be a text in quotes of letters, digits, -, _ and dots, such as "2026-1", not 2026.',
        ),
        (
            {"effective_from": "effective_from = 2026-01-01T00:00:00"},
            "or a date-time with an offset (2026-01-01T00:00:00+01:00), not",
        ),
        ({"effective_from": "effective_from = 2026"}, "effective_from must be a date (2026-01-01: from the start of that day"),
        ({"effective_from": "effective_from = 1815-06-18"}, "effective_from must lie in the years 1990 to 2200, not in 1815."),
        ({"vendor": 'vendor = " "'}, "vendor must be a text in quotes, not ' '."),
        ({"languages": "languages = []"}, "languages must have at least one entry."),
        ({"languages": 'languages = ["it", "it"]'}, "languages names something twice; each may stand once."),
        ({"languages": "languages = [1]"}, 'languages[1] must be a language tag such as "it" or "en", not 1.'),
        (
            {"zone": 'zone = "Europe/Rom"'},
            "zone must be the IANA name of a time zone, such as Europe/Rome or UTC, not 'Europe/Rom'.",
        ),
        ({"zone": 'zone = "Europe"'}, "zone must be the IANA name of a time zone"),
        ({"calendar": 'calendar = "shop"'}, f"calendar names 'shop', which is not among the calendars; {CALENDARS}"),
        ({"calendar": ""}, "calendar is missing; with several calendars it must name one of: office, always."),
        ({"calendar": 'calendar = "office"\ncalender = 1'}, "calender is not a key that may stand here; allowed: id, version,"),
    ],
)
def test_a_mistake_at_the_top_of_the_file(tmp_path: Path, head: dict[str, str], sentence: str) -> None:
    (mistake,) = mistakes_in(tmp_path, a_file(**head))
    assert mistake.startswith("a.toml: ")
    assert sentence in mistake


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        ('[support]\nemail = "help"', "support.email must be an e-mail address, not 'help'."),
        (
            '[support]\nphone_calendar = "shop"',
            f"support.phone_calendar names 'shop', which is not among the calendars; {CALENDARS}",
        ),
        (
            "[support]\nfax = 1",
            "support.fax is not a key that may stand here; allowed: email, phone, email_calendar, phone_calendar, phone_clause.",
        ),
        # calendars
        ("[calendars.x]", "calendars.x.hours is missing. The weekly hours"),
        (
            "[calendars.x]\nhours = 24",
            'calendars.x.hours must be "24/7" or a table such as { mon-fri = ["09:00-18:00"] }, not 24.',
        ),
        ("[calendars.x]\nhours = {}", "calendars.x.hours leaves the calendar closed for ever; give at least one interval"),
        ("[calendars.x]\nhours.mon = []", "calendars.x.hours leaves the calendar closed for ever; give at least one interval"),
        (
            "[calendars.x]\nhours.monday = ['09:00-10:00']",
            "calendars.x.hours.monday is not a day or a range of days; allowed: mon, tue",
        ),
        ("[calendars.x]\nhours.mon-mon = ['09:00-10:00']", "calendars.x.hours.mon-mon is not a day or a range of days"),
        ("[calendars.x]\nhours.mon = '09:00-10:00'", "calendars.x.hours.mon must be a list in [ ], not '09:00-10:00'."),
        (
            "[calendars.x]\nhours.mon = ['08:00-09:00', '9-10']",
            "calendars.x.hours.mon[2] must be an interval such as 09:00-13:00",
        ),
        (
            "[calendars.x]\nhours.mon = [9]",
            'calendars.x.hours.mon[1] must be an interval in quotes, such as "09:00-13:00", not 9.',
        ),
        ("[calendars.x]\nhours.mon = ['09:60-10:00']", "calendars.x.hours.mon[1] must be an interval such as 09:00-13:00"),
        (
            "[calendars.x]\nhours.mon = ['22:00-06:00']",
            "not '22:00-06:00'; a night shift until 6 in the morning is written 22:00-30:00.",
        ),
        ("[calendars.x]\nhours.mon = ['09:00-09:00']", "calendars.x.hours.mon[1] must close after it opens, not '09:00-09:00'"),
        ("[calendars.x]\nhours.mon = ['24:00-25:00']", "calendars.x.hours.mon[1] must open before 24:00 and close by 48:00"),
        ("[calendars.x]\nhours.mon = ['22:00-48:01']", "calendars.x.hours.mon[1] must open before 24:00 and close by 48:00"),
        (
            "[calendars.x]\nhours.mon-tue = ['12:00-14:00', '09:00-13:00']",
            "calendars.x.hours has intervals that overlap on mon: 09:00-13:00 and 12:00-14:00.",
        ),
        (
            "[calendars.x]\nhours = { mon-fri = ['09:00-10:00'], wed = ['11:00-12:00'] }",
            "calendars.x.hours gives wed twice; each day may stand under one key only.",
        ),
        ("[calendars.x]\nhours = '24/7'\nzone = 'Mars'", "calendars.x.zone must be the IANA name of a time zone"),
        (
            "[calendars.x]\nhours = '24/7'\nholidays.country = 'XX'",
            "calendars.x.holidays cannot be found: No holidays are known for 'XX'",
        ),
        (
            "[calendars.x]\nhours = '24/7'\nholidays = { country = 'IT', subdivision = 'Atlantis' }",
            "calendars.x.holidays cannot be found: IT has no subdivision 'Atlantis'",
        ),
        (
            "[calendars.x]\nhours = '24/7'\nholidays.subdivision = 'BZ'",
            "calendars.x.holidays names a subdivision but no country.",
        ),
        (
            "[calendars.x]\nhours = '24/7'\nholidays.extra.12-32 = 'x'",
            "calendars.x.holidays.extra.12-32 is not a date from 1990 to 2200",
        ),
        (
            "[calendars.x]\nhours = '24/7'\nholidays.extra.2027-02-29 = 'x'",
            "holidays.extra.2027-02-29 is not a date from 1990 to 2200",
        ),
        (
            "[calendars.x]\nhours = '24/7'\nclosures = [{ first_day = 2026-08-21, last_day = 2026-08-10 }]",
            "calendars.x.closures[1] ends before it begins",
        ),
        (
            "[calendars.x]\nhours = '24/7'\nclosures = [{ starts = 2026-08-21, ends = 2026-08-22T00:00:00 }]",
            "closures[1].starts must be a local date-time without an offset, such as 2026-12-24T14:30:00",
        ),
        (
            "[calendars.x]\nhours = '24/7'\nopenings = [{ starts = 2026-08-21T09:00:00+02:00, ends = 2026-08-22T00:00:00 }]",
            "calendars.x.openings[1].starts must be a local date-time without an offset",
        ),
        (
            "[calendars.x]\nhours = '24/7'\nclosures = [{ last_day = 2026-08-21 }]",
            "closures[1] must have first_day (and last_day), or starts",
        ),
        # texts
        ("clauses.a = 'x'", "families.mail.clauses is not a key that may stand here; allowed: name, response_name,"),
        ("[clauses]\na = { it = 'sì' }", f"clauses.a lacks the language en; {LANGUAGES}"),
        (
            "[clauses]\na = { it = 'sì', en = 'yes', de = 'ja' }",
            "clauses.a has the language de, which is not one of the contract's: it, en.",
        ),
        ("[clauses]\na = { it = 'sì', en = '' }", "clauses.a must have a text in quotes for 'en', not an empty one."),
        ("[clauses]\na = ''", "clauses.a must be a text in quotes, not an empty one."),
        ("[clauses]\na = 1", "clauses.a must be a text, or a table with a text for each language, not 1."),
        # tables of targets
        ("[families.x]", "families.x.priorities is missing. The rows by number"),
        ("[families.x.priorities]", "families.x.priorities must have at least one entry."),
        ("[families.x.priorities.high]", "families.x.priorities.high is not a priority; allowed: whole numbers such as 1"),
        ("[families.x.priorities.01]", "families.x.priorities.01 is not a priority; allowed: whole numbers such as 1"),
        ("[families.x]\npriorities.1 = 4", "families.x.priorities.1 must be a table, not 4."),
        (
            "[families.x]\nuntriaged_priority = 3\npriorities = { 1 = {}, 2 = {} }",
            "families.x.untriaged_priority is 3, which is not among",
        ),
        (
            "[families.x]\npriorities.1 = {}\nresponse_calendar = 'shop'",
            "families.x.response_calendar names 'shop', which is not among the cal",
        ),
        (
            "[families.x.priorities.1]\nresponse = {}",
            "response must have exactly one of working_days, working_hours, working_minutes, working",
        ),
        (
            "[families.x.priorities.1]\nresponse = { working_hours = 1, working_days = 1 }",
            "response must have exactly one of working_days,",
        ),
        (
            "[families.x.priorities.1]\nresponse.working_hours = '4'",
            "families.x.priorities.1.response.working_hours must be a number, not '4'.",
        ),
        (
            "[families.x.priorities.1]\nresponse.working_hours = nan",
            "families.x.priorities.1.response.working_hours must be a number, not NaN.",
        ),
        (
            "[families.x.priorities.1]\nresponse.working_hours = true",
            "priorities.1.response.working_hours must be a number, not true.",
        ),
        (
            "[families.x.priorities.1]\nresponse.working_hours = -4",
            "families.x.priorities.1.response is not a target: working_hours is zero",
        ),
        (
            "[families.x.priorities.1]\nresolution.working_minutes = 0",
            "families.x.priorities.1.resolution must be more than nothing; a promise that is not made is left out",
        ),
        (
            "[families.x.priorities.1]\nresolution.working_days = 1.5",
            "families.x.priorities.1.resolution is not a target: working_days is a",
        ),
        (
            "[families.x.priorities.1]\nresponse = { working_hours = 1, at = 'close' }",
            "response is not a target: A target in working_hours has no",
        ),
        (
            "[families.x.priorities.1]\nresponse = { working_days = 1, at = 'noon' }",
            "response.at must be 'close' or 'same_time', not 'noon'.",
        ),
        (
            "[families.x.priorities.1]\nresponse = { working_hours = 1, calendar = 'shop' }",
            "1.response.calendar names 'shop', which is not among",
        ),
        (
            "[families.x.priorities.1]\nworkaround = {}",
            "1.workaround is not a key that may stand here; allowed: severity, description, calendar,",
        ),
        # products, classifications, tiers
        ("[products.x]", "products.x.family is missing; with several families it must name one of: web, mail."),
        (
            "[products.x]\nfamily = 'phone'",
            "products.x.family names 'phone', which is not among the families; allowed: web, mail.",
        ),
        (
            "[products.x]\nfamily = 'web'\ndelivery = ['cloud']",
            "products.x.delivery[1] names 'cloud', which is not among the delivery; allowed: none",
        ),
        ('[products."x y"]\nfamily = "web"', "products.x y is not an id; allowed: up to 64 letters"),
        ("[classifications.bug]\nhas_targets = 'yes'", "classifications.bug.has_targets must be true or false, not 'yes'."),
        ("[classifications.bug]", "classifications give no request a deadline; at least one needs has_targets = true."),
        (
            "[classifications]\nbug.has_targets = true\nrequest.family = 'web'",
            "classifications.request names a family but has no targets; add has_targets = true, or leave the family out.",
        ),
        (
            "[classifications]\nbug = { has_targets = true, procedure = 'fix' }",
            "classifications.bug.procedure names 'fix', which is not among the procedures; allowed: none is defined.",
        ),
        ("[tiers.gold]\nincludes = 'silver'", "tiers.gold.includes names 'silver', which is not among the tiers; allowed: gold."),
        ("[tiers]\na.includes = 'b'\nb.includes = 'a'", "tiers include each other in a circle: a, b."),
        (
            "[tiers.gold.rights.x]\nname = 'x'\nterms = 'free'",
            "rights.x.terms must be 'covered', 'charged', 'quoted' or 'not_covered', not 'free'.",
        ),
        ("[tiers.gold.rights.x]\nterms = 'covered'", "tiers.gold.rights.x.name is missing."),
        (
            "[tiers.gold.rights.x]\nname = 'x'\nactivity = 'update'",
            "tiers.gold.rights.x.activity names 'update', which is not among the activities; allowed: none is defined.",
        ),
        (
            "[tiers.gold.rights.x]\nname = 'x'\nclause = 'b'\n[clauses]\na = 'x'",
            "tiers.gold.rights.x.clause names 'b', which is not among the clauses; allowed: a.",
        ),
        (
            "[tiers.gold.rights.x]\nname = 'x'\nsentence = { it = 'sì' }",
            f"tiers.gold.rights.x.sentence lacks the language en; {LANGUAGES}",
        ),
        ("[tiers.gold]\nclause = 'a'", "tiers.gold.clause names 'a', which is not among the clauses; allowed: none is defined."),
        ("[tiers.gold]\notherwise = 'free'", "tiers.gold.otherwise must be 'covered', 'charged', 'quoted' or 'not_covered', not"),
        (
            "[products.x]\nfamily = 'web'\nclause = 'a'",
            "products.x.clause names 'a', which is not among the clauses; allowed: none is defined.",
        ),
        ("[support]\nphone_clause = 'a'", "support.phone_clause names 'a', which is not among the clauses; allowed: none"),
        (
            "[classifications.bug]\nhas_targets = true\ncourse = 'fix'",
            "classifications.bug.course must be 'repair', 'quote', 'closure' or 'vulnerability', not 'fix'.",
        ),
        # estimates and access
        ("[quotation]\ncurrency = 'eur'", "quotation.currency must be three capital letters, such as \"EUR\", not 'eur'."),
        ("[quotation]\nvat_percent = 101", "quotation.vat_percent must be a number from 0 to 100, such as 22, not 101."),
        ("[quotation]\nvat_percent = '22'", "quotation.vat_percent must be a number from 0 to 100, such as 22, not '22'."),
        ("[quotation]\nhours_per_day = 0", "quotation.hours_per_day must be a number above 0 and at most 24, such as 8, not 0."),
        ("[quotation]\nhours_per_day = 25", "quotation.hours_per_day must be a number above 0 and at most 24"),
        ("[quotation]\nvalidity_days = 0", "quotation.validity_days must be 1 or more, not 0."),
        ("[quotation]\nvalidity_days = 1.5", "quotation.validity_days must be a whole number, not 1.5."),
        ("[quotation]\nreminders = [0]", "quotation.reminders[1] must be a number above 0 and at most 1"),
        ("[quotation]\nreminders = [0.9, 0.5]", "quotation.reminders must be in order, each once, and below 1"),
        ("[quotation]\nreminders = [0.5, 0.5]", "quotation.reminders must be in order, each once, and below 1"),
        ("[quotation]\nreminders = [0.5, 1]", "quotation.reminders must be in order, each once, and below 1"),
        (
            "[classifications]\nbug.has_targets = true\nrefused.course = 'closure'\n[quotation]\ndeclined_as = 'bug'",
            "quotation.declined_as names 'bug', which is not among the classifications of the course closure; allowed: refused.",
        ),
        ("[access]\ngrace_days = -1", "access.grace_days must be 0 or more, not -1."),
        # guarantees and the ladder
        ("[guarantees.g]", "guarantees.g.percent is missing. The promised availability in per cent, such as 99.95."),
        ("[guarantees.g]\npercent = 0", "guarantees.g.percent must be a number above 0 and at most 100, such as 99.95, not 0."),
        (
            "[guarantees.g]\npercent = 100.01",
            "guarantees.g.percent must be a number above 0 and at most 100, such as 99.95, not 100.01.",
        ),
        ("[guarantees.g]\npercent = '99.95 %'", "guarantees.g.percent must be a number above 0 and at most 100"),
        ("[guarantees.g]\npercent = nan", "guarantees.g.percent must be a number above 0 and at most 100"),
        ("[guarantees.g]\npercent = 99\nperiod = 'week'", "guarantees.g.period must be 'month' or 'year', not 'week'."),
        (
            "[guarantees.g]\npercent = 99\nmaintenance.notice.weeks = 1",
            "notice.weeks is not a key that may stand here; allowed: days, hours, min",
        ),
        (
            "[guarantees.g]\npercent = 99\nmaintenance.cap.hours = -1",
            "guarantees.g.maintenance.cap.hours must be 0 or more, not -1.",
        ),
        (
            "[guarantees.g]\npercent = 99\nmaintenance.calendar = 'x'",
            f"maintenance.calendar names 'x', which is not among the calendars; {CALENDARS}",
        ),
        (
            "[ladder.a]\nfraction = 1.5",
            "ladder.a.fraction must be a number above 0 and at most 1, such as 0.75 for three quarters, not 1.5.",
        ),
        ("[ladder.a]\nfraction = 0", "ladder.a.fraction must be a number above 0 and at most 1"),
        ("[ladder.a]\nfraction = nan", "ladder.a.fraction must be a number above 0 and at most 1"),
        ("[ladder.a]", "ladder.a must have either fraction (a share of the working time) or after"),
        (
            "[ladder.a]\nfraction = 1\nafter.working_hours = 1",
            "ladder.a must have either fraction (a share of the working time) or after",
        ),
        ("[ladder.a]\nfraction = 0.5\naction = 'breach'", "ladder.a is a breach, which comes at fraction 1 and nowhere else."),
        ("[ladder.a]\nfraction = 1\naction = 'warn'", "ladder.a warns when there is nothing left to warn of"),
        ("[ladder.a]\nafter.working_hours = 1\naction = 'warn'", "ladder.a warns when there is nothing left to warn of"),
        ("[ladder.a]\nfraction = 0.5\naction = 'call'", "ladder.a.action must be 'warn', 'breach' or 'escalate', not 'call'."),
        (
            "[ladder.a]\nfraction = 0.5\nnotify = ['boss']",
            "notify[1] must be 'assignee', 'customer_care_manager', 'service_manager' or 'customer'",
        ),
        ("[ladder.a]\nfraction = 0.5\npromises = []", "ladder.a.promises must have at least one entry."),
        (
            "[ladder]\na.fraction = 1\nb.fraction = 1",
            "ladder has two breaches of the response, a and b; allowed: one of each promise.",
        ),
        ("[reopening]\ncalendar = 'always'", "reopening must have exactly one of working_days"),
    ],
)
def test_a_mistake_further_down(tmp_path: Path, rest: str, sentence: str) -> None:
    (mistake,) = mistakes_in(tmp_path, a_file(rest))
    assert mistake.startswith("a.toml: ")
    assert sentence in mistake


def test_a_contract_without_calendars_is_told_how_to_have_one(tmp_path: Path) -> None:
    mistakes = mistakes_in(tmp_path, "\n".join(HEAD.values()))
    assert 'a.toml: calendars is missing. Calendars by name; [calendars.always] with hours = "24/7" is one.' in mistakes


def test_a_product_without_any_family_is_a_mistake(tmp_path: Path) -> None:
    text = "\n".join(HEAD.values()) + "\ncalendars.office.hours = '24/7'\nproducts.x = {}\n"
    assert mistakes_in(tmp_path, text) == ["a.toml: products.x.family is missing, and there are no families to choose from."]


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    first = a_file("[guarantees.g]\npercent = 101\n[ladder.a]\nfraction = 2", zone='zone = "Rome"', id="")
    mistakes = mistakes_in(tmp_path, first, "id =", a_file("[clauses]\na = 1", version="version = 1"))
    assert [mistake.split()[:2] for mistake in mistakes] == [
        ["b.toml:", "is"],
        ["a.toml:", "id"],
        ["a.toml:", "zone"],
        ["a.toml:", "guarantees.g.percent"],
        ["a.toml:", "ladder.a.fraction"],
        ["c.toml:", "version"],
        ["c.toml:", "clauses.a"],
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('id = "x"\nzone =\n', "a.toml: is not TOML: Invalid value (at line 2, column 7)."),
        ('id = "x"\nid = "y"\n', "a.toml: is not TOML: Cannot overwrite a value (at line 2"),
        ("[calendars.a]\n[calendars.a]\n", "a.toml: is not TOML: Cannot declare ('calendars', 'a') twice (at line 2"),
        (b'id = "x"\nvendor = "Societ\xe0"\n', "a.toml: line 2 is not UTF-8 (byte 0xe0); save the file as UTF-8."),
        ("", "a.toml: is empty; docs/catalogue.md shows what a contract file holds."),
        ("# nothing yet\n", "a.toml: is empty"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    (mistake,) = mistakes_in(tmp_path, content)
    assert mistake.startswith(sentence)


def test_a_byte_order_mark_and_line_ends_of_windows_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf" + a_file().replace("\n", "\r\n").encode())
    assert parser.load([tmp_path]).contracts[0].id == "acme"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"gone\.toml: cannot be read \(No such file or directory\)\.$"):
        parser.load([tmp_path / "gone.toml"])


def test_a_folder_without_a_contract_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=f"There is no contract in {tmp_path}"):
        parser.load([tmp_path])
    with pytest.raises(CatalogueError, match="There is no contract in an empty list of paths"):
        parser.load([])


def test_two_versions_may_not_share_a_name(tmp_path: Path) -> None:
    later = a_file(effective_from="effective_from = 2027-01-01")
    assert mistakes_in(tmp_path, a_file(), later) == [
        "b.toml: version is the same as in a.toml, which is also the contract 'acme'; each version needs its own."
    ]


def test_two_versions_may_not_take_effect_at_the_same_instant(tmp_path: Path) -> None:
    same_instant = a_file(version='version = "2"', effective_from="effective_from = 2025-12-31T23:00:00Z")
    (mistake,) = mistakes_in(tmp_path, a_file(), same_instant)
    assert mistake.startswith("b.toml: effective_from is the same as in a.toml")


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(a_file(), encoding="utf-8")
    assert len(parser.load([tmp_path, tmp_path / "a.toml", tmp_path]).contracts) == 1
