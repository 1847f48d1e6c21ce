"""What the stages' parameters must not do: blind the one that customers use, or mail to nobody."""

import re

import pytest

from tests.infra.bicep_text import INFRA, ROOT, project

STAGES = ("dev", "test", "prod")


def parameters(stage: str) -> dict[str, str]:
    text = (INFRA / f"{stage}.bicepparam").read_text()
    return dict(re.findall(r"^param (\w+) = (.+)$", text, re.M))


def mistakes(stage: str, given: dict[str, str]) -> list[str]:
    found = [] if given["stage"] == f"'{stage}'" else ["another stage"]
    found += [] if given["alertEmails"] == "[readEnvironmentVariable('SPORTELLO_ALERT_EMAIL')]" else ["alerts go to nobody"]
    found += (
        [] if re.fullmatch(r"'\d+(\.\d+)?'", cap := given["logsDailyCapGb"]) and 0 < float(cap[1:-1]) <= 5 else ["no daily cap"]
    )
    found += [] if int(given["monthlyBudget"]) > 0 else ["no budget"]
    found += ["starved"] if "instanceMemoryMb" in given or "maximumInstances" in given else []
    if stage == "prod":
        found += ["nobody looks"] if given.get("isWatchedFromOutside", "true") != "true" else []
        found += ["no lock"] if given.get("isDataLocked") != "true" else []
        found += ["one zone"] if "ZRS" not in given.get("storageRedundancy", "") else []
        found += ["late"] if {"urgentAlertsEvery", "otherAlertsEvery", "failingPlaces"} & given.keys() else []
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_the_parameters_of_a_stage_keep_the_rules(stage: str) -> None:
    assert mistakes(stage, parameters(stage)) == []


@pytest.mark.parametrize(
    ("stage", "name", "value"),
    [
        ("prod", "isWatchedFromOutside", "false"),
        ("prod", "isDataLocked", "false"),
        ("prod", "storageRedundancy", "'Standard_LRS'"),
        ("prod", "urgentAlertsEvery", "'PT15M'"),
        ("prod", "logsDailyCapGb", "'-1'"),
        ("test", "logsDailyCapGb", "'100'"),
        ("dev", "monthlyBudget", "0"),
        ("dev", "maximumInstances", "5"),
        ("dev", "alertEmails", "['nobody@example.com']"),
        ("test", "stage", "'prod'"),
    ],
)
def test_a_rule_notices_when_it_is_broken(stage: str, name: str, value: str) -> None:
    assert mistakes(stage, parameters(stage) | {name: value}) != []


def test_every_parameter_of_a_stage_is_one() -> None:
    declared = set(re.findall(r"^param (\w+) ", project()["main.bicep"], re.M))
    assert all(parameters(stage).keys() <= declared for stage in STAGES)


def test_the_budget_of_production_is_what_a_month_is_foreseen_to_cost_and_some_more() -> None:
    page = (ROOT / "docs" / "operations" / "cost.md").read_text()
    [bill] = re.findall(r"^\| \*\*all together\*\* \| \*\*([\d.]+)\*\* \|$", page, re.M)
    budget = int(parameters("prod")["monthlyBudget"])
    assert float(bill) < budget < 1.5 * float(bill) and f"`monthlyBudget` of {budget}" in page
