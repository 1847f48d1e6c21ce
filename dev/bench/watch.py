"""What watching costs: requests a minute, a day's end, a month's report and a page, for 10, 100 and 1,000 services.

A few minutes and one midnight are counted on the memory store, whose calls are requests just the same, and multiplied to a month
of thirty days in which nothing happens. A change of state adds a row to its minute's transaction; an outage that begins or ends
adds an agenda row, its working and its ticket. The heartbeat of the timer is one more write a minute.
"""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dev.bench.counting import CountingBlobs, CountingRows
from dev.bench.desks import Clock, counted
from shared.actions.desk import Desk
from shared.actions.watch import minute, reading, timeline
from shared.actions.watch.events import Happened
from shared.adapters.memory import MemoryBlobs, MemoryProber
from shared.domain.watch.service import Check, CheckKind, Service, Services

Row = tuple[str, str, str, bool]
Cost = tuple[int, int, int]
"""Reads, transactions, and requests to blobs."""

SERVICES = (10, 100, 1_000)
BEFORE_MIDNIGHT = datetime(2026, 3, 10, 22, 55, tzinfo=UTC)  # five minutes before it, in Rome
MINUTES = 30 * 24 * 60
DAYS = 30


def rows() -> list[Row]:
    return [row for number in SERVICES for row in _of(number)]


def _of(number: int) -> list[Row]:
    clock = Clock(BEFORE_MIDNIGHT)
    desk, requests, _ = counted(None, clock)
    blobs = CountingBlobs(MemoryBlobs())
    services = watched(number)
    desk = replace(desk, blobs=blobs, prober=MemoryProber(), services=lambda: services)
    costs = [_minute(desk, requests, blobs, clock) for _ in range(10)]
    assert {costs[n] for n in (1, 2, 3, 6, 7, 8, 9)} == {costs[4]}, "minutes in which nothing happens cost the same"
    what = f"{number:,} services"
    shards = desk.options.agenda_shards
    return [
        *_writing(what, number, shards, costs[4], costs[5]),
        *_reading(desk, requests, what, clock.now),
    ]


def _minute(desk: Desk, requests: CountingRows, blobs: CountingBlobs, clock: Clock) -> Cost:
    requests.reset()
    blobs.reset()
    minute.run(desk, clock.now, _nothing)
    writes = requests.by_call["commit watch"]
    clock.now += timedelta(minutes=1)
    return requests.requests - writes, writes, blobs.requests


def _writing(what: str, number: int, shards: int, ordinary: Cost, midnight: Cost) -> list[Row]:
    batches, pages = math.ceil(number / 100), math.ceil(number / 1000)
    reads, commits, appends = ordinary
    extra_reads, extra_commits = midnight[0] - reads, midnight[1] - commits
    all_reads, most_reads = MINUTES * reads + DAYS * extra_reads, MINUTES * (pages + shards) + DAYS * 2 * pages
    all_writes = MINUTES * (commits + appends) + DAYS * extra_commits
    most_writes = MINUTES * (batches + 1) + DAYS * 3 * batches
    a_month = f"watch, {what}, a month (30 days, from the above)"
    is_little = extra_reads <= 2 * pages and extra_commits <= 3 * batches
    return [
        (f"watch, {what}, a minute: reads", f"{reads}", f"<= {pages + shards} (today, agenda)", reads <= pages + shards),
        (
            f"watch, {what}, a minute: transactions, and appends to the raw log",
            f"{commits} + {appends}",
            f"<= {batches} + 1",
            commits <= batches and appends <= 1,
        ),
        (
            f"watch, {what}, midnight: reads and transactions more",
            f"{extra_reads} + {extra_commits}",
            f"<= {2 * pages} + {3 * batches}",
            is_little,
        ),
        (f"{a_month}: reads", f"{all_reads:,}", f"<= {most_reads:,}", all_reads <= most_reads),
        (f"{a_month}: writes", f"{all_writes:,}", f"<= {most_writes:,}", all_writes <= most_writes),
    ]


def _reading(desk: Desk, requests: CountingRows, what: str, now: datetime) -> list[Row]:
    requests.reset()
    assert len(reading.month(desk, "2026-03", now)) == len(desk.services().services)
    month = requests.requests
    requests.reset()
    assert len(reading.recent(desk, now)) == len(desk.services().services)
    list(timeline.since(desk, now - timedelta(days=90)))
    page = requests.requests
    return [
        (f"watch, {what}, a month's report: reads", f"{month}", "<= 2", month <= 2),
        (f"watch, {what}, a page of ninety days: reads", f"{page}", "<= 3", page <= 3),
    ]


def watched(number: int) -> Services:
    """So many services of two owners in turns."""
    made = {
        f"service-{n:04d}": Service(
            id=f"service-{n:04d}",
            name={"it": f"Servizio {n}", "en": f"Service {n}"},
            owner=("ours", "theirs")[n % 2],
            checks=(Check(kind=CheckKind.TCP, target="192.0.2.1:443"),),
        )
        for n in range(number)
    }
    return Services(contract="zenshare-support", desk="ACME", services=made)


def _nothing(desk: Desk, happened: Happened, now: datetime) -> None:
    """Nothing happens."""
