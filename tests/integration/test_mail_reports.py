"""The queue of mail reports, on the emulator and in memory: received, hidden, received again, deleted."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic, sleep
from uuid import uuid4

import pytest

from dev.report_queue import ReportQueue
from shared.actions.ports import MailReports
from shared.adapters import mail_reports
from shared.adapters.memory import MemoryMailReports
from shared.domain.errors import InvalidInput, StorageUnavailable

HIDDEN = timedelta(seconds=2)

type Put = Callable[[str], None]
type Reports = tuple[MailReports, Put, Callable[[], None]]


@pytest.fixture(params=["memory", "azurite"])
def reports(request: pytest.FixtureRequest) -> Reports:
    """The port, Event Grid's side of it, and a wait until what was hidden is seen again."""
    if request.param == "memory":
        memory = MemoryMailReports()
        return memory, memory.put, lambda: memory.forward(HIDDEN)
    emulator: str = request.getfixturevalue("azurite")
    name = f"reports-{uuid4().hex[:12]}"
    queue = ReportQueue.from_connection_string(emulator, queue=name)
    queue.create()
    return mail_reports.from_connection_string(emulator, queue=name), queue.put, lambda: sleep(2.2)


def test_a_report_is_hidden_while_it_is_worked_and_comes_again_until_it_is_deleted(reports: Reports) -> None:
    port, put, wait = reports
    put('{"a": "<&>"}')
    [first] = port.receive(HIDDEN)
    assert (first.text, first.tries) == ('{"a": "<&>"}', 1)
    assert port.receive(HIDDEN) == []
    wait()
    [again] = port.receive(HIDDEN)
    assert (again.id, again.tries) == (first.id, 2)
    port.delete(again)
    wait()
    assert port.receive(HIDDEN) == []


def test_whoever_was_too_slow_deletes_nothing_and_is_not_told_off(reports: Reports) -> None:
    port, put, wait = reports
    put("x")
    [slow] = port.receive(HIDDEN)
    wait()
    [quick] = port.receive(HIDDEN)
    port.delete(slow)
    wait()
    [still] = port.receive(HIDDEN)
    assert still.id == quick.id
    port.delete(still)
    port.delete(still)


def test_a_request_brings_thirty_two_at_the_most(reports: Reports) -> None:
    port, put, _ = reports
    for number in range(40):
        put(str(number))
    first, second = port.receive(timedelta(minutes=5)), port.receive(timedelta(minutes=5))
    assert (len(first), len(second)) == (32, 8)
    assert len({each.id for each in (*first, *second)}) == 40


def test_without_a_queue_nothing_was_reported(azurite: str) -> None:
    port = mail_reports.from_connection_string(azurite, queue="nobody-made-this")
    assert port.receive(HIDDEN) == []


def test_a_queue_that_does_not_answer_is_unavailable_and_soon_says_so() -> None:
    key = "a2V5"
    endpoint = ";".join(f"{name}Endpoint=http://127.0.0.1:9/dev" for name in ("Table", "Blob", "Queue"))
    port = mail_reports.from_connection_string(f"AccountName=dev;AccountKey={key};{endpoint}")
    began = monotonic()
    with pytest.raises(StorageUnavailable):
        port.receive(HIDDEN)
    assert monotonic() - began < 5


def test_only_the_emulator_is_reached_by_a_key() -> None:
    elsewhere = "AccountName=a;AccountKey=a2V5;" + ";".join(
        f"{name}Endpoint=https://a.example/" for name in ("Table", "Blob", "Queue")
    )
    with pytest.raises(InvalidInput):
        mail_reports.from_connection_string(elsewhere)
    with pytest.raises(InvalidInput, match="QueueEndpoint"):
        mail_reports.from_connection_string(
            "AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/a;BlobEndpoint=http://127.0.0.1:2/a"
        )
