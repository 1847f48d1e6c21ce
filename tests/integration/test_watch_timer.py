"""The timer `probe`, and what the desk's health says of the watch."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from dev.bench.counting import CountingRows
from functions import timers
from shared import app
from shared.actions.desk import Desk
from shared.actions.running import health, heartbeat, rounds
from shared.adapters.memory import MemoryRows
from shared.domain.errors import StorageUnavailable
from tests.support.desks import Clock, rome
from tests.support.monitor import MINUTE, a_watch, services, told


@pytest.fixture
def tick() -> Iterator[Callable[[Desk], None]]:
    """Runs the timer on a desk."""

    def run(desk: Desk) -> None:
        app.install(desk)
        timers.probe._function.get_user_function()(None)

    yield run
    app._installed = None


def of_the_watch(desk: Desk) -> list[str]:
    return [problem for problem in health.check(desk, desk.clock()).problems if "probe" in problem or "service s" in problem]


def test_it_watches_and_has_a_heartbeat(tick: Callable[[Desk], None]) -> None:
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(2))
    assert of_the_watch(desk) == ["the timer probe has never run"]
    tick(desk)
    assert told(desk, "s0001", desk.clock() + MINUTE) == [("10 20:00:00", "up")]
    assert heartbeat.heartbeats(desk)["probe"].at == desk.clock()
    assert of_the_watch(desk) == []
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(minutes=6)
    assert of_the_watch(desk) == ["the timer probe last ran 360 s ago"]
    desk.clock.forward(minutes=20)
    assert of_the_watch(desk) == [
        "the timer probe last ran 1560 s ago",
        "the service s0000 has been unknown for 1500 s",
        "the service s0001 has been unknown for 1500 s",
    ]


def test_where_nothing_is_watched_it_asks_nothing_and_nobody_misses_it(tick: Callable[[Desk], None]) -> None:
    rows = CountingRows(MemoryRows())
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(0), rows=rows)
    tick(desk)
    assert rows.requests == 0
    assert of_the_watch(desk) == []
    assert "probe" not in health.check(desk, desk.clock()).timers


def test_a_run_that_could_not_be_written_beats_no_heart(tick: Callable[[Desk], None]) -> None:
    class Failing(MemoryRows):
        def commit(self, *args: object) -> None:
            raise StorageUnavailable("no")

    desk, _ = a_watch(rome("2026-03-10 20:00"), services(1), rows=Failing())
    with pytest.raises(rounds.RoundsFailed, match="probe"):
        tick(replace(desk))
    assert "probe" not in heartbeat.heartbeats(desk)
