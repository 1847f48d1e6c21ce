"""Restoring into an account that is not empty: begun by this restore, begun and made anew, merged into, written to by others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dev.ops.account import Account
from dev.ops.export import export
from dev.ops.folder import Folder
from dev.ops.restore import restore
from dev.ops.trouble import Refused
from shared.actions.ports import Row, Table, Upsert
from tests.support.places import Dies, Place, a_place, differences, emptied, mortal, quiet, seeded


@pytest.fixture
def place(azurite: str) -> Callable[[], Place]:
    return lambda: a_place(azurite)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "backup")


@pytest.fixture
def backed_up(place: Callable[[], Place], folder: Folder) -> Place:
    """400 rows, a blob and a log are in the folder."""
    here = place()
    seeded(here, 400)
    here.rows.commit(Table.SYSTEM, "staff", [Upsert(Row(key="carla", values={"n": 1}))])
    here.blobs.put("raw/1", b"one", content_type="text/plain")
    here.blobs.append("probes/2026-03-02.jsonl", b"a line\n" * 100)
    export(here.account, folder, say=quiet)
    return here


def killed(place: Place, folder: Folder, requests: int) -> None:
    with pytest.raises(Dies):
        restore(mortal(place.account, requests), folder, say=quiet)


@pytest.mark.parametrize("requests", [2, 4, 6, 9])
@pytest.mark.parametrize("lost", [(), (Table.DESK,), (Table.SYSTEM,)])
def test_what_was_restored_before_a_kill_and_is_gone_is_restored_again(
    backed_up: Place, place: Callable[[], Place], folder: Folder, requests: int, lost: tuple[Table, ...]
) -> None:
    """The account is made anew between two runs, wholly or in part. Either all is there in the end, or it is refused."""
    there = place()
    killed(there, folder, requests)
    emptied(there, *lost)
    try:
        restore(there.account, folder, say=quiet)
    except Refused as refused:
        assert "not empty" in str(refused)
    else:
        assert differences(there.account, folder) == []


def test_a_killed_restore_goes_on_and_leaves_no_trace(backed_up: Place, place: Callable[[], Place], folder: Folder) -> None:
    there = place()
    killed(there, folder, 7)
    with pytest.raises(Refused, match="has not come to its end"):
        export(there.account, Folder(folder.path.with_name("of half a desk")), say=quiet)
    restored = restore(there.account, folder, say=quiet)
    assert restored.kept["blobs"] == 2 and 0 < restored.kept["desk"] < 400
    assert restored.written["desk"] == 400 - restored.kept["desk"]
    assert differences(there.account, folder) == [] and not list(folder.path.glob("restore-*"))


def test_merging_ends_what_a_kill_has_left(backed_up: Place, place: Callable[[], Place], folder: Folder) -> None:
    there = place()
    killed(there, folder, 7)
    restore(there.account, folder, merge=True, say=quiet)
    assert differences(there.account, folder) == [] and not list(folder.path.glob("restore-*"))


def test_an_account_made_anew_and_begun_by_others_is_refused(
    backed_up: Place, place: Callable[[], Place], folder: Folder
) -> None:
    there = place()
    killed(there, folder, 7)
    emptied(there)
    there.rows.commit(Table.DESK, "C9", [Upsert(Row(key="customer", values={"n": 1}))])
    with pytest.raises(Refused, match="not empty"):
        restore(there.account, folder, say=quiet)


def test_a_restore_begun_from_another_folder_is_not_gone_on_with(
    backed_up: Place, place: Callable[[], Place], folder: Folder, tmp_path: Path
) -> None:
    there, other = place(), Folder(tmp_path / "other")
    killed(there, folder, 7)
    export(backed_up.account, other, say=quiet)
    with pytest.raises(Refused, match="not empty"):
        restore(there.account, other, say=quiet)


def test_a_restore_killed_before_its_first_row_leaves_the_account_empty(
    backed_up: Place, place: Callable[[], Place], folder: Folder, tmp_path: Path
) -> None:
    """Its mark alone is nothing that another restore would have to respect."""
    there, other = place(), Folder(tmp_path / "other")
    killed(there, folder, 2)
    export(backed_up.account, other, say=quiet)
    restore(there.account, other, say=quiet)
    assert differences(there.account, other) == []


def test_what_somebody_else_writes_meanwhile_is_told(backed_up: Place, place: Callable[[], Place], folder: Folder) -> None:
    """An app that runs on the account which is being filled."""
    there = place()
    killed(there, folder, 7)
    there.rows.commit(Table.DESK, "C0", [Upsert(Row(key="event:000001", values={"n": 99}))])
    with pytest.raises(Refused, match="1 other"):
        restore(there.account, folder, say=quiet)


def test_a_lost_answer_is_no_conflict(
    backed_up: Place, place: Callable[[], Place], folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written and not told is sent again by the client, and answered that it is there."""
    add = Account.add
    monkeypatch.setattr(Account, "add", lambda *args: add(*args) and False)
    there = place()
    restored = restore(there.account, folder, say=quiet)
    assert (restored.written["desk"], restored.kept["desk"]) == (0, 400)
    monkeypatch.undo()
    assert differences(there.account, folder) == []


