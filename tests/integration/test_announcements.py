"""A closure is announced while clocks are running: time used stays used, the rest counts anew, judged stays judged."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.reconcile import reconcile
from shared.actions.sweep import sweep
from shared.app import catalogue_in
from shared.domain.clock import ClockState, state_of
from tests.support.desks import Clock, a_desk, rome, staff, taken_in
from tests.support.doors import as_staff

ANNOUNCEMENT = """
announces = "zenshare-support"
calendars = ["office"]
announced_at = 2026-03-03T12:00:00+01:00
author = "Carla"
reason = { it = "Chiusura straordinaria", en = "Extraordinary closure" }
closures = [{ first_day = 2026-03-04, last_day = 2026-03-05 }]
"""


@pytest.fixture
def clock() -> Clock:
    return Clock(rome("2026-03-02 10:00"))


@pytest.fixture
def before(clock: Clock) -> Desk:
    """A desk that knows of no closure, with a request of priority 2: two working days, to Wednesday 4 March 18:30."""
    desk = a_desk(clock)
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    staff(desk, "ACME-1").prioritise(2)
    return desk


@pytest.fixture
def after(before: Desk, tmp_path: Path) -> Desk:
    """The same desk, deployed again with the announcement."""
    (tmp_path / "closure.toml").write_text(ANNOUNCEMENT, encoding="utf-8")
    return replace(before, catalogue=catalogue_in((Path("shared/catalogue"), tmp_path)))


def test_the_nightly_reconciliation_moves_running_deadlines_and_keeps_both_instants(after: Desk, clock: Clock) -> None:
    clock.set("2026-03-03 15:00")
    assert reconcile(after, clock()).replanned == ["ACME-1"]
    ticket = cases.load(after, "ACME-1").ticket
    resolution = ticket.clocks[1]
    assert resolution.due_at == rome("2026-03-06 18:30")  # the 3rd counts, the 4th and 5th are closed
    assert resolution.due_known_at_start == rome("2026-03-04 18:30")
    assert resolution.calendar_version == 2
    [event] = [e for e in cases.events_of(after, ticket) if e.kind == "replanned"]
    assert event.data["moved"] == {
        "resolution.1.2": {"from": "2026-03-04T17:30:00.000000Z", "to": "2026-03-06T17:30:00.000000Z", "calendar_version": 2}
    }
    assert reconcile(after, clock()).is_clean


def test_the_sweep_does_not_fire_a_stage_that_a_closure_has_moved(after: Desk, clock: Clock) -> None:
    clock.set("2026-03-04 18:31")
    sweep(after, clock())
    kinds = [e.kind for e in cases.events_of(after, cases.load(after, "ACME-1").ticket)]
    assert "breached" not in kinds and "replanned" in kinds
    clock.set("2026-03-06 18:31")
    sweep(after, clock())
    assert [e.kind for e in cases.events_of(after, cases.load(after, "ACME-1").ticket)].count("breached") == 1


def test_what_was_judged_before_the_announcement_stays_judged(before: Desk, after: Desk, clock: Clock) -> None:
    clock.set("2026-03-02 10:30")
    resolved = staff(before, "ACME-1").resolve(None)
    clock.set("2026-03-03 15:00")
    assert reconcile(after, clock()).replanned == []
    clocks = cases.load(after, "ACME-1").ticket.clocks
    assert clocks == resolved.clocks
    assert state_of(clocks[1], clock()) is ClockState.MET


def test_a_deadline_that_had_passed_before_the_announcement_is_still_broken(after: Desk, clock: Clock) -> None:
    taken_in(after, source="old", occurred_at=rome("2026-02-20 10:00"))
    clock.set("2026-03-03 15:00")
    reconcile(after, clock())
    assert cases.load(after, "ACME-2").ticket.clocks[1].due_at == rome("2026-02-23 18:30")


def test_the_api_shows_the_due_instant_as_known_then_and_as_it_is_now(after: Desk, clock: Clock) -> None:
    clock.set("2026-03-03 15:00")
    shown = as_staff(after, "carla", "GET", "/api/tickets/ACME-1").json["clocks"][1]
    assert (shown["due_known_at_start"], shown["due_at"]) == ("2026-03-04T17:30:00.000000Z", "2026-03-06T17:30:00.000000Z")
    ledger = as_staff(after, "carla", "GET", "/api/tickets/ACME-1/explanation").json["clocks"][1]["ledger"]
    assert "closure: Chiusura straordinaria" in [row["reason"] for row in ledger]
