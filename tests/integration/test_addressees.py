"""Whom a customer has written to about their services: who may name them, what is recorded, and that it ends with a removal."""

from dataclasses import replace

import pytest

from shared.actions import customers
from shared.actions.desk import Desk
from shared.actions.ports import Replace, Table
from shared.actions.post.deliver import deliver
from shared.actions.status import letters, named
from shared.domain.addressees import MOST
from shared.domain.people import Correspondent
from tests.support.desks import ADA
from tests.support.doors import Answer, as_staff, ask
from tests.support.faults import Crash, Fuse, fused
from tests.support.watched import Watched

URL = "/api/customers/ACME/addressees"
NOC = {"email": "noc@acme.example", "name": "Sala macchine", "language": "it"}
WHY = {"text": "Richiesta del 2 marzo."}


def add(desk: Desk, who: str = "ada", **changes: str) -> Answer:
    return as_staff(desk, who, "POST", URL, {**NOC, **changes})


def listed(desk: Desk, who: str = "ada") -> list[tuple[str, str, str]]:
    answer = as_staff(desk, who, "GET", URL)
    assert answer.status == 200, answer.body
    return [(each["email"], each["name"], each["language"]) for each in answer.json["addressees"]]


def records(desk: Desk) -> list[tuple[str, str]]:
    rows = desk.rows.scan(Table.DESK, "ACME", after="addressee:", before="addressee:~")
    return [(str(row.values["who"]), str(row.values["what"])) for row in rows]


def erase(desk: Desk, email: str = NOC["email"], who: str = "carla") -> Answer:
    return as_staff(desk, who, "POST", "/api/customers/ACME/contacts/erasure", {**WHY, "email": email})


def everything(desk: Desk) -> str:
    partitions = [(Table.DESK, "ACME"), (Table.AGENDA, "00"), (Table.WATCH, "subscriber"), (Table.WATCH, "outages")]
    return repr([desk.rows.scan(table, partition) for table, partition in partitions])


def test_an_administrator_and_the_manager_add_list_and_remove(desk: Desk) -> None:
    assert (add(desk).status, add(desk, "carla", email="it@acme.example", language="en").status) == (201, 201)
    assert listed(desk) == [("noc@acme.example", "Sala macchine", "it"), ("it@acme.example", "Sala macchine", "en")]
    [first, _] = as_staff(desk, "carla", "GET", URL).json["addressees"]
    assert "@" not in first["id"]
    assert as_staff(desk, "ada", "DELETE", f"{URL}/{first['id']}").status == 200
    assert listed(desk, "carla") == [("it@acme.example", "Sala macchine", "en")]
    assert records(desk) == [("customer", "added"), ("carla", "added"), ("customer", "removed")]
    record = desk.rows.scan(Table.DESK, "ACME", after="addressee:", before="addressee:~")
    assert "acme.example" not in repr(record), "the record names nobody"


def test_the_same_again_changes_and_records_nothing(desk: Desk) -> None:
    assert [add(desk).status for _ in range(3)] == [201, 200, 200]
    assert add(desk, email="NOC@acme.example", language="en").status == 200
    assert listed(desk) == [("NOC@acme.example", "Sala macchine", "en")]
    [one] = as_staff(desk, "ada", "GET", URL).json["addressees"]
    for _ in range(2):
        assert as_staff(desk, "ada", "DELETE", f"{URL}/{one['id']}").json["addressees"] == []
    assert [what for _, what in records(desk)] == ["added", "changed", "removed"]


@pytest.mark.parametrize(
    ("who", "status"), [("anna", 403), ("omar", 403), ("sandro", 403), ("berta", 404), ("bruno", 404), ("", 401)]
)
def test_it_is_nobody_elses_business(desk: Desk, who: str, status: int) -> None:
    add(desk)
    answers = [as_staff(desk, who, "GET", URL), add(desk, who, email="x@evil.example"), as_staff(desk, who, "DELETE", f"{URL}/x")]
    assert [answer.status for answer in answers] == [status] * 3
    assert len(listed(desk)) == 1


@pytest.mark.parametrize(
    "wrong", [{"email": "noc"}, {"language": "de"}, {"name": ""}, {"email": "a@b.example\r\nBcc: c@d.example"}]
)
def test_what_is_no_addressee_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    assert add(desk, **wrong).status == 422 and listed(desk) == []


def test_there_is_an_end_to_them(desk: Desk) -> None:
    found, etag = customers.find(desk, "ACME")
    full = tuple(Correspondent(name="N", email=f"n{number}@acme.example", language="it") for number in range(MOST))
    desk.rows.commit(Table.DESK, "ACME", [Replace(customers.customer_row(replace(found, notify=full), etag))])
    assert add(desk).status == 409
    assert add(desk, email="n1@acme.example").status == 200, "what is there already may be changed"


def test_two_at_once_are_both_there(desk: Desk) -> None:
    """And a request that takes the customer's next number at the same moment loses nobody."""
    one = Correspondent(name="A", email="a@acme.example", language="it")
    other = replace(one, email="b@acme.example")
    once: list[int] = []

    class Racing:
        def __getattr__(self, name: str) -> object:
            return getattr(desk.rows, name)

        def commit(self, table: Table, partition: str, writes: object) -> None:
            if not once:
                once.append(1)
                named.add(desk, "ACME", other, ADA, desk.clock())
            desk.rows.commit(table, partition, writes)  # type: ignore[arg-type]

    named.add(replace(desk, rows=Racing()), "ACME", one, ADA, desk.clock())  # type: ignore[arg-type]
    assert {email for email, _, _ in listed(desk)} == {"a@acme.example", "b@acme.example"}


