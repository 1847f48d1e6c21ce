"""The cost model: what is asked of the stores is what is counted, every timer is in it, and the arithmetic is right."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from dev.cost.bill import DESK, MAIL, WATCH, Line, bill, gb_seconds, prices, total
from dev.cost.month import OUTAGES, Run, Usage, simulate, timers
from shared import app
from shared.actions.ports import Row, Rows, Table, Upsert, Write


@pytest.fixture(scope="module")
def tiny() -> Iterator[Usage]:
    before = app._installed
    logging.disable(logging.ERROR)
    yield simulate(tickets=4, services=2, days=2)
    logging.disable(logging.NOTSET)
    app._installed = before


class WritesTwice:
    """Rows that answer every commit with one more of a row of their own."""

    def __init__(self, inner: Rows) -> None:
        self._inner = inner
        self.get, self.scan = inner.get, inner.scan

    def commit(self, table: Table, partition: str, writes: Sequence[Write]) -> None:
        self._inner.commit(table, partition, writes)
        if writes and table is Table.DESK:
            self._inner.commit(table, partition, [Upsert(Row(key="stray", values={}))])


def test_a_write_that_is_made_twice_shows(tiny: Usage) -> None:
    before = app._installed
    twice = simulate(tickets=4, services=2, days=2, wrap=WritesTwice)
    app._installed = before
    assert twice.calls["commit desk"] - _of_the_watch(tiny) == 2 * (tiny.calls["commit desk"] - _of_the_watch(tiny)) > 0
    assert {name: n for name, n in twice.calls.items() if name != "commit desk"} == {
        name: n for name, n in tiny.calls.items() if name != "commit desk"
    }


def _of_the_watch(usage: Usage) -> int:
    """What the outages on the desk of the watch have written: the month without requests has nothing else."""
    before = app._installed
    none = simulate(tickets=0, services=2, days=2)
    app._installed = before
    return none.calls["commit desk"]


def test_every_timer_is_counted_at_every_tick_of_its_schedule(tiny: Usage) -> None:
    assert tiny.executions.keys() - {"http"} == timers().keys()
    a_day = {"sweep": 1440, "probe": 1440, "judge": 288, "reconcile": 1}
    assert {name: tiny.executions[name] for name in a_day} == {name: 2 * number for name, number in a_day.items()}


def test_requests_and_mails_come_from_what_was_done(tiny: Usage) -> None:
    assert tiny.executions["http"] > 4 * 8
    assert tiny.mails > 4
    assert tiny.calls["blob put"] == 4 + OUTAGES and tiny.calls["blob append"] >= 2 * 1440
    assert tiny.calls["scan agenda"] >= 2 * 1440 * 4, "what is due, mail, letters, events"
    assert sum(run.mails * number for run, number in tiny.runs.items()) == tiny.mails == tiny.calls["queue delete"]
    assert tiny.calls["queue receive"] == 2 * 1440


def test_what_is_free_is_taken_off_and_the_rest_is_priced() -> None:
    line = Line(section=DESK, what="x", quantity=350_000, free=250_000, price=0.4, per=1e6)
    assert line.cost == pytest.approx(0.04)
    assert Line(section=DESK, what="x", quantity=5, free=10, price=1).cost == 0


def test_an_execution_is_billed_a_second_at_least_and_then_tenths() -> None:
    paid = prices()
    runs = {
        Run(name="sweep", requests=2): 10,
        Run(name="sweep", requests=2, mails=4): 1,
        Run(name="probe", requests=2): 1,
        Run(name="probe", requests=40): 1,
        Run(name="http", requests=100): 10,
    }
    seconds = 10 * 1.0 + 1.3 + 1.0 + 1.1 + 10 * 1.5
    assert gb_seconds(Usage(days=30, runs=Counter(runs)), paid) == pytest.approx(seconds * 2)


def test_the_bill_has_each_quantity_once() -> None:
    usage = Usage(
        tickets=1, days=30, mails=1000, calls=Counter({"commit desk": 10_000, "scan agenda": 10_000, "blob put": 10_000})
    )
    paid = prices()
    lines = {line.what: line for line in bill(usage, paid)}
    factor = paid["storage_factor"]
    assert lines["table requests"].cost == pytest.approx(2 * paid["storage"]["table_10000"] * factor)
    assert lines["blob writes"].cost == pytest.approx(paid["storage"]["blob_write_10000"] * factor)
    assert lines["mails"].cost == pytest.approx(0.25)
    assert lines["looks"].quantity == 30 * 24 * (12 * 5 * 3 + 4)
    assert total(lines.values(), DESK, MAIL, WATCH) == pytest.approx(sum(line.cost for line in lines.values()))


def test_the_prices_say_when_they_were_read_and_where() -> None:
    paid = prices()
    assert paid["read_on"] and all(
        "source" in paid[part] for part in ("functions", "storage", "mail", "events", "logs", "looks", "alerts")
    )
