"""The ninety days as CSV (RFC 4180): exact seconds, one line a service and day."""

import csv
import io
from collections.abc import Iterable
from datetime import timedelta

from shared.domain.status.standing import Line

MEDIA_TYPE = "text/csv"
COLUMNS = ("service", "day", "state", "up_s", "down_s", "unknown_s", "excluded_s")


def as_csv(lines: Iterable[Line]) -> str:
    """Excluded is what the contract excludes; it wins over what was seen. `state`: what matters most of the day."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for line in lines:
        for bar in line.bars:
            lengths = map(_seconds, (bar.up, bar.down, bar.unknown, bar.excluded))
            rows.writerow([line.id, bar.on.isoformat(), bar.kind.value, *lengths])
    return text.getvalue()


def _seconds(amount: timedelta) -> str:
    """Exact: 63.25; 0."""
    return f"{amount.total_seconds():.6f}".rstrip("0").rstrip(".")
