"""The operations guide is true to the files: links lead somewhere, alerts are explained, variables and scripts exist."""

import os
import re
import subprocess
import textwrap
from base64 import b64encode
from datetime import datetime
from pathlib import Path

import pytest

from dev.people import book
from shared.adapters.portal_webhooks import secret_bytes
from shared.app import catalogue_in
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
    linked = {(file, found) for file, text in files.items() for found in re.findall(r"alerts\.md#([^'\s]*)", text)}
    by_name = {("modules/alerts.bicep", "${rule.name}"), ("modules/availability.bicep", "${look.name}")}
    assert by_name <= linked and {found for _, found in linked - by_name} <= explained


def test_an_alert_is_described_with_its_own_severity() -> None:
    text = (GUIDE / "alerts.md").read_text()
    rules = re.findall(r"name: '([\w-]+)'\n +severity: (\d)", project()["modules/alerts.bicep"])
    looks = re.findall(r"\{ name: '([\w-]+)', .*?severity: (\d)", project()["modules/availability.bicep"])
    assert len(rules) == 12 and len(looks) == 4
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
    rows = re.findall(r"^\| (?:the app|Event Grid|whoever deploys) \|", (GUIDE / "roles.md").read_text(), re.M)
    assert len(rows) == assigned


def blocks_of(page: str) -> list[str]:
    """The indented blocks of a page: what is to be typed, or a file's content."""
    text = (GUIDE / page).read_text()
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.M)
    return [textwrap.dedent(block).strip() + "\n" for block in found if block.strip()]


def test_what_is_read_from_the_environment_is_an_output_or_was_set() -> None:
    outputs = set(re.findall(r"^output ([A-Z_]+) ", project()["main.bicep"], re.M))
    for page in PAGES:
        text = page.read_text()
        known = outputs | set(re.findall(r"azd env set ([A-Z_]+)", "\n".join(each.read_text() for each in PAGES)))
        assert set(re.findall(r"azd env get-value ([A-Z_]+)", text)) <= known, page.name
        assert set(re.findall(r"output `([A-Z_]+)`", text)) <= outputs, page.name


def test_every_make_target_and_module_that_is_named_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for page in [*PAGES, ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        text = page.read_text()
        named = set(re.findall(r"(?:`|^ {4}|=\S+ +)make ([a-z]+)", text, re.M)) | set(re.findall(r"make -s ([a-z]+)", text))
        assert named <= targets, (page.name, named - targets)
        for module in re.findall(r"python -m (dev\.[a-z_.]+[a-z])", text):
            path = ROOT / module.replace(".", "/")
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), (page.name, module)


def test_the_help_of_make_tells_of_every_target_for_people() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (.+)$", text, re.M)[0].split())
    assert set(re.findall(r"^([a-z]+):.*## ", text, re.M)) == phony


def test_resources_have_the_names_that_the_guide_gives_them() -> None:
    files = project()
    assert "name: 'id-${named}'" in files["main.bicep"] and "var named = 'sportello-${stage}'" in files["main.bicep"]
    assert "--name id-sportello-<stage>" in (GUIDE / "mailbox.md").read_text()
    [lock] = resources(files, "Microsoft.Authorization/locks")
    assert "name: 'keep'" in lock.body and "az lock delete --name keep " in (GUIDE / "disaster.md").read_text()
    secrets = set(re.findall(r"var \w+ = '([\w-]+-(?:secrets?|key))'", files["main.bicep"]))
    assert secrets and secrets <= set(re.findall(r"^\| `([\w-]+)` \|", (GUIDE / "secrets.md").read_text(), re.M))
    for name in re.findall(r"--name ([\w-]+-secrets)", "".join(page.read_text() for page in PAGES)):
        assert name in secrets


def test_the_app_is_made_as_the_page_on_domains_needs_it() -> None:
    assert "siteScopedCertificatesEnabled: true" in project()["modules/app.bicep"]


