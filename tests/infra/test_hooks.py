"""The hooks of a deployment, run against an `az` that only remembers: secrets are made once and never shown."""

import json
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dev import first_administrator
from shared.actions.customers import DIRECTORY, KeptDirectory
from shared.actions.ports import Table, Write
from shared.adapters import memory, tables
from shared.adapters.portal_webhooks import secret_bytes
from shared.domain.errors import StorageUnavailable
from shared.domain.people import Role, Staff
from tests.infra.bicep_text import INFRA, ROOT, project

AZ = """#!/bin/sh
# Remembers what it was asked in $AZ/calls and keeps secrets in $AZ/secrets.
echo "$*" >> "$AZ/calls"
case "$1 $2 $3" in
    "keyvault secret list") [ -e "$AZ/refused" ] && { rm "$AZ/refused"; exit 1; }; ls "$AZ/secrets" ;;
    "keyvault secret set")
        while [ $# -gt 0 ]; do case $1 in --name) name=$2 ;; --file) file=$2 ;; esac; shift; done
        cp "$file" "$AZ/secrets/$name" ;;
    "functionapp show "*) echo /subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/desk ;;
    "rest --method get") case $* in *configreferences*) cat "$AZ/unresolved" 2>/dev/null ;; esac; exit 0 ;;
    "rest --method post") [ -e "$AZ/refused" ] && { rm "$AZ/refused"; exit 1; }; rm -f "$AZ/unresolved" ;;
esac
"""


@pytest.fixture
def az(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "secrets").mkdir()
    program = tmp_path / "bin" / "az"
    program.write_text(AZ)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def postprovision(az: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": f"{az / 'bin'}:{os.environ['PATH']}",
        "AZ": str(az),
        "TMPDIR": str(az),
        "KEY_VAULT_NAME": "kv-1",
        "APP_NAME": "desk",
        "AZURE_RESOURCE_GROUP": "g",
        "SPORTELLO_PAUSE": "0",
        **more,
    }
    command = ["/bin/sh", str(INFRA / "hooks" / "postprovision.sh")]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def made_in(az: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (az / "secrets").iterdir()}


def test_secrets_are_generated_once_and_the_app_told(az: Path) -> None:
    first = postprovision(az)
    assert first.returncode == 0, first.stderr
    made = made_in(az)
    calls = (az / "calls").read_text()
    assert "configreferences/appsettings/refresh" in calls and "functionapp restart" in calls
    (az / "calls").unlink()

    second = postprovision(az)
    assert second.returncode == 0
    assert made_in(az) == made
    calls = (az / "calls").read_text()
    assert "configreferences/appsettings?" in calls and "keyvault secret set" not in calls
    assert "refresh" not in calls and "restart" not in calls


def test_an_app_that_was_not_told_is_told_by_the_next_run(az: Path) -> None:
    """All secrets are made, then the call fails; Azure still says that a reference is not resolved."""
    for name in ("portal-webhook-secrets", "witness-webhook-secrets", "link-secret", "tick-key"):
        (az / "secrets" / name).write_text("x" * 40)
    (az / "unresolved").write_text("LINK_SECRET\n")
    assert postprovision(az).returncode == 0
    calls = (az / "calls").read_text()
    assert "configreferences/appsettings/refresh" in calls and "functionapp restart" in calls
    (az / "calls").unlink()
    assert postprovision(az).returncode == 0
    assert "restart" not in (az / "calls").read_text()


def test_the_vault_gets_what_the_deployment_refers_to_in_a_form_the_desk_takes(az: Path) -> None:
    postprovision(az)
    made = made_in(az)
    names = dict(re.findall(r"var (\w+Name) = '([\w-]+)'", project()["main.bicep"]))
    assert made.keys() == set(names.values())
    assert len(set(made.values())) == len(made)
    for name, value in made.items():
        if name in ("link-secret", "tick-key"):
            assert len(value) >= 32 and not value.endswith("\n")
        else:
            assert len(secret_bytes(value)) == 32


def test_a_secret_is_in_no_argument_no_output_and_no_file_that_stays(az: Path) -> None:
    done = postprovision(az)
    said = done.stdout + done.stderr + (az / "calls").read_text()
    assert not [value for value in made_in(az).values() if value in said or value[:20] in said]
    assert {path.name for path in az.iterdir()} == {"bin", "secrets", "calls"}


