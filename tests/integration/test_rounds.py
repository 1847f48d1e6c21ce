"""The rounds of a timer: one after the other, each whatever became of those before it, within the time that a minute has."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions import timers
from shared import app
from shared.actions.desk import Desk
from shared.actions.ports import Row, Table, Write
from shared.actions.post.bounces import collect
from shared.actions.running import health, heartbeat, rounds
from shared.adapters.memory import MemoryMailer, MemoryMailReports, MemoryPublisher, MemoryRows, MemoryTelemetry
from shared.domain.errors import CatalogueError, StorageUnavailable
from shared.domain.mail import Mail, SentMail
from shared.domain.watch.service import Services
from tests.support.desks import Clock, a_desk, rome, taken_in
from tests.support.doors import as_staff
from tests.support.monitor import a_watch, services

OF_THE_MINUTE = ("sweep", "deliver", "publish", "collect")


class Unreadable(MemoryRows):
    """Rows of which one kind of the agenda cannot be read."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
        if table is Table.AGENDA and after.startswith(f"{self.kind}|"):
            raise StorageUnavailable("Storage cannot be used now (anna@acme.example).")
        return super().scan(table, partition, after=after, before=before, limit=limit)


class Slow(MemoryMailer):
    """A mail service that takes its time."""

    def __init__(self, clock: Clock, takes: timedelta) -> None:
        super().__init__()
        self.clock, self.takes = clock, takes

    def send(self, mail: Mail) -> SentMail:
        self.clock.now += self.takes
        return super().send(mail)


def told(desk: Desk, event: str = "timer.ran") -> list[dict[str, object]]:
    assert isinstance(desk.telemetry, MemoryTelemetry)
    return [dict(fields) for name, fields in desk.telemetry.told if name == event]


def outcomes(desk: Desk) -> dict[object, object]:
    return {fields["timer"]: fields["outcome"] for fields in told(desk)}


def the_timer(desk: Desk, timer: object = timers.sweep) -> None:
    app.install(desk)
    timer._function.get_user_function()(None)  # type: ignore[attr-defined]


def test_the_sweeps_timer_goes_its_rounds_in_order_each_with_a_heartbeat() -> None:
    desk = a_desk(Clock())
    the_timer(desk)
    assert [fields["timer"] for fields in told(desk)] == list(OF_THE_MINUTE)
    assert heartbeat.heartbeats(desk).keys() == set(OF_THE_MINUTE)


def test_every_round_is_gone_by_one_timer_and_no_other() -> None:
    telemetry = MemoryTelemetry()
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(1))
    desk = replace(desk, telemetry=telemetry)
    for timer in (timers.probe, timers.judge, timers.sweep, timers.reconcile):
        the_timer(desk, timer)
    assert sorted(str(fields["timer"]) for fields in told(desk)) == sorted(each.name for each in rounds.ROUNDS)


@pytest.mark.parametrize("broken", ["s", "d", "w"])
def test_a_round_that_fails_has_not_done_its_work_and_keeps_none_of_the_others_from_running(broken: str) -> None:
    name = dict(zip("sdw", OF_THE_MINUTE, strict=False))[broken]
    desk = a_desk(Clock(), rows=Unreadable(broken))
    with pytest.raises(rounds.RoundsFailed, match=name) as raised:
        the_timer(desk)
    assert outcomes(desk) == dict.fromkeys(OF_THE_MINUTE, "ok") | {name: "failed"}
    assert [fields["is_warning"] for fields in told(desk) if fields["timer"] == name] == [True]
    beats = heartbeat.heartbeats(desk)
    assert {each for each, known in beats.items() if known.at is not None} == set(OF_THE_MINUTE) - {name}
    assert {each for each, known in beats.items() if known.failed is not None} == {name}
    assert beats[name].timer_silent_since == desk.clock(), "the timer is alive"
    assert "acme" not in str(raised.value) and raised.value.__cause__ is raised.value.__context__ is None


def test_a_run_that_failed_says_so_of_all_that_did() -> None:
    with pytest.raises(rounds.RoundsFailed, match=r"Failed: deliver, publish, collect\."):
        rounds.check([rounds.Ran(name=name, is_well=name == "sweep") for name in OF_THE_MINUTE])


def test_what_has_been_warned_of_is_mailed_in_the_same_run() -> None:
    """Mail that the sweep owes does not wait for the next minute."""
    clock = Clock()
    desk = a_desk(clock)
    taken_in(desk)
    the_timer(desk)
    assert isinstance(desk.mailer, MemoryMailer)
    before = len(desk.mailer.sent)
    clock.set("2026-03-02 10:01")
    the_timer(desk)
    assert len(desk.mailer.sent) > before


def test_each_run_is_told_with_what_it_came_to() -> None:
    clock = Clock()
    desk = a_desk(clock)
    taken_in(desk)
    clock.forward(minutes=15)
    the_timer(desk)
    by_timer = {fields["timer"]: fields for fields in told(desk)}
    mailed = {
        "is_warning": False,
        "timer": "deliver",
        "ran_by": "timer",
        "outcome": "ok",
        "took_ms": 0,
        "due": 2,
        "done": 2,
        "failed": 0,
        "waiting": 0,
    }
    assert by_timer["deliver"] == mailed
    assert by_timer["sweep"].keys() == mailed.keys()
    assert by_timer["publish"] == mailed | {"timer": "publish", "due": 0, "done": 0}


