"""Many at once: two sweeps, twenty writers on one ticket, twenty requests of one customer. Threads over the real stores."""

from concurrent.futures import ThreadPoolExecutor

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer
from shared.domain import evidence
from shared.domain.errors import NotAllowedNow, StaleVersion
from shared.domain.ticket import State
from tests.support.board import as_they_are, on_the_board
from tests.support.desks import CARLA, Clock, staff, taken_in


def test_twenty_requests_at_once_become_twenty_tickets_without_gaps(desk: Desk) -> None:
    with ThreadPoolExecutor(20) as pool:
        tickets = list(pool.map(lambda n: taken_in(desk, source=f"w{n}"), range(20)))
    assert sorted(t.number for t in tickets) == list(range(1, 21))


def test_the_same_request_twenty_times_at_once_is_one_ticket(desk: Desk) -> None:
    with ThreadPoolExecutor(20) as pool:
        tickets = list(pool.map(lambda _: taken_in(desk, source="same"), range(20)))
    assert {t.id for t in tickets} == {"ACME-1"}
    assert len(list(cases.under(desk, "ACME", "ticket:"))) == 1


def test_twenty_who_take_charge_at_once_are_one_and_nineteen_refusals(desk: Desk) -> None:
    taken_in(desk)

    def attempt(_: int) -> str:
        try:
            return staff(desk, "ACME-1").acknowledge().state
        except NotAllowedNow:
            return "refused"

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(attempt, range(20)))
    assert sorted(results) == [State.IN_CHARGE] + ["refused"] * 19


def test_twenty_writers_at_once_all_leave_their_event_in_one_chain(desk: Desk) -> None:
    taken_in(desk)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: staff(desk, "ACME-1").reply(f"messaggio {n}"), range(20)))
    ticket = cases.load(desk, "ACME-1").ticket
    events = cases.events_of(desk, ticket)
    assert [e.kind for e in events] == ["received", *["replied"] * 20]
    assert evidence.first_broken(events) is None
    assert len(cases.contents_of(desk, ticket)) == 21
    assert on_the_board(desk) == as_they_are(desk, [ticket])


def test_of_two_who_saw_the_same_revision_one_is_told_that_it_is_stale(desk: Desk) -> None:
    seen = taken_in(desk).revision

    def attempt(priority: int) -> str:
        try:
            return f"set {staff(desk, 'ACME-1', CARLA, if_match=seen).prioritise(priority).priority}"
        except StaleVersion:
            return "stale"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(r.split()[0] for r in pool.map(attempt, [2, 3])) == ["set", "stale"]


def test_two_sweeps_and_two_deliveries_at_once_are_one(desk: Desk) -> None:
    taken_in(desk)
    assert isinstance(desk.clock, Clock)
    now = desk.clock.forward(days=3)
    with ThreadPoolExecutor(4) as pool:
        for work in (sweep, sweep):
            pool.submit(work, desk, now)
    with ThreadPoolExecutor(4) as pool:
        for send in (deliver, deliver):
            pool.submit(send, desk, now)
    deliver(desk, desk.clock.forward(minutes=3))
    ticket = cases.load(desk, "ACME-1").ticket
    kinds = [e.kind for e in cases.events_of(desk, ticket)]
    stages = [(e.data["deadline"], e.data["stage"]) for e in cases.events_of(desk, ticket) if "stage" in e.data]
    assert kinds.count("breached") == 2 and len(stages) == len(set(stages))
    assert isinstance(desk.mailer, MemoryMailer)
    keys = [mail.key for mail in desk.mailer.sent]
    assert len(keys) == len(set(keys)) == len(cases.notices_of(desk, ticket))
