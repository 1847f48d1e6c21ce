"""Compares a backup with an account, row by row and byte by byte, and changes nothing. Both are read once, in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dev.ops.account import Account
from dev.ops.contents import blobs_in, rows_in, trusted
from dev.ops.folder import Folder
from dev.ops.lines import Key, key_of, line_of, ordinal
from shared.actions.ports import Table


@dataclass(frozen=True, slots=True)
class Compared:
    """`missing` is in the backup alone, `extra` in the account alone."""

    what: str
    same: int = 0
    different: int = 0
    missing: int = 0
    extra: int = 0

    @property
    def is_same(self) -> bool:
        return not (self.different or self.missing or self.extra)

    def __str__(self) -> str:
        return f"{self.what}: {self.same:,} the same, {self.different:,} different, {self.missing:,} missing, {self.extra:,} more"


def compare(account: Account, folder: Folder) -> list[Compared]:
    manifest = trusted(folder)
    found = []
    for table in Table:
        rows = rows_in(folder, manifest, table.value)
        first = (line for file in rows.files for line in rows.of(file))
        kept = _keyed(_merged(first, rows.since()))
        live = ((key_of(line), line) for line in map(line_of, (e for page, _ in account.pages(table) for e in page)))
        found.append(_counted(table.value, kept, live))
    return [*found, _blobs(account, folder, [named["file"] for named in manifest["blobs"]["files"]])]


def _blobs(account: Account, folder: Folder, files: list[str]) -> Compared:
    kept = (
        ((blob["name"], ""), _told(blob["kind"], blob["type"], blob["sha256"]))
        for file in files
        for blob in blobs_in(folder, file)
    )
    return _counted("blobs", kept, _live_blobs(account))


def _live_blobs(account: Account) -> Iterator[tuple[Key, bytes]]:
    marker, is_last = "", False
    while not is_last:
        page, marker = account.shelf.listed(marker)
        is_last = not marker
        for blob in page:
            yield (blob.name, ""), _told(blob.kind, blob.content_type, account.shelf.digest(blob.name, blob.size))


def _told(kind: str, content_type: str, sha256: str) -> bytes:
    return f"{kind} {content_type} {sha256}".encode()


def _keyed(lines: Iterable[bytes]) -> Iterator[tuple[Key, bytes]]:
    return ((key_of(line), line) for line in lines)


def _merged(first: Iterator[bytes], later: list[bytes]) -> Iterator[bytes]:
    """Two orders made one; no key is in both."""
    waiting = iter(later)
    late = next(waiting, None)
    for line in first:
        while late is not None and ordinal(key_of(late)) < ordinal(key_of(line)):
            yield late
            late = next(waiting, None)
        yield line
    while late is not None:
        yield late
        late = next(waiting, None)


def _counted(what: str, kept: Iterator[tuple[Key, bytes]], live: Iterator[tuple[Key, bytes]]) -> Compared:
    counts = {"same": 0, "different": 0, "missing": 0, "extra": 0}
    ours, theirs = next(kept, None), next(live, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and ordinal(ours[0]) < ordinal(theirs[0])):
            counts["missing"] += 1
            ours = next(kept, None)
        elif ours is None or ordinal(theirs[0]) < ordinal(ours[0]):
            counts["extra"] += 1
            theirs = next(live, None)
        else:
            counts["same" if ours[1] == theirs[1] else "different"] += 1
            ours, theirs = next(kept, None), next(live, None)
    return Compared(what, **counts)