def test_a_reconciliation_counts_what_it_could_not_mend() -> None:
    from shared.actions.reconcile import Reconciled

    assert rounds.numbers(Reconciled(open_tickets=7, failed=["ACME-1"])) == {"due": 7, "failed": 1}


def test_delivery_stops_in_time_for_the_next_tick_and_what_is_left_waits() -> None:
    clock = Clock()
    desk = a_desk(clock, mailer=Slow(clock, timedelta(seconds=10)))
    for number in range(5):
        taken_in(desk, f"w{number}")
    begun = clock.now
    the_timer(desk)
    assert clock.now - begun == timedelta(seconds=50), "the mail that was under way at 45 s goes out"
    [fields] = [fields for fields in told(desk) if fields["timer"] == "deliver"]
    assert (fields["due"], fields["done"], fields["waiting"], fields["took_ms"]) == (10, 5, 5, 50_000)
    clock.now = begun + timedelta(minutes=1)
    the_timer(desk)
    assert isinstance(desk.mailer, MemoryMailer)
    assert len({mail.key for mail in desk.mailer.sent}) == len(desk.mailer.sent) == 10


def test_events_stop_in_time_too_and_stay_due() -> None:
    class SlowPublisher(MemoryPublisher):
        def post(self, url: str, secrets: Sequence[str], id: str, body: bytes, now: datetime) -> int:
            clock.now += timedelta(seconds=30)
            return super().post(url, secrets, id, body, now)

    clock = Clock()
    desk = a_desk(clock, publisher=SlowPublisher())
    assert as_staff(desk, "carla", "POST", "/api/subscriptions", {"url": "https://example.org/hook"}).status == 201
    clock.forward(minutes=2)
    for number in range(4):
        taken_in(desk, f"w{number}")
    [ran] = rounds.run(desk, ("publish",), clock())
    [fields] = told(desk)
    assert ran.is_well and (fields["due"], fields["done"], fields["waiting"]) == (4, 2, 2)
    rounds.run(desk, ("publish",), clock())
    assert told(desk)[-1]["due"] == 2, "at once, without having been put off"


def test_reports_stop_in_time_too_and_stay_in_their_queue() -> None:
    reports = MemoryMailReports()
    for _ in range(40):
        reports.put("no report at all")
    desk = a_desk(Clock(), reports=reports)
    assert collect(desk, desk.clock(), lambda: False).due == 32
    assert collect(desk, desk.clock()).due == 8


def test_a_long_sweep_delays_the_mail_and_never_starves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    desk = a_desk(clock, mailer=Slow(clock, timedelta(seconds=4)))
    for number in range(5):
        taken_in(desk, f"w{number}")

    def long(desk: Desk, now: datetime) -> None:
        clock.now += timedelta(minutes=3)

    monkeypatch.setattr("shared.actions.sweep.sweep", long)
    rounds.run(desk, OF_THE_MINUTE, clock())
    [fields] = [fields for fields in told(desk) if fields["timer"] == "deliver"]
    assert fields["done"] == 3, "ten seconds' worth"


def test_where_nothing_is_watched_the_watch_has_no_rounds() -> None:
    desk = a_desk(Clock())
    assert rounds.run(desk, ("probe", "judge"), desk.clock()) == []
    the_timer(desk, timers.probe)
    the_timer(desk, timers.judge)
    assert heartbeat.heartbeats(desk).keys() == {"measure"} and outcomes(desk) == {"measure": "ok"}


def test_services_that_cannot_be_read_stop_only_what_needs_them() -> None:
    def broken() -> Services:
        raise CatalogueError("services.toml: no such contract")

    desk = replace(a_desk(Clock()), services=broken)
    with pytest.raises(rounds.RoundsFailed, match=r"Failed: probe, judge\."):
        rounds.check(rounds.run(desk, [each.name for each in rounds.ROUNDS], desk.clock()))
    assert {name for name, outcome in outcomes(desk).items() if outcome == "ok"} >= set(OF_THE_MINUTE)
    found = health.check(desk, desk.clock())
    assert found.dependencies["services"] == "cannot be read" and "services: cannot be read" in found.problems
    assert "no such contract" in health.check(desk, desk.clock(), to_staff=True).dependencies["services"]


def test_the_watchdog_runs_a_round_well_before_anybody_is_paged() -> None:
    for each in rounds.ROUNDS:
        assert each.every < each.overdue < each.silent, each.name


def test_a_heartbeat_that_cannot_be_written_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(MemoryRows):
        def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
            if partition == "heartbeat":
                raise StorageUnavailable("no")
            super().commit(table, partition, writes)

    desk = replace(a_desk(Clock()), rows=Full())
    assert [ran.outcome for ran in rounds.run(desk, ("publish",), desk.clock())] == ["failed"]
