"""A line that is wrong gets a sentence that says what is wrong, and the lines after it are answered."""

import json
from typing import Any

import pytest

from shared.proof.answers import Calculator
from tests.unit.test_calculate import AVAILABILITY, DUE, OFFICE, ask

CALENDAR: dict[str, Any] = OFFICE["calendar"]  # type: ignore[assignment]
ELAPSED = {"id": "c", "op": "elapsed", "calendar": "office", "start": "2026-08-06T18:00:00Z", "end": "2026-08-07T09:00:00Z"}


def refused(*lines: object) -> Any:
    """The last of these lines is wrong. What it answers, once the line after it has been answered too."""
    answers, status = ask(OFFICE, *lines, {**DUE, "id": "after"})
    assert status == 1
    assert answers[-1] == {"id": "after", "due": "2026-08-07T10:00:00+00:00"}
    assert set(answers[-2]) == {"id", "error"}
    return answers[-2]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "Line 2 is not JSON: expecting property name"),
        ('{"id": "a"} {"id": "b"}', "Line 2 is not JSON: extra data at column 13"),
        ("nonsense", "Line 2 is not JSON: expecting value at column 1"),
        (b'{"id": "\xff"}', "Line 2 is not JSON: it is not UTF-8"),
        ("[" * 200_000, "Line 2 is not JSON: it is nested too deeply"),
        ('{"id": ' + "9" * 5000 + "}", "Line 2 is not JSON: it has a number of too many digits"),
        ("[]", "Line 2 is not a JSON object but []"),
        ("null", "Line 2 is not a JSON object but None"),
        ('"due"', "Line 2 is not a JSON object but 'due'"),
        ("{}", 'Line 2 has no "id"; every question needs one'),
        ({"op": "due"}, 'Line 2 has no "id"'),
        ({**DUE, "id": None}, 'Line 2 has no "id"'),
        ({**DUE, "id": ["a"]}, "The \"id\" of line 2 is a string or a whole number; not ['a']"),
        ({**DUE, "id": True}, 'The "id" of line 2 is a string or a whole number; not True'),
        ('{"id": NaN}', 'The "id" of line 2 is a string or a whole number; not nan'),
    ],
)
def test_a_line_without_a_usable_id_is_named_by_its_number(line: object, says: str) -> None:
    answer = refused(line)
    assert answer["id"] is None and says in answer["error"]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"id": "x"}, '"op" is one of due, elapsed, explain, availability, or the line is a "define"; and this line has neither'),
        ({"id": "x", "op": "dew"}, "not 'dew'"),
        ({"id": "x", "op": ["due"]}, "not ['due']"),
        ({**DUE, "id": "x", "calendar": "home"}, "No line before this one defines a calendar 'home'"),
        ({**DUE, "id": "x", "calendar": None}, "defines a calendar None"),
        (
            {**DUE, "id": "x", "until": "now"},
            "A question of the kind 'due' has no 'until'; allowed: id, op, calendar, start, target, pauses",
        ),
        ({**DUE, "id": "x", "end": "2026-08-06T17:30:00Z"}, "has no 'end'"),
        (
            {"id": "x", "op": "due", "calendar": "office", "target": {"working_hours": 4}},
            "needs 'start'; required: id, op, calendar",
        ),
        ({**ELAPSED, "id": "x", "end": "2026-08-07T09:00:00"}, "end is '2026-08-07T09:00:00', without its offset from UTC"),
        ({**ELAPSED, "id": "x", "end": "2026-08-07"}, "end is an instant such as 2026-08-07T17:50:00+02:00"),
        (
            {**ELAPSED, "id": "x", "end": "2026-02-30T09:00:00Z"},
            "end is '2026-02-30T09:00:00Z', and there is no such date or time",
        ),
        ({**ELAPSED, "id": "x", "end": "2026-02-03T25:00:00Z"}, "there is no such date or time"),
        ({**ELAPSED, "id": "x", "end": "2026-08-07T09:00:00.1234567Z"}, "at most six decimals of a second"),
        ({**ELAPSED, "id": "x", "end": 1786000000}, "not 1786000000"),
        ({**ELAPSED, "id": "x", "end": "0001-01-01T00:00:00+01:00"}, "is outside the years"),
        ({**ELAPSED, "id": "x", "start": "1989-12-31T00:00:00Z"}, "outside the years that calendars are kept for (1990 to 2200)"),
        ({**ELAPSED, "id": "x", "start": "2201-12-31T00:00:00Z"}, "outside the years that calendars are kept for (1990 to 2200)"),
        ({**DUE, "id": "x", "target": 4}, 'A target is an object such as {"working_hours": 4}; not 4'),
        ({**DUE, "id": "x", "target": {}}, "this one names nothing"),
        ({**DUE, "id": "x", "target": {"working_hours": 4, "working_days": 1}}, "at once"),
        ({**DUE, "id": "x", "target": {"working_hours": True}}, "working_hours is a number, zero or more, not True"),
        ({**DUE, "id": "x", "target": {"working_hours": float("nan")}}, "not nan"),
        ({**DUE, "id": "x", "target": {"working_hours": float("inf")}}, "not inf"),
        ({**DUE, "id": "x", "target": {"working_hours": -1}}, "zero or more"),
        ({**DUE, "id": "x", "target": {"working_seconds": 1e-7}}, "exact to the microsecond"),
        ({**DUE, "id": "x", "target": {"working_days": 0}}, "working_days is a whole number from 1 on, not 0"),
        ({**DUE, "id": "x", "target": {"working_days": 1, "at": "noon"}}, "at is close or same_time, not 'noon'"),
        ({**DUE, "id": "x", "target": {"working_hours": 1_000_000}}, "due after 2200"),
        ({**DUE, "id": "x", "target": {"working_days": 10**30}}, "due after 2200"),
        ({**DUE, "id": "x", "pauses": 7}, "pauses is a list of pairs [from, to or null]; not 7"),
        ({**DUE, "id": "x", "pauses": [["2026-08-06T18:00:00Z"]]}, "A pause is a pair [from, to or null]"),
        ({**DUE, "id": "x", "pauses": [["2026-08-06T18:00:00Z", "2026-08-06T17:00:00Z"]]}, "A pause ends before it starts"),
        ({**DUE, "id": "x", "pauses": [[None, "2026-08-06T17:00:00Z"]]}, "A pause is an instant"),
        ({**DUE, "id": "x", "pauses": [["2026-08-06T18:00:00", None]]}, "without its offset"),
        ({**AVAILABILITY, "id": "x", "period": ["2026-03-01T00:00:00Z"]}, "period is a pair [from, to]"),
        (
            {**AVAILABILITY, "id": "x", "period": ["2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"]},
            "A period must end after it starts",
        ),
        ({**AVAILABILITY, "id": "x", "target": "99,95"}, 'per cent from 0 to 100, such as "99.95"'),
        ({**AVAILABILITY, "id": "x", "target": 101}, "per cent from 0 to 100"),
        ({**AVAILABILITY, "id": "x", "states": [["2026-03-01T00:00:00Z", "fine"]]}, "A state is up, down, unknown; not 'fine'"),
        ({**AVAILABILITY, "id": "x", "states": [["2026-03-01T00:00:00Z", ["up"]]]}, "A state is up, down, unknown"),
        ({**AVAILABILITY, "id": "x", "states": {}}, "states is a list of pairs"),
        (
            {**AVAILABILITY, "id": "x", "states": [["2026-03-01T00:00:00Z", "up"], ["2026-03-01T01:00:00+01:00", "down"]]},
            "At 2026-03-01T00:00:00+00:00 the service cannot be both up and down",
        ),
        (
            {**AVAILABILITY, "id": "x", "maintenance": [["2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z"]]},
            "A maintenance ends before",
        ),
        ({**AVAILABILITY, "id": "x", "now": "yesterday"}, "now is an instant"),
        ({**AVAILABILITY, "id": "x", "calendar": "office"}, "A question of the kind 'availability' has no 'calendar'"),
    ],
)
def test_a_wrong_question_is_answered_by_its_id_and_a_sentence(question: object, says: str) -> None:
    answer = refused(question)
    assert answer["id"] == "x" and says in answer["error"]
    assert answer["error"].endswith(".")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tz": "Mars/Olympus"}, "There is no time zone 'Mars/Olympus'"),
        ({"tz": None}, "tz is an IANA name such as Europe/Rome; not None"),
        ({"zone": "Europe/Rome"}, "A calendar has no 'zone'; allowed: tz, weekly, holidays, closures, openings"),
        ({"weekly": {"monday": []}}, "weekly has no 'monday'; allowed: mon, tue, wed, thu, fri, sat, sun"),
        ({"weekly": []}, "weekly is an object"),
        ({"weekly": {"mon": "09:00-13:00"}}, "mon is a list of shifts"),
        ({"weekly": {"mon": [["09:00"]]}}, 'A shift of mon is a pair [opens, closes], such as ["09:00", "13:00"]'),
        ({"weekly": {"mon": [["9", "13"]]}}, "A time of mon is written HH:MM or HH:MM:SS, up to 48:00; not '9'"),
        ({"weekly": {"mon": [["09:60", "13:00"]]}}, "A time of mon is written"),
        ({"weekly": {"mon": [[9, 13]]}}, "A time of mon is written"),
        ({"weekly": {"mon": [["22:00", "06:00"]]}}, "(30:00 is 06:00 the next morning), not at 06:00"),
        ({"weekly": {"mon": [["22:00", "48:01"]]}}, "at most 48:00"),
        ({"weekly": {"mon": [["24:00", "30:00"]]}}, "opens from 00:00 to before 24:00"),
        ({"holidays": ["25/12/2026"]}, "A holiday is a date such as 2026-12-25; not '25/12/2026'"),
        ({"holidays": ["2026-02-29"]}, "There is no date '2026-02-29'"),
        ({"holidays": {"country": "XX"}}, "No holidays are known for 'XX'"),
        ({"holidays": {"country": 39}}, "country is an ISO 3166 code such as IT; not 39"),
        ({"holidays": {"country": "IT", "subdivision": "XX"}}, "IT has no subdivision 'XX'"),
        ({"holidays": {"country": "IT", "province": "MI"}}, "has no 'province'; allowed: country, subdivision, extra"),
        ({"holidays": {"extra": []}}, "needs 'country'"),
        ({"holidays": "IT"}, "holidays, unless it is a list of dates, is an object with country; not 'IT'"),
        ({"closures": [["2026-08-10T00:00"]]}, "One of the closures is a pair [from, to]"),
        ({"closures": [["2026-08-10", "2026-08-22"]]}, "closures has local date-times such as 2026-08-10T00:00"),
        ({"closures": [["2026-08-10T00:00+02:00", "2026-08-22T00:00+02:00"]]}, "without an offset"),
        ({"closures": [["2026-08-22T00:00", "2026-08-10T00:00"]]}, "A closure must end after it starts"),
        ({"openings": [["2026-08-10T00:00", "2026-08-10T25:00"]]}, "there is no such date or time"),
        ({"openings": [["2026-02-30T00:00", "2026-02-30T24:00"]]}, "there is no such date or time"),
        ({"openings": 4}, "openings is a list of pairs [from, to]; not 4"),
    ],
)
def test_a_wrong_definition_is_answered_too_and_so_is_who_asks_for_it(changes: dict[str, object], says: str) -> None:
    wrong = {"define": "wrong", "calendar": {**CALENDAR, **changes}}
    answer = refused(wrong)
    assert answer["id"] is None and says in answer["error"]
    asked = refused(wrong, {**DUE, "id": "x", "calendar": "wrong"})
    assert asked["id"] == "x" and asked["error"].startswith("The definition of the calendar 'wrong' was wrong: ")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"define": ""}, "A definition needs 'calendar'"),
        ({"define": "", "calendar": CALENDAR}, "\"define\" is the name of a calendar; not ''"),
        ({"define": 4, "calendar": CALENDAR}, '"define" is the name of a calendar; not 4'),
        ({"define": "home", "calendar": "office"}, "A calendar is an object with tz, weekly; not 'office'"),
        ({"define": "home", "calendar": {"tz": "Europe/Rome"}}, "A calendar needs 'weekly'"),
        ({"define": "home", "calendar": CALENDAR, "op": "due"}, "A definition has no 'op'"),
    ],
)
def test_a_definition_has_a_name_and_a_calendar(line: object, says: str) -> None:
    assert says in refused(line)["error"]