def test_the_people_that_the_guide_shows_are_taken(tmp_path: Path) -> None:
    [shown] = [block for block in blocks_of("people.md") if block.startswith("[staff.")]
    (tmp_path / "people.toml").write_text(shown)
    found = book.read(tmp_path / "people.toml", catalogue_in((ROOT / "shared" / "catalogue",))())
    assert [person.id for person in found.staff] == ["omar"] and [each.id for each in found.customers] == ["ACME"]


AZ = """#!/bin/sh
case "$1 $2 $3" in
    "keyvault secret show") cat "$AZ/secret" ;;
    "keyvault secret set")
        while [ $# -gt 0 ]; do case $1 in --file) file=$2 ;; --expires) echo "$2" > "$AZ/expires" ;; esac; shift; done
        cp "$file" "$AZ/secret" ;;
esac
"""


def test_replacing_a_webhook_secret_as_the_guide_says_leaves_two_that_are_taken(tmp_path: Path) -> None:
    """The commands of the page themselves, with an `az` that keeps one secret."""
    [commands] = [block for block in blocks_of("secrets.md") if "az keyvault secret set" in block]
    program = tmp_path / "bin" / "az"
    program.parent.mkdir()
    program.write_text(AZ)
    program.chmod(0o755)
    old = "whsec_" + b64encode(b"the secret that was there before").decode()
    (tmp_path / "secret").write_text(old)
    script = "set -eu\n" + commands.replace("<the vault>", "kv-1")
    environ = {"PATH": f"{program.parent}:{os.environ['PATH']}", "AZ": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(["/bin/sh", "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = (tmp_path / "secret").read_text().split(" ")
    assert found[0] == old and len(found) == 2 and len(secret_bytes(found[1])) == 32
    assert datetime.fromisoformat((tmp_path / "expires").read_text().strip()).tzinfo is not None
    assert {path.name for path in tmp_path.iterdir()} == {"bin", "secret", "expires"}, "a file with the secret is left"
    assert old not in done.stdout + done.stderr


AZURE = """#!/bin/sh
case "$(basename "$0") $1 $2 $3" in
    "azd env get-value DESK_OWN_URL") echo https://own.example ;;
    "azd env get-value DESK_URL") echo "$PUBLIC" ;;
    "az ad app create") for word; do echo "$word"; done > "$ASKED"; echo an-app ;;
esac
"""


@pytest.mark.parametrize("public", ["https://own.example", "https://desk.example"])
def test_no_redirect_address_is_registered_twice(tmp_path: Path, public: str) -> None:
    """The commands of the page themselves: Entra refuses addresses that are not distinct."""
    [commands] = [block for block in blocks_of("entra-registration.md") if "az ad app create" in block]
    for name in ("az", "azd"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(AZURE)
        program.chmod(0o755)
    environ = {"PATH": f"{program.parent}:{os.environ['PATH']}", "PUBLIC": public, "ASKED": str(tmp_path / "asked")}
    done = subprocess.run(["/bin/sh", "-euc", commands], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "asked").read_text().splitlines()
    registered = [word for word in asked if word.endswith("/.auth/login/aad/callback")]
    assert sorted(registered) == sorted(f"{each}/.auth/login/aad/callback" for each in {"https://own.example", public})


def test_the_hooks_are_told_of_in_the_order_in_which_azd_runs_them() -> None:
    """azd packages before it provisions, and looks for the parameters before any hook (Azure/azure-dev: cmd/up.go)."""
    page = (GUIDE / "first-deployment.md").read_text()
    told = re.findall(r"^\d\. `(\w+)`", page, re.M)
    assert told == ["prepackage", "preprovision", "postprovision", "postdeploy"]
    assert all((INFRA / "hooks" / f"{name}.sh").exists() for name in told)
    [commands] = [block for block in blocks_of("first-deployment.md") if block.rstrip().endswith("azd up")]
    assert commands.startswith("azd hooks run preprovision ")
