"""Support packages on both stores: contracted with the acceptance, debited with the work, never overspent."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.once import once
from shared.actions.ports import Row, Rows, Table, Write
from shared.actions.quotes import packages
from shared.domain.errors import InvalidInput, NotAllowedNow, NotFound, NotPermitted, TooFewHours
from shared.domain.lifecycle.working import Work
from shared.domain.quotes import package as ledger
from shared.domain.quotes.card import CardKind
from shared.domain.quotes.package import EntryKind
from tests.support.cards import NO, OFFER, accepted, logged, offered, sent, the_card, to_be_quoted, with_package, with_task
from tests.support.desks import ADA, ANNA, BRUNO, CARLA, OLGA, OMAR, SANDRO, staff


def sound(desk: Desk, number: int = 1, customer: str = "ACME") -> bool:
    package, entries = packages.statement(desk, customer, number, CARLA, desk.clock())
    return ledger.is_sound(package, entries)


def test_an_accepted_offer_is_a_package_in_the_same_breath(desk: Desk) -> None:
    ticket = with_package(desk, to_be_quoted(desk).id)
    package, entries = packages.statement(desk, "ACME", 1, CARLA, desk.clock())
    event = cases.events_of(desk, ticket)[-1]
    assert package.bought == package.remaining == 20 and package.card == the_card(ticket, CardKind.PACKAGE).commitment
    assert [(e.kind, str(e.hours), e.event) for e in entries] == [(EntryKind.PURCHASE, "20", event.number)]
    assert (event.kind, event.data["package"]) == ("offer_accepted", 1)


def test_a_declined_offer_is_no_package(desk: Desk) -> None:
    accepted(desk, offered(desk, to_be_quoted(desk).id), CardKind.PACKAGE, NO)
    assert packages.every(desk, "ACME") == []


def test_the_task_needs_a_package_with_the_hours_and_says_what_to_do(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    accepted(desk, sent(desk, id))
    staff(desk, id).assign("omar")
    with pytest.raises(TooFewHours, match=r"no support package.*Send the offer form"):
        packages.open_task(staff(desk, id))
    with_package(desk, id, replace(OFFER, hours=Decimal("9.75")))
    with pytest.raises(TooFewHours, match=r"needs 10 hours; the fullest of the customer's packages has 9\.75"):
        packages.open_task(staff(desk, id))
    with_package(desk, id)
    task = packages.open_task(staff(desk, id)).task
    assert task is not None and task.package == 2


def test_the_task_needs_an_accepted_estimate_and_an_assignee(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    with_package(desk, id)
    with pytest.raises(NotAllowedNow, match="estimated first"):
        packages.open_task(staff(desk, id))
    accepted(desk, sent(desk, id))
    with pytest.raises(NotAllowedNow, match="assigned to nobody"):
        packages.open_task(staff(desk, id))


def test_hours_are_debited_with_the_event_that_says_so(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    after = logged(desk, ticket.id, "2.5", text="Analisi")
    assert after.task is not None and (after.worked, after.task.debited) == (Decimal("2.5"), Decimal("2.5"))
    event = cases.events_of(desk, after)[-1]
    _, entries = packages.statement(desk, "ACME", 1, CARLA, desk.clock())
    assert (event.kind, event.data["hours"], event.data["remaining"], event.data["entry"]) == ("worked", "2.5", "17.5", 2)
    assert (entries[-1].event, entries[-1].hours, entries[-1].by) == (event.number, Decimal("-2.5"), "omar")
    assert sound(desk)


def test_no_more_is_debited_than_there_is_and_the_refusal_says_how_much_there_is(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id, replace(OFFER, hours=Decimal(10)))
    logged(desk, ticket.id, "6")
    before = cases.load(desk, ticket.id).ticket
    with pytest.raises(TooFewHours, match="has 4 hours left; 6 are asked"):
        logged(desk, ticket.id, "6")
    assert cases.load(desk, ticket.id).ticket == before
    logged(desk, ticket.id, "4")
    assert packages.every(desk, "ACME")[0].remaining == 0 and sound(desk)


def test_only_an_overdraft_that_was_agreed_is_used(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id, replace(OFFER, hours=Decimal(10), overdraft=Decimal(2)))
    logged(desk, ticket.id, "12")
    assert packages.every(desk, "ACME")[0].remaining == -2
    with pytest.raises(TooFewHours):
        logged(desk, ticket.id, "0.25")


def test_hours_beyond_the_accepted_estimate_are_told(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    assert "beyond_estimate" not in cases.events_of(desk, logged(desk, ticket.id, "10"))[-1].data
    assert cases.events_of(desk, logged(desk, ticket.id, "1.5"))[-1].data["beyond_estimate"] == "1.5"


def test_twenty_debits_at_once_never_overspend(desk: Desk) -> None:
    """Two tickets draw on one package of ten hours: ten debits of an hour are taken, and ten refused."""
    one = with_task(desk, to_be_quoted(desk, source="w1").id, replace(OFFER, hours=Decimal(10)))
    other = to_be_quoted(desk, source="w2")
    accepted(desk, sent(desk, other.id))
    staff(desk, other.id).assign("omar")
    packages.open_task(staff(desk, other.id))

    def log(number: int) -> str:
        try:
            logged(desk, (one.id, other.id)[number % 2], "1")
            return "debited"
        except TooFewHours:
            return "refused"

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(log, range(20))) == ["debited"] * 10 + ["refused"] * 10
    assert packages.every(desk, "ACME")[0].remaining == 0 and sound(desk)


@dataclass
class Interrupted:
    """Rows that let somebody else in between what was read and the first commit that follows."""

    inner: Rows
    by: Callable[[], object]
    was: bool = False

    def get(self, table: Table, partition: str, key: str) -> Row | None:
        return self.inner.get(table, partition, key)

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        return self.inner.scan(table, partition, after=after, before=before, limit=limit)

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        if table is Table.DESK and not self.was:
            self.was = True
            self.by()
        self.inner.commit(table, partition, writes)


def test_a_debit_that_another_overtook_is_judged_by_what_is_left_then(desk: Desk) -> None:
    one = with_task(desk, to_be_quoted(desk, source="w1").id, replace(OFFER, hours=Decimal(10)))
    other = to_be_quoted(desk, source="w2")
    accepted(desk, sent(desk, other.id))
    staff(desk, other.id).assign("omar")
    packages.open_task(staff(desk, other.id))
    overtaken = replace(desk, rows=Interrupted(desk.rows, by=lambda: logged(desk, other.id, "6")))
    with pytest.raises(TooFewHours, match="has 4 hours left; 6 are asked"):
        logged(overtaken, one.id, "6")
    again = replace(desk, rows=Interrupted(desk.rows, by=lambda: logged(desk, other.id, "1")))
    logged(again, one.id, "3")
    assert packages.every(desk, "ACME")[0].remaining == 0 and sound(desk)


def test_the_same_key_debits_once(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    key = once(OMAR, "POST work", "k1", b"2.5")
    for _ in range(3):
        assert logged(desk, ticket.id, "2.5", once=key).worked == Decimal("2.5")
    assert packages.every(desk, "ACME")[0].remaining == Decimal("17.5") and sound(desk)


def test_hours_logged_by_mistake_are_given_back_by_the_manager_with_a_reason(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    logged(desk, ticket.id, "3")
    with pytest.raises(NotPermitted):
        logged(desk, ticket.id, "-1", text="Errore")
    with pytest.raises(InvalidInput, match="text is missing"):
        logged(desk, ticket.id, "-1", CARLA)
    with pytest.raises(NotAllowedNow, match="3 hours are debited to package 1"):
        logged(desk, ticket.id, "-3.25", CARLA, text="Errore")
    logged(desk, ticket.id, "-1", CARLA, text="Errore")
    _, entries = packages.statement(desk, "ACME", 1, CARLA, desk.clock())
    assert [f"{e.kind} {e.balance}" for e in entries] == ["purchase 20", "debit 17", "correction 18"]
    assert sound(desk)


def test_nobody_is_given_back_the_hours_of_another_request(desk: Desk) -> None:
    one = with_task(desk, to_be_quoted(desk, source="w1").id, replace(OFFER, hours=Decimal(40)))
    other = to_be_quoted(desk, source="w2")
    accepted(desk, sent(desk, other.id))
    staff(desk, other.id).assign("omar")
    packages.open_task(staff(desk, other.id))
    logged(desk, one.id, "5")
    with pytest.raises(NotAllowedNow, match="0 hours are logged"):
        logged(desk, other.id, "-1", CARLA, text="Errore")


def test_a_task_goes_on_in_the_package_that_is_contracted_for_it(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id, replace(OFFER, hours=Decimal(10)))
    logged(desk, ticket.id, "10")
    after = with_package(desk, ticket.id)
    assert after.task is not None and after.task.package == 2
    logged(desk, ticket.id, "1")
    assert [package.remaining for package in packages.every(desk, "ACME")] == [0, 19]


def test_work_that_is_covered_is_noted_and_debited_to_nobody(desk: Desk) -> None:
    id = to_be_quoted(desk, classification="bug").id
    staff(desk, id).assign("omar")
    event = cases.events_of(desk, logged(desk, id, "1.5"))[-1]
    assert (event.kind, event.data["worked"]) == ("worked", "1.5")
    assert "package" not in event.data and "to_invoice" not in event.data
    assert packages.every(desk, "ACME") == []


def test_work_that_is_quoted_waits_for_its_task(desk: Desk) -> None:
    id = to_be_quoted(desk).id
    accepted(desk, sent(desk, id))
    staff(desk, id).assign("omar")
    with pytest.raises(NotAllowedNow, match="open its task first"):
        logged(desk, id, "1")


def test_work_is_logged_for_a_day_between_the_receipt_and_today(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    today = desk.clock().date()
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(InvalidInput, match="was done between 2026-03-02 and 2026-03-02"):
            packages.log_work(staff(desk, ticket.id, OMAR), Work(hours=Decimal(1), on=day))
    with pytest.raises(InvalidInput, match="hours is 0"):
        logged(desk, ticket.id, "0")


def test_only_the_assignee_and_the_manager_log_work(desk: Desk) -> None:
    ticket = with_task(desk, to_be_quoted(desk).id)
    for person in (OLGA, SANDRO, ANNA, ADA):
        with pytest.raises(NotPermitted):
            logged(desk, ticket.id, "1", person)
    with pytest.raises(NotFound):
        logged(desk, ticket.id, "1", BRUNO)
    assert logged(desk, ticket.id, "1", CARLA).worked == 1


def test_packages_are_seen_by_the_managers_and_the_customers_administrator(desk: Desk) -> None:
    with_package(desk, to_be_quoted(desk).id)
    for person in (CARLA, SANDRO, ADA):
        assert len(packages.held(desk, "ACME", person, desk.clock())) == 1
    for person in (OMAR, ANNA):
        with pytest.raises(NotPermitted):
            packages.held(desk, "ACME", person, desk.clock())
    for attempt in (packages.held, lambda d, c, p, n: packages.statement(d, c, 1, p, n)):
        with pytest.raises(NotFound):
            attempt(desk, "ACME", BRUNO, desk.clock())
        with pytest.raises(NotFound):
            attempt(desk, "NOBODY", CARLA, desk.clock())
    with pytest.raises(NotFound):
        packages.statement(desk, "ACME", 2, CARLA, desk.clock())
