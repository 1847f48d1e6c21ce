"""What taking a request in costs: storage requests, and time against one bare entity group transaction on the same emulator."""

import base64
import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Callable

from dev.bench.desks import SECRET, START, Clock, counted, emulator
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


def a_body(id: str) -> bytes:
    """A request as the portal sends it; each has bytes of its own."""
    return json.dumps(
        {
            "customer": "ACME",
            "contact": {"name": "Anna Bianchi", "email": "anna@acme.example"},
            "product": "zenshare-up",
            "subject": f"Il protocollo non assegna il numero ({id})",
            "description": "Da questa mattina i documenti in entrata restano senza numero di protocollo. " * 5,
        }
    ).encode()


def signed(id: str, body: bytes, at: int) -> dict[str, str]:
    """The headers of a webhook signed at `at` (seconds since 1970)."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
        "content-type": "application/json",
    }


def _take_in(desk: Desk, id: str) -> object:
    body = a_body(id)
    headers = signed(id, body, int(START.timestamp()))
    return intake.receive(desk, desk.clock(), body=body, headers=headers, parse=_parse)


def _bare(desk: Desk, name: str) -> None:
    """One transaction of as many rows, of about the size, as an intake's own."""
    writes = [Insert(StoredRow(key=f"{name}-{number}", values={"doc": "x" * 700})) for number in range(10)]
    desk.rows.commit(Table.DESK, "BARE", writes)
