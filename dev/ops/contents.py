"""What a backup holds: of each table the rows as they were last read, and the blobs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dev.ops.folder import Folder
from dev.ops.lines import Key, key_of, ordinal


@dataclass(frozen=True, slots=True)
class Rows:
    """`changed`: rows written while the others were read, by key; as many as a desk writes in those minutes."""

    folder: Folder
    files: tuple[str, ...]
    changed: Mapping[Key, bytes]

    def of(self, file: str) -> Iterator[bytes]:
        """A file's rows in the order of their keys, without those that have changed since."""
        return (line for line in self.folder.lines(file) if key_of(line) not in self.changed)

    def since(self) -> list[bytes]:
        return [self.changed[key] for key in sorted(self.changed, key=ordinal)]


def rows_in(folder: Folder, manifest: Mapping[str, Any], table: str) -> Rows:
    names = [named["file"] for named in manifest["tables"][table]["files"]]
    first = tuple(name for name in names if "/all-" in name)
    later = [name for name in names if name not in first]
    return Rows(folder, first, {key_of(line): line for name in later for line in folder.lines(name)})


def blobs_in(folder: Folder, file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in folder.lines(file)]
