"""Every door, with everybody there is, at an ordinary ticket and at a vulnerability: who is let in, and what is on record then.

The expectations are the tables in `tests/support/seats.py`.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from shared.actions import agenda
from shared.actions.custody import access_filing
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table
from shared.adapters.memory import MemoryRows
from shared.domain.people import Contact
from tests.support.desks import Clock, a_desk, staff, taken_in
from tests.support.doors import Answer, ask, methods_by_door, signed
from tests.support.seats import ACME, BETA, DOORS, ELSEWHERE, MANAGERS, SEATS, STAFF, Door, Seat, rendered

SECRETS = (b"Segretissimo", b"riservata", b"Anna Bianchi", b"anna@acme.example", b"Chiarimento")
KINDS = ("ordinary", "vulnerability")


@dataclass(frozen=True)
class World:
    """ACME-1, and ACME-2 that all is about; both are Anna's and Omar's."""

    desk: Desk
    clock: Clock
    notice: str
    entry: str
    ticket: str = "ACME-2"


def a_world(kind: str, name: str) -> World:
    """A world of one's own, as a seat finds it."""
    made = _made(kind, name)
    clock = Clock(made.clock.now)
    assert isinstance(made.desk.rows, MemoryRows)
    return replace(made, desk=replace(made.desk, rows=made.desk.rows.copied(), clock=clock), clock=clock)


@cache
def _made(kind: str, name: str) -> World:
    desk = a_desk(clock := Clock())
    for source in ("w1", "w2"):
        id = taken_in(desk, source, subject="Segretissimo", description="Una cosa riservata.").id
        staff(desk, id).acknowledge()
        staff(desk, id).classify("vulnerability" if kind == "vulnerability" and id == "ACME-2" else "bug")
        staff(desk, id).assign("omar")
        staff(desk, id).reply("Chiarimento")
    refused = signed(desk, {"customer": "NOSUCH", "contact": {"name": "Anna Bianchi", "email": "anna@acme.example"}}, id="m1")
    assert refused.status in (404, 422), refused.body
    SEATS[name].situation(desk, clock, "ACME-2")
    [notice, *_] = desk.rows.scan(Table.DESK, ACME, after="notice:000002:", before="notice:000002:~")
    [entry] = desk.rows.scan(Table.SYSTEM, "quarantine")
    return World(desk=desk, clock=clock, notice=notice.key.removeprefix("notice:"), entry=entry.key)


def records(desk: Desk) -> dict[str, Row]:
    """Every record of a read there is, wherever it lies."""
    found: dict[str, Row] = {}
    for table, partition in ((Table.DESK, ACME), (Table.DESK, BETA), (Table.SYSTEM, "access")):
        found |= {row.key: row for row in desk.rows.scan(table, partition, after="access:", before="access:~")}
    return found | {row.key: row for _, row in agenda.every(desk, "s") if row.key.split("|")[2] == access_filing.LIST}


def knocked(world: World, seat: Seat, door: Door) -> tuple[Answer, list[Row]]:
    """What the door answers, and the records that this left."""
    before = records(world.desk)
    url = door.url.format(ticket=world.ticket, notice=world.notice, entry=world.entry)
    headers = {"x-demo-user": seat.who} if seat.who else {}
    answer = ask(world.desk, door.method, url, headers=headers, body=door.body)
    return answer, [row for key, row in records(world.desk).items() if key not in before]


def expected(door: Door, name: str, kind: str) -> int:
    """200 for "let in"; otherwise the status that a refusal has."""
    seat = SEATS[name]
    if not door.ticket and not door.staff_only and not door.at_customer:
        return 200
    if not seat.who:
        return 401
    if door.staff_only and (name not in STAFF or (door.may <= MANAGERS and name not in MANAGERS)):
        return 403
    if door.ticket and not seat.sees[KINDS.index(kind)]:
        return 404 if seat.of else 403
    if door.at_customer and seat.of == BETA:
        return 404
    return 200 if name in door.may else 403


def test_every_door_of_the_app_is_in_the_matrix() -> None:
    doors = methods_by_door()
    assert doors.keys() == DOORS.keys() | ELSEWHERE.keys()
    assert [name for name, door in DOORS.items() if door.method not in doors[name]] == []


