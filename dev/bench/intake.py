"""What taking a request in costs: storage requests, and time against one bare entity group transaction on the same emulator."""

import statistics
import time
from collections.abc import Callable

from dev.bench.desks import START, Clock, counted, emulator
from dev.bench.portal import a_body, signed
from functions.intake import _parse
from shared.actions import intake
from shared.actions.desk import Desk
from shared.actions.ports import Insert, Table
from shared.actions.ports import Row as StoredRow

Row = tuple[str, str, str, bool]

TICKETS = 200
WARM_UP = 20


def rows() -> list[Row]:
    with emulator() as connection:
        desk, requests, blobs = counted(connection, Clock())
        for number in range(WARM_UP):
            _take_in(desk, f"warm-{number}")
            _bare(desk, f"warm-{number}")
        requests.reset()
        blobs.reset()
        taken, bare, made = [], [], 0
        for number in range(TICKETS):
            taken.append(_timed(_take_in, desk, f"bench-{number}"))
            made = requests.requests + blobs.requests
            bare.append(_timed(_bare, desk, f"bench-{number}"))
            requests.by_call["commit desk"] -= 1  # the bare transaction is not the intake's
        each = made / TICKETS
        ratio = statistics.median(taken) / statistics.median(bare)
    return [
        ("storage requests a ticket (tables and blobs)", f"{each:.2f}", "<= 4", each <= 4),
        (
            f"latency of an intake ({statistics.median(taken) * 1000:.1f} ms) against a bare transaction "
            f"({statistics.median(bare) * 1000:.1f} ms)",
            f"{ratio:.2f}x",
            "<= 4x",
            ratio <= 4,
        ),
    ]


def _timed(work: Callable[[Desk, str], object], desk: Desk, name: str) -> float:
    started = time.perf_counter()
    work(desk, name)
    return time.perf_counter() - started


def _take_in(desk: Desk, id: str) -> object:
    body = a_body(id)
    headers = signed(id, body, int(START.timestamp()))
    return intake.receive(desk, desk.clock(), body=body, headers=headers, parse=_parse)


def _bare(desk: Desk, name: str) -> None:
    """One transaction of as many rows, of about the size, as an intake's own."""
    writes = [Insert(StoredRow(key=f"{name}-{number}", values={"doc": "x" * 700})) for number in range(10)]
    desk.rows.commit(Table.DESK, "BARE", writes)
