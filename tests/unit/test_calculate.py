"""The calculator's five operations, a line in and a line out."""

import io
import json
from typing import Any

import pytest

from shared.proof.calculate import run

OFFICE = {
    "define": "office",
    "calendar": {
        "tz": "Europe/Rome",
        "weekly": {day: [["09:00", "13:00"], ["14:30", "18:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": {"country": "IT", "subdivision": None, "extra": ["2026-10-10"]},
        "closures": [["2026-08-10T00:00", "2026-08-22T00:00"]],
        "openings": [["2026-08-12T10:00", "2026-08-12T12:00"]],
    },
}
DUE = {"id": "a", "op": "due", "calendar": "office", "start": "2026-08-06T17:30:00+02:00", "target": {"working_hours": 4}}
AVAILABILITY = {
    "id": "e",
    "op": "availability",
    "period": ["2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"],
    "now": None,
    "target": "99.95",
    "states": [["2026-03-01T00:00:00+01:00", "up"], ["2026-03-10T12:00:00+01:00", "up"], ["2026-03-10T11:00:00+01:00", "down"]],
    "maintenance": [["2026-03-10T11:15:00+01:00", "2026-03-10T11:45:00+01:00"]],
}


def ask(*questions: object) -> tuple[list[Any], int]:
    """The answers and the exit status. A question that is text or bytes is a line as it is."""
    lines = [q if isinstance(q, bytes) else (q if isinstance(q, str) else json.dumps(q)).encode() for q in questions]
    out = io.BytesIO()
    status = run([line + b"\n" for line in lines], out)
    return [json.loads(line) for line in out.getvalue().decode().splitlines()], status


def answer(**changes: object) -> Any:
    """The answer to DUE with some keys changed."""
    answers, status = ask(OFFICE, {**DUE, **changes})
    assert status == 0, answers
    return answers[0]


def test_a_deadline_in_hours() -> None:
    assert answer() == {"id": "a", "due": "2026-08-07T10:00:00+00:00"}


def test_a_deadline_in_days_over_the_summer_closure_with_its_on_call_hours() -> None:
    assert answer(target={"working_days": 2, "at": "close", "received": "next_opening"})["due"] == "2026-08-12T10:00:00+00:00"
    assert answer(target={"working_days": 3})["due"] == "2026-08-24T16:30:00+00:00"


def test_a_microsecond_is_written_out() -> None:
    assert answer(start="2026-08-06T17:30:00.000001+02:00")["due"] == "2026-08-07T10:00:00.000001+00:00"


def test_there_is_no_deadline_while_paused() -> None:
    assert answer(pauses=[["2026-08-06T18:00:00+02:00", None]])["due"] is None
    assert answer(pauses=[["2026-08-06T18:00:00+02:00", "2026-08-06T18:15:00Z"]])["due"] == "2026-08-07T10:30:00+00:00"


def test_elapsed_is_in_seconds_and_signed() -> None:
    question = {
        "id": 7,
        "op": "elapsed",
        "calendar": "office",
        "start": "2026-08-06T18:00:00+02:00",
        "end": "2026-08-07T09:00:00.5+02:00",
    }
    back = {**question, "start": question["end"], "end": question["start"]}
    answers, status = ask(OFFICE, question, back)
    assert (answers, status) == ([{"id": 7, "seconds": 1800.5}, {"id": 7, "seconds": -1800.5}], 0)


def test_an_explanation_is_a_ledger_from_start_to_due() -> None:
    explained = answer(op="explain", start="2026-12-24T18:00:00+01:00", target={"working_hours": 1})
    assert explained == {
        "id": "a",
        "due": "2026-12-28T08:30:00+00:00",
        "ledger": [
            {"from": "2026-12-24T17:00:00+00:00", "to": "2026-12-24T17:30:00+00:00", "counted_s": 1800.0, "reason": None},
            {"from": "2026-12-24T17:30:00+00:00", "to": "2026-12-24T23:00:00+00:00", "counted_s": 0.0, "reason": "outside hours"},
            {
                "from": "2026-12-24T23:00:00+00:00",
                "to": "2026-12-25T23:00:00+00:00",
                "counted_s": 0.0,
                "reason": "holiday: Natale",
            },
            {
                "from": "2026-12-25T23:00:00+00:00",
                "to": "2026-12-26T23:00:00+00:00",
                "counted_s": 0.0,
                "reason": "holiday: Santo Stefano",
            },
            {"from": "2026-12-26T23:00:00+00:00", "to": "2026-12-27T23:00:00+00:00", "counted_s": 0.0, "reason": "weekend"},
            {"from": "2026-12-27T23:00:00+00:00", "to": "2026-12-28T08:00:00+00:00", "counted_s": 0.0, "reason": "outside hours"},
            {"from": "2026-12-28T08:00:00+00:00", "to": "2026-12-28T08:30:00+00:00", "counted_s": 1800.0, "reason": None},
        ],
    }


def test_an_explanation_while_paused_has_a_last_row_without_an_end() -> None:
    explained = answer(op="explain", pauses=[["2026-08-06T18:00:00+02:00", None]])
    assert explained["due"] is None
    assert explained["ledger"][-1] == {"from": "2026-08-06T16:00:00+00:00", "to": None, "counted_s": 0.0, "reason": "paused"}


def test_availability_adds_up_the_period() -> None:
    answers, status = ask(AVAILABILITY)
    assert status == 0
    assert answers == [
        {
            "id": "e",
            "up_s": 743 * 3600 - 3600.0,
            "down_s": 1800.0,
            "unknown_s": 0.0,
            "excluded_s": 1800.0,
            "min": "99.9326",
            "max": "99.9326",
            "verdict": "MISSED",
        }
    ]


def test_availability_of_nothing_is_indeterminate() -> None:
    answers, _ = ask({**AVAILABILITY, "now": "2026-02-01T00:00:00Z"})
    assert (answers[0]["min"], answers[0]["max"], answers[0]["verdict"]) == (None, None, "INDETERMINATE")


def test_availability_may_do_without_now_and_maintenance() -> None:
    bare = {key: value for key, value in AVAILABILITY.items() if key not in ("now", "maintenance")}
    assert ask(bare)[0][0]["down_s"] == 3600.0


def test_holidays_are_dates_or_a_country_with_its_province_and_more_dates() -> None:
    def next_day(holidays: object) -> str:
        calendar = {**OFFICE["calendar"], "holidays": holidays}  # type: ignore[dict-item]
        question = {**DUE, "start": "2026-12-04T10:00:00+01:00", "target": {"working_days": 1}}
        due: str = ask({"define": "office", "calendar": calendar}, question)[0][0]["due"]
        return due[:10]

    assert next_day([]) == "2026-12-07"
    assert next_day(["2026-12-07", "2026-12-08"]) == "2026-12-09"
    assert next_day({"country": "IT"}) == "2026-12-07"
    assert next_day({"country": "IT", "subdivision": "MI", "extra": ["2026-12-09"]}) == "2026-12-10"
    assert next_day({"country": "DE", "subdivision": "BY", "extra": []}) == "2026-12-07"


def test_a_holiday_that_is_also_given_as_an_extra_date_keeps_its_name() -> None:
    calendar = {**OFFICE["calendar"], "holidays": {"country": "IT", "extra": ["2026-12-25"]}}  # type: ignore[dict-item]
    question = {**DUE, "op": "explain", "start": "2026-12-25T10:00:00+01:00"}
    assert ask({"define": "office", "calendar": calendar}, question)[0][0]["ledger"][0]["reason"] == "holiday: Natale"


def test_a_range_may_end_at_24_00() -> None:
    calendar = {**OFFICE["calendar"], "closures": [["2026-08-06T00:00", "2026-08-06T24:00"]]}  # type: ignore[dict-item]
    assert ask({"define": "office", "calendar": calendar}, DUE)[0][0]["due"] == "2026-08-07T11:00:00+00:00"


@pytest.mark.parametrize("blank", ["", "   ", "\t", "\r"])
def test_blank_lines_are_skipped(blank: str) -> None:
    assert ask(blank, OFFICE, blank, DUE, blank)[0] == [answer()]


def test_answers_come_in_the_order_of_the_questions_with_their_ids() -> None:
    answers, _ = ask(OFFICE, *[{**DUE, "id": id} for id in ("b", "a", 3, "è", "\ud800", 0, "")])
    assert [a["id"] for a in answers] == ["b", "a", 3, "è", "\ud800", 0, ""]


def test_what_a_question_is_expected_to_answer_may_stand_beside_it() -> None:
    assert answer(expect="2026-08-07T10:00:00+00:00", source="by hand", note="a remark") == answer()


def test_a_file_may_begin_with_a_byte_order_mark_and_have_windows_line_ends() -> None:
    answers, status = ask(b"\xef\xbb\xbf" + json.dumps(OFFICE).encode() + b"\r", DUE)
    assert (answers, status) == ([answer()], 0)


def test_a_definition_may_be_repeated_but_not_changed() -> None:
    changed = {"define": "office", "calendar": {**OFFICE["calendar"], "closures": []}}  # type: ignore[dict-item]
    answers, status = ask(OFFICE, OFFICE, DUE, changed, DUE)
    assert status == 1
    assert answers[0] == answers[2] == answer()
    assert answers[1] == {
        "id": None,
        "error": "The calendar 'office' is defined already, and differently; a change needs its own name.",
    }