def test_a_row_of_nearly_a_mebibyte_comes_back(place: Callable[[], Place], folder: Folder) -> None:
    """The client sends each letter that is not ASCII as six; the emulator counts them so when a row is replaced."""
    here, there = place(), place()
    values: dict[str, Any] = {f"p{number}": "é" * 32_000 for number in range(16)}
    here.rows.commit(Table.DESK, "C", [Upsert(Row(key="small", values={"n": 1}))])
    here.account.add(Table.DESK, [{"PartitionKey": "C", "RowKey": "large", **values}])
    export(here.account, folder, say=quiet)
    restore(there.account, folder, say=quiet)
    assert differences(there.account, folder) == []


def test_an_account_that_holds_something_is_refused_and_merging_adds_only_what_is_missing(
    place: Callable[[], Place], folder: Folder
) -> None:
    here, there = place(), place()
    seeded(here, 400)
    here.blobs.put("raw/1", b"one", content_type="text/plain")
    export(here.account, folder, say=quiet)
    there.rows.commit(Table.DESK, "C0", [Upsert(Row(key="event:000001", values={"n": 99}))])
    with pytest.raises(Refused, match="not empty"):
        restore(there.account, folder, say=quiet)
    restored = restore(there.account, folder, merge=True, say=quiet)
    assert (restored.written["desk"], restored.kept["desk"], restored.other["desk"]) == (399, 0, 1)
    kept = there.rows.get(Table.DESK, "C0", "event:000001")
    assert kept is not None and dict(kept.values) == {"n": 99}
    again = restore(there.account, folder, merge=True, say=quiet)
    assert (again.written["desk"], again.kept["desk"], again.other["desk"], again.kept["blobs"]) == (0, 399, 1, 1)
    assert differences(there.account, folder) == ["desk: 399 the same, 1 different, 0 missing, 0 more"]


def test_another_blob_of_the_same_size_is_another(backed_up: Place, place: Callable[[], Place], folder: Folder) -> None:
    there = place()
    there.blobs.put("raw/1", b"two", content_type="text/plain")
    there.blobs.append("probes/2026-03-02.jsonl", b"a word\n" * 100)
    restored = restore(there.account, folder, merge=True, say=quiet)
    assert (restored.written["blobs"], restored.kept["blobs"], restored.other["blobs"]) == (0, 0, 2)
    assert there.blobs.get("raw/1") == b"two"
    assert differences(there.account, folder) == ["blobs: 0 the same, 2 different, 0 missing, 0 more"]


def test_the_same_bytes_of_another_kind_or_type_are_another_blob(
    backed_up: Place, place: Callable[[], Place], folder: Folder
) -> None:
    """Nothing could be appended to a log that came back as a blob."""
    there = place()
    there.blobs.put("raw/1", b"one", content_type="text/html")
    there.blobs.put("probes/2026-03-02.jsonl", b"a line\n" * 100, content_type="application/octet-stream")
    restored = restore(there.account, folder, merge=True, say=quiet)
    assert (restored.written["blobs"], restored.kept["blobs"], restored.other["blobs"]) == (0, 0, 2)
    assert differences(there.account, folder)[-1] == "blobs: 0 the same, 2 different, 0 missing, 0 more"


def test_a_log_of_which_only_the_beginning_is_there_is_gone_on_with(
    backed_up: Place, place: Callable[[], Place], folder: Folder
) -> None:
    there = place()
    there.blobs.append("probes/2026-03-02.jsonl", b"a line\n" * 30)
    restored = restore(there.account, folder, merge=True, say=quiet)
    assert (restored.written["blobs"], restored.other["blobs"]) == (2, 0)
    assert differences(there.account, folder) == []
