"""Every workflow, cut off at every call it makes to a service, before and after the call took effect.

Afterwards the caller tries again as callers do, time goes on, the timers run; then everything must be as if nothing had happened.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from shared.actions import agenda, cases, customers
from shared.actions.deliver import deliver
from shared.actions.desk import Desk
from shared.actions.sweep import sweep
from shared.adapters.memory import MemoryMailer
from shared.domain import evidence
from shared.domain.errors import NotAllowedNow, StorageUnavailable
from shared.domain.ticket import State, Ticket
from tests.support.desks import OMAR, Clock, a_desk, staff, taken_in
from tests.support.faults import Crash, Fuse, fused, unavailable

TICKET = "ACME-1"

type Step = Callable[[Desk], object]


@dataclass(frozen=True)
class Workflow:
    """What has happened before, and the step that is cut off."""

    before: tuple[Step, ...]
    step: Step


def intake(desk: Desk) -> object:
    return taken_in(desk, source="w1")


def acknowledge(desk: Desk) -> object:
    return staff(desk, TICKET).acknowledge()


def assign(desk: Desk) -> object:
    return staff(desk, TICKET).assign("omar")


def prioritise(desk: Desk) -> object:
    return staff(desk, TICKET).prioritise(3)


def hold(desk: Desk) -> object:
    return staff(desk, TICKET, OMAR).hold("Quale versione?")


def resume(desk: Desk) -> object:
    return staff(desk, TICKET, OMAR).resume(None, "La 7.")


def resolve(desk: Desk) -> object:
    return staff(desk, TICKET, OMAR).resolve("Corretto.")


def reopen(desk: Desk) -> object:
    return staff(desk, TICKET).reopen("Non va ancora.")


def swept(desk: Desk) -> object:
    return sweep(desk, desk.clock())


def delivered(desk: Desk) -> object:
    return deliver(desk, desk.clock())


def later(**by: float) -> Step:
    def wait(desk: Desk) -> object:
        assert isinstance(desk.clock, Clock)
        return desk.clock.forward(**by)

    return wait


IN_CHARGE = (intake, delivered, later(minutes=10), acknowledge)
ON_HOLD = (*IN_CHARGE, hold, delivered, later(hours=3))
RESOLVED = (*IN_CHARGE, later(minutes=5), resolve, delivered)

WORKFLOWS = {
    "intake": Workflow((), intake),
    "acknowledge": Workflow((intake,), acknowledge),
    "prioritise": Workflow(IN_CHARGE, prioritise),
    "assign": Workflow(IN_CHARGE, assign),
    "hold": Workflow(IN_CHARGE, hold),
    "resume": Workflow(ON_HOLD, resume),
    "resolve": Workflow(IN_CHARGE, resolve),
    "resolve while on hold": Workflow(ON_HOLD, resolve),
    "reopen": Workflow(RESOLVED, reopen),
    "sweep: a warning": Workflow((intake, delivered, later(minutes=31)), swept),
    "sweep: warnings, breach and escalations at once": Workflow((intake, delivered, later(days=3)), swept),
    "sweep: the end of the reopening window": Workflow((*RESOLVED, later(days=30)), swept),
    "deliver: receipt": Workflow((intake,), delivered),
    "deliver: the question that pauses the clocks": Workflow((*IN_CHARGE, hold), delivered),
    "deliver: a breach": Workflow((intake, delivered, later(days=3), swept), delivered),
}


@dataclass(frozen=True)
class Outcome:
    """What must not depend on crashes: what happened, in order, which mails left, and how the ticket stands."""

    events: tuple[str, ...]
    mails: tuple[tuple[str, str], ...]
    state: State
    clocks: tuple[tuple[str, bool, bool], ...]


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("failure", [Crash, unavailable], ids=["crash", "fault"])
@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_is_lost_or_doubled_wherever_it_is_cut_off(
    name: str, failure: Callable[[], BaseException], after_effect: bool
) -> None:
    expected = _outcome(_played(WORKFLOWS[name], None))
    for at in range(200):
        fuse = Fuse(at=at, after_effect=after_effect, failure=failure)
        desk = _played(WORKFLOWS[name], fuse)
        if not fuse.has_blown:
            assert at > 0, "the workflow made no call at all"
            return
        assert _outcome(desk) == expected, f"cut off at call {at}"
        _check(desk)
    pytest.fail("more than 200 calls: the workflow does not end")


def _played(workflow: Workflow, fuse: Fuse | None) -> Desk:
    desk = a_desk(Clock())
    desk.directory(desk.clock())
    for step in workflow.before:
        step(desk)
    if fuse is not None:
        with suppress(Crash, StorageUnavailable):
            workflow.step(fused(desk, fuse))
    with suppress(NotAllowedNow):
        workflow.step(desk)
    _time_goes_on(desk)
    return desk


def _time_goes_on(desk: Desk) -> None:
    """The timers run for a quarter of an hour: beyond leases, backoff and the grace period, short of any further deadline."""
    assert isinstance(desk.clock, Clock)
    for minutes in (0, 1, 2, 2, 7):
        now = desk.clock.forward(minutes=minutes)
        sweep(desk, now)
        deliver(desk, now)


def _outcome(desk: Desk) -> Outcome:
    ticket = cases.load(desk, TICKET).ticket
    assert isinstance(desk.mailer, MemoryMailer)
    return Outcome(
        events=tuple(event.kind for event in cases.events_of(desk, ticket)),
        mails=tuple(sorted((mail.to, mail.subject) for mail in desk.mailer.sent)),
        state=ticket.state,
        clocks=tuple((clock.name, clock.due_at is None, clock.done_at is None) for clock in ticket.clocks),
    )


def _check(desk: Desk) -> None:
    """The invariants that hold whenever the dust has settled."""
    now = desk.clock()
    ticket = cases.load(desk, TICKET).ticket
    events = cases.events_of(desk, ticket)
    assert evidence.first_broken(events) is None
    assert (len(events), events[-1].hash) == (ticket.events, ticket.chain_tip)
    stages = Counter((e.data.get("deadline"), e.data["stage"]) for e in events if "stage" in e.data)
    assert all(times == 1 for times in stages.values()), stages
    _check_agenda(desk, ticket)
    assert not list(cases.under(desk, "ACME", "owed:")), "a notice is still owed"
    customer, _ = customers.find(desk, "ACME")
    assert customer.next_number == 2, "a request became two tickets, or a number was skipped"
    assert all(row.values["at"] > now for _, row in agenda.every(desk, "s")), "leftovers outlive the grace period"  # type: ignore[operator]


def _check_agenda(desk: Desk, ticket: Ticket) -> None:
    wakes = [row.key.split("|")[1] for _, row in agenda.every(desk, "s")]
    if ticket.wake_at is not None:
        assert evidence.stamp(ticket.wake_at) in wakes, "an open ticket without its agenda row"
    assert not list(agenda.every(desk, "d")), "a delivery is left over"
    assert [row.values["revision"] for _, row in agenda.every(desk, "o")] == (
        [ticket.revision] if ticket.state is not State.CLOSED else []
    )
