"""A budget keeps the day it began: Azure takes a new one only from this month on, and never lets the day be changed."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.infra.bicep_text import INFRA, project

AZ = """#!/bin/sh
# Knows the budgets in $AZ/budgets; none such file: refuses.
echo "$*" >> "$AZ/calls"
[ -e "$AZ/budgets" ] || exit 1
cat "$AZ/budgets"
"""


def start(folder: Path, budgets: str | None, **more: str) -> subprocess.CompletedProcess[str]:
    """The hook's answer; `budgets`: what Azure says of the desk's; None: it refuses."""
    program = folder / "bin" / "az"
    program.parent.mkdir(exist_ok=True)
    program.write_text(AZ)
    program.chmod(0o755)
    if budgets is not None:
        (folder / "budgets").write_text(budgets)
    environ = {"PATH": f"{program.parent}:{os.environ['PATH']}", "AZ": str(folder), **more}
    command = ["/bin/sh", str(INFRA / "hooks" / "budget-start.sh"), "group", "prod"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_a_budget_that_is_there_keeps_its_day(tmp_path: Path) -> None:
    done = start(tmp_path, "2025-02-01T00:00:00Z\n")
    assert (done.returncode, done.stdout) == (0, "2025-02-01T00:00:00Z\n")
    asked = (tmp_path / "calls").read_text()
    assert "/subscriptions/{subscriptionId}/resourceGroups/group/providers/Microsoft.Consumption/budgets?" in asked
    assert "[?name=='sportello-prod']" in asked and "var named = 'sportello-${stage}'" in project()["main.bicep"]


def test_a_new_one_begins_with_this_month(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    done = start(tmp_path, "")
    assert done.returncode == 0 and done.stdout.strip() in {f"{at:%Y-%m}-01" for at in (before, datetime.now(UTC))}


def test_one_that_cannot_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    done = start(tmp_path, None)
    assert (done.returncode, done.stdout) == (0, "") and "cannot be read" in done.stderr
    assert "module budget 'modules/budget.bicep' = if (!empty(budgetStartDate)) {" in project()["main.bicep"]


def test_the_subscription_of_azd_comes_first(tmp_path: Path) -> None:
    start(tmp_path, "", AZURE_SUBSCRIPTION_ID="s-1")
    assert "/subscriptions/s-1/resourceGroups/group/" in (tmp_path / "calls").read_text()


@pytest.mark.parametrize("stage", ["dev", "test", "prod"])
def test_every_stage_takes_the_day_from_the_environment(stage: str) -> None:
    text = (INFRA / f"{stage}.bicepparam").read_text()
    assert re.findall(r"^param budgetStartDate = (.+)$", text, re.M) == ["readEnvironmentVariable('SPORTELLO_BUDGET_START', '')"]
