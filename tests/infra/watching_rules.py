"""Rules on what watches, and on what runs. As in rules.py, each answers what breaks it."""

import re
from collections.abc import Callable

from tests.infra.bicep_text import resources
from tests.infra.rules import Files

ON = {
    "Microsoft.Insights/scheduledQueryRules": (
        "enabled: true",
        "actions: { actionGroups: [actionGroupId] }",
        "skipQueryValidation: false",
        "threshold: 0",
        "operator: 'GreaterThan'",
    ),
    "Microsoft.Insights/metricAlerts": ("enabled: true", "actions: [{ actionGroupId: actionGroupId }]"),
    "Microsoft.Insights/webtests": ("Enabled: true", "RetryEnabled: true"),
    "Microsoft.Insights/actionGroups": ("enabled: true", "emailReceivers: ["),
    "Microsoft.Consumption/budgets": ("enabled: true",),
}
"""What watches, and what it says when it is switched on and tells somebody."""


def what_watches_is_on(files: Files) -> list[str]:
    """Every alert, look and notice of a budget is on, and tells somebody; every alert is explained in alerts.md."""
    found = []
    for kind, words in ON.items():
        there = resources(files, kind)
        found += [] if there else [f"there is no {kind}"]
        for each in there:
            found += [f"{each.file}: {each.symbol} lacks {word}" for word in words if word not in each.body]
            found += [f"{each.file}: {each.symbol}: {off}" for off in re.findall(r"\b[eE]nabled: (?!true)[^\n}]+", each.body)]
            if kind.endswith(("metricAlerts", "scheduledQueryRules")):
                found += [] if "docs/operations/alerts.md#" in each.body else [f"{each.file}: {each.symbol} explains nothing"]
    for budget in resources(files, "Microsoft.Consumption/budgets"):
        counts = {
            budget.body.count(word) for word in ("threshold: ", "enabled: true", "contactEmails: emails", "contactGroups: [")
        }
        found += [] if counts == {3} else ["a notice of the budget is off, or tells nobody"]
    return found


def nothing_asks_what_time_it_is(files: Files) -> list[str]:
    """The same files give the same resources, whenever they are deployed: a budget's beginning may never change."""
    return [f"{file}: {found}" for file, text in files.items() for found in re.findall(r"\butcNow\(|\bnewGuid\(", text)]


def what_runs_is_what_was_measured(files: Files) -> list[str]:
    """The Python that the project is written for, instances that are not starved, settings in one place."""
    main, app = files["main.bicep"], files["modules/app.bicep"]
    found = [] if "runtime: { name: 'python', version: '3.13' }" in app else ["another Python than 3.13"]
    found += [] if "\nparam instanceMemoryMb int = 2048\n" in main else ["512 MB are a quarter of a processor"]
    found += [] if "\nparam maximumInstances int = 40\n" in main else ["not 40 instances at most"]
    named = [each for each in resources(files, "Microsoft.Web/sites/config") if "name: 'appsettings'" in each.body]
    found += [] if len(named) == 1 else [f"{len(named)} resources with settings of the app"]
    return found + [
        f"{file}: {word}"
        for file, text in files.items()
        for word in re.findall(r"\b(?:appSettings|connectionStrings): ?[\[{]", text)
    ]


def blobs_grow_cool_and_stay(files: Files) -> list[str]:
    """Raw requests become cheaper with age, and nothing is deleted unless a contract says so."""
    found = re.search(
        r"param rawRequests object = \{\s+coolAfterDays: (\d+)\s+coldAfterDays: (\d+)\s+deleteAfterDays: (\d+)\s+\}",
        files["main.bicep"],
    )
    if not found:
        return ["raw requests have no lifecycle"]
    cool, cold, delete = (int(days) for days in found.groups())
    evidence = re.search(r"param probeEvidenceDays int = (\d+)", files["main.bicep"])
    is_kept = delete == 0 and evidence is not None and int(evidence[1]) == 0
    return [] if 0 < cool < cold and is_kept else [f"cool after {cool}, cold after {cold}, deleted after {delete}"]


RULES: tuple[Callable[[Files], list[str]], ...] = (
    what_watches_is_on,
    nothing_asks_what_time_it_is,
    what_runs_is_what_was_measured,
    blobs_grow_cool_and_stay,
)
