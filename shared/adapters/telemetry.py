"""What the desk tells of itself, as log records: one JSON object on one line, which the host relays and queries parse."""

import json
import logging

from shared.actions.ports import Telemetry

log = logging.getLogger("sportello.telemetry")


class LoggedTelemetry:
    """ports.Telemetry. The whole message is JSON, `event` first: the host relays the message and nothing beside it."""

    def tell(self, event: str, /, *, is_warning: bool = False, **fields: str | int | bool | None) -> None:
        message = json.dumps({"event": event, **fields}, separators=(",", ":"), ensure_ascii=False)
        log.log(logging.WARNING if is_warning else logging.INFO, "%s", message)


def telemetry(*, is_metered: bool) -> Telemetry:
    """Log lines; with them metrics, where the worker has OpenTelemetry on and the package holds it."""
    lines = LoggedTelemetry()
    if not is_metered:
        return lines
    try:
        from shared.adapters.metrics import MeteredTelemetry
    except ImportError as missing:
        log.error("OpenTelemetry is on, and is not in the package (%s): there are no metrics.", missing.name)
        return lines
    return MeteredTelemetry(lines)
