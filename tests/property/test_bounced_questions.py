"""A question that nobody received changes nothing: its twin, where none was asked, has the same deadlines and breaches."""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.post.bounces import collect
from shared.actions.post.deliver import deliver
from shared.actions.sweep import sweep
from shared.domain.notice import NoticeKind
from tests.property.test_desk_histories import receipts
from tests.support.desks import Clock, a_desk, rome, staff, taken_in
from tests.support.reports import report

ID = "ACME-1"
minutes = st.integers(0, 60 * 24 * 9)


@settings(max_examples=100, deadline=None)
@given(receipts, st.integers(1, 600), minutes, minutes, st.sampled_from([None, 1, 2, 3]))
def test_a_bounce_and_no_question_come_to_the_same(received: str, asked: int, out: int, after: int, priority: int | None) -> None:
    assert _lived(received, asked, out, after, priority, is_asked=True) == _lived(
        received, asked, out, after, priority, is_asked=False
    )


def _lived(received: str, asked: int, out: int, after: int, priority: int | None, *, is_asked: bool) -> object:
    """Asked after so many minutes; while the question is out the priority may be set; then it bounces; then time passes."""
    desk = a_desk(clock := Clock(rome(received)))
    taken_in(desk)
    staff(desk, ID).acknowledge()
    sweep(desk, clock.forward(minutes=asked))
    if is_asked:
        staff(desk, ID).hold("Quale versione?")
    deliver(desk, clock())
    clock.forward(minutes=out)
    if is_asked:
        report(desk, NoticeKind.QUESTION, "Bounced")
        assert collect(desk, clock()).done == 1
    sweep(desk, clock())
    if priority is not None:
        staff(desk, ID).prioritise(priority)
    sweep(desk, clock.forward(minutes=after))
    return _stands(desk)


def _stands(desk: Desk) -> tuple[object, ...]:
    ticket = cases.load(desk, ID).ticket
    stages: set[tuple[str, datetime]] = {(str(e.data["stage"]), e.at) for e in cases.events_of(desk, ticket) if "stage" in e.data}
    return ticket.state, [(clock.name, clock.due_at, clock.fired) for clock in ticket.clocks], stages, ticket.wake_at
