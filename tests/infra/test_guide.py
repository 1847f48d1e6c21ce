"""The operations guide is true to the files: links lead somewhere, alerts are explained, variables and scripts exist."""

import re
from pathlib import Path

import pytest

from tests.infra.bicep_text import INFRA, ROOT, project, resources

GUIDE = ROOT / "docs" / "operations"
PAGES = sorted(GUIDE.glob("*.md"))


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def test_every_page_is_in_the_index() -> None:
    index = (GUIDE / "README.md").read_text()
    assert all(f"]({page.name})" in index for page in PAGES if page.name != "README.md")


def test_every_alert_says_where_it_is_explained_and_is() -> None:
    files = project()
    explained = anchors(GUIDE / "alerts.md")
    named = set(re.findall(r"^ +name: '([\w-]+)'\n +severity:", files["modules/alerts.bicep"], re.M))
    named |= set(re.findall(r"\{ name: '([\w-]+)', path:", files["modules/availability.bicep"])) | {"secret-expiry", "cost"}
    assert named == explained - {"alerts"}
    for kind in ("metricAlerts", "scheduledQueryRules"):
        assert all("docs/operations/alerts.md#" in alert.body for alert in resources(files, f"Microsoft.Insights/{kind}"))


def test_an_alert_is_described_with_its_own_severity() -> None:
    text = (GUIDE / "alerts.md").read_text()
    rules = re.findall(r"name: '([\w-]+)'\n +severity: (\d)", project()["modules/alerts.bicep"])
    looks = re.findall(r"\{ name: '([\w-]+)', .*?severity: (\d)", project()["modules/availability.bicep"])
    assert len(rules) == 11 and len(looks) == 4
    for name, severity in [*rules, *looks]:
        assert re.search(rf"^## {name}\n\n\*{severity} · ", text, re.M), name


def test_every_variable_of_the_parameters_is_explained() -> None:
    read = {
        name
        for path in [*INFRA.glob("*.bicepparam"), *INFRA.glob("hooks/*.sh")]
        for name in re.findall(r"\b((?:SPORTELLO|AZURE_PRINCIPAL)_[A-Z_]+)", path.read_text())
    }
    text = (GUIDE / "first-deployment.md").read_text()
    tuning = {"SPORTELLO_TRIES", "SPORTELLO_PAUSE"}
    assert {name for name in read - tuning if name not in text and not name.startswith("SPORTELLO_ADMIN_")} == set()


def test_every_script_that_is_named_is_there() -> None:
    for page in PAGES:
        for script in re.findall(r"(?:infra|dev|tests)/[\w/.-]+\.(?:sh|py|bicep|bicepparam|kql|yaml)\b", page.read_text()):
            assert (ROOT / script).exists() or script == "infra/main.bicepparam", (page.name, script)


def test_every_parameter_that_is_named_is_one() -> None:
    declared = set(re.findall(r"^param (\w+)", project()["main.bicep"], re.M))
    choices = re.findall(r"^\| (`[^|]+) \|", (GUIDE / "README.md").read_text(), re.M)
    assert choices and {name for row in choices for name in re.findall(r"`(\w+)`", row)} <= declared
    kept = set(re.findall(r"`([a-z]\w+(?:Days|Requests|Gb))`", (GUIDE / "retention.md").read_text())) - {"deleteAfterDays"}
    assert kept <= declared


def test_the_table_of_roles_is_the_file() -> None:
    assigned = len(resources(project(), "Microsoft.Authorization/roleAssignments"))
    rows = re.findall(r"^\| (?:the app|whoever deploys) \|", (GUIDE / "roles.md").read_text(), re.M)
    assert len(rows) == assigned
