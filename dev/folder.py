"""The folder that the local run keeps its data in, held by one run at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.ports import CannotStart

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".data"

LAYOUT = "3"
"""How the local data is laid out. Nothing local is ever converted: with another layout one begins anew."""


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


def check_layout(folder: Path) -> None:
    """Marks a new folder with the present layout. Raises CannotStart for data that an older, or newer, program has left."""
    mark = folder / "layout"
    is_new = not any(path.name != "lock" for path in folder.iterdir())
    if is_new:
        mark.write_text(LAYOUT)
    if not mark.exists() or mark.read_text() != LAYOUT:
        raise CannotStart(f"The data in {folder} was laid out by another version of Sportello; `make reset` clears it.")
