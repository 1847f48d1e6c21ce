"""The clock's arithmetic under one name: targets, pauses, when they fall due, and why. Each idea has a file of its own."""

from shared.domain.worktime.deadline import due, instant_of, remaining, used
from shared.domain.worktime.explanation import Explanation, LedgerRow, explain
from shared.domain.worktime.pause import Pause
from shared.domain.worktime.promised import DueAt, Received, Target, WorkingDays, WorkingTime, target_from, target_to

__all__ = [
    "DueAt",
    "Explanation",
    "LedgerRow",
    "Pause",
    "Received",
    "Target",
    "WorkingDays",
    "WorkingTime",
    "due",
    "explain",
    "instant_of",
    "remaining",
    "target_from",
    "target_to",
    "used",
]
