"""Random histories of a ticket: whatever people do and whenever the timers run, its evidence holds, offline."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.actions import cases, evidence
from shared.actions.desk import Desk
from shared.app import catalogue_in
from shared.domain.errors import InvalidInput, NotAllowedNow, NotPermitted
from shared.domain.evidence import stamp
from shared.proof.verification.checks import outcomes
from tests.property.test_desk_histories import ID, STEPS, receipts
from tests.support.desks import CARLA, Clock, a_desk, rome, staff, taken_in

PUBLISHED = Path("shared/catalogue")
CLOSURES = catalogue_in((PUBLISHED, Path("dev/catalogue")))
"""With closures in August and at Christmas, announced long before."""

MORE: dict[str, Callable[[Desk], object]] = {
    "vulnerability": lambda d: staff(d, ID).classify("vulnerability"),
    "evolution": lambda d: staff(d, ID).classify("evolution"),
    "close": lambda d: staff(d, ID).close("Non accettato.", "not-accepted"),
    "answer earlier": lambda d: staff(d, ID).resume(cases.load(d, ID).ticket.received_at, None),
    "message": lambda d: staff(d, ID).reply("Ecco."),
}
ALL = {**STEPS, **MORE}

histories = st.lists(st.tuples(st.sampled_from(sorted(ALL)), st.integers(0, 60 * 30)), max_size=25)


@settings(max_examples=80, deadline=None)
@given(receipts, histories, st.integers(0, 60 * 24 * 20), st.booleans())
def test_the_evidence_holds_after_any_history(received: str, history: list[tuple[str, int]], wait: int, closes: bool) -> None:
    clock = Clock(rome(received))
    desk = a_desk(clock)
    if closes:
        desk = replace(desk, catalogue=CLOSURES)
    taken_in(desk)
    for step, minutes in history:
        clock.forward(minutes=minutes)
        with suppress(NotAllowedNow, InvalidInput, NotPermitted):
            ALL[step](desk)
    clock.forward(minutes=wait)
    ticket = cases.load(desk, ID).ticket
    raw = evidence.file_of(desk, ticket, CARLA, clock())
    file = json.loads(raw)
    assert [(each.name, each.broken.where) for each in outcomes(file, raw) if each.broken] == []
    judged = {clock.name: clock.due_at and stamp(clock.due_at) for clock in ticket.clocks if not clock.is_open}
    assert {each["name"]: each["due_at"] for each in file["clocks"] if each["name"] in judged} == judged