def test_the_documentation_shows_the_matrix_that_is_tested() -> None:
    assert rendered() in (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("door", DOORS)
def test_a_door_lets_in_whom_the_matrix_says_and_nobody_else(door: str) -> None:
    let_in = [name for kind in KINDS for name in SEATS if _knock(door, name, kind)]
    assert let_in or DOORS[door].is_late or not DOORS[door].ticket, "nobody got through"


def _knock(door: str, name: str, kind: str) -> bool:
    """Whether a seat got what it came for, after all that the matrix says about it has been checked."""
    this, seat, world = DOORS[door], SEATS[name], a_world(kind, name)
    this.first(world.desk, world.ticket)
    answer, left = knocked(world, seat, this)
    at = f"{door}, {name}, {kind}: {answer.status} {answer.body[:300]!r}"
    refusal = expected(this, name, kind)
    if not (seat.sees[KINDS.index(kind)] or (refusal == 200 and not this.ticket and this.rows)):
        assert not any(secret in answer.body for secret in SECRETS), at
    if refusal != 200:
        is_too_late = answer.status == 409 and this.ticket and seat.sees[KINDS.index(kind)]
        assert answer.status == refusal or is_too_late, f"{at}; expected {refusal}"
    elif answer.status < 300:
        assert len(left) == this.rows, f"{at}; left {left}"
        _on_record(this, name, world, left, at)
        return True
    else:
        assert answer.status in (404, 409) or not this.ticket, at
        assert this.method != "GET" or not this.ticket, at
    assert left == [] or this.at_customer, f"{at}; left {left}"  # what is not there may have been looked for, on record
    return False


def _on_record(door: Door, name: str, world: World, left: list[Row], at: str) -> None:
    """Who, what, when, of which ticket, and on what ground."""
    seat = SEATS[name]
    for row in left:
        assert row.values["at"] == left[0].values["at"] and str(row.values["at"]).startswith(
            f"{world.clock.now:%Y-%m-%dT%H:%M:%S}"
        ), at
        assert row.values["what"], at
        assert str(row.values["who"]).startswith("contact:") if seat.of else row.values["who"] == seat.who, at
    if door.ticket:
        [own] = [row for row in left if row.values["tickets"] == world.ticket]
        assert own.values["basis"] == seat.basis, at


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_shows_each_seat_what_it_sees_and_records_it(kind: str) -> None:
    for name, seat in SEATS.items():
        world = a_world(kind, name)
        answer, left = knocked(world, seat, Door(url="/api/tickets?state=any&customer=ACME"))
        if not seat.who:
            assert answer.status == 401
            continue
        if seat.of == BETA:
            assert answer.status in (200, 404) and not any(secret in answer.body for secret in SECRETS)
            continue
        assert answer.status == 200, (name, answer.body)
        shown = {each["id"] for each in answer.json["tickets"]}
        assert ("ACME-2" in shown) == seat.sees[KINDS.index(kind)], name
        assert [len(left)] == [1 if shown else 0], name
        if not shown:
            assert not any(secret in answer.body for secret in SECRETS), name
        assert answer.json["total"] in (len(shown), None), name


def test_staff_alone_enter_requests() -> None:
    body = {
        "customer": ACME,
        "contact": {"name": "Anna", "email": "anna@acme.example"},
        "product": "zenshare-up",
        "subject": "Telefonata",
        "description": "Ha chiamato.",
    }
    for name, seat in SEATS.items():
        world = a_world("ordinary", name)
        answer, _ = knocked(world, seat, Door(url="/api/tickets", method="POST", body=body))
        assert answer.status == (401 if not seat.who else 403 if seat.of else 201), (name, answer.body)


@pytest.mark.parametrize("url", ["/api/tickets/ACME-2", "/api/tickets/ACME-2/events", "/api/tickets/ACME-2/accesses"])
def test_a_ticket_that_is_not_ones_own_is_answered_as_one_that_is_not_there(url: str) -> None:
    desk = a_world("ordinary", "nobody").desk
    for who in ("bruno", "berta", "carlo"):
        theirs, nobodys = (ask(desk, "GET", each, headers={"x-demo-user": who}) for each in (url, url.replace("-2", "-9")))
        assert theirs.status == nobodys.status == 404
        assert theirs.body.replace(b"ACME-2", b"ACME-9") == nobodys.body


def test_a_customers_people_see_messages_to_the_customer_and_no_address_but_their_own() -> None:
    desk = a_world("ordinary", "nobody").desk
    of_anna, of_ada, of_omar = (
        ask(desk, "GET", "/api/tickets/ACME-2/notices", headers={"x-demo-user": who}) for who in ("anna", "ada", "omar")
    )
    assert b"desk.example" not in of_anna.body + of_ada.body
    assert b"desk.example" in of_omar.body
    assert {each["to"] for each in of_anna.json["notices"]} == {"customer"}
    assert {each["email"] for each in of_anna.json["notices"]} == {"anna@acme.example"}
    assert {each["email"] for each in of_ada.json["notices"]} == {None}


def test_another_contact_with_the_same_name_is_another_contact() -> None:
    desk = a_desk(Clock())
    id = taken_in(desk, contact=Contact(name="Anna Bianchi", email="anna.bianchi@acme.example")).id
    assert ask(desk, "GET", f"/api/tickets/{id}", headers={"x-demo-user": "anna"}).status == 404
