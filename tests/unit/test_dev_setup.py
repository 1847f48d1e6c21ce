"""The set-up: finding Python and Node, the locks, and what the make targets promise."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import require
from tests.support.dossiers import eventful, evidence_of

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-telemetry.txt")


def program(folder: Path, name: str, *lines: str) -> Path:
    """A stand-in on the PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def old_python(folder: Path, name: str) -> None:
    """A Python that says of itself, whoever asks, that it is 3.11.7."""
    code = 'code="import sys; sys.version_info = (3, 11, 7)\n$2"'
    program(
        folder, name, 'if [ "$1" = --version ]; then echo "Python 3.11.7"; exit 0; fi', code, f'exec {sys.executable} -c "$code"'
    )


def run_script(script: str, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(ROOT / "dev" / script)], env={"PATH": str(path), **environment}, capture_output=True, text=True
    )


def is_one_sentence(text: str) -> bool:
    return len(text.strip().splitlines()) == 1 and text.strip().endswith(".")


def test_python_is_taken_by_its_full_name_before_any_other(tmp_path: Path) -> None:
    program(tmp_path, "python3.13", f'exec {sys.executable} "$@"')
    old_python(tmp_path, "python3")
    assert run_script("find-python.sh", tmp_path).stdout.strip() == sys.executable


def test_python3_serves_when_it_is_the_right_one(tmp_path: Path) -> None:
    program(tmp_path, "python3", f'exec {sys.executable} "$@"')
    assert run_script("find-python.sh", tmp_path).stdout.strip() == sys.executable


def test_pyenv_is_asked_when_the_path_has_only_an_older_one(tmp_path: Path) -> None:
    old_python(tmp_path, "python3")
    program(tmp_path / "versions" / "bin", "python", f'exec {sys.executable} "$@"')
    program(tmp_path, "pyenv", f'[ "$PYENV_VERSION $1" = "3.13 prefix" ] && echo {tmp_path}/versions')
    assert run_script("find-python.sh", tmp_path).stdout.strip() == sys.executable


def test_uv_is_asked_last(tmp_path: Path) -> None:
    old_python(tmp_path, "python3")
    program(tmp_path, "uv", f'[ "$*" = "python find 3.13" ] && echo {sys.executable}')
    assert run_script("find-python.sh", tmp_path).stdout.strip() == sys.executable


def test_a_wrong_or_missing_python_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    missing = run_script("find-python.sh", tmp_path)
    old_python(tmp_path, "python3")
    wrong = run_script("find-python.sh", tmp_path)
    for result, found in ((missing, "no Python at all"), (wrong, "Python 3.11.7")):
        assert result.returncode == 1 and result.stdout == ""
        assert is_one_sentence(result.stderr)
        assert "Python 3.13" in result.stderr and found in result.stderr and "apt install" in result.stderr


def test_a_python_without_venv_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    lame = 'case "$2" in *ensurepip*) exit 1;; *executable*) echo /usr/bin/python3.13;; esac'
    program(tmp_path, "python3.13", lame)
    result = run_script("find-python.sh", tmp_path, PYTHON=str(tmp_path / "python3.13"))
    assert result.returncode == 1
    assert is_one_sentence(result.stderr) and "venv" in result.stderr


@pytest.mark.parametrize("version", ["v20.0.0", "v20.20.2", "v24.1.0"])
def test_node_20_and_newer_serve(tmp_path: Path, version: str) -> None:
    program(tmp_path, "node", f"echo {version}")
    program(tmp_path, "npm")
    result = run_script("check-node.sh", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("has", [[], ["v18.19.1"], ["v9.0.0"], ["v20.0.0"]], ids=["none", "18", "9", "20 without npm"])
def test_a_missing_or_old_node_is_one_sentence_with_the_remedy(tmp_path: Path, has: list[str]) -> None:
    for version in has:
        program(tmp_path, "node", f"echo {version}")
        if version != "v20.0.0":
            program(tmp_path, "npm")
    result = run_script("check-node.sh", tmp_path)
    assert result.returncode == 1
    assert is_one_sentence(result.stderr)
    assert "Node 20 or newer" in result.stderr and all(version in result.stderr for version in has)


def pins(lock: str) -> dict[str, str]:
    """Every pinned package with its version and hashes."""
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text())
    found = (re.match(r"([a-z0-9-]+)==(\S+)", block) for block in blocks)
    hashes = (" ".join(sorted(re.findall(r"sha256:[0-9a-f]{64}", block))) for block in blocks)
    return {match[1]: f"{match[2]} {digest}" for match, digest in zip(found, hashes, strict=True) if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    assert len(pins(lock)) > 20
    assert [name for name, pin in pins(lock).items() if "sha256:" not in pin] == []


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json"])
def test_no_lock_names_a_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"pypi|pythonhosted|npmjs|npmmirror|file:|find-links|index-url|\"resolved\"", text) == []


