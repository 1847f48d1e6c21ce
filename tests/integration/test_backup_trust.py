"""A backup's folder: whatever of it is spoilt, gone or half there is one sentence and exit 2, before anything is written."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dev.ops.__main__ import main
from dev.ops.export import ORDER as READ
from dev.ops.export import export
from dev.ops.folder import MANIFEST, PROGRESS, Folder, blob_file
from dev.ops.restore import ORDER as WRITTEN
from dev.ops.restore import restore
from dev.ops.trouble import Refused, Spoilt
from shared.actions.ports import Table
from tests.support.places import Dies, Place, a_place, differences, mortal, quiet, seeded

TABLE, LISTING = "tables/desk/all-00001.jsonl.gz", "blobs/00001.jsonl.gz"
FILES = {"rows": TABLE, "list of blobs": LISTING, "blob": blob_file("raw/1"), "log": blob_file("probes/2026-03-02.jsonl")}


@pytest.fixture(scope="module")
def here(azurite: str) -> Place:
    here = a_place(azurite)
    seeded(here, 40)
    here.blobs.put("raw/1", b"one", content_type="text/plain")
    here.blobs.append("probes/2026-03-02.jsonl", b"a line\n" * 1000)
    return here


@pytest.fixture(scope="module")
def whole(here: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished backup; spoil a copy of it."""
    folder = Folder(tmp_path_factory.mktemp("whole") / "backup")
    export(here.account, folder, say=quiet)
    return folder.path


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Folder:
    return Folder(shutil.copytree(whole, tmp_path / "backup"))


@pytest.fixture
def there(azurite: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The empty account that the command line works on."""
    there = a_place(azurite)
    monkeypatch.setattr("dev.ops.account.opened", lambda environ: there.account)
    return there


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-12])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def replaced(file: Path) -> None:
    file.write_bytes(gzip.compress(b"evil!!\n" * 1000))


def made_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


HOW: list[Callable[[Path], None]] = [flipped, cut, emptied, replaced, made_a_folder, Path.unlink]


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("how", HOW)
def test_a_spoilt_file_is_told_before_anything_is_written(
    folder: Folder, there: Place, what: str, how: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    how(folder.path / FILES[what])
    for arguments in ([], ["--merge"], ["--verify"]):
        assert main(["restore", *arguments, str(folder.path)], {}) == 2
        told = capsys.readouterr()
        assert told.out == "" and told.err.count("\n") == 1
        assert "cannot be trusted" in told.err and (FILES[what] in told.err or "blob " in told.err)
        assert there.account.is_empty()


def test_a_comparison_reads_what_is_in_the_folder(folder: Folder, here: Place) -> None:
    """Not only the digests that were noted: the account is as it was, the bytes kept of it are not."""
    assert differences(here.account, folder) == []
    replaced(folder.path / FILES["log"])
    with pytest.raises(Spoilt, match="probes/2026-03-02"):
        differences(here.account, folder)


@pytest.mark.parametrize("content", [b"", b'{"lay', b"[]", b"{}", b'{"layout": 1}', b'{"layout": 1, "tables": 7}', b"\xff\xfe"])
def test_a_spoilt_manifest_is_told(folder: Folder, there: Place, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (folder.path / MANIFEST).write_bytes(content)
    assert main(["restore", str(folder.path)], {}) == 2
    told = capsys.readouterr().err
    assert "manifest.json" in told and told.count("\n") == 1


@pytest.mark.parametrize("spoil", ["desk", "blobs", "layout"])
def test_a_backup_of_another_desk_is_not_taken_for_one_of_this(folder: Folder, there: Place, spoil: str) -> None:
    manifest = json.loads((folder.path / MANIFEST).read_text())
    match spoil:
        case "desk":
            manifest["tables"]["more"] = manifest["tables"]["desk"]
        case "blobs":
            del manifest["blobs"]["files"][0]["file"]
        case "layout":
            manifest["layout"] = 99
    folder.keep(MANIFEST, manifest)
    with pytest.raises(Refused, match=r"release that made it|manifest\.json"):
        restore(there.account, folder, say=quiet)


def test_every_table_is_read_and_written() -> None:
    assert set(READ) == set(WRITTEN) == set(Table)


def test_an_unfinished_backup_and_a_finished_one_are_refused(folder: Folder, here: Place, there: Place) -> None:
    with pytest.raises(Refused, match="finished backup already"):
        export(here.account, folder, say=quiet)
    folder.forget(MANIFEST)
    with pytest.raises(Refused, match="no finished backup"):
        restore(there.account, folder, say=quiet)


def test_spoilt_notes_of_how_far_it_came_are_told(
    folder: Folder, here: Place, there: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Dies):
        restore(mortal(there.account, 3), folder, say=quiet)
    (notes,) = folder.path.glob("restore-*.json")
    notes.write_text("{")
    assert main(["restore", str(folder.path)], {}) == 2
    assert notes.name in capsys.readouterr().err
    begun = Folder(tmp_path / "begun").made()
    (begun.path / PROGRESS).write_text('{"layout": 1}')
    with pytest.raises(Spoilt, match=PROGRESS):
        export(here.account, begun, say=quiet)


def test_a_folder_that_cannot_be_one_is_told(there: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["backup", str(tmp_path / "file")], {}) == 2
    assert main(["restore", str(tmp_path / "file")], {}) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_nobody_else_may_look_into_the_folder(whole: Path) -> None:
    modes = {path.relative_to(whole): path.stat().st_mode & 0o077 for path in [whole, *whole.rglob("*")]}
    assert len(modes) > 8 and not any(modes.values()), modes


def test_a_folder_that_others_may_look_into_is_refused(here: Place, tmp_path: Path) -> None:
    """Made by hand before, with the rights that folders ordinarily have."""
    tmp_path.chmod(0o755)
    with pytest.raises(Refused, match="chmod 700"):
        export(here.account, Folder(tmp_path), say=quiet)
    assert not list(tmp_path.iterdir())
    tmp_path.chmod(0o700)
    export(here.account, Folder(tmp_path), say=quiet)
