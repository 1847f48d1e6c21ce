"""What runs of the monitor leave in the store: states, outages, raw results; what midnight does; and two runs at once."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dev.bench.counting import CountingBlobs, CountingRows
from shared.actions import agenda, codec
from shared.actions.desk import Desk
from shared.actions.ports import Blobs, Insert, Prober, Replace, Row, Rows, Table, Write
from shared.actions.watch import events, probing, reading, rollover, store, timeline, witness
from shared.actions.watch.minute import run
from shared.adapters.memory import MemoryBlobs, MemoryRows
from shared.domain.errors import StorageUnavailable
from shared.domain.evidence import stamp
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Service
from tests.support.desks import ROME, Clock, rome
from tests.support.monitor import a_watch, minutes, noting, services, shown, told, until, watched
from tests.support.watching import SERVICE, WITNESSED


def test_a_watch_of_nothing_asks_the_storage_nothing() -> None:
    rows, blobs = CountingRows(MemoryRows()), CountingBlobs(MemoryBlobs())
    desk, prober = a_watch(rome("2026-03-10 20:00"), services(0), rows=rows, blobs=blobs)
    assert probing.probe(desk, desk.clock()) == probing.Probed()
    assert (rows.requests, blobs.requests, prober.asked) == (0, 0, [])


def test_an_outage_stands_with_its_brackets(empty_store: tuple[Rows, Blobs]) -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE), rows=empty_store[0], blobs=empty_store[1])
    prober.down("archive", rome("2026-03-10 20:02"), rome("2026-03-10 20:05"))
    happened: list[tuple[str, str]] = []
    minutes(desk, 8, noting(happened))
    assert told(desk, "archive", desk.clock()) == [
        ("10 20:00:00", "up"),
        ("10 20:01:00", "unknown"),
        ("10 20:02:00", "down"),
        ("10 20:04:04", "unknown"),
        ("10 20:05:00", "up"),
    ]
    assert happened == [("archive.1", "opened.0"), ("archive.1", "ended.0")]
    [outage], cursor = reading.outages(desk, 10)
    assert (outage.id, outage.first_bad, outage.first_good, cursor) == (
        "archive.1",
        rome("2026-03-10 20:02"),
        rome("2026-03-10 20:05"),
        "",
    )
    raw = desk.blobs.get("probes/2026-03-10.jsonl")
    lines = [json.loads(line) for line in (raw or b"").splitlines()]
    assert len(lines) == 5 + 3 * 3
    assert {line["seer"] for line in lines} == {"probe", "reprobe"}


def test_changes_and_outages_are_rows_of_the_day_written_with_it() -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE))
    prober.down("archive", rome("2026-03-10 20:02"), rome("2026-03-10 20:03"))
    minutes(desk, 4)
    keys = [row.key for row in desk.rows.scan(Table.WATCH, "day:2026-03-10")]
    assert keys == [
        "c|archive|2026-03-10T19:00:00.000000Z",
        "c|archive|2026-03-10T19:01:00.000000Z",
        "c|archive|2026-03-10T19:02:00.000000Z",
        "c|archive|2026-03-10T19:02:04.000000Z",
        "c|archive|2026-03-10T19:03:00.000000Z",
        "o|archive|000001",
        "s|archive",
    ]


def test_a_monitor_that_slept_leaves_a_gap_and_a_page_shows_it_before_it_wakes() -> None:
    desk, _ = a_watch(rome("2026-03-10 20:00"), watched(SERVICE))
    assert isinstance(desk.clock, Clock)
    minutes(desk, 2)
    desk.clock.set("2026-03-10 20:33")
    asleep = [("10 20:00:00", "up"), ("10 20:02:00", "unknown")]
    assert told(desk, "archive", desk.clock()) == asleep
    minutes(desk, 1)
    assert told(desk, "archive", desk.clock()) == [*asleep, ("10 20:33:00", "up")]


def test_a_service_is_asked_by_its_interval_and_a_timer_that_jitters_skips_nothing() -> None:
    slow = replace(SERVICE, id="slow", interval=timedelta(minutes=5))
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE, slow))
    assert isinstance(desk.clock, Clock)
    for jitter in (0, 7, -6, 3, -2, 0, 1, 0, 9, -3, 0):
        probing.probe(desk, desk.clock() + timedelta(seconds=jitter))
        desk.clock.forward(minutes=1)
    assert [service for service, _ in prober.asked].count("archive") == 11
    assert [at.astimezone(ROME).minute for service, at in prober.asked if service == "slow"] == [0, 5, 10]
    assert told(desk, "slow", desk.clock())[0][1] == "up" and len(told(desk, "slow", desk.clock())) == 1


def test_when_everything_fails_at_once_it_is_our_network_and_unknown() -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), services(2))
    for id in ("s0000", "s0001"):
        prober.down(id, rome("2026-03-10 20:02"), rome("2026-03-10 20:04"))
    happened: list[tuple[str, str]] = []
    minutes(desk, 6, noting(happened))
    for id in ("s0000", "s0001"):
        assert told(desk, id, desk.clock()) == [("10 20:00:00", "up"), ("10 20:02:00", "unknown"), ("10 20:04:00", "up")]
    assert happened == []


def test_a_run_that_cannot_look_itself_leaves_a_gap() -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE))
    prober.blind("archive", rome("2026-03-10 20:02"), rome("2026-03-10 20:03"))
    minutes(desk, 5)
    assert [state for _, state in told(desk, "archive", desk.clock())] == ["up", "unknown", "up"]


class InBetween:
    """A prober during whose look another run of the monitor comes and goes."""

    def __init__(self, inner: Prober, other: Desk, *, later: timedelta) -> None:
        self.inner, self.other, self.later = inner, other, later
        self.is_first = True

    def probe(self, services: Sequence[Service], now: datetime, budget: timedelta) -> list[Sample]:
        if self.is_first:
            self.is_first = False
            probing.probe(self.other, now + self.later)
        return self.inner.probe(services, now, budget)


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_two_runs_at_once_are_one(empty_store: tuple[Rows, Blobs], later: int) -> None:
    """The other is a second before, at the same instant, a second after: the looks of all count that are later than those
    written."""
    desk, prober = a_watch(rome("2026-03-10 20:00"), services(3), rows=empty_store[0], blobs=empty_store[1])
    assert isinstance(desk.clock, Clock)
    minutes(desk, 2)
    prober.down("s0001", rome("2026-03-10 20:01:30"), rome("2026-03-10 20:02:30"))
    racing = replace(desk, prober=InBetween(prober, desk, later=timedelta(seconds=later)))
    report = probing.probe(racing, desk.clock())
    assert report.merged == 3
    desk.clock.forward(minutes=1)
    happened: list[tuple[str, str]] = []
    minutes(desk, 2, noting(happened))
    assert [state for _, state in told(desk, "s0001", desk.clock())] == ["up", "unknown", "down", "unknown", "up"]
    assert told(desk, "s0001", desk.clock())[2][0] == ("10 20:01:59" if later < 0 else f"10 20:02:0{later}")
    for id in ("s0000", "s0002"):
        assert told(desk, id, desk.clock()) == [("10 20:00:00", "up")]
    assert set(happened) == {("s0001.1", "opened.0"), ("s0001.1", "ended.0")}


def test_a_run_of_before_midnight_writes_a_closed_day_no_more() -> None:
    desk, prober = a_watch(rome("2026-03-10 23:58"), watched(SERVICE))
    minutes(desk, 1)
    prober.down("archive", rome("2026-03-10 23:59"), rome("2026-03-10 23:59:30"))
    late = replace(desk, prober=InBetween(prober, desk, later=timedelta(seconds=61)))
    probing.probe(late, desk.clock())
    assert shown(store.heads(desk, rome("2026-03-10 12:00").date(), ROME, ["archive"])["archive"].day.changes) == [
        ("10 23:58:00", "up"),
        ("10 23:59:00", "unknown"),
    ]
    assert told(desk, "archive", rome("2026-03-11 00:01")) == [
        ("10 23:58:00", "up"),
        ("10 23:59:00", "unknown"),
        ("11 00:00:01", "up"),
    ]


def test_a_run_whose_clock_is_behind_midnight_writes_and_tells_nothing_of_the_closed_day() -> None:
    """Another instance, or a clock that stepped back: the real outage of the next day is told as itself."""
    desk, prober = a_watch(rome("2026-03-10 23:58"), services(2))
    happened: list[tuple[str, str]] = []
    minutes(desk, 2)
    run(desk, rome("2026-03-11 00:00") + timedelta(milliseconds=200), noting(happened))
    closed = store.heads(desk, rome("2026-03-10 12:00").date(), ROME, ["s0000"])
    prober.down("s0000", rome("2026-03-10 23:59:58"), rome("2026-03-11 00:00:10"))
    asked = len(prober.asked)
    assert run(desk, rome("2026-03-10 23:59:59"), noting(happened)).probed.looked_at == 0
    assert len(prober.asked) == asked
    assert store.heads(desk, rome("2026-03-10 12:00").date(), ROME, ["s0000"]) == closed
    prober.down("s0000", rome("2026-03-11 09:00"), rome("2026-03-11 09:30"))
    assert isinstance(desk.clock, Clock)
    desk.clock.set("2026-03-11 08:55")
    minutes(desk, 40, noting(happened))
    assert happened == [("s0000.1", "opened.0"), ("s0000.1", "ended.0")]
    [outage], _ = reading.outages(desk, 10)
    assert outage.first_bad == rome("2026-03-11 09:00")


def test_a_new_service_whose_day_another_run_began_is_not_begun_on_the_day_before() -> None:
    desk, _ = a_watch(rome("2026-03-10 23:58"), services(1))
    minutes(desk, 2)
    desk = replace(desk, services=lambda: services(2))
    probing.probe(desk, rome("2026-03-11 00:00"))
    assert probing.probe(desk, rome("2026-03-10 23:59:59")).looked_at == 0
    assert store.heads(desk, rome("2026-03-10 12:00").date(), ROME, ["s0001"]) == {}


def test_words_that_a_run_behind_midnight_has_read_are_told_by_the_next() -> None:
    desk, _ = a_watch(rome("2026-03-10 23:58"), watched(WITNESSED))
    minutes(desk, 2)
    probing.probe(desk, rome("2026-03-11 00:00"))
    said(desk, rome("2026-03-10 23:59:58"), Outcome.GOOD)
    probing.probe(desk, rome("2026-03-10 23:59:59"))
    assert len(witness.taken(desk, rome("2026-03-11 00:01")).samples) == 1


def test_our_own_network_is_asked_of_another_owner_when_only_one_was_due() -> None:
    """Of one looked at each minute and one each five, of two owners: nobody is down while everything fails."""
    ours, theirs = replace(SERVICE, owner="ours"), replace(SERVICE, id="portal", owner="theirs", interval=timedelta(minutes=5))
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(ours, theirs))
    for id in ("archive", "portal"):
        prober.down(id, rome("2026-03-10 20:01:30"), rome("2026-03-10 20:20"))
    happened: list[tuple[str, str]] = []
    minutes(desk, 26, noting(happened))
    assert happened == []
    assert told(desk, "archive", desk.clock()) == [("10 20:00:00", "up"), ("10 20:02:00", "unknown"), ("10 20:20:00", "up")]
    assert {state for _, state in told(desk, "portal", desk.clock())} == {"up", "unknown"}


def test_the_look_at_another_owner_is_no_sample_and_a_service_that_is_down_alone_is_down() -> None:
    ours, theirs = replace(SERVICE, owner="ours"), replace(SERVICE, id="portal", owner="theirs", interval=timedelta(minutes=5))
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(ours, theirs))
    prober.down("archive", rome("2026-03-10 20:01:30"), rome("2026-03-10 20:04"))
    happened: list[tuple[str, str]] = []
    minutes(desk, 7, noting(happened))
    assert [what for _, what in happened] == ["opened.0", "ended.0"]
    assert told(desk, "archive", desk.clock())[2] == ("10 20:02:00", "down")
    [day] = reading.recent(desk, desk.clock())["portal"].record.days
    assert day.measured.counts.samples == 2, "at 20:00 and 20:05"
    raw = [json.loads(line) for line in (desk.blobs.get("probes/2026-03-10.jsonl") or b"").splitlines()]
    assert [line["service"] for line in raw if line["seer"] == "control"] == ["portal"] * 2


def test_a_service_down_by_its_own_owners_alone_needs_nobody_else() -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE))
    prober.down("archive", rome("2026-03-10 20:01"), rome("2026-03-10 20:04"))
    happened: list[tuple[str, str]] = []
    minutes(desk, 7, noting(happened))
    assert [what for _, what in happened] == ["opened.0", "ended.0"]


class Late:
    """A prober that once came to its look 30.6 seconds after the minute had begun."""

    def probe(self, services: Sequence[Service], now: datetime, budget: timedelta) -> list[Sample]:
        late = timedelta(seconds=30.6 if now == rome("2026-03-10 20:02") else 0.8)
        return [Sample(service=service.id, at=now + late, outcome=Outcome.GOOD) for service in services]


def test_a_look_that_came_late_in_its_minute_skips_no_minute() -> None:
    desk, _ = a_watch(rome("2026-03-10 20:00"), watched(SERVICE))
    desk = replace(desk, prober=Late())
    assert isinstance(desk.clock, Clock)
    for _ in range(6):
        assert probing.probe(desk, desk.clock()).looked_at == 1
        desk.clock.forward(minutes=1)
    assert [state for _, state in told(desk, "archive", desk.clock())] == ["up"]


def test_an_end_that_was_not_written_is_not_told() -> None:
    """The row of the agenda is ahead of its outage, which is still down."""

    class Broken(CountingRows):
        def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
            if partition.startswith("day:"):
                raise StorageUnavailable("no")
            super().commit(table, partition, writes)

    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE))
    assert isinstance(desk.clock, Clock)
    prober.down("archive", rome("2026-03-10 20:01"), rome("2026-03-10 20:03"))
    happened: list[tuple[str, str]] = []
    minutes(desk, 3, noting(happened))
    with pytest.raises(StorageUnavailable):
        probing.probe(replace(desk, rows=Broken(desk.rows)), desk.clock())
    assert events.work(desk, desk.clock(), noting(happened)).kept == 1
    assert happened == [("archive.1", "opened.0")]


def test_a_midnight_inside_an_outage_splits_it_to_the_microsecond(empty_store: tuple[Rows, Blobs]) -> None:
    desk, prober = a_watch(rome("2026-03-10 23:50"), watched(SERVICE), rows=empty_store[0], blobs=empty_store[1])
    prober.down("archive", rome("2026-03-10 23:58"), rome("2026-03-11 00:03"))
    minutes(desk, 20)
    story = reading.recent(desk, desk.clock())["archive"]
    before, today = story.record.days
    assert (before.up, before.down) == (timedelta(minutes=7), timedelta(minutes=2))
    assert before.unknown == timedelta(hours=23, minutes=51)
    assert (today.up, today.down, today.unknown) == (
        timedelta(minutes=7),
        timedelta(minutes=2, seconds=4),
        timedelta(seconds=56),
    )
    assert (before.measured.counts.samples, before.measured.counts.bad) == (10, 2)


@pytest.mark.parametrize(("first", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-23", 24)])
def test_a_day_has_the_hours_that_it_has_in_rome(first: str, hours: int) -> None:
    hourly = replace(SERVICE, interval=timedelta(hours=1))
    desk, _ = a_watch(rome(f"{first} 00:00"), watched(hourly))
    assert isinstance(desk.clock, Clock)
    for _ in range(hours + 1):
        probing.probe(desk, desk.clock())
        desk.clock.forward(hours=1)
    [day, _] = reading.recent(desk, desk.clock())["archive"].record.days
    assert day.on.isoformat() == first
    assert (day.up, day.down, day.unknown) == (timedelta(hours=hours), timedelta(0), timedelta(0))
    assert reading.month(desk, first[:7], desk.clock())["archive"].record.days[0] == day


def test_what_is_found_after_midnight_about_the_day_before_is_laid_over_it_and_then_recorded() -> None:
    desk, prober = a_watch(rome("2026-02-28 23:50"), watched(SERVICE))
    prober.down("archive", rome("2026-03-01 00:00"), rome("2026-03-01 00:02"))
    until(desk, rome("2026-03-01 00:05"))
    for _ in range(2):
        february = reading.month(desk, "2026-02", desk.clock())["archive"].record
        assert shown(february.changes) == [("28 23:50:00", "up"), ("28 23:59:00", "unknown")]
        assert february.days[-1].up == timedelta(minutes=9)
        march = reading.month(desk, "2026-03", desk.clock())["archive"].record
        assert shown(march.changes)[:2] == [("01 00:00:00", "down"), ("01 00:01:04", "unknown")]
        until(desk, rome("2026-03-02 00:01"))
    recorded = rollover.month(desk, "2026-02", ["archive"])["archive"]
    assert recorded.days[-1].up == timedelta(minutes=9)


def test_days_asleep_are_recorded_as_unknown_whenever_it_wakes() -> None:
    desk, _ = a_watch(rome("2026-01-30 22:00"), watched(SERVICE))
    assert isinstance(desk.clock, Clock)
    minutes(desk, 3)
    desk.clock.set("2026-03-03 08:00")
    asleep = reading.recent(desk, desk.clock())["archive"]
    minutes(desk, 1)
    awake = reading.recent(desk, desk.clock() - timedelta(minutes=1))["archive"]
    assert [(d.on, d.up, d.unknown) for d in asleep.record.days] == [(d.on, d.up, d.unknown) for d in awake.record.days]
    assert [(day.on.isoformat()[5:], day.up) for day in awake.record.days if day.up] == [("01-30", timedelta(minutes=3))]
    assert len(awake.record.days) == 33
    assert rollover.month(desk, "2026-01", ["archive"])["archive"].through == rome("2026-01-31 12:00").date()
    assert rollover.month(desk, "2026-02", ["archive"])["archive"].days[-1].unknown == timedelta(days=1)


def test_ninety_days_are_kept_and_no_more() -> None:
    daily = replace(SERVICE, interval=timedelta(hours=24))
    desk, _ = a_watch(rome("2026-01-01 12:00"), watched(daily))
    assert isinstance(desk.clock, Clock)
    for _ in range(120):
        probing.probe(desk, desk.clock())
        desk.clock.forward(hours=24)
    kept = rollover.recent(desk, ["archive"])["archive"]
    assert len(kept.record.days) == 90
    assert len(rollover.month(desk, "2026-01", ["archive"])["archive"].days) == 31
    assert told(desk, "archive", desk.clock(), days=200) == [("01 12:00:00", "up")]


def test_a_new_service_begins_when_it_is_first_looked_at() -> None:
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(1))
    minutes(desk, 2)
    desk = replace(desk, services=lambda: services(2))
    minutes(desk, 2)
    story = reading.recent(desk, desk.clock())
    assert shown(story["s0000"].record.changes) == [("10 20:00:00", "up")]
    assert shown(story["s0001"].record.changes) == [("10 20:02:00", "up")]


def test_the_raw_log_keeps_nobody_from_telling() -> None:
    class Broken(MemoryBlobs):
        def append(self, name: str, content: bytes) -> None:
            raise StorageUnavailable("no")

    desk, _ = a_watch(rome("2026-03-10 20:00"), watched(SERVICE), blobs=Broken())
    assert minutes(desk, 2).probed.looked_at == 1
    assert told(desk, "archive", desk.clock()) == [("10 20:00:00", "up")]


def test_the_row_for_telling_is_written_before_the_outage_and_dropped_when_it_never_came() -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE))
    assert isinstance(desk.clock, Clock)
    prober.down("archive", rome("2026-03-10 20:01"), rome("2026-03-10 20:03"))
    order: list[str] = []

    class Noting(CountingRows):
        def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
            order.append(table.value)
            super().commit(table, partition, writes)

    noted = Noting(desk.rows)
    minutes(desk, 1)
    probing.probe(replace(desk, rows=noted), desk.clock())
    assert order == ["agenda", "watch"]
    [row] = [row for _, row in agenda.every(desk, "p")]
    assert row.key.endswith("|archive.1|opened.0")
    phantom = replace(row, key=row.key.replace("archive.1", "archive.9"), values={**row.values, "number": 9})
    ahead = replace(row, key=row.key.replace("opened", "ended"), values={**row.values, "version": 1, "what": "ended"})
    desk.rows.commit(Table.AGENDA, "00", [Insert(phantom), Insert(ahead)])
    happened: list[tuple[str, str]] = []
    assert events.work(desk, desk.clock(), noting(happened)).kept == 2
    assert happened == [("archive.1", "opened.0")]
    desk.clock.forward(minutes=11)
    assert events.work(desk, desk.clock(), noting(happened)).dropped == 2
    assert not list(agenda.every(desk, "p"))


def test_telling_that_fails_is_tried_again_and_holds_nobody_up() -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), services(3))
    assert isinstance(desk.clock, Clock)
    for id in ("s0000", "s0001"):
        prober.down(id, rome("2026-03-10 20:01"), rome("2026-03-10 20:59"))
    found: list[tuple[str, str]] = []
    broken = True

    def act(desk: Desk, happened: events.Happened, now: object) -> None:
        if broken and happened.outage.id == "s0000.1":
            raise StorageUnavailable("no")
        found.append((happened.outage.id, happened.what.value))

    minutes(desk, 2, act)
    assert found == [("s0001.1", "opened")]
    broken = False
    minutes(desk, 3, act)
    assert found == [("s0001.1", "opened"), ("s0000.1", "opened")]
    assert not list(agenda.every(desk, "x"))


def test_flapping_is_told_as_one_outage_again_and_each_spell_stands_on_the_timeline() -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(SERVICE))
    for minute in (2, 10, 20):
        prober.down("archive", rome(f"2026-03-10 20:{minute:02d}"), rome(f"2026-03-10 20:{minute + 2:02d}"))
    happened: list[tuple[str, str]] = []
    minutes(desk, 30, noting(happened))
    assert [what for _, what in happened] == ["opened.0", "ended.0", "reopened.1", "ended.1", "reopened.2", "ended.2"]
    assert {id for id, _ in happened} == {"archive.1"}
    outages, cursor = reading.outages(desk, 2)
    assert [outage.again for outage in outages] == [2, 1]
    [first], end = reading.outages(desk, 2, cursor)
    assert (first.again, first.is_over, end) == (0, True, "")
    spells = reading.spells(reading.recent(desk, desk.clock())["archive"])
    assert [id for id, _, _ in spells] == ["archive.1"] * 3
    assert timeline.kind_of(next(timeline.since(desk, rome("2026-03-10 20:15")))) == timeline.OUTAGE
    assert len(list(timeline.since(desk, rome("2026-03-10 20:15")))) == 1


def test_everybody_who_can_be_written_is_written_when_one_transaction_fails() -> None:
    class Failing(MemoryRows):
        is_broken = False

        def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
            if self.is_broken and any(isinstance(write, Replace) and write.row.key == "s|s0150" for write in writes):
                raise StorageUnavailable("no")
            super().commit(table, partition, writes)

    failing = Failing()
    desk, _ = a_watch(rome("2026-03-10 20:00"), services(201), rows=failing)
    minutes(desk, 1)
    failing.is_broken = True
    with pytest.raises(StorageUnavailable):
        probing.probe(desk, desk.clock())
    heads = store.heads(desk, rome("2026-03-10 12:00").date(), ROME, desk.services().services)
    seen = {id: head.track.seen for id, head in heads.items()}
    assert sum(at == desk.clock() for at in seen.values()) == 101


def test_the_witness_is_heard_in_a_gap_and_its_words_stay_until_they_are_told() -> None:
    desk, prober = a_watch(rome("2026-03-10 20:00"), watched(WITNESSED))
    assert isinstance(desk.clock, Clock)
    minutes(desk, 2)
    prober.blind("archive", rome("2026-03-10 20:02"), rome("2026-03-10 20:10"))
    for minute in range(2, 10):
        said(desk, rome(f"2026-03-10 20:{minute:02d}"), Outcome.GOOD if minute != 5 else Outcome.BAD)
        minutes(desk, 1)
    minutes(desk, 1)
    stands = [("10 20:00:00", "up"), ("10 20:05:00", "down"), ("10 20:06:00", "up")]
    assert [each for each in told(desk, "archive", desk.clock()) if each not in stands[:1]] == stands[1:]
    assert witness.taken(desk, desk.clock()).samples == ()
    said(desk, rome("2026-03-10 20:11"), Outcome.GOOD)

    class Broken(CountingRows):
        def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
            if partition.startswith("day:"):
                raise StorageUnavailable("no")
            super().commit(table, partition, writes)

    with pytest.raises(StorageUnavailable):
        probing.probe(replace(desk, rows=Broken(desk.rows)), desk.clock())
    assert len(witness.taken(desk, desk.clock()).samples) == 1


def said(desk: Desk, at: datetime, outcome: Outcome) -> None:
    """What the witness saw comes in."""
    words = witness.Words(samples=(Sample(service="archive", at=at, outcome=outcome, seer=Seer.WITNESS),))
    row = Row(key=f"r|{stamp(at)}|hash|00", values={"doc": codec.dumped(words)})
    desk.rows.commit(Table.WATCH, witness.PARTITION, [Insert(row)])


def test_a_run_that_still_writes_the_day_while_it_is_being_closed_is_in_its_record() -> None:
    desk, _ = a_watch(rome("2026-03-10 23:57"), watched(SERVICE))
    assert isinstance(desk.clock, Clock)
    minutes(desk, 2)

    class Racing(CountingRows):
        late = [rome("2026-03-10 23:59")]

        def scan(self, table: Table, partition: str, *, after: str = "", before: str = "\uffff", limit: int = 1000) -> list[Row]:
            found = super().scan(table, partition, after=after, before=before, limit=limit)
            if partition == "day:2026-03-10" and self.late:
                probing.probe(desk, self.late.pop())
            return found

    probing.probe(replace(desk, rows=Racing(desk.rows)), rome("2026-03-11 00:01"))
    now = rome("2026-03-11 00:02")
    assert told(desk, "archive", now) == [("10 23:57:00", "up"), ("11 00:00:00", "unknown"), ("11 00:01:00", "up")]
    [before, _] = reading.recent(desk, now)["archive"].record.days
    assert (before.up, before.measured.counts.samples) == (timedelta(minutes=3), 3)
