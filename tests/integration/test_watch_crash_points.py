"""A run of the monitor, cut off at every call it makes, before and after the call took effect; then the minutes go on.

Afterwards each service's states are as if the run had been, or as if it had not: then there is a gap. Never anything else.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from shared.actions import agenda
from shared.actions.desk import Desk
from shared.actions.watch import reading
from shared.actions.watch.minute import run
from shared.domain.errors import StorageUnavailable
from shared.domain.guarantees.record import Figures
from shared.domain.watch.change import Change
from shared.domain.watch.service import Thresholds
from tests.support.desks import Clock, rome
from tests.support.faults import Crash, Fuse, fused, unavailable
from tests.support.monitor import a_watch, minutes, noting, watched
from tests.support.watching import SERVICE

SICK, WELL = "sick", "well"
BOTH = watched(
    replace(SERVICE, id=SICK, owner="ours", thresholds=Thresholds(reopen_within=timedelta(minutes=2))),
    replace(SERVICE, id=WELL, owner="theirs"),
)


@dataclass(frozen=True)
class Minute:
    """When the cut run is, how many go before, and from when to when one service is down."""

    at: datetime
    before: int
    down: tuple[datetime, datetime]


MINUTES = {
    "the first run of all": Minute(rome("2026-03-10 20:02"), 0, (rome("2026-03-10 21:00"), rome("2026-03-10 22:00"))),
    "nothing happens": Minute(rome("2026-03-10 20:02"), 2, (rome("2026-03-10 21:00"), rome("2026-03-10 22:00"))),
    "an outage begins": Minute(rome("2026-03-10 20:02"), 2, (rome("2026-03-10 20:02"), rome("2026-03-10 20:04"))),
    "an outage ends": Minute(rome("2026-03-10 20:04"), 3, (rome("2026-03-10 20:02"), rome("2026-03-10 20:04"))),
    "midnight": Minute(rome("2026-03-01 00:00"), 3, (rome("2026-03-10 21:00"), rome("2026-03-10 22:00"))),
    "midnight in an outage": Minute(rome("2026-03-01 00:00"), 3, (rome("2026-02-28 23:58"), rome("2026-03-01 00:02"))),
    "an outage begins at midnight": Minute(rome("2026-03-01 00:00"), 3, (rome("2026-03-01 00:00"), rome("2026-03-01 00:02"))),
}

States = dict[str, tuple[tuple[Change, ...], tuple[Figures, ...]]]


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("failure", [Crash, unavailable], ids=["crash", "fault"])
@pytest.mark.parametrize("name", MINUTES)
def test_a_run_has_been_or_has_not_been(name: str, failure: Callable[[], BaseException], after_effect: bool) -> None:
    minute = MINUTES[name]
    been, _ = _played(minute, None)
    not_been, _ = _played(minute, None, is_skipped=True)
    allowed = {id: (been[id], not_been[id]) for id in been}
    for at in range(100):
        fuse = Fuse(at=at, after_effect=after_effect, failure=failure)
        states, told = _played(minute, fuse)
        if not fuse.has_blown:
            assert at > 3, "the run made hardly any calls"
            return
        for id, found in states.items():
            assert _without_counts(found) in map(_without_counts, allowed[id]), f"{id}, cut off at call {at}"
        assert _told_in_order(told), f"{told}, cut off at call {at}"
    pytest.fail("more than 100 calls: the run does not end")


def _played(minute: Minute, fuse: Fuse | None, *, is_skipped: bool = False) -> tuple[States, list[tuple[str, str]]]:
    desk, prober = a_watch(minute.at - minute.before * timedelta(minutes=1), BOTH)
    prober.down(SICK, *minute.down)
    told: list[tuple[str, str]] = []
    minutes(desk, minute.before, noting(told))
    if fuse is not None:
        with suppress(Crash, StorageUnavailable):
            run(fused(desk, fuse), desk.clock(), noting(told))
    elif not is_skipped:
        run(desk, desk.clock(), noting(told))
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(minutes=1)
    minutes(desk, 13, noting(told))
    assert not list(agenda.every(desk, "p")) and not list(agenda.every(desk, "x"))
    return dict(_states(desk)), told


def _states(desk: Desk) -> Iterator[tuple[str, tuple[tuple[Change, ...], tuple[Figures, ...]]]]:
    """What is read of the ninety days and of the months, which must be the same."""
    now = desk.clock()
    for id, story in reading.recent(desk, now).items():
        names = sorted({figures.on.isoformat()[:7] for figures in story.record.days})
        months = reading.months(desk, names, now)
        in_months = tuple(figures for name in names for figures in months[name][id].record.days)
        assert in_months == story.record.days
        yield id, (reading.changes(desk, id, now - timedelta(days=3), now, now), story.record.days)


def _without_counts(found: tuple[tuple[Change, ...], tuple[Figures, ...]]) -> object:
    changes, days = found
    held = [(change.at, change.state, change.outage) for change in changes]
    return held, [(figures.on, figures.up, figures.down, figures.unknown) for figures in days]


def _told_in_order(told: list[tuple[str, str]]) -> bool:
    """Of each outage first the beginning, then the end, whatever is repeated; and none is left untold."""
    kinds = {id: [what for each, what in told if each == id] for id, _ in told}
    return all(list(dict.fromkeys(whats)) == ["opened.0", "ended.0"] for whats in kinds.values())


def test_the_two_outcomes_differ() -> None:
    """So that the test above has something to tell apart."""
    for minute in MINUTES.values():
        been, not_been = _played(minute, None)[0], _played(minute, None, is_skipped=True)[0]
        assert all(_without_counts(been[id]) != _without_counts(not_been[id]) for id in (SICK, WELL))
