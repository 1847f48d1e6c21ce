"""`make run` from the outside: it starts, keeps its data, stops all it started, and says in one sentence why it cannot start."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dev.azurite import is_installed
from dev.ports import LOOPBACK, free_port
from tests.conftest import require
from tests.support.sportello import Sportello, running

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _needs_azurite() -> None:
    require(is_installed(), "Azurite, the storage emulator,", "make setup")


def wait_until_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=15)
    assert alive == []


def emulators_of(sportello: Sportello) -> list[psutil.Process]:
    children: list[psutil.Process] = psutil.Process(sportello.process.pid).children(recursive=True)
    assert len(children) == 3, "one process for blobs, one for queues, one for tables"
    return children


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_stopped_run_leaves_nothing_behind_but_its_data(tmp_path: Path, number: int) -> None:
    with running(tmp_path / "data", demo=False) as sportello:
        emulators = emulators_of(sportello)
        now = sportello.set_clock("+400d")
        assert sportello.stop(number) == 0
        wait_until_gone(emulators)
        assert "Traceback" not in sportello.log.read_text()
    with running(tmp_path / "data", demo=False) as again:
        assert 0 <= (again.now() - now).total_seconds() < 60


def test_a_killed_run_takes_the_emulator_with_it(tmp_path: Path) -> None:
    with running(tmp_path / "data", demo=False) as sportello:
        emulators = emulators_of(sportello)
        sportello.process.kill()
        sportello.process.wait()
        wait_until_gone(emulators)


def test_a_run_whose_make_was_killed_stops(tmp_path: Path) -> None:
    ports = {name: str(free_port()) for name in ("PORT", "BLOB_PORT", "QUEUE_PORT", "TABLE_PORT")}
    command = f"{sys.executable} -m dev.run --no-demo --data {tmp_path} & wait"
    make = subprocess.Popen(
        ["/bin/sh", "-c", command], cwd=ROOT, env={**os.environ, **ports, "MAKELEVEL": "1"}, stdout=subprocess.PIPE
    )
    assert make.stdout is not None
    assert any(b"Sportello runs on" in line for line in make.stdout)
    started = psutil.Process(make.pid).children(recursive=True)
    assert len(started) == 4
    make.kill()
    make.wait()
    wait_until_gone(started)


def test_a_run_stopped_while_it_starts_leaves_nothing_behind(tmp_path: Path) -> None:
    process = start(tmp_path, {})
    give_up_at = time.monotonic() + 30
    while not (children := psutil.Process(process.pid).children(recursive=True)):
        assert time.monotonic() < give_up_at
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in output
    wait_until_gone(children)


def start(data: Path, ports: dict[str, str]) -> subprocess.Popen[str]:
    free = {name: str(free_port()) for name in ("PORT", "BLOB_PORT", "QUEUE_PORT", "TABLE_PORT")}
    return subprocess.Popen(
        [sys.executable, "-m", "dev.run", "--no-demo", "--data", str(data)],
        cwd=ROOT, env={**os.environ, **free, **ports}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("variable", ["PORT", "BLOB_PORT", "QUEUE_PORT", "TABLE_PORT"])
def test_a_taken_port_is_one_sentence_with_the_port_and_the_remedy(tmp_path: Path, variable: str) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path, {variable: str(port)})
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert len(output.strip().splitlines()) == 1
    assert f"Port {port}" in output and f"make run {variable}=" in output


def test_a_port_that_is_none_is_refused_with_an_example(tmp_path: Path) -> None:
    process = start(tmp_path, {"PORT": "seventy"})
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "PORT=7081" in output


def test_a_second_run_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with running(tmp_path / "data", demo=False):
        process = start(tmp_path / "data", {})
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "already runs" in output and len(output.strip().splitlines()) == 1


def test_storage_and_mail_run_without_the_app_for_the_real_host(tmp_path: Path) -> None:
    ports = {name: str(free_port()) for name in ("PORT", "BLOB_PORT", "QUEUE_PORT", "TABLE_PORT")}
    process = subprocess.Popen(
        [sys.executable, "-m", "dev.run", "--services-only", "--data", str(tmp_path)],
        cwd=ROOT, env={**os.environ, **ports}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    sportello = Sportello(f"http://{LOOPBACK}:{ports['PORT']}", process, tmp_path)
    assert process.stdout is not None
    assert any("Storage and mail run" in line for line in process.stdout)
    assert sportello.outbox() == []
    assert sportello.call("GET", "/api/health").status_code == 404
    assert sportello.stop() == 0


def test_the_example_settings_for_the_real_host_are_the_local_ones() -> None:
    from dev.environment import BLOB_PORT, PORT, QUEUE_PORT, TABLE_PORT, settings

    values = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
    ours = settings(PORT, BLOB_PORT, QUEUE_PORT, TABLE_PORT, mail_port=7072)
    assert {name: value for name, value in values.items() if name in ours} == ours
    assert values.keys() - ours.keys() == {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"}
