"""The hooks of a deployment, run against an `az` that only remembers: secrets are made once and never shown."""

import json
import os
import re
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dev import first_administrator
from shared.actions.customers import DIRECTORY, KeptDirectory
from shared.actions.ports import Table
from shared.adapters import memory
from shared.adapters.portal_webhooks import secret_bytes
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
    assert (az / "calls").read_text().splitlines() == ["keyvault secret list --vault-name kv-1 --query [].name --output tsv"]


def test_the_vault_gets_what_the_deployment_refers_to_in_a_form_the_desk_takes(az: Path) -> None:
    postprovision(az)
    made = made_in(az)
    names = dict(re.findall(r"var (\w+Name) = '([\w-]+)'", project()["main.bicep"]))
    assert made.keys() == set(names.values())
    assert len(set(made.values())) == len(made)
    for name, value in made.items():
        if name == "link-secret":
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


def test_an_object_id_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--account", "x", "--entra-id", "carla@example.com", "--name", "C", "--email", "c@example.com"]
    assert first_administrator.main(given) == 2
    assert "object id" in capsys.readouterr().err


@pytest.mark.parametrize(("stage", "status"), [("dev", 0), ("test", 0), ("prod", 0), ("main", 1), ("../x", 1)])
def test_the_stage_chooses_the_parameters(tmp_path: Path, stage: str, status: int) -> None:
    copy = tmp_path / "infra"
    (copy / "hooks").mkdir(parents=True)
    for name in ("dev.bicepparam", "test.bicepparam", "prod.bicepparam", "hooks/preprovision.sh"):
        (copy / name).write_bytes((INFRA / name).read_bytes())
    for _ in range(2):
        environ = {"PATH": os.environ["PATH"], "SPORTELLO_STAGE": stage}
        done = subprocess.run(["/bin/sh", str(copy / "hooks" / "preprovision.sh")], env=environ, capture_output=True, check=False)
        assert done.returncode == status
    if status == 0:
        assert f"param stage = '{stage}'" in (copy / "main.bicepparam").read_text()


def test_the_package_holds_what_runs_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "app"
    environ = {"PATH": os.environ["PATH"], "PIP": "true", "HOME": str(tmp_path)}
    command = ["/bin/sh", str(INFRA / "hooks" / "prepackage.sh"), str(out)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    here = {path.name for path in out.iterdir()}
    assert here == {".python_packages", "__pycache__", "function_app.py", "functions", "host.json", "requirements.txt", "shared"}
    sources = list(out.rglob("*.py"))
    assert len(sources) > 100
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        assert compiled.read_bytes()[4:8] == b"\x01\x00\x00\x00", "bytecode by hash, unchecked"
    assert json.loads((out / "host.json").read_text())["version"] == "2.0"


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
    assert subprocess.run(command, env=bare | {"INFRA_CHECK": "required"}, capture_output=True, check=False).returncode == 1
