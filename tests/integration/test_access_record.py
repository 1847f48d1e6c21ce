"""Every read of customers' data is on record before it is answered: append-only, and shown to the customer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.actions.agenda import every
from shared.actions.custody import access, access_record
from shared.actions.custody.access_record import Reading
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Row, Table
from shared.actions.running import health
from shared.actions.sweep import sweep
from shared.domain.errors import InvalidInput, NotFound, NotPermitted, StorageUnavailable
from shared.domain.people import Contact
from shared.domain.ticket import Ticket
from tests.support.board import lists_waiting
from tests.support.desks import ADA, ANNA, BRUNO, CARLA, OLGA, OMAR, SANDRO, Clock, a_desk, staff, taken_in
from tests.support.doors import as_staff
from tests.support.faults import Crash, Fuse, FusedRows, fused, unavailable

BEATRICE = Contact(name="Beatrice", email="beatrice@beta.example")


def readings(desk: Desk, customer: str = "ACME", ticket: str | None = None) -> list[Reading]:
    return list(access.accesses_of(desk, customer, ticket=ticket, limit=500).entries)


def stored(desk: Desk, customer: str = "ACME") -> list[Row]:
    return desk.rows.scan(Table.DESK, customer, after="access:", before="access:~")


def three_tickets(desk: Desk) -> list[Ticket]:
    """Two of ACME's, the first assigned to Omar, and one of BETA's."""
    mine = taken_in(desk)
    staff(desk, mine.id).acknowledge()
    mine = staff(desk, mine.id).assign("omar")
    return [mine, taken_in(desk, "w2"), taken_in(desk, "w3", customer="BETA", contact=BEATRICE)]


def test_a_read_says_who_saw_what_when_and_on_what_ground(desk: Desk) -> None:
    ticket = taken_in(desk)
    before = len(readings(desk))
    assert access.read(desk, ticket.id, CARLA, "events", desk.clock()).id == ticket.id
    [entry] = readings(desk)[before:]
    assert entry == Reading(
        who="carla",
        name="Carla",
        what="events",
        at=desk.clock(),
        tickets=("ACME-1",),
        basis="role",
        detail="customer_care_manager",
    )
    assert stored(desk)[-1].key.startswith("access:2026-03-02T08:00:00.000000Z:000001:")


def test_a_customers_people_are_on_record_by_a_token_and_never_by_name_or_address(desk: Desk) -> None:
    ticket = taken_in(desk)
    access.read(desk, ticket.id, ANNA, "ticket", desk.clock())
    access.read_by_link(desk, ticket.id, "page", desk.clock())
    by_anna, by_link = readings(desk)[-2:]
    assert (by_anna.who, by_anna.name, by_anna.basis) == (access_record.by_token("ACME", "anna@acme.example"), "", "own")
    assert (by_link.who, by_link.basis) == (by_anna.who, "link")
    assert not any("anna" in str(row.values).lower() for row in stored(desk))


@pytest.mark.parametrize("who", [OLGA, OMAR])
def test_an_operator_without_the_ticket_is_told_whom_to_ask_and_leaves_no_record(desk: Desk, who: object) -> None:
    ticket = taken_in(desk)
    with pytest.raises(NotPermitted, match="the Customer Care Manager can grant"):
        access.read(desk, ticket.id, who, "ticket", desk.clock())  # type: ignore[arg-type]
    assert readings(desk) == []


def test_to_another_customers_people_a_ticket_does_not_exist_in_the_same_words(desk: Desk) -> None:
    ticket = taken_in(desk)
    with pytest.raises(NotFound) as theirs:
        access.read(desk, ticket.id, BRUNO, "ticket", desk.clock())
    with pytest.raises(NotFound) as nobodys:
        access.read(desk, "ACME-99", BRUNO, "ticket", desk.clock())
    assert theirs.value.detail.replace(ticket.id, "ACME-99") == nobodys.value.detail
    assert type(theirs.value) is type(nobodys.value)


def test_what_cannot_be_recorded_is_not_shown() -> None:
    desk = a_desk(Clock())
    ticket = taken_in(desk)
    fuse = Fuse(at=1, after_effect=False, failure=unavailable)
    with pytest.raises(StorageUnavailable):
        access.read(replace(desk, rows=FusedRows(desk.rows, fuse)), ticket.id, CARLA, "ticket", desk.clock())
    for door in ("", "/events", "/explanation", "/notices", "/accesses"):
        fuse = Fuse(at=1, after_effect=False, failure=unavailable)
        answer = as_staff(replace(desk, rows=FusedRows(desk.rows, fuse)), "carla", "GET", f"/api/tickets/{ticket.id}{door}")
        assert fuse.has_blown and answer.status == 503
        assert b"protocollo" not in answer.body and b"anna@" not in answer.body
    assert readings(desk) == []


def test_a_list_is_filed_once_under_each_customer_with_their_tickets(desk: Desk) -> None:
    mine, other, betas = three_tickets(desk)
    read_at = desk.clock()
    access.record_list(desk, CARLA, [mine, other, betas], "list", read_at)
    assert "list" not in {each.what for customer in ("ACME", "BETA") for each in readings(desk, customer)}
    later = read_at + timedelta(minutes=1)
    for _ in range(2):
        sweep(desk, later)
    [acme], [beta] = ([each for each in readings(desk, customer) if each.what == "list"] for customer in ("ACME", "BETA"))
    assert (acme.tickets, acme.at, acme.what, acme.who) == ((mine.id, other.id), read_at, "list", "carla")
    assert (beta.tickets, beta.basis, beta.detail) == ((betas.id,), "role", "customer_care_manager")
    assert not lists_waiting(desk)


def test_a_list_seen_on_several_grounds_says_which_for_each_ticket(desk: Desk) -> None:
    mine, other, _ = three_tickets(desk)
    given = as_staff(desk, "carla", "POST", f"/api/tickets/{other.id}/grants", {"operator": "omar", "text": "Same matter."})
    assert given.status == 200, given.json
    other = access.read(desk, other.id, OMAR, "ticket", desk.clock())
    access.record_list(desk, OMAR, [mine, other], "list", desk.clock())
    sweep(desk, desk.clock())
    [entry] = [each for each in readings(desk) if each.what == "list"]
    assert (entry.basis, entry.detail) == ("several", f"{mine.id} assignment, {other.id} grant (grant 1)")
    [of_mine] = [each for each in readings(desk, ticket=mine.id) if each.what == "list"]
    [of_other] = [each for each in readings(desk, ticket=other.id) if each.what == "list"]
    assert (of_mine.tickets, of_mine.basis, of_mine.detail) == ((mine.id,), "assignment", "")
    assert (of_other.tickets, of_other.basis, of_other.detail) == ((other.id,), "grant", "grant 1")


def test_a_page_of_nothing_is_no_read() -> None:
    desk = a_desk(Clock())
    access.record_list(desk, CARLA, [], "list", desk.clock())
    assert not lists_waiting(desk)


def test_a_list_cannot_record_what_may_not_be_seen() -> None:
    desk = a_desk(Clock())
    tickets = three_tickets(desk)
    with pytest.raises(NotPermitted):
        access.record_list(desk, OMAR, tickets, "list", desk.clock())
    with pytest.raises(NotFound):
        access.record_list(desk, BRUNO, tickets, "list", desk.clock())
    assert not lists_waiting(desk)


@pytest.mark.parametrize("failure", [lambda: Crash(), unavailable], ids=["crash", "unavailable"])
@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("at", range(8))
def test_filing_that_is_cut_off_anywhere_is_finished_by_a_later_run(at: int, after_effect: bool, failure: object) -> None:
    desk = a_desk(Clock())
    tickets = three_tickets(desk)
    access.record_list(desk, CARLA, tickets, "list", desk.clock())
    fuse = Fuse(at=at, after_effect=after_effect, failure=failure)  # type: ignore[arg-type]
    try:
        sweep(fused(desk, fuse), desk.clock())
    except (Crash, StorageUnavailable):
        pass
    sweep(desk, desk.clock() + timedelta(hours=2))
    filed = [each for customer in ("ACME", "BETA") for each in readings(desk, customer) if each.what == "list"]
    assert [each.tickets for each in filed] == [(tickets[0].id, tickets[1].id), (tickets[2].id,)]
    assert {each.at for each in filed} == {desk.clock()}
    assert not lists_waiting(desk) and not list(every(desk, "x"))


def test_the_last_crash_point_is_past_the_end_of_filing() -> None:
    desk = a_desk(Clock())
    access.record_list(desk, CARLA, three_tickets(desk), "list", desk.clock())
    fuse = Fuse(at=99, after_effect=False, failure=Crash)
    sweep(fused(desk, fuse), desk.clock())
    assert fuse.calls <= 8


def test_health_says_when_records_of_lists_wait_too_long() -> None:
    desk = a_desk(Clock())
    access.record_list(desk, CARLA, three_tickets(desk), "list", desk.clock())
    soon = health.check(desk, desk.clock() + timedelta(minutes=4))
    assert soon.agenda["unfiled_list_records"] == 0
    late = health.check(desk, desk.clock() + timedelta(minutes=6))
    assert late.agenda["unfiled_list_records"] == 1
    assert any("who read which list" in problem for problem in late.problems)


def test_nothing_in_the_program_replaces_or_deletes_a_record() -> None:
    """The store itself watches: whatever is done to tickets, their records are only ever inserted."""

    class Watching:
        def __init__(self, desk: Desk) -> None:
            self.inner, self.inserted = desk.rows, 0
            self.get, self.scan = desk.rows.get, desk.rows.scan

        def commit(self, table: Table, partition: str, writes: object) -> None:
            for write in writes:  # type: ignore[attr-defined]
                key = write.key if hasattr(write, "key") else write.row.key
                if key.startswith("access:"):
                    assert isinstance(write, Insert), f"{type(write).__name__} of {key}"
                    self.inserted += 1
            self.inner.commit(table, partition, writes)  # type: ignore[arg-type]

    plain = a_desk(clock := Clock())
    watching = Watching(plain)
    desk = replace(plain, rows=watching)
    tickets = three_tickets(desk)
    for door in ("", "/events", "/explanation", "/notices", "/accesses"):
        assert as_staff(desk, "omar", "GET", f"/api/tickets/{tickets[0].id}{door}").status == 200
    assert as_staff(desk, "ada", "GET", "/api/customers/ACME/accesses").status == 200
    access.record_list(desk, CARLA, tickets, "list", desk.clock())
    staff(desk, tickets[0].id).classify("bug")
    staff(desk, tickets[0].id, OMAR).resolve(None)
    clock.forward(days=60)
    sweep(desk, desk.clock())
    assert watching.inserted >= 11


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    desk = a_desk(clock := Clock())
    ticket, other = taken_in(desk), taken_in(desk, "w2")
    for number in range(7):
        access.read(desk, (ticket, other)[number % 2].id, CARLA, f"look {number}", clock.forward(seconds=1))
    whole = [each.what for each in readings(desk, ticket=ticket.id)]
    assert whole == ["look 0", "look 2", "look 4", "look 6"]
    paged, cursor = [], None
    while True:
        page = access.accesses_of(desk, "ACME", ticket=ticket.id, since=ticket.received_at, cursor=cursor, limit=3)
        paged += [each.what for each in page.entries]
        if (cursor := page.next_cursor) is None:
            break
    assert paged == whole
    assert [len(access.accesses_of(desk, "ACME", limit=n).entries) for n in (3, 7, 8)] == [3, 7, 7]
    assert access.accesses_of(desk, "ACME", limit=7).next_cursor is None


@pytest.mark.parametrize("cursor", ["", "x" * 101, "é", "a\x00b", "a\nb"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    desk = a_desk(Clock())
    with pytest.raises(InvalidInput, match="cursor"):
        access.accesses_of(desk, "ACME", cursor=cursor)


@pytest.mark.parametrize("cursor", ["~", "zzz", "0", "'; --", "/#?\\"])
def test_a_strange_cursor_leads_nowhere_but_into_the_record(desk: Desk, cursor: str) -> None:
    ticket = taken_in(desk)
    access.read(desk, ticket.id, CARLA, "ticket", desk.clock())
    try:
        found = access.accesses_of(desk, "ACME", cursor=cursor)
    except InvalidInput:
        return
    assert {each.what for each in found.entries} <= {"ticket"}


def test_a_customers_own_record_is_for_its_administrators_and_the_managers_and_reading_it_is_recorded(desk: Desk) -> None:
    for who in (ADA, CARLA, SANDRO):
        access.read_customer(desk, "ACME", who, "accesses", desk.clock())
    assert [(each.basis, each.tickets) for each in readings(desk)] == [("administrator", ()), ("role", ()), ("role", ())]
    for refused in (ANNA, OMAR):
        with pytest.raises(NotPermitted):
            access.read_customer(desk, "ACME", refused, "accesses", desk.clock())
    with pytest.raises(NotFound):
        access.read_customer(desk, "ACME", BRUNO, "accesses", desk.clock())
    assert len(readings(desk)) == 3


def test_a_stranger_cannot_tell_a_customer_from_none() -> None:
    desk = a_desk(Clock())
    foreign, nobodys = (as_staff(desk, "bruno", "GET", f"/api/customers/{id}/accesses") for id in ("ACME", "NOSUCH"))
    assert foreign.status == nobodys.status == 404
    assert foreign.body.replace(b"ACME", b"NOSUCH") == nobodys.body


def test_the_customer_sees_who_looked_by_name_where_it_is_one_of_ours_or_themselves() -> None:
    desk = a_desk(Clock())
    ticket = taken_in(desk)
    for who in ("carla", "ada", "anna"):
        assert as_staff(desk, who, "GET", f"/api/tickets/{ticket.id}").status == 200
    seen = as_staff(desk, "anna", "GET", f"/api/tickets/{ticket.id}/accesses").json["accesses"]
    assert [(each["name"], each["basis"]) for each in seen] == [
        ("Carla", "role"),
        (None, "administrator"),
        ("Anna Bianchi", "own"),
        ("Anna Bianchi", "own"),
    ]
    assert seen[0] == {
        "at": "2026-03-02T08:00:00.000000Z",
        "who": "carla",
        "name": "Carla",
        "what": "ticket",
        "tickets": [ticket.id],
        "basis": "role",
        "detail": "customer_care_manager",
    }


def test_a_contact_sees_of_a_list_that_a_colleagues_ticket_was_on_only_their_own() -> None:
    desk = a_desk(Clock())
    mine, other, _ = three_tickets(desk)
    access.record_list(desk, CARLA, [mine, other], "list", desk.clock())
    sweep(desk, desk.clock())
    seen = as_staff(desk, "anna", "GET", f"/api/tickets/{mine.id}/accesses")
    assert [each["tickets"] for each in seen.json["accesses"] if each["what"] == "list"] == [[mine.id]]
    assert other.id.encode() not in seen.body


def test_reading_a_ticket_costs_two_requests_and_one_that_is_not_ones_own_one() -> None:
    desk = a_desk(Clock())
    ticket = taken_in(desk)
    for who, status, calls in (("carla", 200, 2), ("olga", 403, 1), ("bruno", 404, 1)):
        fuse = Fuse(at=999, after_effect=False, failure=Crash)
        counted = replace(desk, rows=FusedRows(desk.rows, fuse))
        assert as_staff(counted, who, "GET", f"/api/tickets/{ticket.id}").status == status
        assert fuse.calls == calls