def in_maintenance(watched: Watched) -> None:
    body = {
        "services": ["archive"],
        "starts_at": "2026-03-20T09:00:00+01:00",
        "ends_at": "2026-03-20T10:00:00+01:00",
        "reason": {"it": "Disco.", "en": "Disk."},
    }
    assert as_staff(watched.desk, "sandro", "POST", "/api/maintenance", body).status == 201


def letters_to(watched: Watched) -> list[str]:
    deliver(watched.desk, watched.clock.forward(minutes=1))
    return [mail.to for mail in watched.mailer.sent if "maintenance" in mail.subject]


def test_who_was_named_is_written_to_and_who_was_removed_is_not_not_even_what_was_owed() -> None:
    watched = Watched("2026-03-10 10:00")
    add(watched.desk)
    add(watched.desk, email="it@acme.example")
    in_maintenance(watched)
    [first, _] = as_staff(watched.desk, "ada", "GET", URL).json["addressees"]
    as_staff(watched.desk, "ada", "DELETE", f"{URL}/{first['id']}")
    assert letters_to(watched) == ["it@acme.example"]
    assert list(letters._before(watched.desk, "m|~")) == [], "what was owed to the other is gone"


def test_the_export_tells_that_they_are_named_and_to_themselves_and_the_manager_that_they_have_subscribed(desk: Desk) -> None:
    add(desk, email="anna@acme.example", name="Anna Neri")
    form = {"content-type": "application/x-www-form-urlencoded"}
    ask(desk, "POST", "/api/status/subscribers", headers=form, body=b"email=Anna%40acme.example&lang=it")
    told = {}
    for who in ("carla", "anna", "ada"):
        url = "/api/customers/ACME/contacts/export?format=json"
        told[who] = as_staff(desk, who, "POST", url, {"email": "anna@acme.example"}).json["written_to"]
    assert {who: each["named"]["name"] for who, each in told.items()} == dict.fromkeys(told, "Anna Neri")
    assert {who: bool(each["subscription"]) for who, each in told.items()} == {"carla": True, "anna": True, "ada": False}


def test_who_is_erased_is_in_no_list_and_gets_nothing_that_was_owed() -> None:
    watched = Watched("2026-03-10 10:00")
    desk = watched.desk
    add(desk)
    add(desk, email="it@acme.example")
    in_maintenance(watched)
    assert "noc@acme.example" in everything(desk)
    answer = erase(desk, "NOC@acme.example")
    assert answer.status == 200 and answer.json["written_to"] is True
    assert "noc@acme.example" not in everything(desk).lower() and "Sala macchine" in everything(desk)
    assert letters_to(watched) == ["it@acme.example"]
    assert erase(desk).json["written_to"] is False
    [row] = desk.rows.scan(Table.DESK, "ACME", after="erasure:", before="erasure:~")
    assert "addressee" in repr(row.values)


def test_while_a_letter_to_them_leaves_the_erasure_is_asked_for_again() -> None:
    watched = Watched("2026-03-10 10:00")
    add(watched.desk)
    in_maintenance(watched)
    answers = []

    class Slow(type(watched.mailer)):  # type: ignore[misc]
        def send(self, mail: object) -> object:
            answers.append(erase(watched.desk).status)
            return super().send(mail)

    deliver(replace(watched.desk, mailer=Slow()), watched.clock.now)
    assert answers == [503]
    assert erase(watched.desk).json["written_to"] is True and "noc@acme.example" not in everything(watched.desk)


@pytest.mark.parametrize("after_effect", [False, True])
def test_an_erasure_that_is_cut_off_anywhere_is_finished_by_asking_again(after_effect: bool) -> None:
    for at in range(60):
        watched = Watched("2026-03-10 10:00")
        desk = watched.desk
        add(desk)
        in_maintenance(watched)
        fuse = Fuse(at=at, after_effect=after_effect, failure=Crash)
        try:
            erase(fused(desk, fuse))
        except Crash:
            pass
        if not fuse.has_blown:
            assert at > 5
            return
        assert erase(desk).status == 200
        assert "noc@acme.example" not in everything(desk), f"cut off at call {at}"
    pytest.fail("it does not end")


def test_an_address_is_one_by_the_same_rule_for_whoever_adds_finds_and_erases_it(desk: Desk) -> None:
    for email in ("stra\u00dfe@acme.example", "STRASSE@acme.example", "Strasse@acme.example"):
        add(desk, email=email)
    assert [email for email, _, _ in listed(desk)] == ["stra\u00dfe@acme.example", "Strasse@acme.example"]
    assert erase(desk, "STRA\u00dfE@acme.example").json["written_to"] is True
    assert [email for email, _, _ in listed(desk)] == ["Strasse@acme.example"]


@pytest.mark.parametrize("email", ["a\u202e@acme.example", "a\u200b@acme.example", "a@ac\u00adme.example"])
def test_an_address_holds_nothing_that_is_not_shown(desk: Desk, email: str) -> None:
    assert add(desk, email=email).status == 422 and listed(desk) == []
