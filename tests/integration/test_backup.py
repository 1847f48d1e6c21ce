"""Backup and restore on the emulator: types, kills, rows written meanwhile, merging, comparing, a desk that works afterwards."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dev.ops.__main__ import main
from dev.ops.compare import compare
from dev.ops.export import export
from dev.ops.folder import Folder
from dev.ops.restore import restore
from shared.actions.ports import Delete, Row, Table, Upsert, Value, Write
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer
from tests.support.desks import CARLA, Clock, a_desk, staff, taken_in
from tests.support.places import NOON, Place, a_place, differences, lives, mortal, quiet, seeded

ROWS = int(os.environ.get("BACKUP_ROWS", "2000"))


@pytest.fixture
def place(azurite: str) -> Callable[[], Place]:
    return lambda: a_place(azurite)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "backup")


def test_every_type_comes_back_as_it_was(place: Callable[[], Place], folder: Folder) -> None:
    here, there = place(), place()
    values: dict[str, Value] = {
        "text": "perché 😀",
        "none": "",
        "yes": True,
        "no": False,
        "small": -(2**31),
        "long": 2**31,
        "at": NOON,
    }
    row = Row(key="ticket:😀|'quoted'~", values=values)
    here.rows.commit(Table.DESK, "ACME 'S.p.A.'", [Upsert(row)])
    export(here.account, folder, say=quiet)
    restore(there.account, folder, say=quiet)
    found = there.rows.get(Table.DESK, "ACME 'S.p.A.'", row.key)
    assert found is not None and dict(found.values) == values
    assert {name: type(value) for name, value in found.values.items()} == {n: type(v) for n, v in values.items()}
    assert differences(there.account, folder) == []


def test_killed_again_and_again_both_come_to_their_end_with_every_row(place: Callable[[], Place], folder: Folder) -> None:
    here, there = place(), place()
    seeded(here, ROWS)
    for number in range(7):
        here.blobs.put(f"raw/{number}", b"request" * number, content_type="application/json")
    for _ in range(3):
        here.blobs.append("probes/2026-03-02.jsonl", b"a line\n" * 500_000)
    assert lives(lambda requests: export(mortal(here.account, requests), folder, say=quiet, part=500)) > 2
    assert lives(lambda requests: restore(mortal(there.account, requests), folder, say=quiet)) > 2
    found = {each.what: each for each in compare(there.account, folder)}
    assert all(each.is_same for each in found.values())
    assert (found["desk"].same, found["blobs"].same) == (ROWS // 4 * 4, 8)
    assert there.blobs.get("probes/2026-03-02.jsonl") == b"a line\n" * 1_500_000


def test_what_is_written_while_it_reads_is_in_it_and_all_rows_are_of_one_moment(
    place: Callable[[], Place], folder: Folder
) -> None:
    """The first page is read already when a row of it changes with one that is still to come, and another is added before it."""
    here, there = place(), place()
    seeded(here, 1200)
    account, pages, was_written = here.account, here.account.pages, False

    def writing(table: Table, **kwargs: Any) -> Iterator[Any]:
        nonlocal was_written
        for page in pages(table, **kwargs):
            yield page
            if table is Table.DESK and not was_written:
                was_written = True
                now = [Upsert(Row(key=key, values={"n": -1})) for key in ("customer", "event:000000", "event:000299")]
                for partition in ("C0", "C3"):
                    here.rows.commit(Table.DESK, partition, now)

    account.pages = writing  # type: ignore[method-assign]
    manifest = export(account, folder, say=quiet)
    assert manifest["tables"]["desk"]["settled"]
    restore(there.account, folder, say=quiet)
    for partition in ("C0", "C3"):
        for key in ("customer", "event:000000", "event:000299"):
            row = there.rows.get(Table.DESK, partition, key)
            assert row is not None and dict(row.values) == {"n": -1}, (partition, key)
    assert differences(here.account, folder) == differences(there.account, folder) == []


def test_comparing_finds_what_is_missing_different_or_more(place: Callable[[], Place], folder: Folder) -> None:
    here = place()
    seeded(here, 40)
    here.blobs.put("raw/1", b"one", content_type="text/plain")
    export(here.account, folder, say=quiet)
    changed: list[Write] = [
        Delete("event:000001"),
        Upsert(Row(key="event:000002", values={"n": 2})),
        Upsert(Row(key="z", values={})),
    ]
    here.rows.commit(Table.DESK, "C1", changed)
    here.blobs.delete("raw/1")
    assert differences(here.account, folder) == [
        "desk: 38 the same, 1 different, 1 missing, 1 more",
        "blobs: 0 the same, 0 different, 1 missing, 0 more",
    ]


@pytest.mark.parametrize("has_agenda", [True, False])
def test_a_restored_desk_works_and_the_reconciliation_mends_an_agenda_that_is_behind(
    place: Callable[[], Place], folder: Folder, has_agenda: bool
) -> None:
    """Without its agenda, the worst that an export in the midst of work can leave of it, nothing that is owed is forgotten."""
    here, there, clock = place(), place(), Clock()
    before = a_desk(clock, rows=here.rows, blobs=here.blobs)
    ticket = taken_in(before)
    staff(before, taken_in(before, "w2").id).acknowledge()
    export(here.account, folder, say=quiet)
    restore(there.account, folder, say=quiet)
    if not has_agenda:
        due = there.rows.scan(Table.AGENDA, "00")
        there.rows.commit(Table.AGENDA, "00", [Delete(row.key) for row in due])
    mailer = MemoryMailer()
    after = a_desk(clock, rows=there.rows, blobs=there.blobs, mailer=mailer, enrol=False)
    mended = reconcile(after, clock.now)
    assert mended.is_clean is has_agenda and not mended.failed and mended.open_tickets == 2
    clock.forward(days=3)
    assert sweep(after, clock.now).decisions > 0
    deliver(after, clock.now)
    assert any("breach" in mail.subject and ticket.id in mail.subject for mail in mailer.sent)
    assert staff(after, ticket.id, CARLA).acknowledge().acknowledged_at == clock.now
    assert taken_in(after, "w3").number == 3


def test_the_command_line_says_what_it_refuses(
    place: Callable[[], Place], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", ""], place().environ) == 2
    assert "FOLDER=" in capsys.readouterr().err
    assert main(["backup", str(tmp_path / "b")], {}) == 2
    assert "Set STORAGE_ACCOUNT_NAME" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "b"), "--verify"], place().environ) == 2
    assert "no finished backup" in capsys.readouterr().err
