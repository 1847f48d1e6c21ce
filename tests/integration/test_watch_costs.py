"""What watching costs in storage requests, and that the worst service there can be still fits the store's limits."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dev.bench.counting import CountingBlobs, CountingRows
from shared.actions.desk import Desk
from shared.actions.ports import Blobs, Insert, Rows, Table
from shared.actions.watch import compact, probing, reading, rollover, store, timeline, unseen
from shared.adapters import limits
from shared.adapters.memory import MemoryBlobs, MemoryRows
from shared.domain.availability import State
from shared.domain.guarantees.record import Measured, Record, extended
from shared.domain.watch.change import Change
from shared.domain.watch.day import Day
from shared.domain.watch.track import Track
from tests.support.desks import ROME, Clock, rome
from tests.support.monitor import a_watch, minutes, services, watched
from tests.support.watching import SERVICE


def counted(number: int, rows: Rows | None = None, blobs: Blobs | None = None) -> tuple[Desk, CountingRows, CountingBlobs]:
    counting = CountingRows(rows or MemoryRows()), CountingBlobs(blobs or MemoryBlobs())
    desk, _ = a_watch(rome("2026-03-10 23:58"), services(number), rows=counting[0], blobs=counting[1])
    counting[0].reset()
    return desk, *counting


@pytest.mark.parametrize("number", [10, 100, 1000])
def test_a_minute_a_midnight_a_month_and_a_page_cost_what_is_promised(number: int) -> None:
    _check_costs(number, None, None)


def test_the_real_store_is_asked_no_more(empty_store: tuple[Rows, Blobs]) -> None:
    _check_costs(3, *empty_store)


def _check_costs(number: int, inner: Rows | None, raw: Blobs | None) -> None:
    desk, rows, blobs = counted(number, inner, raw)
    batches = math.ceil(number / 100)
    minutes(desk, 1)
    rows.reset()
    blobs.reset()
    minutes(desk, 1)
    assert rows.by_call == {"scan watch": 1, "commit watch": batches, "scan agenda": 1}
    assert blobs.by_call == {"append": 1}
    rows.reset()
    minutes(desk, 1)
    assert rows.by_call == {"scan watch": 3, "commit watch": 4 * batches, "scan agenda": 1}
    now = desk.clock()
    for read, most in (
        (lambda: reading.month(desk, "2026-03", now), 2),
        (lambda: reading.month(desk, "2026-02", now), 2),
        (lambda: (reading.recent(desk, now), list(timeline.since(desk, now))), 3),
        (lambda: reading.current(desk, now), 1),
        (lambda: unseen.problems(desk, now, desk.services().is_public), 1),
    ):
        rows.reset()
        read()
        assert rows.requests <= most
    assert len(reading.recent(desk, now)) == len(reading.month(desk, "2026-03", now)) == number


def test_a_minute_of_changes_is_no_more_requests_than_rows_fit() -> None:
    desk, rows, _ = counted(40)
    prober = desk.prober
    minutes(desk, 1)
    for id in desk.services().services:
        if id != "s0039":
            prober.down(id, rome("2026-03-10 23:59"), rome("2026-03-11 23:00"))  # type: ignore[attr-defined]
    rows.reset()
    probing.probe(desk, desk.clock())
    assert rows.by_call["commit watch"] == math.ceil(39 * 4 / 100)
    assert rows.by_call["commit agenda"] == 1


def test_all_rows_of_a_service_are_in_one_transaction() -> None:
    groups = {f"s{n}": [Insert(r) for r in compact.rows_of(f"s{n}|{k}", "doc", "x", {})] * 3 for n in range(50) for k in (0,)}
    for batch in store.batches(groups):
        assert sum(len(groups[id]) for id in batch) <= 100
    assert [id for batch in store.batches(groups) for id in batch] == list(groups)


def worst(number: int) -> tuple[Change, ...]:
    """So many changes of a service, four a minute: more than any run can tell."""
    start = rome("2026-03-10 00:00")
    return tuple(
        Change(
            service="archive",
            at=start + n * timedelta(seconds=15, microseconds=n % 7),
            state=(State.UP, State.UNKNOWN, State.DOWN, State.UNKNOWN)[n % 4],
            why=("recovered", "bracket", "confirmed", "recovering")[n % 4],
            outage=f"archive.{n // 4 + 1}" if n % 4 == 2 else None,
        )
        for n in range(number)
    )


def test_the_worst_day_there_can_be_fits_a_row_and_comes_back() -> None:
    changes = worst(4 * 1440)
    day = Day(service="archive", on=date(2026, 3, 10), zone="Europe/Rome", changes=changes[1:], until=changes[-1].at)
    head = store.Head(day=day, track=Track(service="archive", told=changes[-3:]), late=changes[:1])
    writes = store.writes_of(head, changes[-4:], (), changes[-1].at)
    assert len(limits.prepared("day:2026-03-10", writes)) == 5
    desk, _ = a_watch(rome("2026-03-10 00:00"), watched(SERVICE))
    assert store.commit(desk, day.on, {"archive": writes}) == ([], [])
    assert store.heads(desk, day.on, ROME, ["archive"]) == {"archive": head}


def test_the_worst_ninety_days_there_can_be_fit_a_transaction_and_come_back() -> None:
    changes = worst(4 * 1440 * 90)
    record = extended(Record(service="archive"), changes, {date(2026, 3, 10): Measured()}, ROME, date(2026, 6, 7))
    record = replace(record, changes=record.changes[-rollover.MOST_CHANGES :])
    rows = compact.rows_of("s|archive", "doc", compact.record_to(record), {})
    ready = limits.prepared("recent", [Insert(row) for row in rows])
    assert 1 < len(ready) <= 12
    by_key = {row.key: row for row in rows}
    assert compact.record_from("archive", compact.text_of(by_key["s|archive"], "doc", by_key)) == record
    later = extended(record, record.changes[-1:], {}, ROME, date(2026, 6, 8))
    assert later.days[:-1] == record.days  # also those whose changes are not here any more


def test_a_text_that_has_become_shorter_leaves_nothing_behind() -> None:
    desk, _ = a_watch(rome("2026-03-10 00:00"), watched(SERVICE))
    for changes in (worst(300_000), worst(3)):
        record = Record(service="archive", changes=changes)
        groups = {"archive": compact.rows_of("s|archive", "doc", compact.record_to(record), {})}
        rollover.put(desk, "month:2026-03", groups)
        assert rollover.month(desk, "2026-03", ["archive"])["archive"] == record


def test_services_with_long_rows_share_a_transaction_as_far_as_it_goes() -> None:
    text = "".join(f"{n:x}" for n in range(80_000))
    values = {f"text{n}": text[:30_000] for n in range(10)}
    groups = {f"s{n:02d}": [Insert(replace(compact.rows_of(f"s{n:02d}", "doc", "x", {})[0], values=values))] for n in range(30)}
    found = store.batches(groups)
    assert [id for batch in found for id in batch] == list(groups)
    assert len(found) == 3
    for batch in found:
        limits.prepared("recent", [write for id in batch for write in groups[id]])


def test_a_service_that_is_watched_no_more_is_in_nobodys_way() -> None:
    desk, rows, _ = counted(20)
    minutes(desk, 3)
    fewer = replace(desk, services=lambda: services(10))
    rows.reset()
    assert len(reading.recent(fewer, desk.clock())) == 10
    assert rows.requests == 2
    probing.probe(fewer, desk.clock())
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(minutes=5)
    minutes(desk, 1)
    later = reading.recent(desk, desk.clock())["s0015"].record
    assert [change.state for change in later.changes] == [State.UP, State.UNKNOWN, State.UP]


def test_a_service_unknown_for_too_long_is_a_problem_and_one_that_is_seen_is_none() -> None:
    desk, _, _ = counted(2)
    assert isinstance(desk.clock, Clock)
    assert unseen.problems(desk, desk.clock(), desk.services().is_public) == []
    minutes(desk, 2)
    assert unseen.problems(desk, desk.clock(), desk.services().is_public) == []
    desk.clock.forward(minutes=14)
    assert unseen.problems(desk, desk.clock(), desk.services().is_public) == []
    desk.clock.forward(minutes=2)
    found = unseen.problems(desk, desk.clock(), desk.services().is_public)
    assert len(found) == 2 and found[0].startswith("the service s0000 has been unknown for 9")
    assert desk.rows.get(Table.WATCH, "day:2026-03-11", "s|s0000") is None  # nobody has been there to write it
