"""What the status page costs: making it, against reading what it is made of, in one run; and how large it gets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from statistics import median
from time import perf_counter

from dev.bench.counting import CountingRows
from dev.bench.desks import Clock, counted, emulator
from shared.actions.desk import Desk
from shared.actions.status import status
from shared.actions.watch import probing, reading
from shared.adapters.memory import MemoryProber
from shared.domain.status.standing import Standing
from shared.domain.watch.service import Check, CheckKind, Service, Services
from shared.web.status.page import LARGEST, Asked, status_page

Row = tuple[str, str, str, bool]

SERVICES = (5, 20, 100)
MINUTES = 5
REPEATS = 7
MOST = 2
"""How many times what reading takes may making the page take: figures for ninety days of each service, and its words."""


def rows() -> list[Row]:
    found: list[Row] = []
    for number in SERVICES:
        with emulator() as connection:
            found += _page(connection, number)
    return found


def _page(connection: str, number: int) -> list[Row]:
    desk, requests = _watching(connection, number)
    now = desk.clock()
    requests.reset()
    standing = status.status(desk, now)
    made = requests.requests
    read = _seconds(lambda: reading.recent(desk, now))
    page = _seconds(lambda: _html(standing))
    ratio, size = page / read, len(_html(standing).encode())
    return [
        (f"the status page, {number} services: storage", f"{made} requests", "<= 3", made <= 3),
        (f"the status page, {number} services: made / read", f"{ratio:.2f} ({page * 1000:.0f} ms)", f"<= {MOST}", ratio <= MOST),
        (f"the status page, {number} services: size", f"{size:,} bytes", f"< {LARGEST:,}", size < LARGEST),
    ]


def _html(standing: Standing) -> str:
    html = status_page(standing, "Bench", "it", Asked())
    assert html is not None
    return html


def _watching(connection: str, number: int) -> tuple[Desk, CountingRows]:
    """So many services, watched for some minutes, some of them down."""
    clock = Clock()
    wired, requests, _ = counted(connection, clock)
    check = Check(kind=CheckKind.TCP, target="bench.example:443")
    ids = [f"b{number}-{each:04d}" for each in range(number)]
    found = {id: Service(id=id, name={"it": id, "en": id}, owner=id[-1], checks=(check,)) for id in ids}
    services = Services(contract="zenshare-support", desk="ACME", services=found)
    prober = MemoryProber()
    prober.down(ids[0], clock.now + timedelta(minutes=2), clock.now + timedelta(minutes=4))
    desk = replace(wired, services=lambda: services, prober=prober)
    for _ in range(MINUTES):
        probing.probe(desk, clock.now)
        clock.now += timedelta(minutes=1)
    return desk, requests


def _seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return median(taken)
