"""The list of open requests: what a page costs whatever there is, its order, its pages, and who is shown what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from dev.bench.counting import CountingRows
from shared.actions import agenda, cases
from shared.actions.desk import Desk
from shared.actions.lists import board, places
from shared.actions.ports import Table, Upsert, Write
from shared.domain.errors import InvalidInput
from shared.domain.listing import Filters
from shared.domain.summary import summarised
from shared.domain.ticket import Decision, Grant, State, Summary, Ticket
from tests.support.desks import Clock, a_desk, rome, staff, taken_in
from tests.support.doors import Answer, as_staff


def everybody(summary: Summary) -> bool:
    return True


def with_shards(desk: Desk, number: int) -> Desk:
    return replace(desk, options=replace(desk.options, agenda_shards=number))


def fill(desk: Desk, template: Ticket, number: int) -> list[str]:
    """Puts so many tickets on the board, their deadlines in no order and some of them equal; their ids as lists show them."""
    placed = []
    for n in range(2, number + 2):
        moved = timedelta(minutes=(n * 7919) % 977)
        clocks = tuple(replace(clock, due_at=clock.due_at and clock.due_at + moved) for clock in template.clocks)
        ticket = replace(template, id=f"ACME-{n}", number=n, clocks=clocks, priority=n % 5 or None)
        ticket = replace(ticket, assignee="omar" if n % 13 == 0 else None)
        placed.append(places.placed(None, ticket))
    writes: dict[str, list[Write]] = {}
    for ticket in placed:
        writes.setdefault(agenda.shard_of(desk, ticket.id), []).append(Upsert(places.row(ticket, desk.clock())))
    for shard, rows in writes.items():
        for start in range(0, len(rows), agenda.BATCH):
            desk.rows.commit(Table.AGENDA, shard, rows[start : start + agenda.BATCH])
    return [ticket.id for ticket in sorted(placed, key=_urgency)]


def _urgency(ticket: Ticket) -> tuple[datetime, int, str]:
    return min(clock.due_at for clock in ticket.clocks if clock.due_at), ticket.priority or 0, ticket.id


def pages(desk: Desk, limit: int, filters: Filters) -> Iterator[board.Page]:
    cursor: str | None = None
    for _ in count():
        page = board.open_requests(desk, desk.clock(), limit=limit, after=cursor, filters=filters, visible=everybody)
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


def listed(desk: Desk, limit: int = 200, filters: Filters | None = None) -> list[str]:
    return [summary.id for page in pages(desk, limit, filters or Filters()) for summary in page.tickets]


@pytest.mark.parametrize("open_tickets", [5, 1_500, 3_000])
def test_a_page_costs_two_requests_however_many_are_open(open_tickets: int) -> None:
    desk = a_desk(Clock())
    fill(desk, taken_in(desk), open_tickets)
    counted = CountingRows(desk.rows)
    desk = replace(desk, rows=counted)
    for query in ("", "q=protocollo", "overdue=true", "priority=3", "assignee=none"):
        desk.directory(desk.clock())
        cursor = ""
        for _ in range(2):
            counted.reset()
            page = as_staff(desk, "carla", "GET", f"/api/tickets?limit=20&{query}{cursor}")
            assert page.status == 200
            assert counted.requests <= 2, counted.by_call
            assert counted.by_call["scan agenda"] == 1
            if page.json["next_cursor"] is None:
                break
            cursor = f"&cursor={page.json['next_cursor']}"


def test_closed_tickets_are_not_on_the_board_and_cost_nothing() -> None:
    clock = Clock()
    desk = a_desk(clock)
    template = taken_in(desk)
    closed = replace(template, state=State.CLOSED, board="")
    for n in range(2, 2_002):
        ticket = replace(closed, id=f"ACME-{n}", number=n)
        assert places.moves(None, places.placed(None, ticket), clock(), desk.options.grace, is_awake=True) == []
        rows = cases.writes_of(None, Decision(ticket=ticket, events=()))
        desk.rows.commit(Table.DESK, "ACME", list(rows))
    counted = CountingRows(desk.rows)
    page = as_staff(replace(desk, rows=counted), "carla", "GET", "/api/tickets")
    assert [ticket["id"] for ticket in page.json["tickets"]] == ["ACME-1"]
    assert counted.requests <= 2


@pytest.mark.parametrize("shards", [1, 2, 5])
@pytest.mark.parametrize("limit", [7, 200])
def test_the_pages_together_are_all_tickets_once_in_order(shards: int, limit: int) -> None:
    desk = with_shards(a_desk(Clock()), shards)
    expected = fill(desk, taken_in(a_desk(Clock())), 450)
    assert listed(desk, limit) == expected
    odd = Filters(wanted={"priority": "3"})
    assert listed(desk, limit, odd) == [id for id in expected if int(id.removeprefix("ACME-")) % 5 == 3]


@pytest.mark.parametrize("shards", [1, 2])
def test_lists_longer_than_a_request_brings_are_whole_too(shards: int) -> None:
    desk = with_shards(a_desk(Clock()), shards)
    expected = fill(desk, taken_in(a_desk(Clock())), 2_700)
    assert listed(desk, 200) == expected
    rare = Filters(wanted={"assignee": "omar"}, text="numero")
    found = list(pages(desk, 200, rare))
    assert [s.id for page in found for s in page.tickets] == [id for id in expected if int(id.removeprefix("ACME-")) % 13 == 0]
    assert len(found) > 1, "a page ends where the rows do that one request brings"
    assert found[0].total is None, "nobody has looked at all of it"


def test_the_total_is_told_where_the_whole_list_was_looked_at() -> None:
    desk = a_desk(Clock())
    fill(desk, taken_in(desk), 30)
    first, *rest = pages(desk, 10, Filters())
    assert (first.total, [page.total for page in rest]) == (31, [None] * 3)


def test_both_stores_page_alike(desk: Desk) -> None:
    template = taken_in(desk)
    expected = fill(desk, template, 60)
    assert sorted([template.id, *expected]) == sorted(listed(desk, 9))
    assert [id for id in listed(desk, 9) if id != template.id] == expected


def test_a_ticket_moves_when_its_deadline_does_and_leaves_with_its_resolution(desk: Desk) -> None:
    taken_in(desk, source="w1")
    taken_in(desk, source="w2")
    assert listed(desk) == ["ACME-1", "ACME-2"]
    staff(desk, "ACME-1").prioritise(4)
    assert listed(desk) == ["ACME-2", "ACME-1"]
    staff(desk, "ACME-2").acknowledge()
    staff(desk, "ACME-2").resolve(None)
    assert listed(desk) == ["ACME-1"]
    assert listed(desk, filters=Filters(states=frozenset({State.RESOLVED}))) == ["ACME-2"]


def test_what_the_board_does_not_show_moves_nothing_on_it(desk: Desk) -> None:
    before = taken_in(desk)
    after = staff(desk, "ACME-1").reply("Ci stiamo lavorando.")
    assert (after.revision, after.board) == (2, before.board)


def test_of_two_rows_of_a_ticket_the_one_written_last_is_shown(desk: Desk) -> None:
    ticket = taken_in(desk)
    assert isinstance(desk.clock, Clock)
    newer = places.placed(None, replace(ticket, subject="Come è ora"))
    row = places.row(newer, desk.clock.forward(seconds=1))
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, ticket.id), [Upsert(row)])
    [page] = pages(desk, 10, Filters())
    assert [(s.id, s.subject) for s in page.tickets] == [("ACME-1", "Come è ora")]


def test_the_board_names_no_address(desk: Desk) -> None:
    taken_in(desk)
    assert "anna" not in " ".join(str(dict(row.values)) for _, row in agenda.every(desk, "o")).lower()


def test_grants_that_are_revoked_are_not_on_the_board() -> None:
    ticket = taken_in(a_desk(Clock()))
    now = ticket.received_at
    grant = Grant(number=1, operator="olga", granted_by="carla", at=now, until=now + timedelta(days=1), reason="")
    revoked = replace(grant, number=2, revoked_at=now)
    assert summarised(replace(ticket, grants=(grant, revoked))).grants == (grant,)


def test_a_cursor_of_another_list_is_refused() -> None:
    desk = a_desk(Clock())
    fill(desk, taken_in(desk), 5)
    [cursor] = [page.next_cursor for page in pages(desk, 3, Filters())][:1]
    assert cursor is not None
    for wrong in ("x", cursor[3:], cursor + "=", "ACME", "é", "A" * 900):
        with pytest.raises(InvalidInput):
            board.open_requests(desk, desk.clock(), limit=3, after=wrong, filters=Filters(), visible=everybody)
    resolved = Filters(states=frozenset({State.RESOLVED}))
    with pytest.raises(InvalidInput):
        board.open_requests(desk, desk.clock(), limit=3, after=cursor, filters=resolved, visible=everybody)


def answer(desk: Desk, query: str, who: str = "carla") -> Answer:
    return as_staff(desk, who, "GET", f"/api/tickets?{query}")


def test_overdue_is_read_now_not_when_the_row_was_written() -> None:
    clock = Clock(rome("2026-03-02 09:00"))
    desk = a_desk(clock)
    taken_in(desk)
    assert answer(desk, "overdue=true").json["tickets"] == []
    clock.set("2026-03-02 10:01")
    assert [t["is_overdue"] for t in answer(desk, "overdue=true").json["tickets"]] == [True]
    assert answer(desk, "overdue=false").json["tickets"] == []
