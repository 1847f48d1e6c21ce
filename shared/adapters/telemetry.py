"""What the desk tells of itself, as log records: one JSON object on one line, which the host relays and queries parse."""

import json
import logging

log = logging.getLogger("sportello.telemetry")


class LoggedTelemetry:
    """ports.Telemetry. The whole message is JSON, `event` first: the host relays the message and nothing beside it."""

    def tell(self, event: str, /, *, is_warning: bool = False, **fields: str | int | bool | None) -> None:
        message = json.dumps({"event": event, **fields}, separators=(",", ":"), ensure_ascii=False)
        log.log(logging.WARNING if is_warning else logging.INFO, "%s", message)
