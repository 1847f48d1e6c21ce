"""The folder that the local run keeps its data in, held by one run at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.ports import CannotStart

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".data"


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """The folder, made if need be and ours until the block ends. Raises CannotStart while another run holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"Sportello already runs on the data in {folder}: stop that one first (Ctrl-C).") from None
        yield folder
