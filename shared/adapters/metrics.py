"""The desk's events as instruments of the meter "sportello", beside the log lines: imported only where OpenTelemetry is on.

No id is an attribute: each would be a time series of its own. Instruments and their units: docs/operations/telemetry.md.
"""

from collections.abc import Callable, Mapping

from opentelemetry.metrics import Counter, Histogram, Meter, get_meter
from opentelemetry.metrics import _Gauge as Gauge

from shared.actions.ports import Telemetry

Fields = Mapping[str, str | int | bool | None]
Record = Callable[[Fields], None]

GAUGES = {
    "overdue_rows": ("sportello.agenda.overdue", "{row}"),
    "oldest_overdue_s": ("sportello.agenda.oldest", "s"),
    "notices_due": ("sportello.mail.due", "{mail}"),
    "oldest_notice_s": ("sportello.mail.oldest", "s"),
    "quarantined": ("sportello.quarantine", "{request}"),
    "unread_reports": ("sportello.mail.unread_reports", "{report}"),
    "failing_tickets": ("sportello.tickets.failing", "{ticket}"),
    "given_up_notices": ("sportello.notices.waiting_for_people", "{notice}"),
}
"""Fields of `desk.measured` that are instruments by themselves; those that begin with `open_` are one, by urgency."""


class MeteredTelemetry:
    """ports.Telemetry: tells on, and records."""

    def __init__(self, lines: Telemetry) -> None:
        self._lines = lines
        self._records = _records(get_meter("sportello"))

    def tell(self, event: str, /, *, is_warning: bool = False, **fields: str | int | bool | None) -> None:
        self._lines.tell(event, is_warning=is_warning, **fields)
        for record in self._records.get(event, ()):
            record(fields)


def _records(meter: Meter) -> Mapping[str, tuple[Record, ...]]:
    notices = meter.create_counter("sportello.notices", unit="{notice}", description="Attempts to hand a message over.")
    opened = meter.create_gauge("sportello.requests.open", unit="{request}", description="Open requests by their next deadline.")
    gauges = {name: meter.create_gauge(title, unit=unit) for name, (title, unit) in GAUGES.items()}
    return {
        "timer.ran": (
            _timed(meter.create_histogram("sportello.timer.duration", unit="s"), "took_ms", 1000, "timer", "ran_by", "outcome"),
        ),
        "notice.sent": (
            _timed(meter.create_histogram("sportello.notice.wait", unit="s"), "waited_s", 1, "way"),
            _counted(notices, "way", outcome="sent"),
        ),
        "notice.postponed": (_counted(notices, "way", outcome="postponed"),),
        "notice.given_up": (_counted(notices, "way", outcome="given up"),),
        "mail.reported": (_counted(meter.create_counter("sportello.mail.reports", unit="{mail}"), "status"),),
        "deadline.judged": (
            _counted(meter.create_counter("sportello.deadlines", unit="{deadline}"), "promise", "priority", "verdict"),
        ),
        "request.quarantined": (_counted(meter.create_counter("sportello.requests.quarantined", unit="{request}"), "reason"),),
        "fault.met": (_counted(meter.create_counter("sportello.faults", unit="{fault}"), "work"),),
        "tick.ran": (_counted(meter.create_counter("sportello.ticks", unit="{run}"), "timer", "outcome"),),
        "desk.measured": (_shown(gauges, opened),),
        "desk.reconciled": (_shown({}, opened),),
    }


def _counted(counter: Counter, *names: str, **fixed: str) -> Record:
    return lambda fields: counter.add(1, {**_attributes(fields, names), **fixed})


def _timed(histogram: Histogram, name: str, per_second: int, *names: str) -> Record:
    return lambda fields: histogram.record(_number(fields[name]) / per_second, _attributes(fields, names))


def _shown(gauges: Mapping[str, Gauge], opened: Gauge) -> Record:
    def record(fields: Fields) -> None:
        for name, value in fields.items():
            if name in gauges:
                gauges[name].set(_number(value))
            elif name in ("open_breached", "open_hour", "open_day", "open_later", "open_stopped"):
                opened.set(_number(value), {"urgency": name.removeprefix("open_")})

    return record


def _attributes(fields: Fields, names: tuple[str, ...]) -> dict[str, str | int | bool]:
    return {name: value for name in names if (value := fields.get(name)) is not None}


def _number(value: str | int | bool | None) -> int:
    assert isinstance(value, int)
    return value
