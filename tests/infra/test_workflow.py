"""The pipeline keeps its rules: no secrets, the fewest permissions, what staging has tried is what production gets."""

import copy
import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.infra.bicep_text import INFRA, ROOT

yaml: Any = importlib.import_module("yaml")
PATH = ROOT / ".github" / "workflows" / "deploy.yml"

Workflow = dict[Any, Any]


def workflow() -> Workflow:
    loaded: Workflow = yaml.safe_load(PATH.read_text())
    return loaded


def steps(flow: Workflow) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in flow["jobs"].items():
        for step in job["steps"]:
            yield name, step


def uses(job: dict[str, Any], action: str) -> bool:
    return any(str(step.get("uses", "")).startswith(action + "@") for step in job["steps"])


def no_secrets(flow: Workflow) -> list[str]:
    return re.findall(r"\bsecrets\.\w+|secrets: inherit|client-secret|creds:", yaml.safe_dump(flow))


def fewest_permissions(flow: Workflow) -> list[str]:
    """Every job may read; a token of the repository goes to jobs that sign in to Azure, in an environment."""
    found = [] if flow["permissions"] == {"contents": "read"} else ["the workflow may more than read"]
    for name, job in flow["jobs"].items():
        may = job.get("permissions", {})
        signs_in = uses(job, "azure/login")
        found += [f"{name}: id-token"] if (may.get("id-token") == "write") != signs_in else []
        found += [f"{name} signs in without an environment"] if signs_in and not job.get("environment") else []
        allowed = {"plan": {"pull-requests"}, "release": {"contents"}}.get(name, set()) | {"id-token"}
        found += [f"{name}: {what}: write" for what, how in may.items() if how == "write" and what not in allowed]
    return found


def actions_are_pinned(flow: Workflow) -> list[str]:
    return [
        f"{name}: {step['uses']}"
        for name, step in steps(flow)
        if "uses" in step and not re.search(r"@[0-9a-f]{40}$", step["uses"])
    ]


def nobody_elses_words_are_run(flow: Workflow) -> list[str]:
    """What outsiders can write (titles, branches, inputs) reaches scripts as variables, never as text of the script."""
    found = [f"{name}: {step['run']}" for name, step in steps(flow) if "${{" in step.get("run", "")]
    return found + (["pull_request_target"] if "pull_request_target" in flow[True] else [])


def checkouts_keep_no_credentials(flow: Workflow) -> list[str]:
    return [
        name
        for name, step in steps(flow)
        if str(step.get("uses", "")).startswith("actions/checkout@")
        and step.get("with", {}).get("persist-credentials") is not False
    ]


def every_job_ends(flow: Workflow) -> list[str]:
    return [name for name, job in flow["jobs"].items() if not 0 < job.get("timeout-minutes", 0) <= 60]


def production_gets_what_staging_tried(flow: Workflow) -> list[str]:
    jobs = flow["jobs"]
    found = [] if jobs["staging"]["needs"] == ["check", "package"] else ["staging does not wait for checks and package"]
    found += [] if jobs["production"]["needs"] == "staging" else ["production does not wait for staging"]
    found += [] if jobs["release"]["needs"] == "production" else ["a release is made before production runs"]
    for name in ("staging", "production"):
        runs = " ".join(step.get("run", "") for step in jobs[name]["steps"])
        found += [f"{name} takes another package"] if not uses(jobs[name], "actions/download-artifact") else []
        found += [f"{name} does not check the package"] if "sha256sum --check" not in runs else []
        found += [f"{name} makes a package"] if "prepackage" in runs or "pip" in runs else []
        found += [f"{name} is open to all"] if "refs/tags/v" not in jobs[name]["if"] else []
    found += [
        f"{name}: not production's environment" for name in ("production", "go-back") if jobs[name]["environment"] != "production"
    ]
    return found


def production_can_go_back(flow: Workflow) -> list[str]:
    back = [step for step in flow["jobs"]["production"]["steps"] if step.get("name") == "Go back"]
    holds = back and "failure()" in back[0]["if"] and "before.zip" in back[0]["run"]
    return [] if holds else ["production does not go back"]


def everything_is_checked_first(flow: Workflow) -> list[str]:
    runs = " ".join(step.get("run", "") for step in flow["jobs"]["check"]["steps"])
    package = " ".join(step.get("run", "") for step in flow["jobs"]["package"]["steps"])
    wanted = {
        "INFRA_CHECK=all dev/check-infra.sh": runs,
        'dev/check-release.sh "$GITHUB_REF_NAME"': runs,
        ".ci/run": runs,
        "az bicep install": runs,
        "pip-audit --strict": package,
        "cyclonedx-py requirements .package/app/requirements.txt": package,
        "shellcheck infra/*.sh": runs,
        "zizmor --offline .github": runs,
    }
    return [what for what, where in wanted.items() if what not in where]


def a_plan_only_reads(flow: Workflow) -> list[str]:
    """What would change is asked without the right to change it, which Azure otherwise makes sure of first."""
    runs = " ".join(step.get("run", "") for step in flow["jobs"]["plan"]["steps"])
    found = (
        []
        if "deployment group what-if" in runs and "--validation-level ProviderNoRbac" in runs
        else ["rights to write are asked for"]
    )
    return found + re.findall(r"deployment group create|deploy\.sh", runs)


RULES: list[Callable[[Workflow], list[str]]] = [
    no_secrets,
    fewest_permissions,
    actions_are_pinned,
    nobody_elses_words_are_run,
    checkouts_keep_no_credentials,
    every_job_ends,
    production_gets_what_staging_tried,
    production_can_go_back,
    everything_is_checked_first,
    a_plan_only_reads,
]


