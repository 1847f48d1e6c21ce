"""The cost model: what is asked of the stores is what is counted, every timer is in it, and the arithmetic is right."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from dev.cost.__main__ import main
from dev.cost.bill import DESK, MAIL, WATCH, Line, bill, gb_seconds, prices, total
from dev.cost.month import OUTAGES, Run, Usage, simulate, timers
from dev.cost.pace import Pace
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


def test_what_the_platform_logs_and_reads_by_itself_is_on_the_bill() -> None:
    """Measures every minute, a row for every look, what is told of mails, the vault: none of it is asked for by the code."""
    usage, paid = Usage(days=30, mails=1000, calls=Counter({"queue receive": 5})), prices()
    lines, assumed = {line.what: line for line in bill(usage, paid)}, paid["assumed"]
    looked, minutes = lines["looks"].quantity, 30 * 24 * 60
    logged = minutes * assumed["measures_a_minute"] * assumed["log_bytes_a_measure"] + looked * assumed["log_bytes_a_look"]
    assert logged > 5e8
    assert lines["GB of measures, and of looks"].quantity >= logged / 1e9
    assert lines["reports by Event Grid"].quantity == 2000, "one comes in, one goes out"
    assert lines["queue requests"].quantity == 1005, "each report is put there"
    assert lines["reads of secrets"].cost == pytest.approx(4 * 720 / 1e4 * paid["vault"]["read_10000"])
    free = lines["GB of logs"], lines["GB of measures, and of looks"]
    assert sum(min(line.quantity, line.free) for line in free) <= paid["logs"]["gb_free"], "what is free is free once"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--tickets", "-3"], "--tickets: 0 or more, not -3"),
        (["--services", "-1"], "--services: 0 or more, not -1"),
        (["--tickets", "many"], "--tickets: a whole number, not many"),
    ],
)
def test_what_cannot_be_counted_is_said(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2 and sentence in capsys.readouterr().err


def test_a_month_without_requests_has_a_bill_and_no_price_a_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "dev.cost.__main__.simulate", lambda **_: Usage(days=30, runs=Counter({Run(name="sweep", requests=1): 9}))
    )
    assert main(["--tickets", "0", "--services", "0"]) == 0
    told = capsys.readouterr().out
    assert "all together" in told and "a ticket" not in told


def test_a_desk_that_watches_nothing_can_be_counted() -> None:
    before = app._installed
    usage = simulate(tickets=0, services=0, days=1)
    app._installed = before
    assert usage.executions["probe"] == 1440


def test_how_long_it_takes_is_said_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = iter([0.0, 4.0, 10.0, 15.0, 30.0])
    pace = Pace(lambda: next(ticks))
    for share in (0.1, 0.25, 0.3, 0.75):
        pace(share)
    assert capsys.readouterr().err.splitlines() == ["25 % counted, about 30 s to go", "75 % counted, about 10 s to go"]


def test_the_month_says_how_far_it_is() -> None:
    before, told = app._installed, list[float]()
    simulate(tickets=4, services=0, days=2, pace=told.append)
    app._installed = before
    assert told == sorted(told) and 0 <= told[0] < 0.1 and 0.5 < told[-1] <= 1


def test_the_prices_say_when_they_were_read_and_where() -> None:
    paid = prices()
    assert paid["read_on"] and all(
        "source" in paid[part] for part in ("functions", "storage", "mail", "events", "logs", "looks", "alerts", "vault")
    )
