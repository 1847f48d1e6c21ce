"""The nightly reconciliation on both stores: whatever is missing is found, mended and reported."""

from dataclasses import replace

from shared.actions import agenda, cases
from shared.actions.desk import Desk
from shared.actions.lists import places
from shared.actions.ports import Delete, Table, Upsert
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.sweep import sweep
from tests.support.board import as_they_are, on_the_board
from tests.support.desks import Clock, staff, taken_in


def emptied(desk: Desk, kind: str) -> int:
    """Takes every agenda row of a kind away; how many there were."""
    rows = [(shard, row.key) for shard, row in agenda.every(desk, kind)]
    for shard, key in rows:
        desk.rows.commit(Table.AGENDA, shard, [Delete(key)])
    return len(rows)


def test_a_desk_in_order_needs_no_mending(desk: Desk) -> None:
    for n in range(3):
        taken_in(desk, source=f"w{n}")
    staff(desk, "ACME-2").acknowledge()
    deliver(desk, desk.clock())
    report = reconcile(desk, desk.clock())
    assert report.is_clean
    assert (report.open_tickets, report.owed_notices) == (3, 0)


def test_a_lost_wake_is_restored_and_the_stage_still_comes(desk: Desk) -> None:
    taken_in(desk)
    assert emptied(desk, "s") == 2, "a wake, and a look at the board"
    assert reconcile(desk, desk.clock()).wakes_restored == ["ACME-1"]
    assert isinstance(desk.clock, Clock)
    sweep(desk, desk.clock.forward(minutes=31))
    assert cases.events_of(desk, cases.load(desk, "ACME-1").ticket)[-1].kind == "warned"


def test_a_lost_delivery_is_restored_and_the_mail_still_goes(desk: Desk) -> None:
    taken_in(desk)
    assert emptied(desk, "d") == 2
    assert len(reconcile(desk, desk.clock()).deliveries_restored) == 2
    assert deliver(desk, desk.clock()).sent == 2


def test_the_board_is_brought_up_to_date_and_forgets_ghosts(desk: Desk) -> None:
    ticket = taken_in(desk)
    emptied(desk, "o")
    ghost = places.placed(None, replace(ticket, id="ACME-77", number=77))
    twin = places.placed(None, replace(ticket, subject="Come era prima"))
    assert isinstance(desk.clock, Clock)
    for stranger in (ghost, twin):
        row = places.row(stranger, desk.clock())
        desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, stranger.id), [Upsert(row)])
    young = reconcile(desk, desk.clock.forward(minutes=9))
    assert (young.board_restored, young.board_removed) == (["ACME-1"], []), "their commits may still be under way"
    report = reconcile(desk, desk.clock.forward(minutes=2))
    assert (report.board_restored, report.board_removed) == ([], ["ACME-1", "ACME-77"])
    assert on_the_board(desk) == as_they_are(desk, [ticket])


def test_a_ticket_that_cannot_be_read_is_reported_and_the_others_are_mended(desk: Desk) -> None:
    taken_in(desk, source="w1")
    taken_in(desk, source="w2")
    head = desk.rows.get(Table.DESK, "ACME", "ticket:000001")
    assert head is not None
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(head, values={**head.values, "doc": "{"}))])
    emptied(desk, "s")
    report = reconcile(desk, desk.clock())
    assert (report.failed, report.wakes_restored) == (["ACME-1"], ["ACME-2"])
    assert not report.is_clean
