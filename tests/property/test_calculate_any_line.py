"""Whatever a line says, it gets an answer or a sentence, and never a traceback."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_calculate import AVAILABILITY, DUE, OFFICE, ask

MANY = settings(max_examples=400, deadline=None)
LINES: list[Any] = [
    OFFICE,
    DUE,
    {**DUE, "op": "explain", "target": {"working_days": 2}, "pauses": [["2026-08-06T18:00:00+02:00", None]]},
    {"id": "c", "op": "elapsed", "calendar": "office", "start": "2026-08-06T18:00:00Z", "end": "2026-08-07T09:00:00Z"},
    AVAILABILITY,
]

odd_texts = st.sampled_from(
    [
        "",
        "office",
        "24:00",
        "48:00",
        "-1",
        "9999-12-31T23:59:59.999999-23:59",
        "0001-01-01T00:00:00+23:59",
        "2026-03-29T02:30",
        "IT",
        "\ud800",
        "NaN",
    ]
)
odd_numbers = st.sampled_from([0, -1, 1, 10**400, -(10**30), 1e308, 5e-324, float("nan"), float("inf"), 0.1, True])
odd = st.recursive(
    st.none() | odd_texts | odd_numbers | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=2),
    max_leaves=5,
)


@MANY
@given(st.data(), st.sampled_from(range(len(LINES))), odd)
def test_a_line_with_anything_anywhere_is_answered(data: st.DataObject, which: int, value: Any) -> None:
    line = deepcopy(LINES[which])
    _put(data, line, value)
    answers, status = ask(OFFICE, line, {**DUE, "id": "after"})
    assert answers[-1] == {"id": "after", "due": "2026-08-07T10:00:00+00:00"}
    assert status == int(any("error" in answer for answer in answers))
    for answer in answers:
        assert answer.get("error", "a sentence.").endswith(".")


@MANY
@given(st.binary(max_size=40).filter(lambda line: b"\n" not in line))
def test_a_line_of_any_bytes_is_answered_or_blank(line: bytes) -> None:
    answers, status = ask(line)
    assert (answers == [] and status == 0) or (set(answers[0]) == {"id", "error"} and status == 1)


def _put(data: st.DataObject, into: Any, value: Any) -> None:
    """Puts the value in a place somewhere inside, or beside what is there."""
    keys = list(into) if isinstance(into, dict) else list(range(len(into)))
    key = data.draw(st.sampled_from([*keys, "beside"] if isinstance(into, dict) else keys or [0]))
    if keys and key != "beside" and isinstance(into[key], dict | list) and data.draw(st.booleans()):
        _put(data, into[key], value)
    elif isinstance(into, dict):
        into[key] = value
    else:
        into[key : key + 1] = [value]


def test_the_lines_themselves_are_right() -> None:
    answers, status = ask(*LINES)
    assert status == 0 and len(answers) == len(LINES) - 1
    assert json.dumps(answers)