def test_a_secret_expires_so_that_somebody_is_told(az: Path) -> None:
    postprovision(az)
    sets = [call for call in (az / "calls").read_text().splitlines() if call.startswith("keyvault secret set")]
    assert sets and all(re.search(r"--expires 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", call) for call in sets)


def test_one_that_is_there_is_left_as_it_is(az: Path) -> None:
    (az / "secrets" / "link-secret").write_text("ours")
    postprovision(az)
    assert made_in(az)["link-secret"] == "ours"
    assert len(made_in(az)) > 1


def test_it_waits_for_a_role_that_is_new_but_not_for_ever(az: Path) -> None:
    (az / "refused").touch()
    assert postprovision(az).returncode == 0
    assert "Waiting" in postprovision(az, PATH=f"{az / 'none'}:/usr/bin:/bin", SPORTELLO_TRIES="2").stderr
    assert postprovision(az, PATH=f"{az / 'none'}:/usr/bin:/bin", SPORTELLO_TRIES="2").returncode == 1


def test_what_is_missing_is_named(az: Path) -> None:
    done = postprovision(az, KEY_VAULT_NAME="")
    assert done.returncode != 0 and "KEY_VAULT_NAME" in done.stderr


def test_the_first_administrator_is_entered_with_the_signed_in_account(az: Path) -> None:
    python = az / "bin" / "python"
    python.write_text('#!/bin/sh\nfor word; do echo "$word"; done > "$AZ/asked"\n')
    python.chmod(0o755)
    person = {
        "SPORTELLO_ADMIN_ENTRA_ID": "0f" * 4,
        "SPORTELLO_ADMIN_NAME": "Carla Neri",
        "SPORTELLO_ADMIN_EMAIL": "c@example.com",
    }
    done = postprovision(az, PYTHON=str(python), STORAGE_ACCOUNT_NAME="stdesk", **person)
    assert done.returncode == 0, done.stderr
    asked = (az / "asked").read_text().splitlines()
    assert asked[:4] == ["-m", "dev.first_administrator", "--account", "stdesk"]
    assert "Carla Neri" in asked
    assert postprovision(az, STORAGE_ACCOUNT_NAME="stdesk", SPORTELLO_ADMIN_ENTRA_ID="x").returncode != 0


@pytest.mark.parametrize(("refusals", "tries", "status"), [(2, "5", 0), (2, "2", 1)])
def test_it_waits_for_the_right_to_enter_them_too(az: Path, refusals: int, tries: str, status: int) -> None:
    python = az / "bin" / "python"
    python.write_text(f'#!/bin/sh\necho x >> "$AZ/asked"\n[ "$(wc -l < "$AZ/asked")" -gt {refusals} ] || exit 75\n')
    python.chmod(0o755)
    person = {"SPORTELLO_ADMIN_ENTRA_ID": "x", "SPORTELLO_ADMIN_NAME": "C", "SPORTELLO_ADMIN_EMAIL": "c@example.com"}
    done = postprovision(az, PYTHON=str(python), STORAGE_ACCOUNT_NAME="stdesk", SPORTELLO_TRIES=tries, **person)
    assert done.returncode == status and "Waiting for the right to write the table of staff" in done.stderr
    assert ("cannot be entered" in done.stderr) == (status == 1)


def test_a_mistake_in_who_they_are_is_not_waited_for(az: Path) -> None:
    python = az / "bin" / "python"
    python.write_text("#!/bin/sh\nexit 2\n")
    python.chmod(0o755)
    person = {"SPORTELLO_ADMIN_ENTRA_ID": "x", "SPORTELLO_ADMIN_NAME": "C", "SPORTELLO_ADMIN_EMAIL": "c@example.com"}
    done = postprovision(az, PYTHON=str(python), STORAGE_ACCOUNT_NAME="stdesk", **person)
    assert done.returncode == 2 and "Waiting" not in done.stderr


