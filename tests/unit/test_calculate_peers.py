"""The 284 questions of seven public libraries' test suites (tests/vectors/README.md), each with the answer they agree on."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_calculate import ask

LINES = [json.loads(line) for line in (Path(__file__).parents[1] / "vectors" / "peers.jsonl").read_text().splitlines()]
QUESTIONS = [line for line in LINES if "define" not in line]


@cache
def answers() -> dict[str, Any]:
    given, status = ask(*LINES)
    assert status == 0
    return {answer["id"]: answer for answer in given}


def test_every_question_is_here_and_is_answered_once() -> None:
    assert len(QUESTIONS) == len(answers()) == 284


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_the_peers_answer_is_ours(question: dict[str, Any]) -> None:
    answer = answers()[question["id"]]
    if question["op"] == "elapsed":
        assert answer["seconds"] == question["expect"]
    else:
        assert datetime.fromisoformat(answer["due"]) == datetime.fromisoformat(question["expect"])
