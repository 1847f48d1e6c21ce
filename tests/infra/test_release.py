"""A tag is released only when it is the project's version and the changes are told."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.bicep_text import ROOT

NEW = "# Changes\n\n## Not released yet\n\n- More.\n\n"


def check(folder: Path, tag: str, version: str, changes: str) -> subprocess.CompletedProcess[str]:
    (folder / "dev").mkdir()
    script = shutil.copy(ROOT / "dev" / "check-release.sh", folder / "dev")
    (folder / "pyproject.toml").write_text(f'[project]\nname = "sportello"\nversion = "{version}"\n')
    (folder / "CHANGELOG.md").write_text(changes)
    return subprocess.run(["/bin/sh", script, tag], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("title", ["## 1.2.0", "## 1.2.0 (2026-12-01)", "## 1.2.0, 1 December 2026"])
def test_the_version_with_its_changes_is_released(tmp_path: Path, title: str) -> None:
    assert check(tmp_path, "v1.2.0", "1.2.0", f"{NEW}{title}\n\n- All of it.\n").returncode == 0


@pytest.mark.parametrize(
    ("tag", "version", "changes", "said"),
    [
        ("v1.2.1", "1.2.0", "## 1.2.0\n", "version 1.2.0"),
        ("1.2.0", "1.2.0", "## 1.2.0\n", "version 1.2.0"),
        ("v1.2.0", "1.2.0", NEW, "no section"),
        ("v1.2.0", "1.2.0", "## 1.2.01\n", "no section"),
        ("v1.2.0", "1.2.0", "## 1x2.0\n", "no section"),
        ("v1.2.0", "1.2.0", "- since 1.2.0\n", "no section"),
    ],
)
def test_another_one_is_not(tmp_path: Path, tag: str, version: str, changes: str, said: str) -> None:
    done = check(tmp_path, tag, version, changes)
    assert done.returncode == 1 and said in done.stderr


def test_the_version_is_read_where_the_project_has_it() -> None:
    done = subprocess.run(["/bin/sh", str(ROOT / "dev" / "check-release.sh"), "v0"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "has version ." not in done.stderr
