"""The template engine, set up once: HTML is escaped, and a name that a template misspells is an error, not a gap."""

import textwrap
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 76
TEMPLATES = Path(__file__).parent / "templates"


@cache
def engine() -> "Environment":
    """Imported on first use: only the doors and timers that write to people need it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["wrapped"] = wrapped
    return environment


def wrapped(text: str, indent: str = "") -> str:
    """One line of plain text at a width that is easy to read; what has no spaces, a link, stays whole."""
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
