"""The folder of a backup: gzip files of lines, what is done so far, and at the end a manifest. Whatever is there is whole.

manifest.json                           written last: counts, the SHA-256 of every file, when, of what account
progress.json                           instead of it, while a backup is not finished
tables/desk/all-00001.jsonl.gz          rows, in the order of their keys
tables/desk/changed-1-00001.jsonl.gz    rows that were written while the first were read
blobs/00001.jsonl.gz                    what blobs there are: name, kind, size, SHA-256
blobs/3f/3f2a….gz                       a blob's bytes, under the SHA-256 of its name
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

from dev.ops.trouble import Refused, Spoilt

LAYOUT = 1
MANIFEST, PROGRESS = "manifest.json", "progress.json"

Named = dict[str, Any]
"""A file in the manifest: `file`, `lines`, `sha256`."""


class Folder:
    """Reading raises Spoilt for a file that is gone, or is not what was written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def made(self) -> "Folder":
        """Personal data is in it: Refused where anybody else may look."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.stat().st_mode & 0o077:
            raise Refused(f"Others may look into {self.path}: chmod 700 it, or name a new folder.")
        return self

    def state(self, name: str) -> dict[str, Any] | None:
        """What was kept under the name; None when nothing was."""
        found = self.path / name
        if not found.exists():
            return None
        with _reading(name):
            state = json.loads(found.read_text())
            if not isinstance(state, dict):
                raise ValueError("no object")
        return state

    def keep(self, name: str, state: Mapping[str, Any]) -> None:
        self._put(name, json.dumps(state, indent=1).encode() + b"\n")

    def forget(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    def write(self, name: str, pieces: Iterable[bytes]) -> Named:
        """A file is there as a whole or not at all. `lines` counts the pieces."""
        target = self.path / name
        for parent in reversed(PurePath(name).parents):
            (self.path / parent).mkdir(mode=0o700, exist_ok=True)
        part = target.with_name(target.name + ".part")
        count = 0
        with open(part, "wb", opener=_private) as raw:
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as packed:
                for count, piece in enumerate(pieces, start=1):  # noqa: B007
                    packed.write(piece)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(target)
        return {"file": name, "lines": count, "sha256": self.digest(name)}

    def lines(self, name: str) -> Iterator[bytes]:
        with _reading(name), gzip.open(self.path / name, "rb") as packed:
            yield from packed

    def pieces(self, name: str, size: int) -> Iterator[bytes]:
        with _reading(name), gzip.open(self.path / name, "rb") as packed:
            while piece := packed.read(size):
                yield piece

    def digest(self, name: str) -> str:
        with _reading(name), (self.path / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _put(self, name: str, content: bytes) -> None:
        part = self.path / (name + ".part")
        with open(part, "wb", opener=_private) as raw:
            raw.write(content)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(self.path / name)


def blob_file(name: str) -> str:
    """Where a blob's bytes are: not under its own name, which a file system may not tell from another's."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return f"blobs/{digest[:2]}/{digest}.gz"


def spoilt(name: str) -> Spoilt:
    return Spoilt(f"{name} is not as it was written: this backup cannot be trusted.")


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise spoilt(name) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
