"""The desk's events as metrics, by the real OpenTelemetry SDK: instruments of the meter "sportello", without a single id."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, Metric, NumberDataPoint

from shared.adapters import telemetry as adapter
from shared.adapters.memory import MemoryTelemetry
from tests.unit.test_cold_start import loaded_by

JUDGED: dict[str, Any] = {"promise": "response", "round": 1, "priority": 2, "verdict": "missed", "late_s": 60}
MEASURED: dict[str, Any] = {"overdue_rows": 4, "oldest_overdue_s": 9, "notices_due": 3, "oldest_notice_s": 8, "quarantined": 2}
STANDS: dict[str, Any] = {"failing_tickets": 1, "given_up_notices": 5, "open_breached": 1, "open_hour": 2, "open_day": 6}


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemoryMetricReader]:
    """What the worker would export: its provider is the global one."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader])
    monkeypatch.setattr("shared.adapters.metrics.get_meter", provider.get_meter)
    yield reader
    provider.shutdown()


@pytest.fixture
def lines() -> MemoryTelemetry:
    return MemoryTelemetry()


def read(reader: InMemoryMetricReader) -> dict[str, Metric]:
    data = reader.get_metrics_data()
    assert data is not None
    [scope] = [scope for resource in data.resource_metrics for scope in resource.scope_metrics]
    assert scope.scope.name == "sportello"
    return {metric.name: metric for metric in scope.metrics}


def values(metric: Metric) -> list[tuple[dict[str, object], int | float]]:
    points = [point for point in metric.data.data_points if isinstance(point, NumberDataPoint)]
    return [(dict(point.attributes or {}), point.value) for point in points]


def test_events_are_counted_timed_and_shown(reader: InMemoryMetricReader, lines: MemoryTelemetry) -> None:
    from shared.adapters.metrics import MeteredTelemetry

    metered = MeteredTelemetry(lines)
    metered.tell("timer.ran", timer="sweep", outcome="ok", took_ms=1500, due=3)
    metered.tell("notice.sent", ticket="ACME-1", notice="n", way="mail", waited_s=20, attempts=1)
    metered.tell("notice.sent", ticket="ACME-2", notice="n", way="mail", waited_s=40, attempts=1)
    metered.tell("notice.given_up", is_warning=True, ticket="ACME-1", notice="n", way="webhook", attempts=1, reason="r")
    metered.tell("mail.reported", ticket="ACME-1", notice="n", operation="o", status="Bounced")
    metered.tell("deadline.judged", ticket="ACME-1", **JUDGED)
    metered.tell("desk.measured", **MEASURED, **STANDS)
    metered.tell("desk.reconciled", open_tickets=9, owed_notices=0, repairs=0, failed=0, open_later=7, open_stopped=8)
    found = read(reader)

    [timer] = found["sportello.timer.duration"].data.data_points
    assert isinstance(timer, HistogramDataPoint) and timer.sum == 1.5 and found["sportello.timer.duration"].unit == "s"
    assert dict(timer.attributes or {}) == {"timer": "sweep", "outcome": "ok"}
    [wait] = found["sportello.notice.wait"].data.data_points
    assert isinstance(wait, HistogramDataPoint) and (wait.count, wait.sum) == (2, 60)
    sent, given_up = {"way": "mail", "outcome": "sent"}, {"way": "webhook", "outcome": "given up"}
    assert values(found["sportello.notices"]) == [(sent, 2), (given_up, 1)]
    assert values(found["sportello.mail.reports"]) == [({"status": "Bounced"}, 1)]
    assert values(found["sportello.deadlines"]) == [({"promise": "response", "priority": 2, "verdict": "missed"}, 1)]
    opened = {str(attributes["urgency"]): value for attributes, value in values(found["sportello.requests.open"])}
    assert opened == {"breached": 1, "hour": 2, "day": 6, "later": 7, "stopped": 8}
    alone = {name: values(found[name]) for name in ("sportello.agenda.overdue", "sportello.mail.oldest", "sportello.quarantine")}
    assert alone == {
        "sportello.agenda.overdue": [({}, 4)],
        "sportello.mail.oldest": [({}, 8)],
        "sportello.quarantine": [({}, 2)],
    }
    assert [event for event, _ in lines.told].count("notice.sent") == 2, "the lines are told as before"


def test_no_id_makes_a_time_series(reader: InMemoryMetricReader, lines: MemoryTelemetry) -> None:
    from shared.adapters.metrics import MeteredTelemetry

    metered = MeteredTelemetry(lines)
    for number in range(50):
        metered.tell("notice.sent", ticket=f"ACME-{number}", notice=f"n{number}", way="mail", waited_s=number, attempts=1)
        metered.tell("deadline.judged", ticket=f"ACME-{number}", **JUDGED)
        metered.tell("fault.met", is_warning=True, work="deliver", ticket=f"ACME-{number}", error=f"E{number}", trace="t")
    assert {len(metric.data.data_points) for metric in read(reader).values()} == {1}


def test_an_event_of_which_there_is_no_instrument_is_told_on(reader: InMemoryMetricReader, lines: MemoryTelemetry) -> None:
    from shared.adapters.metrics import MeteredTelemetry

    MeteredTelemetry(lines).tell("access.refused", is_warning=True, ticket="ACME-1", who="omar")
    assert lines.told == [("access.refused", {"is_warning": True, "ticket": "ACME-1", "who": "omar"})]


def test_opentelemetry_is_loaded_only_where_it_is_on() -> None:
    off, on = (f"from shared.adapters.telemetry import telemetry\ntelemetry(is_metered={is_on})" for is_on in (False, True))
    assert not [name for name in loaded_by(off) if name.startswith("opentelemetry")]
    assert "opentelemetry.metrics" in loaded_by(on)


def test_a_package_without_it_has_lines_alone_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "shared.adapters.metrics", None)
    assert isinstance(adapter.telemetry(is_metered=True), adapter.LoggedTelemetry)
    assert "not in the package" in caplog.text


def test_the_meter_is_that_of_the_global_provider() -> None:
    """The worker sets the provider before it loads the app; what was made earlier is handed on all the same."""
    program = (
        "from shared.adapters.telemetry import telemetry\n"
        "told = telemetry(is_metered=True)\n"
        "from opentelemetry import metrics\n"
        "from opentelemetry.sdk.metrics import MeterProvider\n"
        "from opentelemetry.sdk.metrics.export import InMemoryMetricReader\n"
        "reader = InMemoryMetricReader()\n"
        "metrics.set_meter_provider(MeterProvider(metric_readers=[reader]))\n"
        "told.tell('tick.ran', timer='sweep', late_s=9, outcome='ok')\n"
        "print(reader.get_metrics_data().to_json())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert '"sportello.ticks"' in done.stdout
