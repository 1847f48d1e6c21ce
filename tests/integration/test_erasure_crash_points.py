"""An erasure, cut off at every call it makes to a service, before and after the call took effect, and asked for again."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from shared.actions import agenda, cases
from shared.actions.custody.erasure import erase_contact
from shared.actions.desk import Desk
from shared.actions.post.deliver import deliver
from shared.actions.sweep import sweep
from shared.domain import evidence
from shared.domain.custody.privacy import RequestedBy
from shared.domain.errors import StorageUnavailable
from shared.domain.ticket import State
from tests.support.desks import CARLA, Clock, a_desk
from tests.support.doors import signed
from tests.support.faults import Crash, Fuse, fused, unavailable
from tests.support.held import EMAIL, QUOTED, TRACES, ask_for_help, body, closed, copied, quoted, traces, worked_on

EVERYTHING = (*TRACES, *QUOTED)


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("is_closed", "failure"),
    [(True, Crash), (False, Crash), (False, unavailable)],
    ids=["closed, crash", "resolved, crash", "resolved, fault"],
)
def test_it_is_finished_by_asking_again(is_closed: bool, failure: Callable[[], BaseException], after_effect: bool) -> None:
    history = _history(is_closed)
    for at in range(400):
        desk = copied(history)
        fuse = Fuse(at=at, after_effect=after_effect, failure=failure)
        with suppress(Crash, StorageUnavailable):
            _erase(fused(desk, fuse))
        if not fuse.has_blown:
            assert at > 10, "the erasure made hardly a call"
            return
        _erase(desk)
        _check(desk, f"cut off at call {at}")
    pytest.fail("more than 400 calls: the erasure does not end")


def _history(is_closed: bool) -> Desk:
    """Two requests, the letter of the second still owed unless the window has passed, and one that was refused."""
    desk = a_desk(Clock())
    worked_on(desk, ask_for_help(desk))
    quoted(desk, ask_for_help(desk, "msg_2"))
    assert signed(desk, body(product="none-of-ours"), id="msg_3").status == 422
    if is_closed:
        closed(desk)
    return desk


def _erase(desk: Desk) -> None:
    erase_contact(desk, "ACME", EMAIL, CARLA, desk.clock(), reason="Per lettera.", requested_by=RequestedBy.CONTACT)


def _check(desk: Desk, where: str) -> None:
    assert traces(desk, EVERYTHING) == [], where
    assert not list(cases.under(desk, "ACME", "erasing:")), where
    assert isinstance(desk.clock, Clock)
    for minutes in (0, 3, 12):
        now = desk.clock.forward(minutes=minutes)
        sweep(desk, now)
        deliver(desk, now)
    assert traces(desk, EVERYTHING) == [], where
    for id in ("ACME-1", "ACME-2"):
        ticket = cases.load(desk, id).ticket
        events = cases.events_of(desk, ticket)
        assert evidence.first_broken(events) is None, where
        assert (len(events), events[-1].hash) == (ticket.events, ticket.chain_tip), where
        assert [event.kind for event in events].count("erased") == 1, where
        assert ticket.state in (State.RESOLVED, State.CLOSED)
    assert not list(cases.under(desk, "ACME", "owed:")), where
    assert not list(agenda.every(desk, "d")), where
