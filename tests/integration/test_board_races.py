"""The board when writers race or die: it may be wrong for minutes, never for good, and without waiting for the night."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from shared.actions import cases
from shared.actions.desk import Desk
from shared.actions.lists import places
from shared.actions.ports import Row, Rows, Table, Write
from shared.actions.sweep import sweep
from shared.domain.errors import RowTooLarge
from shared.domain.ticket import Decision, State
from tests.support.board import as_they_are, on_the_board
from tests.support.desks import CARLA, Clock, a_desk, staff, taken_in
from tests.support.faults import Crash


@dataclass
class Interrupted:
    """Rows at whose n-th commit to the customer's partition something else happens first."""

    inner: Rows
    first: Callable[[], object]
    at: int = 0
    seen: int = field(default=0, init=False)

    def get(self, table: Table, partition: str, key: str) -> Row | None:
        return self.inner.get(table, partition, key)

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        return self.inner.scan(table, partition, after=after, before=before, limit=limit)

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        if table is Table.DESK:
            self.seen += 1
            if self.seen - 1 == self.at:
                self.first()
        self.inner.commit(table, partition, writes)


def interrupted(desk: Desk, first: Callable[[], object]) -> Desk:
    return replace(desk, rows=Interrupted(desk.rows, first))


def dies() -> None:
    raise Crash


def is_right(desk: Desk, id: str = "ACME-1") -> bool:
    return on_the_board(desk) == as_they_are(desk, [cases.load(desk, id).ticket])


def later(desk: Desk) -> None:
    """A little more than the grace period passes, and the sweep runs."""
    assert isinstance(desk.clock, Clock)
    sweep(desk, desk.clock.forward(minutes=11))


@pytest.fixture
def desk() -> Desk:
    desk = a_desk(Clock())
    taken_in(desk)
    staff(desk, "ACME-1").acknowledge()
    return desk


def test_whoever_loses_a_race_leaves_the_board_as_the_winner_made_it(desk: Desk) -> None:
    staff(interrupted(desk, lambda: staff(desk, "ACME-1").assign("omar")), "ACME-1").prioritise(3)
    assert is_right(desk)
    ticket = cases.load(desk, "ACME-1").ticket
    assert (ticket.assignee, ticket.priority) == ("omar", 3)


def test_a_loser_puts_back_the_row_of_a_winner_who_left_it_where_it_was(desk: Desk) -> None:
    seen = cases.load(desk, "ACME-1")
    staff(desk, "ACME-1").reply("Ci stiamo lavorando.")
    moved = replace(seen.ticket, revision=seen.ticket.revision + 1, priority=3)
    assert cases.save(desk, seen, Decision(ticket=moved, events=()), desk.clock()) is None
    assert is_right(desk)


def test_a_row_put_back_under_a_writer_who_had_taken_it_away_goes_with_the_look(desk: Desk) -> None:
    before = cases.load(desk, "ACME-1").ticket
    staff(interrupted(desk, lambda: cases.show_as_it_is(desk, before, desk.clock())), "ACME-1").prioritise(3)
    assert len(on_the_board(desk)) == 2, "the writer is done, and the old row is back"
    later(desk)
    assert is_right(desk)


def test_a_refused_decision_leaves_the_board_as_it_was(desk: Desk) -> None:
    def refused() -> None:
        raise RowTooLarge("too large")

    with pytest.raises(RowTooLarge):
        staff(interrupted(desk, refused), "ACME-1").prioritise(3)
    assert is_right(desk)


def test_what_a_crash_left_is_gone_after_the_grace_period_whatever_was_done_instead(desk: Desk) -> None:
    with pytest.raises(Crash):
        staff(interrupted(desk, dies), "ACME-1").assign("omar")
    assert not is_right(desk)
    staff(desk, "ACME-1").prioritise(3)
    assert len(on_the_board(desk)) == 2
    later(desk)
    assert is_right(desk)


def test_what_a_crash_took_away_comes_back_when_nothing_is_done_instead(desk: Desk) -> None:
    with pytest.raises(Crash):
        staff(interrupted(desk, dies), "ACME-1").assign("omar")
    assert isinstance(desk.clock, Clock)
    sweep(desk, desk.clock.forward(minutes=9))
    assert not is_right(desk), "the commit may still be under way"
    sweep(desk, desk.clock.forward(minutes=2))
    assert is_right(desk)
    assert cases.load(desk, "ACME-1").ticket.assignee is None


def test_a_closing_that_crashed_does_not_lose_the_ticket_from_the_board(desk: Desk) -> None:
    seen = cases.load(desk, "ACME-1")
    closed = replace(seen.ticket, revision=seen.ticket.revision + 1, state=State.CLOSED, wake_at=None)
    with pytest.raises(Crash):
        cases.save(interrupted(desk, dies), seen, Decision(ticket=closed, events=()), desk.clock())
    assert on_the_board(desk) == []
    later(desk)
    assert is_right(desk)


def test_a_request_made_anew_after_a_crash_is_on_the_board_once() -> None:
    desk = a_desk(Clock())
    with pytest.raises(Crash):
        taken_in(interrupted(desk, dies))
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(minutes=1)
    taken_in(desk)
    assert len(on_the_board(desk)) == 2, "received a minute later, it is another row"
    later(desk)
    assert is_right(desk)


def test_twenty_at_once_leave_the_ticket_on_the_board_once(desk: Desk) -> None:
    changes = [lambda n=n: staff(desk, "ACME-1").prioritise(1 + n % 4) for n in range(10)]
    changes += [lambda n=n: staff(desk, "ACME-1").assign(("omar", "olga")[n % 2]) for n in range(10)]
    with ThreadPoolExecutor(20) as pool:
        for done in [pool.submit(change) for change in changes]:
            done.result()
    assert on_the_board(desk), "never missing"
    later(desk)
    assert is_right(desk)


def test_the_same_decision_made_again_writes_the_same_row(desk: Desk) -> None:
    with pytest.raises(Crash):
        staff(interrupted(desk, dies), "ACME-1").assign("omar")
    ahead = on_the_board(desk)
    staff(desk, "ACME-1").assign("omar")
    assert on_the_board(desk) == ahead and is_right(desk)


def test_two_decisions_never_share_a_row(desk: Desk) -> None:
    ticket = cases.load(desk, "ACME-1").ticket
    keys = {
        places.placed(None, replace(ticket, revision=revision, assignee=assignee)).board
        for revision in (7, 8)
        for assignee in (None, CARLA.id)
    }
    assert len(keys) == 4
