"""docs/lifecycle.md is the table of transitions, and stays so."""

from dataclasses import replace

import pytest

from dev import lifecycle_table
from shared.domain.lifecycle import table


def test_the_page_holds_the_table_as_it_is() -> None:
    page = lifecycle_table.PAGE.read_text(encoding="utf-8")
    assert lifecycle_table.written(page) == page, "run: .venv/bin/python -m dev.lifecycle_table"


def test_a_changed_row_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = lifecycle_table.PAGE.read_text(encoding="utf-8")
    changed = (replace(table.ROWS[0], who=(table.Who.SERVICE_MANAGER,)), *table.ROWS[1:])
    monkeypatch.setattr(lifecycle_table, "ROWS", changed)
    assert lifecycle_table.written(page) != page


def test_every_transition_has_its_own_name_and_a_noun_of_its_own_unless_it_is_about_the_same_card() -> None:
    nouns = [row.noun for row in table.ROWS if row.noun and not row.name.startswith(("revise_", "drop_"))]
    assert len(table.TRANSITIONS) == len(table.ROWS) and len(set(nouns)) == len(nouns)
