"""The events of docs/operations/telemetry.md, as its tables have them."""

import re

from tests.infra.bicep_text import ROOT

TELEMETRY = ROOT / "docs" / "operations" / "telemetry.md"


def documented() -> dict[str, set[str]]:
    """Events and their fields."""
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| ([^|]+) \|", section("Events"), re.M)
    return {event: set(re.findall(r"`(\w+)`", fields)) for event, fields in rows}


def instruments() -> dict[str, set[str]]:
    """Instruments of the meter, and the events they are recorded from."""
    rows = re.findall(r"^\| (`sportello\.[^|]+) \|.*\| ([^|]+) \|$", section("OpenTelemetry"), re.M)
    return {name: set(re.findall(r"`([\w.]+)`", events)) for names, events in rows for name in re.findall(r"`([\w.]+)`", names)}


def section(title: str) -> str:
    return TELEMETRY.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
