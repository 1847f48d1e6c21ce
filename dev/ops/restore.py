"""Reads a backup into an account: blobs, then the tables, the agenda last, so that no timer works on half a desk.

An account that holds anything is refused, unless it is this very restore that put it there (`mark`); with `merge` what is there
stays as it is. Either way it is compared, and only what is missing is added: no note of how far an earlier run came is believed.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from dev.ops.account import Account
from dev.ops.contents import BlobKept, Rows, blobs_in, bytes_of, rows_in, trusted
from dev.ops.folder import Folder
from dev.ops.lines import Key, batches, key_of, line_of, row_of
from dev.ops.mark import begin, end, is_begun
from dev.ops.trouble import Refused
from shared.actions.ports import Table

ORDER = (Table.SYSTEM, Table.DESK, Table.WATCH, Table.AGENDA)
WRITERS = 8
TRIES = 3
"""How often a batch is compared again when rows of it have come in meanwhile."""

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
    """What was done by this call; what an earlier one had written was there. Refused at the end if something else wrote, too."""
    manifest = trusted(folder)
    is_new = not merge and not is_begun(account, folder)
    if is_new:
        begin(account, folder)
    work = _Work(account, folder, Restored(), is_new)
    work.blobs([named["file"] for named in manifest["blobs"]["files"]])
    for table in ORDER:
        work.table(table, rows_in(folder, manifest, table.value))
    say(str(work.restored))
    others = sum(work.restored.other.values())
    if others and not merge:
        raise Refused(
            f"{account.name} holds {others} other rows or blobs: something works on it. Stop it, and take an empty account."
        )
    end(account, folder)
    return work.restored


@dataclass(frozen=True, slots=True)
class _Work:
    """`is_new`: nothing is there but what this call writes, so that it is compared only where something is."""

    account: Account
    folder: Folder
    restored: Restored
    is_new: bool

    def table(self, table: Table, rows: Rows) -> None:
        self.account.make(table)
        self.restored.add(table.value)
        for file in rows.files:
            self._rows(table, rows.of(file))
        self._rows(table, rows.since())

    def blobs(self, files: list[str]) -> None:
        self.account.shelf.make()
        self.restored.add("blobs")
        with ThreadPoolExecutor(WRITERS) as writers:
            for file in files:
                outcomes = list(writers.map(self._blob, blobs_in(self.folder, file)))
                self.restored.add("blobs", **{each: outcomes.count(each) for each in ("written", "kept", "other")})

    def _rows(self, table: Table, lines: Iterable[bytes]) -> None:
        for batch in batches(lines):
            if self.is_new and self._added(table, batch):
                self.restored.add(table.value, written=len(batch))
            else:
                self._missing(table, batch)

    def _missing(self, table: Table, batch: list[bytes]) -> None:
        for _ in range(TRIES):
            there = self._there(table, batch)
            missing = [line for line in batch if key_of(line) not in there]
            if not missing or self._added(table, missing):
                same = sum(there.values())
                self.restored.add(table.value, written=len(missing), kept=same, other=len(there) - same)
                return
        raise Refused(f"Rows of {table} come in as they are restored: something works on {self.account.name}. Stop it.")

    def _added(self, table: Table, lines: list[bytes]) -> bool:
        return self.account.add(table, [row_of(line) for line in lines])

    def _there(self, table: Table, batch: list[bytes]) -> dict[Key, bool]:
        """Which rows of the batch there are, and whether as in the backup."""
        wanted = {key_of(line): line for line in batch}
        (partition, first), (_, last) = key_of(batch[0]), key_of(batch[-1])
        lines = map(line_of, self.account.between(table, partition, first, last))
        return {key_of(line): line == wanted[key_of(line)] for line in lines if key_of(line) in wanted}

    def _blob(self, blob: BlobKept) -> str:
        """Bytes are sent only if nothing is there, and what is there is compared with them."""
        if blob["kind"] == "log":
            return self._log(blob)
        shelf, name = self.account.shelf, blob["name"]
        found = None if self.is_new else shelf.found(name)
        if found is None and shelf.put(name, b"".join(bytes_of(self.folder, blob)), blob["type"]):
            return "written"
        found = found or shelf.found(name)
        is_like = found is not None and (found.kind, found.content_type, found.size) == (blob["kind"], blob["type"], blob["size"])
        return "kept" if is_like and shelf.digest(name, blob["size"]) == blob["sha256"] else "other"

    def _log(self, blob: BlobKept) -> str:
        """Goes on where the log ends, if all that is there is the beginning of ours; another log stays as it is."""
        shelf, name = self.account.shelf, blob["name"]
        found = shelf.found(name)
        if found is None:
            shelf.begin_log(name)
        there = found.size if found else 0
        if found and (not found.is_log or there > blob["size"] or not self._begins_so(blob, there)):
            return "other"
        at = 0
        for piece in bytes_of(self.folder, blob):
            if rest := piece[max(0, there - at) :]:
                shelf.append(name, rest, max(at, there))
            at += len(piece)
        return "kept" if found and there == blob["size"] else "written"

    def _begins_so(self, blob: BlobKept, there: int) -> bool:
        found = self.account.shelf.pieces(blob["name"], there)
        ours = bytes_of(self.folder, blob)
        return all(piece == mine[: len(piece)] for piece, mine in zip(found, ours, strict=False))
