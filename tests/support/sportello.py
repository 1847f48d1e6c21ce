"""A real local run in a process of its own, as `make run` starts it, for tests to talk to over HTTP."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from dev.ports import free_port
from dev.sign import signed_headers

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 90
STOP_LIMIT_S = 30
ANSWER_LIMIT_S = 60


class Sportello:
    """A running host. Paths are whole ("/api/tickets"); `staff` signs a demo user in."""

    def __init__(self, url: str, process: subprocess.Popen[Any], log: Path) -> None:
        self.url = url
        self.process = process
        self.log = log

    def call(
        self, method: str, path: str, *, staff: str | None = None, headers: Mapping[str, str] | None = None, json: Any = None
    ) -> requests.Response:
        signed_in = {"X-Demo-User": staff} if staff else {}
        return requests.request(
            method, self.url + path, headers={**signed_in, **(headers or {})}, json=json, timeout=ANSWER_LIMIT_S
        )

    def post_request(self, body: bytes, *, webhook_id: str | None = None, sent_at: datetime | None = None) -> requests.Response:
        """Posts `body` to the portal's webhook: signed, now by the machine's clock and under a new id unless said otherwise."""
        headers = signed_headers(body, webhook_id=webhook_id or f"msg_{uuid.uuid4().hex}", sent_at=sent_at or datetime.now(UTC))
        return requests.post(f"{self.url}/api/webhooks/portal", data=body, headers=headers, timeout=ANSWER_LIMIT_S)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.call("GET", "/dev/clock").json()["now"])

    def set_clock(self, time: datetime | str) -> datetime:
        """Sets the clock to an aware instant, or moves it by a step ("+4h"). The timers whose ticks it passed have run then."""
        answer = self.call("PUT", "/dev/clock", json=time if isinstance(time, str) else time.isoformat())
        answer.raise_for_status()
        return datetime.fromisoformat(answer.json()["now"])

    def fire(self, timer: str) -> None:
        """Runs a timer now, to its end."""
        answer = self.call("POST", f"/admin/functions/{timer}")
        assert answer.status_code == 202, answer.text

    def outbox(self) -> list[dict[str, Any]]:
        """The mail that left, newest first (see dev/outbox.py for the fields)."""
        messages: list[dict[str, Any]] = self.call("GET", "/dev/outbox", headers={"Accept": "application/json"}).json()
        return messages

    def empty_outbox(self) -> None:
        self.call("DELETE", "/dev/outbox").raise_for_status()

    def order_mail_fault(self, **fault: Any) -> None:
        """See dev/mail_faults.py: status, retry_after, delay_s, reset, accepted, times."""
        self.call("POST", "/dev/mail-faults", json=fault).raise_for_status()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Stops the run and returns its exit status."""
        self.process.send_signal(number)
        return self.process.wait(STOP_LIMIT_S)


@contextmanager
def running(data: Path, *, demo: bool = True, without_timers: Sequence[str] = ()) -> Iterator[Sportello]:
    """Starts a run on free ports with its data in `data` (kept, so that a later run finds it), and stops it at the end.

    `without_timers`: these never fire, as if they had stalled.
    """
    port, log = free_port(), data.with_name(data.name + ".log")
    options = ["--port", str(port), "--data", str(data)]
    options += [word for store in ("blob", "queue", "table") for word in (f"--{store}-port", str(free_port()))]
    options += [] if demo else ["--no-demo"]
    environ = {**os.environ, **{f"AzureWebJobs.{timer}.Disabled": "true" for timer in without_timers}}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "dev.run", *options], cwd=ROOT, env=environ, stdout=output, stderr=output
        )
    try:
        _wait_until_started(process, log)
        yield Sportello(f"http://127.0.0.1:{port}", process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_LIMIT_S)


def _wait_until_started(process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + START_LIMIT_S
    while b"Sportello runs on" not in log.read_bytes():
        assert process.poll() is None and time.monotonic() < give_up_at, f"Sportello did not start:\n{log.read_text()}"
        time.sleep(0.05)
