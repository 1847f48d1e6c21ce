"""GET /api/tickets: every filter, what is refused and with which words, customers' archives, and the record of what was shown."""

import re
from dataclasses import replace
from urllib.parse import quote

import pytest

from dev.bench.counting import CountingRows
from shared.actions.desk import Desk
from shared.actions.sweep import sweep
from shared.domain.people import Contact
from tests.support.board import lists_waiting
from tests.support.desks import Clock, a_desk, rome, staff, taken_in
from tests.support.doors import Answer, as_staff, ask

ADA = Contact(name="Ada Neri", email="ada@acme.example")
BRUNO = Contact(name="Bruno Galli", email="Bruno@beta.example")


@pytest.fixture
def clock() -> Clock:
    return Clock(rome("2026-03-02 09:00"))


@pytest.fixture
def desk(clock: Clock) -> Desk:
    """ACME-1 new; ACME-2 in charge, bug, priority 4, omar's; ACME-3 ada's, help desk; ACME-4 resolved; BETA-1 new, bruno's."""
    desk = a_desk(clock)
    for n in range(1, 5):
        taken_in(desk, source=f"w{n}", **({"contact": ADA} if n == 3 else {}))
    other = {"customer": "BETA", "contact": BRUNO, "product": "preservation-zucchetti"}
    taken_in(desk, source="w5", subject="Perché il PERCORSO è vuoto?", **other)
    staff(desk, "ACME-2").acknowledge()
    staff(desk, "ACME-2").classify("bug")
    staff(desk, "ACME-2").prioritise(4)
    staff(desk, "ACME-2").assign("omar")
    staff(desk, "ACME-3").acknowledge()
    staff(desk, "ACME-3").classify("help-desk")
    staff(desk, "ACME-4").acknowledge()
    staff(desk, "ACME-4").resolve(None)
    return desk


def asked(desk: Desk, query: str = "", who: str = "carla") -> Answer:
    return as_staff(desk, who, "GET", f"/api/tickets?{query}")


def shown(desk: Desk, query: str = "", who: str = "carla") -> list[str]:
    answer = asked(desk, query, who)
    assert answer.status == 200, answer.json
    return [ticket["id"] for ticket in answer.json["tickets"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"ACME-1", "ACME-2", "ACME-3", "BETA-1"}),
        ("order=urgency", {"ACME-1", "ACME-2", "ACME-3", "BETA-1"}),
        ("state=new", {"ACME-1", "BETA-1"}),
        ("state=in_charge", {"ACME-2", "ACME-3"}),
        ("state=on_hold", set()),
        ("state=quoted", set()),
        ("state=resolved", {"ACME-4"}),
        ("state=open", {"ACME-1", "ACME-2", "ACME-3", "BETA-1"}),
        ("priority=4", {"ACME-2"}),
        ("priority=none", {"ACME-1", "ACME-3", "BETA-1"}),
        ("product=preservation-zucchetti", {"BETA-1"}),
        ("customer=ACME", {"ACME-1", "ACME-2", "ACME-3"}),
        ("customer=NOBODY", set()),
        ("classification=bug", {"ACME-2"}),
        ("classification=none", {"ACME-1", "BETA-1"}),
        ("assignee=omar", {"ACME-2"}),
        ("assignee=none", {"ACME-1", "ACME-3", "BETA-1"}),
        ("channel=web", {"ACME-1", "ACME-2", "ACME-3", "BETA-1"}),
        ("channel=phone", set()),
        ("overdue=true", set()),
        ("q=" + quote("PERCHE IL percorso"), {"BETA-1"}),
        ("q=" + quote("perché  il"), {"BETA-1"}),
        ("q=numero&customer=ACME&state=new", {"ACME-1"}),
    ],
)
def test_every_filter_narrows_the_list(desk: Desk, query: str, expected: set[str]) -> None:
    found = shown(desk, query)
    assert (set(found), len(found)) == (expected, len(expected))


def test_overdue_separates_what_is_broken_from_what_is_not(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 10:01")
    assert set(shown(desk, "overdue=true")) == {"ACME-1"}
    assert set(shown(desk, "overdue=false")) == {"ACME-2", "ACME-3", "BETA-1"}


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("colour=red", "state, customer, product"),
        ("state=asleep", "new, in_charge, quoted, on_hold, resolved, closed, open, any"),
        ("state=", "new, in_charge"),
        ("state=new,resolved", "new, in_charge"),
        ("priority=9", "1, 2, 3, 4, none"),
        ("priority=x", "1, 2, 3, 4, none"),
        ("product=abacus", "zenshare-up"),
        ("classification=magic", "bug"),
        ("assignee=nobody", "carla, olga, omar, sandro, none"),
        ("channel=pigeon", "email, phone, web"),
        ("overdue=maybe", "true, false"),
        ("customer=acme%201", "such as ACME"),
        ("q=", "1 to 200"),
        ("q=" + "x" * 201, "1 to 200"),
        ("limit=0", "1 to 200"),
        ("limit=201", "1 to 200"),
        ("limit=" + "9" * 5000, "1 to 200"),
        ("order=colour", "urgency"),
        ("cursor=abc", "next_cursor"),
        ("state=closed", "customer"),
        ("state=any", "customer"),
        ("state=any&customer=ACME&order=urgency", "newest"),
        ("state=any&customer=ACME&cursor=abc", "next_cursor"),
    ],
)
def test_what_a_list_does_not_know_is_refused_with_what_it_does(desk: Desk, query: str, allowed: str) -> None:
    answer = asked(desk, query)
    assert (answer.status, answer.json["type"]) == (422, "/api/problems/invalid-input")
    assert allowed in answer.json["detail"]


