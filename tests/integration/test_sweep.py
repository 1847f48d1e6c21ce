"""What the sweep does as time passes, on both stores: stages, each once, in order; the window; what fails; what costs what."""

from dataclasses import replace

import pytest

from dev.bench.counting import CountingRows
from shared.actions import agenda, cases
from shared.actions.desk import Desk
from shared.actions.lists import places
from shared.actions.ports import Table, Upsert
from shared.actions.post.deliver import deliver
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer
from shared.domain.clock import ClockState, state_of
from shared.domain.errors import NotFound
from shared.domain.evidence import stamp
from shared.domain.ticket import State
from tests.support.board import as_they_are, on_the_board
from tests.support.desks import Clock, rome, staff, taken_in, told


def at(desk: Desk, text: str) -> None:
    assert isinstance(desk.clock, Clock)
    desk.clock.set(text)


def run(desk: Desk) -> None:
    sweep(desk, desk.clock())


def happened(desk: Desk, ticket: str) -> list[tuple[str, str]]:
    events = cases.events_of(desk, cases.load(desk, ticket).ticket)
    return [(e.kind, str(e.data.get("stage", ""))) for e in events]


def stages(desk: Desk, ticket: str) -> list[str]:
    events = cases.events_of(desk, cases.load(desk, ticket).ticket)
    return [f"{e.data['promise']} {e.kind}" for e in events if "stage" in e.data]


