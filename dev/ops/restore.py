"""Reads a backup into an account: blobs, then the tables, the agenda last, so that no timer works on half a desk.

Killed, it goes on where it was: each batch of rows may be written again. An account that holds anything is refused, unless it is
this very restore that put it there; with `merge` what is there stays as it is, and only what is missing is added.
"""

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from dev.ops.account import Account
from dev.ops.contents import Rows, blobs_in, rows_in
from dev.ops.folder import MANIFEST, Folder, blob_file
from dev.ops.lines import batches, key_of, line_of, row_of
from dev.ops.trouble import Refused, Spoilt
from shared.actions.ports import Table
from shared.adapters.limits import BLOCK_BYTES

ORDER = (Table.SYSTEM, Table.DESK, Table.WATCH, Table.AGENDA)
WRITERS = 8

Say = Callable[[str], None]


@dataclass(slots=True)
class Restored:
    """By table, and "blobs". `kept`: was there already, as in the backup; `other`: was there and differs, and stays."""

    written: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    other: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, *, written: int = 0, kept: int = 0, other: int = 0) -> None:
        for counts, number in ((self.written, written), (self.kept, kept), (self.other, other)):
            counts[what] = counts.get(what, 0) + number

    def __str__(self) -> str:
        return "\n".join(
            f"{what}: {self.written[what]:,} written, {self.kept[what]:,} were there, {self.other[what]:,} others kept"
            for what in self.written
        )


def restore(account: Account, folder: Folder, *, merge: bool = False, say: Say = print) -> Restored:
    """What was done by this call; what an earlier one had done is not counted again."""
    manifest = folder.manifest()
    name = f"restore-{hashlib.sha256(account.name.encode()).hexdigest()[:12]}.json"
    progress = folder.state(name)
    begun = {"account": account.name, "manifest": folder.digest(MANIFEST), "merge": merge, "done": []}
    if progress is None or any(progress[each] != begun[each] for each in ("account", "manifest", "merge")):
        if not merge and not account.is_empty():
            raise Refused(
                f"{account.name} is not empty. Take an empty one; or ARGS=--merge, which adds what is missing and no more."
            )
        progress = begun
        folder.keep(name, progress)
    work = _Work(account, folder, name, progress, Restored(), merge)
    work.blobs([named["file"] for named in manifest["blobs"]["files"]])
    for table in ORDER:
        work.table(table, rows_in(folder, manifest, table.value))
    folder.forget(name)
    say(str(work.restored))
    return work.restored


@dataclass(frozen=True, slots=True)
class _Work:
    account: Account
    folder: Folder
    name: str
    progress: dict[str, Any]
    restored: Restored
    merge: bool

    def table(self, table: Table, rows: Rows) -> None:
        self.account.make(table)
        self.restored.add(table.value)
        for file in rows.files:
            self._once(file, lambda file=file: self._rows(table, rows.of(file)))  # type: ignore[misc]
        self._once(f"{table} changed", lambda: self._rows(table, rows.since()))

    def blobs(self, files: list[str]) -> None:
        self.account.shelf.make()
        self.restored.add("blobs")
        with ThreadPoolExecutor(WRITERS) as writers:
            for file in files:
                self._once(file, lambda file=file: self._shelve(list(writers.map(self._blob, blobs_in(self.folder, file)))))  # type: ignore[misc]

    def _once(self, what: str, work: Callable[[], None]) -> None:
        if what in self.progress["done"]:
            return
        work()
        self.progress["done"].append(what)
        self.folder.keep(self.name, self.progress)

    def _rows(self, table: Table, lines: Iterable[bytes]) -> None:
        for batch in batches(lines):
            if self.merge:
                self._missing(table, batch)
            else:
                self.account.write(table, [row_of(line) for line in batch], verb="upsert")
                self.restored.add(table.value, written=len(batch))

    def _missing(self, table: Table, batch: list[bytes]) -> None:
        wanted = {key_of(line): line for line in batch}
        (partition, first), (_, last) = key_of(batch[0]), key_of(batch[-1])
        there = {}
        for entity in self.account.between(table, partition, first, last):
            key = (entity["PartitionKey"], entity["RowKey"])
            if key in wanted:
                there[key] = line_of(entity) == wanted[key]
        missing = [line for key, line in wanted.items() if key not in there]
        if missing:
            self.account.write(table, [row_of(line) for line in missing], verb="create")
        same = sum(there.values())
        self.restored.add(table.value, written=len(missing), kept=same, other=len(there) - same)

    def _shelve(self, outcomes: list[str]) -> None:
        counts = {outcome: outcomes.count(outcome) for outcome in ("written", "kept", "other")}
        self.restored.add("blobs", **counts)

    def _blob(self, blob: dict[str, Any]) -> str:
        if blob["kind"] == "log":
            return self._log(blob)
        content = b"".join(self.folder.pieces(blob_file(blob["name"]), BLOCK_BYTES))
        if hashlib.sha256(content).hexdigest() != blob["sha256"]:
            raise Spoilt(f"The bytes of blob {blob['name']} are not as they were read: this backup cannot be trusted.")
        if self.account.shelf.put(blob["name"], content, blob["type"]):
            return "written"
        return "kept" if self.account.shelf.size(blob["name"]) == len(content) else "other"

    def _log(self, blob: dict[str, Any]) -> str:
        """Goes on where the log ends, if all that is there is the beginning of ours; another log stays as it is."""
        shelf, name = self.account.shelf, blob["name"]
        there = shelf.size(name)
        if there is None:
            shelf.begin_log(name)
            there = 0
        if there > blob["size"] or not self._begins_so(name, there):
            return "other"
        at = 0
        for piece in self.folder.pieces(blob_file(name), BLOCK_BYTES):
            if rest := piece[max(0, there - at) :]:
                shelf.append(name, rest, max(at, there))
            at += len(piece)
        return "written" if there < blob["size"] or not blob["size"] else "kept"

    def _begins_so(self, name: str, there: int) -> bool:
        found = self.account.shelf.pieces(name, there)
        ours = self.folder.pieces(blob_file(name), BLOCK_BYTES)
        return all(piece == mine[: len(piece)] for piece, mine in zip(found, ours, strict=False))