def test_an_operator_is_shown_what_is_theirs(desk: Desk) -> None:
    assert shown(desk, who="omar") == ["ACME-2"]
    assert asked(desk, who="omar").json["total"] == 1
    assert shown(desk, who="olga") == []
    assert shown(desk, "state=any&customer=ACME", who="omar") == ["ACME-2"]


def test_a_vulnerability_is_out_of_sight(desk: Desk) -> None:
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").classify("vulnerability")
    for query in ("", "customer=ACME&state=any"):
        assert "ACME-1" in shown(desk, query) and "ACME-1" not in shown(desk, query, who="sandro")
        assert "ACME-2" in shown(desk, query, who="sandro")


def test_customers_see_their_own_open_requests_and_archive_and_nobody_elses(desk: Desk) -> None:
    assert shown(desk, who="anna") == shown(desk, "state=open&order=urgency", who="anna") == ["ACME-1", "ACME-2"]
    assert shown(desk, "state=any&order=newest", who="anna") == ["ACME-4", "ACME-2", "ACME-1"]
    assert shown(desk, "state=resolved", who="anna") == ["ACME-4"]
    assert set(shown(desk, who="ada")) == {"ACME-1", "ACME-2", "ACME-3"}
    assert shown(desk, "state=any&customer=ACME", who="ada") == ["ACME-4", "ACME-3", "ACME-2", "ACME-1"]
    assert shown(desk, who="bruno") == shown(desk, "state=any", who="bruno") == ["BETA-1"]
    foreign = asked(desk, "customer=ACME", who="bruno")
    unknown = asked(desk, "customer=NOBODY", who="bruno")
    assert (foreign.status, unknown.status) == (404, 404)
    assert foreign.json["detail"].replace("ACME", "NOBODY") == unknown.json["detail"]
    assert ask(desk, "GET", "/api/tickets").status == 401


def test_customers_are_not_told_who_works_at_the_desk(desk: Desk) -> None:
    for who in ("anna", "ada"):
        for query in ("assignee=zzz", "assignee=omar", "assignee=none", "colour=red"):
            answer = asked(desk, query, who)
            assert answer.status == 422
            assert not re.search("carla|olga|sandro|assignee,", answer.json["detail"])
    assert "assignee, " in asked(desk, "colour=red").json["detail"]


def test_a_customers_open_requests_cost_the_same_whatever_is_closed() -> None:
    desk = a_desk(Clock())
    taken_in(desk, source="open")
    for n in range(230):
        taken_in(desk, source=f"w{n}")
        staff(desk, f"ACME-{n + 2}").close("Non compete a noi.", "not-competent")
    counted = CountingRows(desk.rows)
    desk = replace(desk, rows=counted)
    for who in ("anna", "ada"):
        for query in ("limit=10", "state=new&limit=10"):
            counted.reset()
            page = asked(desk, query, who).json
            assert [ticket["id"] for ticket in page["tickets"]] == ["ACME-1"]
            assert (page["total"], page["next_cursor"]) == (1, None)
            assert counted.requests <= 2, "the board's one shard, and the record of what was shown"


def test_an_archive_holds_the_closed_ones_and_pages_from_the_newest_down(desk: Desk, clock: Clock) -> None:
    clock.set("2026-03-30 09:00")
    sweep(desk, clock())
    assert shown(desk, "customer=ACME&state=closed") == ["ACME-4"]
    assert shown(desk, "state=resolved") == []
    cursor, found = "", []
    while True:
        page = asked(desk, f"customer=ACME&state=any&limit=1{cursor}").json
        found += [ticket["id"] for ticket in page["tickets"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == ["ACME-4", "ACME-3", "ACME-2", "ACME-1"]
    foreign = asked(desk, f"customer=BETA&state=any{cursor}")
    assert foreign.status == 422, "a cursor is good for its own list"
    assert asked(desk, "customer=NOBODY&state=any").status == 404


def test_a_long_archive_pages_whole_at_two_requests_a_page() -> None:
    desk = a_desk(Clock())
    for n in range(430):
        taken_in(desk, source=f"w{n}")
    counted = CountingRows(desk.rows)
    desk = replace(desk, rows=counted)
    cursor, found, costs = "", [], []
    while True:
        counted.reset()
        page = asked(desk, f"customer=ACME&state=any&limit=200{cursor}").json
        costs.append(counted.requests)
        found += [ticket["id"] for ticket in page["tickets"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == [f"ACME-{n}" for n in range(430, 0, -1)]
    assert costs == [3, 2, 2], "the first page also reads how far the numbers go"


def test_what_was_shown_is_on_record_and_what_was_not_is_not(desk: Desk) -> None:
    before = len(lists_waiting(desk))
    shown(desk, "channel=phone")
    assert len(lists_waiting(desk)) == before, "nothing was shown"
    shown(desk, "priority=4")
    [row] = lists_waiting(desk)[before:]
    assert "ACME-2" in str(row.values) and "ACME-1" not in str(row.values)