def test_development_installs_exactly_what_is_deployed() -> None:
    deployed, development = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: development.get(name) for name in deployed} == deployed


def test_what_the_project_declares_is_in_the_locks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [entry for group in project["dependency-groups"].values() for entry in group if isinstance(entry, str)]
    for lock, declared in ((LOCKS[0], project["project"]["dependencies"]), (LOCKS[1], groups)):
        names = {re.split(r"[<>=]", entry)[0].strip().lower() for entry in declared}
        assert names - pins(lock).keys() == set()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-telemetry.txt"])
def test_what_has_crashed_workers_is_not_deployed(lock: str) -> None:
    assert {"grpcio", "grpcio-tools", "protobuf"} & pins(lock).keys() == set()


def test_the_optional_lock_adds_telemetry_and_changes_nothing_else() -> None:
    deployed, optional, development = pins(LOCKS[0]), pins(LOCKS[2]), pins(LOCKS[1])
    assert {name: optional.get(name) for name in deployed} == deployed
    assert "azure-monitor-opentelemetry" in optional.keys() - deployed.keys()
    assert development["opentelemetry-sdk"] == optional["opentelemetry-sdk"]


def test_the_emulator_is_pinned_exactly_and_by_hash() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert json.loads((ROOT / "package.json").read_text())["devDependencies"] == {
        "@kusto/language-service-next": "12.4.1",
        "azurite": "3.35.0",
    }
    assert lock["node_modules/azurite"]["version"] == "3.35.0"
    assert [name for name, package in lock.items() if name and "integrity" not in package] == []


def make(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    require(shutil.which("make") is not None, "make", "apt install make")
    require((ROOT / ".venv" / ".ready").exists(), "The project's set-up", "make setup")
    environment = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    as_it_is = ["-o", ".venv/.ready", "-o", "node_modules/.ready"]  # no set-up under the tests' own feet
    return subprocess.run(["make", *as_it_is, *arguments], cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True)


def test_make_calculate_prints_answers_alone_and_passes_status_1_through() -> None:
    right = make("-s", "calculate", stdin='{"define": "always", "calendar": {"tz": "UTC", "weekly": {}}}\n')
    assert (right.returncode, right.stdout) == (0, "")
    wrong = make("-s", "calculate", stdin='{"id": "a", "op": "due"}\n')
    assert wrong.returncode == 1
    [answer] = [json.loads(line) for line in wrong.stdout.splitlines()]
    assert answer["id"] == "a" and answer["error"]


def test_make_verify_prints_a_report_and_passes_its_status_through(tmp_path: Path) -> None:
    evidence = evidence_of(eventful(tmp_path)).decode()
    right = make("-s", "verify", stdin=evidence)
    assert (right.returncode, right.stdout.splitlines()[-1]) == (0, "All of it holds.")
    wrong = make("-s", "verify", stdin=evidence.replace('"in_charge"', '"resolved"', 1))
    assert wrong.returncode == 1 and "FAILS" in wrong.stdout
    assert make("-s", "verify", stdin="not JSON").returncode == 2


def test_make_help_lists_every_target_with_what_it_is_for() -> None:
    listed = make("help").stdout
    assert make().stdout == listed
    for target in ("run", "test", "check", "calculate", "verify", "bench", "reset", "lock", "holidays"):
        assert re.search(rf"make {target} +\w", listed)


def test_two_services_on_one_port_are_refused_in_a_sentence() -> None:
    from dev.ports import CannotStart, ensure_distinct

    with pytest.raises(CannotStart, match="BLOB_PORT and TABLE_PORT are both 10391"):
        ensure_distinct(PORT=7391, BLOB_PORT=10391, TABLE_PORT=10391)
    ensure_distinct(PORT=7391, BLOB_PORT=10391, TABLE_PORT=10392)
