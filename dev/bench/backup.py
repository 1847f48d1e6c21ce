"""How long a backup and a restore take on the emulator, against a bare listing: `.venv/bin/python -m dev.bench.backup 50000`.

No part of `make bench`: it takes seven minutes, and what it measures is mostly the emulator.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.azurite import azurite
from dev.ops.account import Account, opened
from shared.actions.ports import Table

PORTS = range(19210, 19219)
PARTITIONS, BLOBS, DOC = 50, 200, "x" * 700


def main(rows: int) -> None:
    with TemporaryDirectory() as made, ExitStack() as running:
        at = Path(made)
        here, there, third = (
            running.enter_context(azurite(PORTS[n], PORTS[n + 1], PORTS[n + 2], at / f"account-{n}", in_memory=True))
            for n in (0, 3, 6)
        )
        account, folder = opened({"STORAGE_CONNECTION_STRING": here}), str(at / "backup")
        seeded = _seconds(lambda: _seed(account, rows))
        listing = _seconds(lambda: sum(len(page) for page, _ in account.pages(Table.DESK)))
        _tell("listing all rows, nothing else", listing, listing)
        _tell("writing them, 100 a transaction", seeded, listing)
        _tell("backup", _seconds(lambda: _run(here, "backup", folder)), listing)
        _tell("backup, killed twice after 4 s", _seconds(lambda: _run(here, "backup", f"{folder}-2", kill_after=4)), listing)
        _tell("restore", _seconds(lambda: _run(there, "restore", folder)), listing)
        _tell("restore, killed twice after 8 s", _seconds(lambda: _run(third, "restore", folder, kill_after=8)), listing)
        _tell("compare", _seconds(lambda: _run(there, "restore", "--verify", folder)), listing)
        _tell("merge, with nothing missing", _seconds(lambda: _run(there, "restore", "--merge", folder)), listing)
        print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB in one process at the most")


def _seed(account: Account, rows: int) -> None:
    account.make(Table.DESK)
    account.shelf.make()
    each = rows // PARTITIONS
    for partition in range(PARTITIONS):
        for start in range(0, each, 100):
            keys = range(start, min(start + 100, each))
            found = [{"PartitionKey": f"C{partition:02}", "RowKey": f"event:{key:06}", "n": key, "doc": DOC} for key in keys]
            account.add(Table.DESK, found)
    for number in range(BLOBS):
        account.shelf.put(f"raw/{number}", os.urandom(20_000), "application/json")


def _run(connection: str, *arguments: str, kill_after: float | None = None) -> None:
    command = [sys.executable, "-m", "dev.ops", *arguments]
    environ = {**os.environ, "STORAGE_CONNECTION_STRING": connection}
    for seconds in [kill_after] * 2 if kill_after else []:
        try:
            subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, timeout=seconds, check=True)
            return
        except subprocess.TimeoutExpired:
            continue
    subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _tell(what: str, seconds: float, listing: float) -> None:
    print(f"{what:<40}{seconds:>8.1f} s{seconds / listing:>8.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