def test_storage_that_does_not_take_us_yet_is_worth_another_try(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Refusing(memory.MemoryRows):
        def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
            raise StorageUnavailable("Storage cannot be used now (AuthorizationPermissionMismatch).")

    monkeypatch.setattr(tables, "from_account", lambda account: Refusing())
    given = ["--account", "x", "--entra-id", "0f" * 4 + "-0f0f-0f0f-0f0f-" + "0f" * 6, "--name", "C", "--email", "c@example.com"]
    assert first_administrator.main(given) == first_administrator.NOT_YET == 75
    assert "AuthorizationPermissionMismatch" in capsys.readouterr().err


def test_the_first_administrator_is_entered_once_and_overwrites_nobody() -> None:
    rows = memory.MemoryRows()
    roles = first_administrator.ROLES
    carla = Staff(id="admin", name="Carla", email="c@example.com", language="it", roles=roles, entra_id="a")
    other = Staff(id="admin", name="Other", email="o@example.com", language="it", roles=roles, entra_id="b")
    assert first_administrator.enter(rows, carla)
    assert not first_administrator.enter(rows, other)
    assert [row.key for row in rows.scan(Table.SYSTEM, DIRECTORY)] == ["staff:admin"]
    found = KeptDirectory(rows)(datetime(2026, 1, 1, tzinfo=UTC)).holders(Role.SERVICE_MANAGER)
    assert found == (carla,)


def test_what_the_hook_says_enters_them(az: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very words of the hook, with a store in place of the account."""
    python = az / "bin" / "python"
    python.write_text('#!/bin/sh\nfor word; do echo "$word"; done > "$AZ/asked"\n')
    python.chmod(0o755)
    person = {"SPORTELLO_ADMIN_NAME": "Carla Neri", "SPORTELLO_ADMIN_EMAIL": "c@example.com", "SPORTELLO_ADMIN_LANGUAGE": "en"}
    object_id = "0F0F0F0F-0f0f-0f0f-0f0f-0f0f0f0f0f0f"
    postprovision(az, PYTHON=str(python), STORAGE_ACCOUNT_NAME="stdesk", SPORTELLO_ADMIN_ENTRA_ID=object_id, **person)
    stores = {"stdesk": (rows := memory.MemoryRows())}
    monkeypatch.setattr(tables, "from_account", stores.__getitem__)
    asked = (az / "asked").read_text().splitlines()
    assert first_administrator.main(asked[2:]) == first_administrator.main(asked[2:]) == 0
    carla = KeptDirectory(rows)(datetime(2026, 1, 1, tzinfo=UTC)).staff["admin"]
    assert (carla.name, carla.email, carla.language, carla.entra_id) == ("Carla Neri", "c@example.com", "en", object_id.lower())


def test_without_the_set_up_the_hook_says_how_to_get_it(az: Path) -> None:
    more = {"STORAGE_ACCOUNT_NAME": "stdesk", "SPORTELLO_ADMIN_NAME": "C", "SPORTELLO_ADMIN_EMAIL": "c@example.com"}
    done = postprovision(az, PYTHON=str(az / "none"), SPORTELLO_ADMIN_ENTRA_ID="x", **more)
    assert done.returncode == 1 and "make setup" in done.stderr


def test_an_object_id_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--account", "x", "--entra-id", "carla@example.com", "--name", "C", "--email", "c@example.com"]
    assert first_administrator.main(given) == 2
    assert "object id" in capsys.readouterr().err


@pytest.mark.parametrize(("stage", "status"), [("dev", 0), ("test", 0), ("prod", 0), ("main", 1), ("../x", 1)])
def test_the_stage_chooses_the_parameters(tmp_path: Path, stage: str, status: int) -> None:
    copy = tmp_path / "infra"
    (copy / "hooks").mkdir(parents=True)
    for name in ("dev.bicepparam", "test.bicepparam", "prod.bicepparam"):
        shutil.copy(INFRA / name, copy / name)
    for name in ("preprovision.sh", "tick-key.sh", "budget-start.sh"):
        shutil.copy(INFRA / "hooks" / name, copy / "hooks" / name)
    for _ in range(2):
        environ = {"PATH": os.environ["PATH"], "SPORTELLO_STAGE": stage, "AZURE_RESOURCE_GROUP": "g"}
        done = subprocess.run(["/bin/sh", str(copy / "hooks" / "preprovision.sh")], env=environ, capture_output=True, check=False)
        assert done.returncode == status
    if status == 0:
        assert f"param stage = '{stage}'" in (copy / "main.bicepparam").read_text()


AZ_WITH_A_VAULT = AZ.replace("esac\n", '    "keyvault secret show") cat "$AZ/secrets/tick-key" ;;\nesac\n', 1)


def a_copy(folder: Path) -> Path:
    """The infrastructure where its hooks may write."""
    copy = folder / "copy" / "infra"
    shutil.copytree(INFRA / "hooks", copy / "hooks")
    shutil.copy(INFRA / "dev.bicepparam", copy)
    return copy


def run_in(copy: Path, az: Path, hook: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": f"{az / 'bin'}:{os.environ['PATH']}", "AZ": str(az), "TMPDIR": str(az), "SPORTELLO_PAUSE": "0"}
    environ |= {"AZURE_RESOURCE_GROUP": "g", **more}
    return subprocess.run(["/bin/sh", str(copy / "hooks" / hook)], env=environ, capture_output=True, text=True, check=False)


def key_in(copy: Path) -> str | None:
    found = re.findall(r"^param tickKey = '(.*)'$", (copy / "main.bicepparam").read_text(), re.M)
    assert len(found) <= 1
    return found[0] if found else None


OF_THE_FIRST = {"KEY_VAULT_NAME": "kv-1", "APP_NAME": "desk", "AZURE_RESOURCE_GROUP": "g", "SPORTELLO_TRIES": "1"}


def test_the_look_and_the_desk_get_the_same_key_and_keep_it(az: Path) -> None:
    """The first deployment makes it, the next take it from the vault; on disk it is only while a deployment goes on."""
    (az / "bin" / "az").write_text(AZ_WITH_A_VAULT)
    copy = a_copy(az)
    assert run_in(copy, az, "preprovision.sh").returncode == 0
    parameters = copy / "main.bicepparam"
    first = key_in(copy)
    assert first and len(first) >= 32 and stat.S_IMODE(parameters.stat().st_mode) == 0o600
    done = run_in(copy, az, "postprovision.sh", **OF_THE_FIRST)
    assert done.returncode == 0, done.stderr
    assert made_in(az)["tick-key"] == first and key_in(copy) is None and "param stage = 'dev'" in parameters.read_text()
    assert first not in done.stdout + done.stderr + (az / "calls").read_text()

    (az / "calls").unlink()
    assert run_in(copy, az, "preprovision.sh", KEY_VAULT_NAME="kv-1").returncode == 0
    assert key_in(copy) == first
    assert run_in(copy, az, "postprovision.sh", **OF_THE_FIRST).returncode == 0
    assert made_in(az)["tick-key"] == first and "secret set" not in (az / "calls").read_text()


def test_a_vault_that_cannot_be_read_leaves_the_look_as_it_is(az: Path) -> None:
    copy = a_copy(az)
    (az / "refused").touch()
    done = run_in(copy, az, "preprovision.sh", KEY_VAULT_NAME="kv-1")
    assert done.returncode == 0 and key_in(copy) == "" and "cannot be read" in done.stderr
    assert "empty(tickKey) ? []" in project()["modules/availability.bicep"]


def test_the_parameters_have_the_day_the_budget_began(az: Path) -> None:
    (az / "bin" / "az").write_text("#!/bin/sh\ncase $* in *budgets*) echo 2025-02-01T00:00:00Z ;; *) exit 1 ;; esac\n")
    copy = a_copy(az)
    assert run_in(copy, az, "preprovision.sh").returncode == 0
    found = re.findall(r"^param budgetStartDate = (.+)$", (copy / "main.bicepparam").read_text(), re.M)
    assert found == ["'2025-02-01T00:00:00Z'"]
    done = run_in(copy, az, "preprovision.sh", AZURE_RESOURCE_GROUP="")
    assert done.returncode != 0 and "azd env set AZURE_RESOURCE_GROUP" in done.stderr


def test_every_stage_takes_the_key_from_the_environment() -> None:
    for stage in ("dev", "test", "prod"):
        assert (
            "param tickKey = readEnvironmentVariable('SPORTELLO_TICK_KEY', '')\n" in (INFRA / f"{stage}.bicepparam").read_text()
        )


def test_the_package_holds_what_runs_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "app"
    environ = {"PATH": os.environ["PATH"], "PIP": "true", "HOME": str(tmp_path)}
    command = ["/bin/sh", str(INFRA / "hooks" / "prepackage.sh"), str(out)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    here = {path.name for path in out.iterdir()}
    assert here == {
        ".funcignore",
        ".python_packages",
        "__pycache__",
        "function_app.py",
        "functions",
        "host.json",
        "requirements.txt",
        "shared",
    }
    sources = list(out.rglob("*.py"))
    assert len(sources) > 100
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        assert compiled.read_bytes()[4:8] == b"\x01\x00\x00\x00", "bytecode by hash, unchecked"
    assert json.loads((out / "host.json").read_text())["version"] == "2.0"
    assert [line for line in (out / ".funcignore").read_text().splitlines() if line and not line.startswith("#")] == []


@pytest.mark.parametrize(
    ("is_on", "status", "lock"),
    [("true", 0, "requirements-telemetry.txt"), ("false", 0, "requirements.txt"), ("yes", 1, None)],
)
def test_the_package_has_opentelemetry_where_it_is_on(tmp_path: Path, is_on: str, status: int, lock: str | None) -> None:
    """`PIP` writes down what it is asked for."""
    pip = tmp_path / "pip"
    pip.write_text('#!/bin/sh\necho "$@" > "$(dirname "$0")/asked"\n')
    pip.chmod(0o755)
    environ = {"PATH": os.environ["PATH"], "PIP": str(pip), "HOME": str(tmp_path), "SPORTELLO_WORKER_TELEMETRY": is_on}
    command = ["/bin/sh", str(INFRA / "hooks" / "prepackage.sh"), str(tmp_path / "app")]
    assert subprocess.run(command, env=environ, capture_output=True, check=False).returncode == status
    if lock is None:
        assert not (tmp_path / "asked").exists()
    else:
        assert (tmp_path / "asked").read_text().endswith(f"-r {lock}\n")
        assert (tmp_path / "app" / "requirements.txt").read_bytes() == (ROOT / lock).read_bytes()


def test_one_variable_decides_of_the_package_and_of_the_setting() -> None:
    for stage in ("dev", "test", "prod"):
        given = "param workerTelemetry = bool(readEnvironmentVariable('SPORTELLO_WORKER_TELEMETRY', 'false'))"
        assert given in (INFRA / f"{stage}.bicepparam").read_text()


def test_nothing_is_packaged_with_a_contract_that_is_wrong(tmp_path: Path) -> None:
    """In a copy of what the hook needs, with a Python that finds the catalogue wrong."""
    for name in ("infra/hooks/prepackage.sh", "dev/find-python.sh"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
        (tmp_path / name).chmod(0o755)
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n[ "$*" = "-m shared.catalogue.check" ] && { echo "no priority 3" >&2; exit 1; }\nexit 0\n')
    python.chmod(0o755)
    out = tmp_path / "app"
    out.mkdir()
    (out / "before").touch()
    environ = {"PATH": os.environ["PATH"], "PYTHON": str(python), "PIP": "true"}
    command = ["/bin/sh", str(tmp_path / "infra" / "hooks" / "prepackage.sh"), str(out)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "no priority 3" in done.stderr
    assert [path.name for path in out.iterdir()] == ["before"]


def test_the_working_tree_gets_no_unchecked_bytecode() -> None:
    for compiled in [*ROOT.glob("shared/**/*.pyc"), *ROOT.glob("functions/**/*.pyc"), *ROOT.glob("__pycache__/*.pyc")]:
        assert compiled.read_bytes()[4:8] != b"\x01\x00\x00\x00", compiled


@pytest.mark.parametrize(
    "script", [*sorted((INFRA / "hooks").glob("*.sh")), ROOT / "dev" / "check-infra.sh"], ids=lambda p: p.name
)
def test_a_script_is_plain_shell(script: Path) -> None:
    text = script.read_text()
    assert text.startswith("#!/bin/sh\n") and re.search(r"^set -e?u$", text, re.M)
    assert os.access(script, os.X_OK)
    assert not re.search(r"\[\[|^\s*(local|function) |<\(|\$'", text, re.M), "a word that only bash knows"
    assert subprocess.run(["/bin/sh", "-n", str(script)], check=False).returncode == 0


COMPILER = """#!/bin/sh
# Says what it is told to, as the compiler does: on standard error, with status 0 for a warning.
echo "$*" >> "$SAID_TO"
printf '%s' "$SAYS" >&2
"""


@pytest.mark.parametrize(
    ("says", "status"),
    [
        ("", 0),
        ('infra/main.bicep(3,7) : Warning no-unused-params: Parameter "x" is declared but never used.', 1),
        ('infra/main.bicep(3,7) : Error BCP057: The name "x" does not exist.', 1),
        ("WARNING: A new Bicep release is available: v0.99.0.", 0),
    ],
)
@pytest.mark.parametrize("compiler", ["bicep", "az"])
def test_the_compiler_is_asked_where_there_is_one_and_a_warning_counts(
    tmp_path: Path, compiler: str, says: str, status: int
) -> None:
    program = tmp_path / "bin" / compiler
    program.parent.mkdir()
    program.write_text(COMPILER)
    program.chmod(0o755)
    environ = {"PATH": f"{program.parent}:/usr/bin:/bin", "SAYS": says, "SAID_TO": str(tmp_path / "calls")}
    command = ["/bin/sh", str(ROOT / "dev" / "check-infra.sh")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    built = (tmp_path / "calls").read_text()
    stages = [path.name for path in INFRA.glob("*.bicepparam") if path.name != "main.bicepparam"]
    assert len(stages) == 3 and all(name in built for name in ["infra/main.bicep", *stages])


def test_where_nothing_can_check_it_says_so_and_fails_where_the_check_is_required(tmp_path: Path) -> None:
    command = ["/bin/sh", str(ROOT / "dev" / "check-infra.sh")]
    bare = {"PATH": "/usr/bin:/bin", "BICEP_CHECK": str(tmp_path / "none"), "TMPDIR": str(tmp_path)}
    if any((Path(folder) / name).exists() for folder in ("/usr/bin", "/bin") for name in ("az", "bicep")):
        pytest.skip("a Bicep compiler is in /usr/bin, where it cannot be hidden")
    here = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert here.returncode == 0 and "NOT CHECKED: the infrastructure" in here.stderr and "az bicep install" in here.stderr
    assert "NOT CHECKED: infra/ by checkov" in here.stderr and "pipx install checkov" in here.stderr
    for strict in ("required", "all"):
        assert subprocess.run(command, env=bare | {"INFRA_CHECK": strict}, capture_output=True, check=False).returncode == 1


CHECKOV = """#!/bin/sh
echo "$*" > "$ASKED"
echo "Passed checks: 3, Failed checks: $FAILED, Skipped checks: 0$MORE"
exit "$FAILED"
"""


@pytest.mark.parametrize(
    ("failed", "more", "status"), [("0", "", 0), ("1", "", 1), ("0", ", Parsing errors: 1", 1), ("0", ", Parsing errors: 0", 0)]
)
def test_checkov_is_asked_where_it_is_and_a_file_it_leaves_out_counts(
    tmp_path: Path, failed: str, more: str, status: int
) -> None:
    for name, text in (("checkov", CHECKOV), ("bicep", "#!/bin/sh\n")):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    asked = tmp_path / "asked"
    environ = {"PATH": f"{program.parent}:/usr/bin:/bin", "FAILED": failed, "MORE": more, "ASKED": str(asked)}
    command = ["/bin/sh", str(ROOT / "dev" / "check-infra.sh")]
    done = subprocess.run(command, env=environ | {"INFRA_CHECK": "all"}, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert asked.read_text() == "--config-file infra/.checkov.yaml\n"
    (tmp_path / "bin" / "checkov").unlink()
    for strict, without in (("required", 0), ("all", 1)):
        again = subprocess.run(command, env=environ | {"INFRA_CHECK": strict}, capture_output=True, text=True, check=False)
        assert again.returncode == without and "NOT CHECKED: infra/ by checkov" in again.stderr
