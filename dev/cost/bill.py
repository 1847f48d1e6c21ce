"""Quantities times prices: the month's bill, line by line. Arithmetic alone; what is counted comes from `month`."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.cost.month import Run, Usage

PRICES = Path(__file__).with_name("prices.toml")
DESK, MAIL, WATCH = "the desk", "mail", "watching it from outside, and alerts"
HOURS = 24
TOGETHER, OFTEN = "all in one", "every 20 s"
"""Timers that there are not, as `make cost` supposes them."""
UNMONITORED = frozenset({"http", OFTEN})
"""Whose last run the host does not note: it does not below a minute."""
PROBING = frozenset({"probe", TOGETHER})
"""Timers that wait for what they look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    section: str
    what: str
    quantity: float
    free: float = 0
    price: float
    per: float = 1

    @property
    def cost(self) -> float:
        """In dollars."""
        return max(0.0, self.quantity - self.free) / self.per * self.price


def prices() -> dict[str, Any]:
    return tomllib.loads(PRICES.read_text())


def bill(usage: Usage, paid: Mapping[str, Any]) -> list[Line]:
    functions, storage, events, assumed = paid["functions"], paid["storage"], paid["events"], paid["assumed"]
    factor, hours = paid["storage_factor"], usage.days * HOURS
    looks = {"every": assumed["looks_an_hour"] * assumed["places"] * assumed["tests"] * hours, "certificate": 4 * hours}
    looked, look_requests = sum(looks.values()), _a_look(usage) * sum(looks.values())
    secrets = assumed["secrets"] * assumed["secret_reads_an_hour"] * hours
    monitored = sum(number for name, number in usage.executions.items() if name not in UNMONITORED)
    timers = len([name for name in usage.executions if name != "http"])
    writes = usage.of("blob put") + usage.of("blob append") + monitored * assumed["host_blob_writes_a_monitored_run"]
    reads = usage.of("blob get") + usage.of("blob delete") + timers * hours * assumed["host_lease_renewals_an_hour"]
    tables = usage.of("get") + usage.of("scan") + usage.of("commit")
    kept = assumed["months_kept"] / 1e9
    busy, executions = gb_seconds(usage, paid), usage.executions.total()
    logs = (executions + looked) * assumed["log_bytes_an_execution"] / 1e9
    measures = hours * 60 * assumed["measures_a_minute"] * assumed["log_bytes_a_measure"] + looked * assumed["log_bytes_a_look"]
    noted = (secrets + usage.mails + usage.of("blob delete")) * assumed["log_bytes_a_note"]
    gb, gb_free = paid["logs"]["gb"], paid["logs"]["gb_free"]
    beyond = max(0.0, functions["gb_seconds_free"] - busy), max(0, functions["executions_free"] - executions)
    return [
        _line(DESK, "GB-seconds", busy, functions["gb_second"], free=functions["gb_seconds_free"]),
        _line(DESK, "executions", executions, functions["million_executions"], per=1e6, free=functions["executions_free"]),
        _line(DESK, "table requests", tables, storage["table_10000"] * factor, per=1e4),
        _line(DESK, "blob writes", writes, storage["blob_write_10000"] * factor, per=1e4),
        _line(DESK, "other blob requests", reads, storage["blob_read_10000"] * factor, per=1e4),
        _line(DESK, "queue requests", usage.of("queue") + usage.mails, storage["queue_10000"] * factor, per=1e4),
        _line(DESK, "GB in tables", usage.table_bytes * kept, storage["table_gb"] * factor),
        _line(DESK, "GB in blobs", usage.blob_bytes * kept, storage["blob_gb"] * factor),
        _line(DESK, "GB of logs", logs, gb, free=gb_free),
        _line(DESK, "reads of secrets", secrets, paid["vault"]["read_10000"], per=1e4),
        _line(MAIL, "mails", usage.mails, paid["mail"]["each"]),
        _line(MAIL, "MB of mail", usage.mails * assumed["mail_mb"], paid["mail"]["mb"]),
        _line(
            MAIL,
            "reports by Event Grid",
            usage.mails * assumed["event_operations_a_mail"],
            events["million"],
            per=1e6,
            free=events["free"],
        ),
        _line(WATCH, "looks", looked, paid["looks"]["each"]),
        _line(WATCH, "GB-seconds for looks", _looking(looked, usage, paid), functions["gb_second"], free=beyond[0]),
        _line(WATCH, "executions for looks", looked, functions["million_executions"], per=1e6, free=beyond[1]),
        _line(WATCH, "table requests for looks", look_requests, storage["table_10000"] * factor, per=1e4),
        _line(WATCH, "GB of measures, and of looks", (measures + noted) / 1e9, gb, free=max(0.0, gb_free - logs)),
        _line(WATCH, "alert rules, every 5 min", assumed["urgent_rules"], paid["alerts"]["log_5min"]),
        _line(WATCH, "alert rules, every 15 min", assumed["other_rules"], paid["alerts"]["log_15min"]),
        _line(WATCH, "alert rules on looks", assumed["metric_rules"], paid["alerts"]["metric"]),
    ]


def gb_seconds(usage: Usage, paid: Mapping[str, Any]) -> float:
    """Each execution is a span of its own: the most it can cost, as spans that overlap on one instance are billed once."""
    gb = paid["functions"]["instance_gb"]
    return float(sum(number * _span(run, paid) * gb for run, number in usage.runs.items()))


def total(lines: Iterable[Line], *sections: str) -> float:
    return sum(line.cost for line in lines if line.section in sections)


def _span(run: Run, paid: Mapping[str, Any]) -> float:
    """Seconds that such an execution is billed: one at least, then tenths."""
    assumed = paid["assumed"]
    busy = run.requests * assumed["storage_request_s"] + run.mails * assumed["mail_s"]
    busy += assumed["probe_s"] if run.name in PROBING else 0.0
    return max(float(paid["functions"]["least_span_s"]), math.ceil(round(float(busy) * 10, 6)) / 10)


def _a_look(usage: Usage) -> float:
    return sum(usage.looks.values()) / len(usage.looks) if usage.looks else 0.0


def _looking(looked: int, usage: Usage, paid: Mapping[str, Any]) -> float:
    return looked * float(paid["functions"]["least_span_s"]) * float(paid["functions"]["instance_gb"])


def _line(section: str, what: str, quantity: float, price: float, *, per: float = 1, free: float = 0) -> Line:
    return Line(section=section, what=what, quantity=quantity, price=price, per=per, free=free)
