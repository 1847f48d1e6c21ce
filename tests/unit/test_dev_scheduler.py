"""Timers on the settable clock, with the real host's habits."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from dev.clock import SettableClock
from dev.ncrontab import Schedule
from dev.scheduler import Scheduler, Timer

MIDNIGHT = datetime(2026, 8, 7, tzinfo=UTC)
YEARLY = "0 0 0 1 1 *"


@contextmanager
def started(scheduler: Scheduler) -> Iterator[None]:
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()


def clock_at(moment: datetime) -> SettableClock:
    clock = SettableClock()
    clock.set(moment)
    return clock


def wait_for(condition: Callable[[], bool], seconds: float = 5) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen"
        time.sleep(0.01)


def test_every_timer_fires_once_at_start_in_order_and_only_then_past_due() -> None:
    clock = clock_at(MIDNIGHT)
    fired: list[tuple[str, bool]] = []

    def timer(name: str) -> Timer:
        return Timer(name, Schedule(YEARLY), lambda info: fired.append((name, json.loads(info)["IsPastDue"])))

    scheduler = Scheduler([timer("sweep"), timer("deliver"), timer("reconcile")], clock)
    with started(scheduler):
        assert fired == [("sweep", True), ("deliver", True), ("reconcile", True)]
        scheduler.move(lambda: clock.set(MIDNIGHT + timedelta(days=365)))
    assert fired[3:] == [("sweep", False), ("deliver", False), ("reconcile", False)]


def test_a_jump_over_many_ticks_fires_a_timer_once_and_a_jump_over_none_leaves_it() -> None:
    clock = clock_at(MIDNIGHT)
    fired: list[str] = []
    timers = [
        Timer("hourly", Schedule("0 0 * * * *"), lambda _: fired.append("hourly")),
        Timer("yearly", Schedule(YEARLY), lambda _: fired.append("yearly")),
    ]
    scheduler = Scheduler(timers, clock)
    scheduler.move(lambda: clock.set(MIDNIGHT + timedelta(hours=5, minutes=30)))
    assert fired == ["hourly"]
    scheduler.move(lambda: clock.set(MIDNIGHT + timedelta(hours=5, minutes=59)))
    assert fired == ["hourly"]
    scheduler.move(lambda: clock.set(MIDNIGHT + timedelta(hours=6)))
    assert fired == ["hourly", "hourly"]


def test_a_clock_moved_back_does_not_silence_a_timer() -> None:
    clock = clock_at(MIDNIGHT + timedelta(days=30))
    fired: list[datetime] = []
    scheduler = Scheduler([Timer("hourly", Schedule("0 0 * * * *"), lambda _: fired.append(clock.now()))], clock)
    scheduler.move(lambda: clock.set(MIDNIGHT))
    assert fired == []
    scheduler.move(lambda: clock.set(MIDNIGHT + timedelta(hours=1)))
    assert len(fired) == 1


def test_a_timer_ticks_by_itself_on_the_moved_clock() -> None:
    clock = clock_at(MIDNIGHT + timedelta(hours=12))
    fired: list[datetime] = []
    with started(Scheduler([Timer("often", Schedule("* * * * * *"), lambda _: fired.append(clock.now()))], clock)):
        wait_for(lambda: len(fired) >= 3)
    assert all(timedelta(0) <= moment - (MIDNIGHT + timedelta(hours=12)) < timedelta(seconds=30) for moment in fired)
    assert fired[2] - fired[1] > timedelta(seconds=0.5)


def test_a_tick_during_a_run_vanishes() -> None:
    release, entered = threading.Event(), threading.Event()
    runs: list[str] = []

    def slow(info: str) -> None:
        runs.append(info)
        entered.set()
        release.wait(5)

    timer = Timer("slow", Schedule(YEARLY), slow)
    running = threading.Thread(target=partial(timer.tick, MIDNIGHT))
    running.start()
    entered.wait(5)
    timer.tick(MIDNIGHT)
    release.set()
    running.join()
    assert len(runs) == 1
    timer.tick(MIDNIGHT)
    assert len(runs) == 2


def test_a_timer_fired_by_hand_waits_for_a_run_that_is_going() -> None:
    release, entered = threading.Event(), threading.Event()
    runs: list[str] = []

    def slow(info: str) -> None:
        runs.append(info)
        entered.set()
        release.wait(5)

    clock = clock_at(MIDNIGHT)
    scheduler = Scheduler([Timer("slow", Schedule(YEARLY), slow)], clock)
    first = threading.Thread(target=partial(scheduler.fire, "slow"))
    first.start()
    entered.wait(5)
    second = threading.Thread(target=partial(scheduler.fire, "slow"))
    second.start()
    time.sleep(0.05)
    assert len(runs) == 1
    release.set()
    first.join()
    second.join()
    assert len(runs) == 2


def test_a_failure_does_not_stop_the_schedule_nor_the_timers_after_it() -> None:
    clock = clock_at(MIDNIGHT)
    fired: list[str] = []

    def broken(info: str) -> None:
        fired.append("broken")
        raise RuntimeError("out of order")

    timers = [Timer("broken", Schedule(YEARLY), broken), Timer("whole", Schedule(YEARLY), lambda _: fired.append("whole"))]
    scheduler = Scheduler(timers, clock)
    with started(scheduler):
        scheduler.move(lambda: clock.set(MIDNIGHT + timedelta(days=365)))
        assert fired == ["broken", "whole"] * 2
        with pytest.raises(RuntimeError, match="out of order"):
            scheduler.fire("broken")


def test_a_timer_learns_its_last_and_its_next_tick() -> None:
    clock = clock_at(MIDNIGHT)
    infos: list[str] = []
    scheduler = Scheduler([Timer("yearly", Schedule(YEARLY), infos.append)], clock)
    scheduler.fire("yearly")
    status = json.loads(infos[0])["ScheduleStatus"]
    assert status["Next"] == "2027-01-01T00:00:00+00:00"
    scheduler.fire("yearly")
    assert datetime.fromisoformat(json.loads(infos[1])["ScheduleStatus"]["Last"]) >= datetime.fromisoformat(status["Last"])