def test_a_wrong_definition_may_be_put_right() -> None:
    wrong = {"define": "home", "calendar": {**CALENDAR, "tz": "Mars/Olympus"}}
    answers, status = ask(wrong, {"define": "home", "calendar": CALENDAR}, {**DUE, "calendar": "home"})
    assert status == 1 and answers[-1]["due"] == "2026-08-07T10:00:00+00:00"


def test_a_key_that_is_given_twice_is_refused() -> None:
    line = json.dumps(DUE)[:-1] + ', "start": "2026-08-07T17:30:00+02:00"}'
    assert refused(line) == {"id": "a", "error": "Line 2 gives 'start' twice."}


def test_a_calendar_that_never_opens_and_one_whose_days_run_out_are_sentences() -> None:
    never = {"define": "never", "calendar": {"tz": "UTC", "weekly": {}}}
    answer = refused(never, {**DUE, "calendar": "never"})
    assert answer["error"] == "The calendar is never open after 2026-08-06T15:30:00+00:00, so nothing can fall due."


def test_a_very_long_value_is_quoted_in_part() -> None:
    assert len(refused({**DUE, "start": "x" * 10**6})["error"]) < 300


def test_null_says_the_same_as_leaving_an_optional_list_out() -> None:
    calculator = Calculator()
    lists = ("holidays", "closures", "openings")
    bare = {"tz": "Europe/Rome", "weekly": {"fri": [["09:00", "13:00"]]}}
    calculator.define({"define": "nulls", "calendar": {**bare, **dict.fromkeys(lists)}})
    question = {
        "op": "due",
        "calendar": "nulls",
        "start": "2026-08-07T09:00:00+02:00",
        "target": {"working_hours": 4},
        "pauses": None,
    }
    assert calculator.answer({"id": "x", **question})["due"] == "2026-08-07T11:00:00+00:00"
