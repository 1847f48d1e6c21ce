"""The watchdog's door: who may knock, what is run, once however many knock, and what a failure or a crash leaves."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import product
from threading import Barrier, Event
from typing import Any

import pytest

from dev.bench.counting import CountingRows
from shared import app
from shared.actions.desk import Desk
from shared.actions.ports import Blobs, Row, Rows, Table, Write
from shared.actions.running import health, heartbeat, lease, rounds, watchdog
from shared.adapters.memory import MemoryMailer, MemoryRows, MemoryTelemetry
from shared.domain.errors import StorageUnavailable
from shared.settings import Settings
from tests.support.desks import TICK_KEY, Clock, a_desk, rome, taken_in
from tests.support.doors import Answer, ask
from tests.support.faults import Crash
from tests.support.monitor import a_watch, services

EVERY = [each.name for each in rounds.ROUNDS]
OF_TICKETS = [each.name for each in rounds.ROUNDS if not each.is_watching]


@pytest.fixture
def desk() -> Desk:
    return a_desk(Clock())


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def knock(desk: Desk, key: str | None = TICK_KEY) -> Answer:
    return ask(desk, "POST", "/api/internal/tick", headers={} if key is None else {"X-Tick-Key": key})


def run_by(desk: Desk) -> dict[str, tuple[int | None, str]]:
    """What a knock has run: how late each was, and its outcome."""
    return {each["timer"]: (each["late_s"], each["outcome"]) for each in knock(desk).json["ran"]}


def told(desk: Desk, event: str) -> list[dict[str, Any]]:
    assert isinstance(desk.telemetry, MemoryTelemetry)
    return [dict(fields) for name, fields in desk.telemetry.told if name == event]


def all_ran(desk: Desk) -> None:
    rounds.check(rounds.run(desk, EVERY, desk.clock()))


@pytest.mark.parametrize("key", [None, "", "the watchdog's key", TICK_KEY + " ", TICK_KEY.upper(), "ключ"])
def test_without_the_key_nothing_is_run(desk: Desk, key: str | None) -> None:
    answer = knock(desk, key)
    assert answer.status == 401 and answer.json["type"] == "/api/problems/not-authenticated"
    assert "X-Tick-Key" in answer.json["detail"] and heartbeat.heartbeats(desk) == {}


def test_a_desk_without_a_key_lets_nobody_in_and_says_what_is_missing(desk: Desk) -> None:
    answer = knock(replace(desk, opens_tick=None), "")
    assert answer.status == 401 and "TICK_KEY" in answer.json["detail"]


def test_the_setting_is_the_key_and_nothing_else_is() -> None:
    local = {
        "STORAGE_CONNECTION_STRING": "UseDevelopmentStorage=true",
        "MAIL_CONNECTION_STRING": "endpoint=http://127.0.0.1:1/;accesskey=c2VjcmV0",
        "MAIL_SENDER": "support@desk.example",
        "PORTAL_WEBHOOK_SECRETS": "whsec_" + "QUJD" * 8,
        "PUBLIC_URL": "http://127.0.0.1:7071",
        "LINK_SECRET": "x" * 32,
    }
    assert app.wire(Settings.from_environ(local)).opens_tick is None
    opens = app.wire(Settings.from_environ(local | {"TICK_KEY": "k" * 32})).opens_tick
    assert opens is not None and opens("k" * 32)
    assert not [key for key in ("", "k" * 31, "k" * 33, "K" * 32, "è" * 32) if opens(key)]


def test_what_has_never_run_is_run_and_then_nothing_is_overdue(desk: Desk) -> None:
    """The first look after a deployment: the nightly reconciliation too, so that the desk is well before its first night."""
    assert not (before := health.check(desk, desk.clock())).timers["reconcile"]["age_s"] and before.problems
    assert run_by(desk) == dict.fromkeys(OF_TICKETS, (None, "ok"))
    assert health.check(desk, desk.clock()).problems == ()
    again = knock(desk)
    assert again.status == 200
    assert again.json == {"as_of": again.json["as_of"], "busy": False, "ran": [], "left": []}


def test_the_rounds_of_the_watch_are_looked_after_where_something_is_watched() -> None:
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(1))
    desk = replace(desk, opens_tick=lambda key: key == TICK_KEY)
    assert list(run_by(desk)) == EVERY


@pytest.mark.parametrize("each", [each for each in rounds.ROUNDS if not each.is_watching], ids=lambda each: each.name)
def test_a_round_is_run_when_it_is_overdue_and_not_before(desk: Desk, each: rounds.Round) -> None:
    all_ran(desk)
    last = clock(desk).now
    clock(desk).now = last + each.overdue
    for name in EVERY:
        if name != each.name:
            heartbeat.beat(desk, name, clock(desk).now, None)
    assert run_by(desk) == {}
    clock(desk).forward(seconds=1)
    late_s = int((each.overdue - each.every).total_seconds()) + 1
    assert run_by(desk) == {each.name: (late_s, "ok")}
    assert heartbeat.heartbeats(desk)[each.name].at == clock(desk).now
    assert told(desk, "tick.ran") == [{"is_warning": True, "timer": each.name, "late_s": late_s, "outcome": "ok"}]


def test_a_desk_whose_timers_stopped_catches_up_with_one_knock(desk: Desk) -> None:
    taken_in(desk)
    all_ran(desk)
    clock(desk).set("2026-03-02 10:31")
    assert any("sweep" in problem for problem in health.check(desk, desk.clock()).problems)
    assert knock(desk).status == 200
    assert isinstance(desk.mailer, MemoryMailer)
    assert "[ACME-1] breach" in [mail.subject for mail in desk.mailer.sent]
    problems = health.check(desk, desk.clock()).problems
    assert problems and all("the timer " in problem for problem in problems), "the work is done, and the timers are dead"
    all_ran(desk)
    assert health.check(desk, desk.clock()).problems == ()


def test_what_the_watchdog_runs_is_told_apart_from_what_a_timer_ran(desk: Desk) -> None:
    all_ran(desk)
    clock(desk).forward(minutes=4)
    assert run_by(desk).keys() == {"sweep", "deliver", "publish", "collect"}
    assert [each["ran_by"] for each in told(desk, "timer.ran")] == ["timer"] * len(OF_TICKETS) + ["tick"] * 4


def test_timers_that_are_dead_for_good_are_told_of_however_often_somebody_knocks(desk: Desk) -> None:
    all_ran(desk)
    silent = {each.name: each.silent for each in rounds.ROUNDS if not each.is_watching and each.name != "reconcile"}
    begun = clock(desk).now
    for _ in range(60):
        clock(desk).forward(minutes=1)
        assert knock(desk).status == 200
        named = {
            name for name in OF_TICKETS for problem in health.check(desk, desk.clock()).problems if f"timer {name} " in problem
        }
        assert named == {name for name, limit in silent.items() if clock(desk).now - begun > limit}


def test_a_timer_that_has_never_run_is_waited_for_since_the_watchdog_first_ran_its_round(desk: Desk) -> None:
    """The reconciliation of a desk that was deployed in the morning is the watchdog's, and its timer's turn comes at night."""
    knock(desk)
    begun = clock(desk).now
    while clock(desk).now < begun + timedelta(hours=26):
        clock(desk).forward(hours=2)
        knock(desk)
        rounds.check(rounds.run(desk, [name for name in OF_TICKETS if name != "reconcile"], desk.clock()))
        assert health.check(desk, desk.clock()).problems == ()
    clock(desk).forward(seconds=1)
    assert health.check(desk, desk.clock()).problems == ("the timer reconcile has never run",)


def test_a_round_that_fails_answers_503_and_the_others_are_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StorageUnavailable("Storage cannot be used now.")

    with monkeypatch.context() as patch:
        patch.setattr("shared.actions.sweep.sweep", broken)
        answer = knock(desk)
        assert answer.status == 503
        assert {each["timer"]: each["outcome"] for each in answer.json["ran"]} == dict.fromkeys(OF_TICKETS, "ok") | {
            "sweep": "failed"
        }
    assert run_by(desk) == {"sweep": (None, "ok")}, "it is still overdue, and the lease was given back"


def broken_reconciliation(*_: object) -> None:
    raise StorageUnavailable("Storage cannot be used now.")


def test_a_night_that_failed_is_over_once_the_watchdog_has_done_its_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    all_ran(desk)
    clock(desk).forward(hours=24)
    with monkeypatch.context() as patch:
        patch.setattr("shared.actions.reconcile.reconcile", broken_reconciliation)
        assert [ran.outcome for ran in rounds.run(desk, ("reconcile",), desk.clock())] == ["failed"]
    done: list[str] = []
    for _ in range(23):
        clock(desk).forward(minutes=61)
        rounds.run(desk, [name for name in OF_TICKETS if name != "reconcile"], desk.clock())
        done += run_by(desk)
        assert health.check(desk, desk.clock()).problems == (), "the timer fired, and the work is done"
    assert done == ["reconcile"]


def test_a_round_that_fails_every_time_is_told_of_although_its_timer_is_alive(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("shared.actions.reconcile.reconcile", broken_reconciliation)
        rounds.run(desk, OF_TICKETS, desk.clock())
    assert health.check(desk, desk.clock()).problems == ("the round reconcile fails, and has never done its work",)
    all_ran(desk)
    monkeypatch.setattr("shared.actions.reconcile.reconcile", broken_reconciliation)
    for hours in (24, 3):
        clock(desk).forward(hours=hours)
        rounds.run(desk, OF_TICKETS, desk.clock())
    assert knock(desk).status == 503
    assert health.check(desk, desk.clock()).problems == ("the round reconcile fails: it last did its work 97200 s ago",)


def test_a_run_costs_one_request_for_its_heartbeat_whatever_comes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = CountingRows(MemoryRows())
    desk = a_desk(Clock(), rows=rows)
    for work in (lambda *_: None, broken_reconciliation):
        monkeypatch.setattr("shared.actions.reconcile.reconcile", work)
        rows.reset()
        rounds.run(desk, ("reconcile",), desk.clock())
        assert rows.requests == 1


def test_services_that_are_watched_again_are_waited_for_since_then() -> None:
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(1))
    desk = replace(desk, opens_tick=lambda key: key == TICK_KEY)
    all_ran(desk)
    for _ in range(36):
        clock(desk).forward(minutes=30)
        all_ran(replace(desk, services=lambda: services(0)))
    others = [name for name in EVERY if name != "judge"]
    clock(desk).forward(seconds=80)
    rounds.run(desk, others, desk.clock())
    assert run_by(desk) == {}
    assert health.check(desk, desk.clock()).problems == ()
    clock(desk).forward(minutes=20)
    rounds.run(desk, others, desk.clock())
    assert health.check(desk, desk.clock()).problems == ("the timer judge last ran 1280 s ago",)


def test_nothing_overdue_costs_one_request() -> None:
    rows = CountingRows(MemoryRows())
    desk = a_desk(Clock(), rows=rows)
    all_ran(desk)
    rows.reset()
    assert knock(desk).status == 200 and rows.requests == 1
    assert knock(desk, "wrong").status == 401 and rows.requests == 1, "whoever has no key costs nothing"


def test_twenty_at_once_run_the_work_once(empty_store: tuple[Rows, Blobs], monkeypatch: pytest.MonkeyPatch) -> None:
    desk = a_desk(Clock(), rows=empty_store[0], enrol=False)
    everybody, runs = Barrier(20), []

    def long_enough(desk: Desk, now: object) -> None:
        runs.append(1)
        time.sleep(0.2)

    monkeypatch.setattr("shared.actions.sweep.sweep", long_enough)

    def one(_: int) -> watchdog.Ticked:
        everybody.wait()
        return watchdog.tick(desk, desk.clock(), TICK_KEY)

    with ThreadPoolExecutor(20) as pool:
        ticked = list(pool.map(one, range(20)))
    assert len(runs) == 1
    assert sorted(len(each.ran) for each in ticked)[-2:] == [0, len(OF_TICKETS)]


def test_whoever_had_seen_it_overdue_before_another_did_it_does_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    take = lease.take

    def after_another(*asked: Any) -> bool:
        all_ran(desk)
        return take(*asked)

    monkeypatch.setattr(lease, "take", after_another)
    assert run_by(desk) == {}


def test_whoever_comes_while_another_is_at_it_is_told_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = Event(), Event()

    def slow(desk: Desk, now: object) -> None:
        begun.set()
        assert go_on.wait(10)

    monkeypatch.setattr("shared.actions.sweep.sweep", slow)
    with ThreadPoolExecutor(1) as pool, ExitStack() as always:
        always.callback(go_on.set)
        first = pool.submit(watchdog.tick, desk, desk.clock(), TICK_KEY)
        assert begun.wait(10)
        second = knock(desk)
        assert second.status == 200 and second.json["busy"] is True and second.json["ran"] == []
        go_on.set()
        assert len(first.result(10).ran) == len(OF_TICKETS)
    assert knock(desk).json["busy"] is False


def test_the_lease_of_one_that_crashed_ends_by_itself(desk: Desk) -> None:
    assert lease.take(desk, watchdog.NAME, "crashed", desk.clock(), watchdog.LEASE)
    assert knock(desk).json["busy"] is True
    clock(desk).now += watchdog.LEASE - timedelta(microseconds=1)
    assert knock(desk).json["busy"] is True
    clock(desk).now += timedelta(microseconds=1)
    assert list(run_by(desk)) == OF_TICKETS
    lease.give_back(desk, watchdog.NAME, "crashed", desk.clock())
    assert lease.take(desk, watchdog.NAME, "next", desk.clock(), watchdog.LEASE)


class Mortal:
    """Rows of a process that dies at its call number `at`, before or after that took effect: nothing later happens."""

    def __init__(self, inner: Rows, at: int, *, after_effect: bool) -> None:
        self.inner, self.at, self.after_effect, self.calls = inner, at, after_effect, 0

    def _through[T](self, effect: Callable[[], T]) -> T:
        self.calls += 1
        if self.calls < self.at or (self.calls == self.at and self.after_effect):
            found = effect()
            if self.calls < self.at:
                return found
        raise Crash

    def get(self, table: Table, partition: str, key: str) -> Row | None:
        return self._through(lambda: self.inner.get(table, partition, key))

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        return self._through(lambda: self.inner.scan(table, partition, after=after, before=before, limit=limit))

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        self._through(lambda: self.inner.commit(table, partition, writes))


def overdue_desk() -> Desk:
    """A ticket that has missed its response, on a desk where nothing has ever run."""
    desk = a_desk(Clock())
    taken_in(desk)
    clock(desk).set("2026-03-02 10:31")
    return desk


def test_whichever_call_it_dies_at_the_next_one_after_the_lease_does_the_rest_once() -> None:
    counted = overdue_desk()
    rows = CountingRows(counted.rows)
    watchdog.tick(replace(counted, rows=rows), counted.clock(), TICK_KEY)
    assert isinstance(counted.mailer, MemoryMailer)
    whole = sorted(mail.subject for mail in counted.mailer.sent)
    assert "[ACME-1] breach" in whole and rows.requests > 20
    for at, after_effect in product(range(1, rows.requests + 1), (False, True)):
        desk = overdue_desk()
        with pytest.raises(Crash):
            watchdog.tick(replace(desk, rows=Mortal(desk.rows, at, after_effect=after_effect)), desk.clock(), TICK_KEY)
        for _ in range(2):
            clock(desk).now += watchdog.LEASE
            assert knock(desk).status == 200
        assert heartbeat.heartbeats(desk).keys() == set(OF_TICKETS), (at, after_effect)
        assert isinstance(desk.mailer, MemoryMailer)
        assert sorted(mail.subject for mail in desk.mailer.sent) == whole, (at, after_effect)


def test_a_lease_that_ended_is_not_given_back_for_another() -> None:
    desk = a_desk(Clock())
    assert lease.take(desk, "x", "first", desk.clock(), timedelta(minutes=5))
    clock(desk).forward(minutes=6)
    assert lease.take(desk, "x", "second", desk.clock(), timedelta(minutes=5))
    lease.give_back(desk, "x", "first", desk.clock())
    assert not lease.take(desk, "x", "third", desk.clock(), timedelta(minutes=5))


def test_a_lease_that_cannot_be_given_back_spoils_nothing(desk: Desk) -> None:
    class Forgetful(MemoryRows):
        def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
            if partition == lease.PARTITION and self.get(table, partition, watchdog.NAME) is not None:
                raise StorageUnavailable("no")
            super().commit(table, partition, writes)

    assert list(run_by(a_desk(Clock(), rows=Forgetful()))) == OF_TICKETS


def test_it_begins_nothing_that_it_could_not_answer_in_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def long(desk: Desk, now: object) -> None:
        clock(desk).forward(seconds=70)

    monkeypatch.setattr("shared.actions.sweep.sweep", long)
    answer = knock(desk)
    assert answer.status == 503 and [each["timer"] for each in answer.json["ran"]] == ["sweep"]
    assert answer.json["left"] == [name for name in OF_TICKETS if name != "sweep"]
    assert list(run_by(desk)) == answer.json["left"]
