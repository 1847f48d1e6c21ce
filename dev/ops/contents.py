"""What a backup holds: of each table the rows as they were last read, and the blobs. Nothing is given of one that is spoilt."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dev.ops.folder import LAYOUT, MANIFEST, Folder, blob_file, spoilt
from dev.ops.lines import Key, key_of, ordinal
from dev.ops.trouble import Refused, Spoilt
from shared.actions.ports import Table
from shared.adapters.limits import BLOCK_BYTES

BlobKept = dict[str, Any]
"""A blob in a backup: `name`, `kind` ("blob", "log"), `type` (of its content), `size` in bytes, `sha256`."""


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


def trusted(folder: Folder) -> dict[str, Any]:
    """The manifest. Every file that it names, and every blob, is read once before: Spoilt unless all is as it was written.

    Refused for a backup that is not finished, and for one of a desk that this checkout does not know.
    """
    found = folder.state(MANIFEST)
    if found is None:
        raise Refused(f"There is no finished backup in {folder.path}: run make backup FOLDER={folder.path} to its end.")
    try:
        _check(folder, found)
    except (KeyError, TypeError, AttributeError) as error:
        raise spoilt(MANIFEST) from error
    return found


def rows_in(folder: Folder, manifest: Mapping[str, Any], table: str) -> Rows:
    names = [named["file"] for named in manifest["tables"][table]["files"]]
    first = tuple(name for name in names if "/all-" in name)
    later = [name for name in names if name not in first]
    return Rows(folder, first, {key_of(line): line for name in later for line in folder.lines(name)})


def blobs_in(folder: Folder, file: str) -> list[BlobKept]:
    return [json.loads(line) for line in folder.lines(file)]


def bytes_of(folder: Folder, blob: BlobKept) -> Iterator[bytes]:
    """A blob's bytes, 4 MiB at a time; Spoilt at their end unless they are those that were read."""
    digest = hashlib.sha256()
    for piece in folder.pieces(blob_file(blob["name"]), BLOCK_BYTES):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != blob["sha256"]:
        raise Spoilt(f"The bytes of blob {blob['name']} are not as they were read: this backup cannot be trusted.")


def _check(folder: Folder, manifest: Mapping[str, Any]) -> None:
    if manifest["layout"] != LAYOUT or manifest["tables"].keys() != set(Table):
        held = f"has layout {manifest['layout']} and the tables {', '.join(manifest['tables'])}"
        raise Refused(f"This backup {held}; this checkout reads {LAYOUT} and {', '.join(Table)}: take the release that made it.")
    lists = manifest["blobs"]["files"]
    for named in [*(named for table in manifest["tables"].values() for named in table["files"]), *lists]:
        if folder.digest(named["file"]) != named["sha256"]:
            raise spoilt(named["file"])
    for named in lists:
        for blob in blobs_in(folder, named["file"]):
            for _ in bytes_of(folder, blob):
                pass
