"""The examples of docs/semantics.md are what the calculator says."""

import json
import re
from pathlib import Path

from tests.unit.test_calculate import ask

PAGE = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")


def test_the_questions_of_the_page_are_answered_as_the_page_says() -> None:
    questions, answers = (block.splitlines() for block in re.findall(r"```jsonl\n(.*?)```", PAGE, re.DOTALL))
    given, status = ask(*questions)
    assert given == [json.loads(line) for line in answers]
    assert status == 1