def _set(*path: Any) -> Callable[[Workflow], None]:
    """Puts the last of `path` at the place the others name."""

    def change(flow: Workflow) -> None:
        at: Any = flow
        *way, last, value = path
        for key in way:
            at = at[key]
        at[last] = value

    return change


MUTATIONS: list[tuple[Callable[[Workflow], list[str]], Callable[[Workflow], None]]] = [
    (no_secrets, _set("jobs", "staging", "env", "PASSWORD", "${{ secrets.AZURE }}")),
    (fewest_permissions, _set("permissions", {"contents": "write"})),
    (fewest_permissions, _set("permissions", "write-all")),
    (fewest_permissions, _set("jobs", "check", "permissions", {"id-token": "write"})),
    (fewest_permissions, _set("jobs", "staging", "permissions", {"contents": "read"})),
    (fewest_permissions, _set("jobs", "staging", "environment", "")),
    (fewest_permissions, _set("jobs", "production", "permissions", "contents", "write")),
    (actions_are_pinned, _set("jobs", "check", "steps", 0, "uses", "actions/checkout@v6")),
    (nobody_elses_words_are_run, _set("jobs", "plan", "steps", 2, "run", "echo ${{ github.event.pull_request.title }}")),
    (nobody_elses_words_are_run, _set(True, "pull_request_target", None)),
    (checkouts_keep_no_credentials, _set("jobs", "package", "steps", 0, "with", {})),
    (every_job_ends, _set("jobs", "check", "timeout-minutes", 360)),
    (production_gets_what_staging_tried, _set("jobs", "production", "needs", "check")),
    (production_gets_what_staging_tried, _set("jobs", "staging", "needs", ["package"])),
    (production_gets_what_staging_tried, _set("jobs", "release", "needs", "staging")),
    (production_gets_what_staging_tried, _set("jobs", "production", "steps", 4, "run", "infra/hooks/prepackage.sh")),
    (production_gets_what_staging_tried, _set("jobs", "production", "environment", "test")),
    (production_gets_what_staging_tried, _set("jobs", "production", "if", "true")),
    (production_can_go_back, _set("jobs", "production", "steps", 5, "if", "false")),
    (everything_is_checked_first, _set("jobs", "check", "steps", 3, "run", "true")),
    (everything_is_checked_first, _set("jobs", "check", "steps", 5, "run", "true")),
    (
        a_plan_only_reads,
        _set("jobs", "plan", "steps", 2, "run", "az deployment group what-if --parameters infra/prod.bicepparam"),
    ),
    (a_plan_only_reads, _set("jobs", "plan", "steps", 2, "run", "infra/deploy.sh group infra/prod.bicepparam sportello.zip")),
    (everything_is_checked_first, _set("jobs", "package", "steps", 2, "run", "pip-audit --requirement requirements.txt")),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_pipeline_keeps_the_rule(rule: Callable[[Workflow], list[str]]) -> None:
    assert rule(workflow()) == []


@pytest.mark.parametrize(("rule", "change"), MUTATIONS)
def test_a_rule_notices_when_it_is_broken(rule: Callable[[Workflow], list[str]], change: Callable[[Workflow], None]) -> None:
    flow = copy.deepcopy(workflow())
    change(flow)
    assert rule(flow) != []


def test_every_rule_has_a_mutation() -> None:
    assert {rule.__name__ for rule in RULES} == {rule.__name__ for rule, _ in MUTATIONS}


def test_every_pin_says_which_version_it_is() -> None:
    pins = [line for line in PATH.read_text().splitlines() if "uses: " in line]
    assert pins and all(re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in pins)
    assert len({re.sub(r".*uses: ([\w/-]+)@.*", r"\1", pin) for pin in pins}) == len({pin.split("uses: ")[1] for pin in pins})


def test_every_file_and_variable_that_is_named_is_there() -> None:
    text = PATH.read_text()
    for script in set(re.findall(r"(?:infra|dev|\.ci)/[\w./-]+", text)):
        assert (ROOT / script).exists(), script
    read = set(re.findall(r"readEnvironmentVariable\('(\w+)'", (INFRA / "prod.bicepparam").read_text()))
    assert "SPORTELLO_TICK_KEY" not in text, "the vault's, and in no variable of the pipeline"
    read -= set(re.findall(r"^export (\w+)$", (INFRA / "deploy.sh").read_text(), re.M))
    for job in ("production", "go-back"):
        assert read <= workflow()["jobs"][job]["env"].keys() | workflow()["env"].keys()


def test_azd_runs_the_hooks_that_are_there() -> None:
    azure = yaml.safe_load((ROOT / "azure.yaml").read_text())
    assert {hook["run"] for hook in azure["hooks"].values()} == {f"infra/hooks/{name}.sh" for name in azure["hooks"]}
    assert all((ROOT / hook["run"]).exists() for hook in azure["hooks"].values())
    assert azure["services"]["desk"]["project"] in (INFRA / "hooks" / "prepackage.sh").read_text()
    assert "'azd-service-name': 'desk'" in (INFRA / "modules" / "app.bicep").read_text()


def test_dependabot_watches_all_that_is_pinned() -> None:
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    assert {each["package-ecosystem"] for each in updates} == {"pip", "npm", "github-actions"}
    assert all(each["cooldown"]["default-days"] >= 7 for each in updates)
