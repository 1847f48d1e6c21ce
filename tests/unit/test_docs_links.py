"""Every link between the project's own pages leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link and not link.startswith("#")]
    assert [link for link in targets if not (page.parent / link.partition("#")[0]).exists()] == []


def test_the_settings_the_readme_names_are_the_settings() -> None:
    from shared.settings import Settings

    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named == {name.upper() for name in Settings.model_fields if not name.endswith("connection_string")}
