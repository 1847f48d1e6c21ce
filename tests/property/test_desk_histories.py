"""Random histories of a ticket: whatever people do and whenever the timers run, the invariants of the desk hold."""

from collections.abc import Callable
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.actions import agenda, cases
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.reconcile import reconcile
from shared.actions.sweep import sweep
from shared.domain import evidence, target
from shared.domain.clock import clipped
from shared.domain.errors import InvalidInput, NotAllowedNow
from shared.domain.evidence import stamp
from shared.domain.ticket import Ticket
from tests.support.board import as_they_are, on_the_board
from tests.support.desks import Clock, a_desk, rome, staff, taken_in

ID = "ACME-1"

STEPS: dict[str, Callable[[Desk], object]] = {
    "acknowledge": lambda d: staff(d, ID).acknowledge(),
    "bug": lambda d: staff(d, ID).classify("bug"),
    "help desk": lambda d: staff(d, ID).classify("help-desk"),
    **{f"priority {n}": lambda d, n=n: staff(d, ID).prioritise(n) for n in (1, 2, 3, 4)},  # type: ignore[misc]
    "assign": lambda d: staff(d, ID).assign("omar"),
    "hold": lambda d: staff(d, ID).hold("Quale versione?"),
    "answer": lambda d: staff(d, ID).resume(None, "La 7."),
    "resolve": lambda d: staff(d, ID).resolve(None),
    "reopen": lambda d: staff(d, ID).reopen("Non va."),
    "sweep": lambda d: sweep(d, d.clock()),
    "deliver": lambda d: deliver(d, d.clock()),
    "reconcile": lambda d: reconcile(d, d.clock()),
}

histories = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 60 * 30)), max_size=25)
"""Steps, each with the minutes that pass before it."""

receipts = st.sampled_from(["2026-03-27 17:00", "2026-08-07 17:50", "2026-10-23 18:00", "2026-12-23 12:00", "2026-04-04 03:00"])
"""Before both DST changes, before Ferragosto, before Christmas, on a Saturday night."""


@settings(max_examples=150, deadline=None)
@given(receipts, histories)
def test_the_invariants_hold_after_any_history(received: str, history: list[tuple[str, int]]) -> None:
    clock = Clock(rome(received))
    desk = a_desk(clock)
    taken_in(desk)
    for step, minutes in history:
        clock.forward(minutes=minutes)
        with suppress(NotAllowedNow, InvalidInput):
            STEPS[step](desk)
    sweep(desk, clock())
    ticket = cases.load(desk, ID).ticket
    _check(desk, ticket)
    sweep(desk, clock())
    assert cases.load(desk, ID).ticket == ticket, "a second sweep at the same moment found something to do"
    assert reconcile(desk, clock()).is_clean


def _check(desk: Desk, ticket: Ticket) -> None:
    now = desk.clock()
    events = cases.events_of(desk, ticket)
    assert evidence.first_broken(events) is None
    stages = [(e.data["deadline"], e.data["stage"]) for e in events if "stage" in e.data]
    assert len(stages) == len(set(stages)), "a stage came twice on one version of a deadline"
    wakes = {row.key.split("|")[1] for _, row in agenda.every(desk, "s")}
    assert on_the_board(desk) == as_they_are(desk, [ticket])
    assert ticket.wake_at is None or (stamp(ticket.wake_at) in wakes and ticket.wake_at > now)
    calendar = cases.contract_of(desk, ticket).calendars["office"].versions[0].calendar
    for clock in ticket.clocks:
        if not clock.is_withdrawn:
            pauses = clipped(ticket.pauses, clock.done_at)
            assert clock.due_at == target.due(calendar, clock.started_at, clock.target.target, pauses)
    assert sum(p.ends_at is None for p in ticket.pauses) == (ticket.state == "on_hold")