def test_the_response_clock_warns_at_half_and_three_quarters_then_breaches(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    taken_in(desk)
    at(desk, "2026-03-02 09:29")
    run(desk)
    assert stages(desk, "ACME-1") == []
    at(desk, "2026-03-02 09:30")
    run(desk)
    assert stages(desk, "ACME-1") == ["response warned"]
    at(desk, "2026-03-02 09:45")
    run(desk)
    assert stages(desk, "ACME-1") == ["response warned"] * 2
    at(desk, "2026-03-02 10:00")
    run(desk)
    assert stages(desk, "ACME-1") == ["response warned"] * 2, "done at the due instant would still be in time"
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(seconds=1)
    run(desk)
    assert stages(desk, "ACME-1") == ["response warned", "response warned", "response breached"]


def test_an_event_says_when_it_was_due_and_when_it_was_recorded(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    taken_in(desk)
    at(desk, "2026-03-02 09:40")
    run(desk)
    warned = cases.events_of(desk, cases.load(desk, "ACME-1").ticket)[-1]
    assert (warned.at, warned.recorded_at) == (rome("2026-03-02 09:30"), rome("2026-03-02 09:40"))


def test_a_sweep_that_was_asleep_does_everything_once_and_in_order(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    taken_in(desk)
    at(desk, "2026-03-20 09:00")
    run(desk)
    done = stages(desk, "ACME-1")
    assert done[:3] == ["response warned", "response warned", "response breached"]
    assert done.count("response breached") == done.count("resolution breached") == 1
    assert not [row.key for _, row in agenda.every(desk, "s") if row.key < f"s|{stamp(desk.clock())}"], "nothing overdue is left"
    run(desk)
    assert stages(desk, "ACME-1") == done
    ats = [e.at for e in cases.events_of(desk, cases.load(desk, "ACME-1").ticket)]
    assert ats == sorted(ats)


def test_twice_is_once(desk: Desk) -> None:
    taken_in(desk)
    at(desk, "2026-03-02 11:00")
    run(desk)
    before = happened(desk, "ACME-1")
    run(desk)
    run(desk)
    assert happened(desk, "ACME-1") == before


def test_breaches_are_told_to_those_the_ladder_names_each_in_their_language(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").assign("omar")
    at(desk, "2026-03-02 10:01")
    run(desk)
    notices = [n for n in cases.notices_of(desk, cases.load(desk, "ACME-1").ticket) if n.kind == "breach"]
    assert {(n.recipient.id, n.recipient.language) for n in notices} == {("carla", "it"), ("omar", "en"), ("sandro", "it")}
    why = notices[0].facts["deadlines"][0]["why"]  # type: ignore[index]
    assert why == [{"first": "2026-03-02", "last": "2026-03-02", "counted_s": 3600.0, "reason": None, "name": ""}]


def test_with_nobody_assigned_the_customer_care_manager_is_told(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    at(desk, "2026-03-02 18:30")
    run(desk)
    kinds = {(n.kind.value, n.recipient.id) for n in cases.notices_of(desk, cases.load(desk, "ACME-1").ticket)}
    assert ("warn", "carla") in kinds


def test_nothing_falls_due_while_the_customer_is_asked(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").hold("Quale versione?")
    deliver(desk, desk.clock())
    at(desk, "2026-03-30 09:00")
    run(desk)
    assert stages(desk, "ACME-1") == []
    staff(desk, "ACME-1").resume(None, None)
    at(desk, "2026-03-31 09:00")
    run(desk)
    assert stages(desk, "ACME-1") == ["resolution warned"], "of the 16 working hours to the deadline, 8 are used: half"


def test_the_window_closes_by_itself(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").resolve(None)
    at(desk, "2026-03-16 18:30")
    run(desk)
    assert cases.load(desk, "ACME-1").ticket.state is State.RESOLVED
    at(desk, "2026-03-16 18:31")
    run(desk)
    assert cases.load(desk, "ACME-1").ticket.state is State.CLOSED
    assert [row.key for kind in "sor" for _, row in agenda.every(desk, kind)] == []
    assert not list(cases.under(desk, "ACME", "open:"))


def test_a_ticket_that_fails_is_postponed_and_shown_and_the_others_go_on(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    for n in range(3):
        taken_in(desk, source=f"w{n}")
    head = desk.rows.get(Table.DESK, "ACME", "ticket:000002")
    assert head is not None
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(head, values={**head.values, "doc": "not json"}))])
    at(desk, "2026-03-02 09:31")
    report = sweep(desk, desk.clock())
    assert (report.failed, report.decisions) == (1, 2)
    assert [row.values["ticket"] for _, row in agenda.every(desk, "x")] == ["ACME-2"]
    faults = told(desk, "fault.met")
    assert {(fault["work"], fault["ticket"], fault["error"]) for fault in faults} == {("agenda", "ACME-2", "JSONDecodeError")}
    assert all("codec.py" in str(fault["trace"]) for fault in faults)
    assert sweep(desk, desk.clock()).due == 0, "it is put off"
    desk.rows.commit(Table.DESK, "ACME", [Upsert(replace(head, etag=""))])
    at(desk, "2026-03-02 09:33")
    sweep(desk, desk.clock())
    assert stages(desk, "ACME-2") == ["response warned"]
    assert not list(agenda.every(desk, "x"))


def test_a_row_whose_ticket_is_not_there_yet_waits_for_the_grace_period(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    ticket = taken_in(desk)
    ghost = replace(ticket, id="ACME-9", number=9)
    now = desk.clock()
    ghost = places.placed(None, ghost)
    rows = [Upsert(agenda.wake_row(ghost, now, now)), *places.moves(None, ghost, now, desk.options.grace, is_awake=False)]
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, "ACME-9"), rows)
    at(desk, "2026-03-02 09:09")
    assert sweep(desk, desk.clock()).kept == 1
    at(desk, "2026-03-02 09:11")
    assert sweep(desk, desk.clock()).kept == 0
    assert on_the_board(desk) == as_they_are(desk, [ticket])
    with pytest.raises(NotFound):
        cases.load(desk, "ACME-9")


def test_a_row_ahead_of_its_ticket_is_kept_until_its_commit_has_happened(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    ticket = taken_in(desk)
    now = desk.clock()
    ahead = replace(ticket, revision=2)
    desk.rows.commit(Table.AGENDA, agenda.shard_of(desk, ticket.id), [Upsert(agenda.wake_row(ahead, now, now))])
    assert sweep(desk, now).kept == 1


def test_looking_for_nothing_costs_one_request_a_shard(desk: Desk) -> None:
    taken_in(desk)
    counted = CountingRows(desk.rows)
    sweep(replace(desk, rows=counted), desk.clock())
    assert counted.requests == desk.options.agenda_shards


@pytest.mark.parametrize("due", [1, 7])
def test_what_is_due_costs_at_most_four_requests_each(desk: Desk, due: int) -> None:
    at(desk, "2026-03-02 09:00")
    for n in range(due):
        taken_in(desk, source=f"w{n}")
    at(desk, "2026-03-02 09:31")
    desk.directory(desk.clock())
    counted = CountingRows(desk.rows)
    report = sweep(replace(desk, rows=counted), desk.clock())
    assert report.decisions == due
    assert counted.requests - desk.options.agenda_shards <= 4 * due


def test_a_met_clock_stays_met_whatever_time_passes(desk: Desk) -> None:
    at(desk, "2026-03-02 09:00")
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    at(desk, "2026-06-01 09:00")
    run(desk)
    ticket = cases.load(desk, "ACME-1").ticket
    assert state_of(ticket.clocks[0], desk.clock()) is ClockState.MET
    assert all(stage.startswith("resolution") for stage in stages(desk, "ACME-1"))
    assert isinstance(desk.mailer, MemoryMailer)
