"""Writes the table of transitions into docs/lifecycle.md: python -m dev.lifecycle_table. A test says when it should be run."""

from pathlib import Path

from shared.domain.lifecycle.table import ROWS, Transition
from shared.domain.ticket import State

PAGE = Path(__file__).resolve().parents[1] / "docs" / "lifecycle.md"
BEGIN, END = "<!-- table: python -m dev.lifecycle_table -->\n", "<!-- end of table -->\n"


def table() -> str:
    """The rows as Markdown, in the order of the procedure."""
    lines = ["| transition | what it does | who | from | to | needs | API |", "|---|---|---|---|---|---|---|"]
    return "\n".join([*lines, *map(_line, ROWS)]) + "\n"


def written(page: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _line(row: Transition) -> str:
    states = "any" if row.before == tuple(State) else ", ".join(row.before)
    needs = "; ".join(need.id for need in row.needs)
    noun = f"`{row.noun}`" if row.noun else ""
    return f"| **{row.name}** | {row.does} | {', '.join(row.who)} | {states} | {row.after or ''} | {needs} | {noun} |"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
