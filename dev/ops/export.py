"""Writes all tables and blobs to a folder. Killed, it goes on where it was.

Tables have no snapshots. So each is read to its end, and then, again and again, what was written since: until such a reading
finds nothing new. Then all rows are as they stood together when that reading began; only rows that were deleted meanwhile may
still be there (docs/operations/backup.md says what that means). The desk goes first and its agenda after it, blobs last:
whatever a row names is in the backup.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from azure.data.tables import TableEntity

from dev.ops.account import Account
from dev.ops.folder import LAYOUT, MANIFEST, PROGRESS, Folder, blob_file, spoilt
from dev.ops.lines import Key, line_of
from dev.ops.mark import marks_in
from dev.ops.shelf import Blob
from dev.ops.trouble import Refused
from shared.actions.ports import Table

ORDER = (Table.DESK, Table.AGENDA, Table.WATCH, Table.SYSTEM)
PART = 10_000
"""Rows a file: as much as is done again after a kill."""
PASSES = 8
MARGIN = timedelta(seconds=60)
"""By how much the clocks of the service's machines may differ."""
READERS = 8

_UNREAD: dict[str, Any] = {
    "reading": 0,
    "begun": None,
    "previous": None,
    "token": None,
    "ended": False,
    "done": False,
    "settled": False,
    "files": [],
}

Say = Callable[[str], None]


def export(account: Account, folder: Folder, *, say: Say = print, part: int = PART) -> dict[str, Any]:
    """The manifest, once all is written. Refused for a folder with a finished backup, or one begun of another account."""
    if folder.state(MANIFEST) is not None:
        raise Refused(f"{folder.path} has a finished backup already; take another folder.")
    if marks_in(account):
        raise Refused(
            f"A restore into {account.name} has not come to its end: half a desk is no backup. Run it to its end first."
        )
    fresh: dict[str, Any] = {
        "layout": LAYOUT,
        "account": account.name,
        "started_at": _text(account.now()),
        "tables": {},
        "blobs": None,
    }
    progress = folder.made().state(PROGRESS) or fresh
    if not fresh.keys() <= progress.keys():
        raise spoilt(PROGRESS)
    if (progress["layout"], progress["account"]) != (LAYOUT, account.name):
        raise Refused(f"{folder.path} has the beginning of a backup of {progress['account']}; take another folder.")
    folder.keep(PROGRESS, progress)
    for table in ORDER:
        state = progress["tables"].setdefault(table.value, dict(_UNREAD))
        _Reader(account, folder, progress, table, state, part).read()
        settled = "" if state["settled"] else ", still changing"
        say(f"{table}: {sum(named['lines'] for named in state['files']):,} rows{settled}")
    blobs = progress["blobs"] = progress["blobs"] or {"marker": "", "done": False, "bytes": 0, "files": []}
    _blobs(account, folder, progress, blobs)
    say(f"blobs: {sum(named['lines'] for named in blobs['files']):,}, {blobs['bytes']:,} bytes")
    manifest = {
        **{name: progress[name] for name in ("layout", "account", "started_at")},
        "finished_at": _text(account.now()),
        "tables": {name: _told(state) for name, state in progress["tables"].items()},
        "blobs": {"bytes": blobs["bytes"], "files": blobs["files"]},
    }
    folder.keep(MANIFEST, manifest)
    folder.forget(PROGRESS)
    return manifest


class _Reader:
    """Reads one table. `seen` knows the versions of rows that were written since the backup began, and of no others."""

    def __init__(
        self, account: Account, folder: Folder, progress: dict[str, Any], table: Table, state: dict[str, Any], part: int
    ) -> None:
        self._account, self._folder, self._progress, self._table = account, folder, progress, table
        self._state, self._part = state, part
        self._seen: dict[Key, str] = {}

    def read(self) -> None:
        while not self._state["done"]:
            previous = self._state["previous"]
            if self._state["begun"] is None:
                self._note(begun=_text(self._account.now()))
            if not self._state["ended"]:
                self._reading(None if previous is None else _moment(previous) - MARGIN)
            settled = previous is not None and not self._files()
            if settled or self._state["reading"] == PASSES:
                self._note(done=True, settled=settled)
            else:
                number = self._state["reading"] + 1
                self._note(reading=number, previous=self._state["begun"], begun=None, token=None, ended=False)

    def _reading(self, since: datetime | None) -> None:
        """One way through the table, a file for every `part` rows."""
        begin = _moment(self._progress["started_at"]) - MARGIN
        waiting = list[bytes]()
        for page, token in self._account.pages(self._table, since=since, token=self._state["token"]):
            waiting += self._lines(page, begin)
            if len(waiting) >= self._part and token is not None:
                self._keep(waiting, token=token)
                waiting = []
        self._keep(waiting, token=None, ended=True)

    def _lines(self, page: list[TableEntity], begin: datetime) -> Iterator[bytes]:
        for entity in page:
            key, etag = (entity["PartitionKey"], entity["RowKey"]), entity.metadata["etag"] or ""
            if self._seen.get(key) == etag:
                continue
            timestamp = entity.metadata["timestamp"]
            if timestamp is None or timestamp >= begin:
                self._seen[key] = etag
            yield line_of(entity)

    def _keep(self, lines: list[bytes], **reached: Any) -> None:
        """The file first, then the word that it is there: what a kill leaves between the two is written again."""
        stem, number = self._stem(), len(self._files()) + 1
        named = [self._folder.write(f"tables/{self._table}/{stem}{number:05d}.jsonl.gz", lines)] if lines else []
        self._note(files=self._state["files"] + named, **reached)

    def _files(self) -> list[dict[str, Any]]:
        """What the present reading has found."""
        return [named for named in self._state["files"] if named["file"].startswith(f"tables/{self._table}/{self._stem()}")]

    def _stem(self) -> str:
        return f"changed-{self._state['reading']}-" if self._state["reading"] else "all-"

    def _note(self, **changes: Any) -> None:
        self._state.update(changes)
        self._folder.keep(PROGRESS, self._progress)


def _blobs(account: Account, folder: Folder, progress: dict[str, Any], state: dict[str, Any]) -> None:
    with ThreadPoolExecutor(READERS) as readers:
        while not state["done"]:
            page, marker = account.shelf.listed(state["marker"])
            found = list(readers.map(lambda blob: _blob(account, folder, blob), page))
            if found:
                lines = [json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in found]
                state["files"].append(folder.write(f"blobs/{len(state['files']) + 1:05d}.jsonl.gz", lines))
            state.update(marker=marker, done=not marker, bytes=state["bytes"] + sum(each["size"] for each in found))
            folder.keep(PROGRESS, progress)


def _blob(account: Account, folder: Folder, blob: Blob) -> dict[str, Any]:
    digest = hashlib.sha256()

    def hashed() -> Iterator[bytes]:
        for piece in account.shelf.pieces(blob.name, blob.size):
            digest.update(piece)
            yield piece

    folder.write(blob_file(blob.name), hashed())
    return {"name": blob.name, "kind": blob.kind, "type": blob.content_type, "size": blob.size, "sha256": digest.hexdigest()}


def _told(state: dict[str, Any]) -> dict[str, Any]:
    """`as_of`: the moment at which all rows stood as they are in the backup, if the table came to rest."""
    return {"settled": state["settled"], "as_of": state["begun"], "files": state["files"]}


def _text(moment: datetime) -> str:
    return moment.isoformat()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
