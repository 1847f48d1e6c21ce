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
from shared.actions.post.bounces import collect
from shared.actions.quotes import estimates
from shared.actions.sweep import sweep
from shared.app import catalogue_in
from shared.domain.errors import InvalidInput, NotAllowedNow, NotPermitted
from shared.domain.evidence import stamp
from shared.domain.notice import NoticeKind, NoticeState
from shared.domain.quotes.card import CardKind
from shared.proof.verification.checks import outcomes
from tests.property.test_desk_histories import ID, STEPS, receipts
from tests.support.cards import ESTIMATE, NO, OFFER, YES, accepted, drafted, sent
from tests.support.desks import CARLA, Clock, a_desk, rome, staff, taken_in
from tests.support.reports import queue, text

PUBLISHED = Path("shared/catalogue")
CLOSURES = catalogue_in((PUBLISHED, Path("dev/catalogue")))
"""With closures in August and at Christmas, announced long before."""

MORE: dict[str, Callable[[Desk], object]] = {
    "vulnerability": lambda d: staff(d, ID).classify("vulnerability"),
    "evolution": lambda d: staff(d, ID).classify("evolution"),
    "close": lambda d: staff(d, ID).close("Non accettato.", "not-accepted"),
    "answer earlier": lambda d: staff(d, ID).resume(cases.load(d, ID).ticket.received_at, None),
    "message": lambda d: staff(d, ID).reply("Ecco."),
    "bounce": lambda d: bounced(d),
}


def bounced(desk: Desk) -> None:
    """Nobody received one of the questions, whatever has become of it since."""
    for notice in cases.notices_of(desk, cases.load(desk, ID).ticket):
        if notice.kind is NoticeKind.QUESTION and notice.state is NoticeState.SENT and notice.operation_id:
            queue(desk).put(text(notice.operation_id, "Bounced", desk.clock()))
            break
    assert collect(desk, desk.clock()).failed == 0


def much_later(desk: Desk) -> None:
    """Long enough for a card to lapse, at no round moment; the sweep comes when it comes."""
    assert isinstance(desk.clock, Clock)
    sweep(desk, desk.clock.forward(days=30, seconds=20))


def decided(desk: Desk, *, is_accepted: bool) -> None:
    ticket = cases.load(desk, ID).ticket
    for kind, card in ((CardKind.INTERVENTION, ticket.estimate), (CardKind.PACKAGE, ticket.offer)):
        if card is not None and card.sent_at is not None:
            accepted(desk, ticket, kind, YES if is_accepted else NO)


CARDS: dict[str, Callable[[Desk], object]] = {
    "draft": lambda d: drafted(d, ID, replace(ESTIMATE, intervention=f"Bozza {cases.load(d, ID).ticket.events}")),
    "drop": lambda d: estimates.drop(staff(d, ID), CardKind.INTERVENTION),
    "send": lambda d: sent(d, ID),
    "offer": lambda d: sent(d, ID, OFFER, CardKind.PACKAGE),
    "accept": lambda d: decided(d, is_accepted=True),
    "decline": lambda d: decided(d, is_accepted=False),
    "much later": much_later,
}
ALL = {**STEPS, **MORE, **CARDS}

histories = st.lists(st.tuples(st.sampled_from(sorted(ALL)), st.integers(0, 60 * 30)), max_size=25)


def a_desk_at(received: str, closes: bool) -> tuple[Desk, Clock]:
    clock = Clock(rome(received))
    desk = a_desk(clock)
    return (replace(desk, catalogue=CLOSURES) if closes else desk), clock


@settings(max_examples=80, deadline=None)
@given(receipts, histories, st.integers(0, 60 * 24 * 20), st.booleans())
def test_the_evidence_holds_after_any_history(received: str, history: list[tuple[str, int]], wait: int, closes: bool) -> None:
    desk, clock = a_desk_at(received, closes)
    taken_in(desk)
    live(desk, clock, history)
    clock.forward(minutes=wait)
    check(desk, clock)


quoted = st.lists(
    st.tuples(st.sampled_from(sorted([*CARDS, "assign", "hold", "sweep", "reopen"])), st.integers(0, 60 * 30)), max_size=15
)


@settings(max_examples=40, deadline=None)
@given(receipts, quoted, st.integers(0, 60 * 24 * 20), st.booleans())
def test_the_evidence_of_a_request_that_is_quoted_holds(
    received: str, history: list[tuple[str, int]], wait: int, closes: bool
) -> None:
    desk, clock = a_desk_at(received, closes)
    taken_in(desk)
    staff(desk, ID).acknowledge()
    staff(desk, ID).classify("evolution")
    live(desk, clock, history)
    clock.forward(minutes=wait)
    check(desk, clock)


def live(desk: Desk, clock: Clock, history: list[tuple[str, int]]) -> None:
    for step, minutes in history:
        clock.forward(minutes=minutes)
        with suppress(NotAllowedNow, InvalidInput, NotPermitted):
            ALL[step](desk)


def check(desk: Desk, clock: Clock) -> None:
    ticket = cases.load(desk, ID).ticket
    raw = evidence.file_of(desk, ticket, CARLA, clock())
    file = json.loads(raw)
    assert [(each.name, each.broken.where) for each in outcomes(file, raw) if each.broken] == []
    judged = {clock.name: clock.due_at and stamp(clock.due_at) for clock in ticket.clocks if not clock.is_open}
    assert {each["name"]: each["due_at"] for each in file["clocks"] if each["name"] in judged} == judged
