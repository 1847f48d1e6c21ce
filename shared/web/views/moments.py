"""Instants in JSON."""

from datetime import datetime

from shared.domain.evidence import stamp


def optional(at: datetime | None) -> str | None:
    return stamp(at) if at else None
