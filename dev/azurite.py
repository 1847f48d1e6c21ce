"""Azurite, the storage emulator: tables, blobs and queues on the loopback interface, stopped with whoever started it."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.ports import LOOPBACK, CannotStart, ensure_free, is_answering

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "node_modules" / ".bin"
START_LIMIT_S = 60
STOP_LIMIT_S = 10

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The emulator's published key, the same on every machine; it opens nothing else."""


def is_installed() -> bool:
    return (PROGRAMS / "azurite-table").exists()


def connection_string(blob_port: int, queue_port: int, table_port: int) -> str:
    return (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
        f"BlobEndpoint=http://{LOOPBACK}:{blob_port}/{ACCOUNT};QueueEndpoint=http://{LOOPBACK}:{queue_port}/{ACCOUNT};"
        f"TableEndpoint=http://{LOOPBACK}:{table_port}/{ACCOUNT};"
    )


@contextmanager
def azurite(blob_port: int, queue_port: int, table_port: int, folder: Path, *, in_memory: bool = False) -> Iterator[str]:
    """Runs the emulator until the block ends; yields its connection string once it answers.

    Data and logs are kept in `folder`; with `in_memory` only logs. Raises CannotStart for a taken port.
    """
    ports = {"blob": blob_port, "queue": queue_port, "table": table_port}
    for service, port in ports.items():
        remedy = f"take another one with: make run {service.upper()}_PORT={port + 100}"
        ensure_free(port, what=f"the storage emulator's {service} service", remedy=remedy)
    folder.mkdir(parents=True, exist_ok=True)
    services: list[subprocess.Popen[bytes]] = []
    try:
        services += [_start(service, port, folder, in_memory) for service, port in ports.items()]
        for process, port in zip(services, ports.values(), strict=True):
            _wait_until_answering(process, port, folder)
        yield connection_string(blob_port, queue_port, table_port)
    finally:
        _stop(services)


def _start(service: str, port: int, folder: Path, in_memory: bool) -> subprocess.Popen[bytes]:
    program = (PROGRAMS / f"azurite-{service}").resolve()
    command = ["node", "--require", str(ROOT / "dev" / "follow-parent.cjs"), str(program)]
    command += [f"--{service}Host", LOOPBACK, f"--{service}Port", str(port)]
    command += ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    command += ["--inMemoryPersistence"] if in_memory else ["--location", str(folder)]
    with (folder / f"azurite-{service}.log").open("wb") as log:
        # A session of its own: Ctrl-C reaches the emulator only through us, after the app has stopped using it.
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)


def _stop(services: list[subprocess.Popen[bytes]]) -> None:
    for process in services:
        assert process.stdin is not None
        process.stdin.close()
    for process in services:
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_answering(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    give_up_at = time.monotonic() + START_LIMIT_S
    while not is_answering(port):
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise CannotStart(f"The storage emulator does not start on port {port}: its logs in {folder} say why.")
        time.sleep(0.05)
