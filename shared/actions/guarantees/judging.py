"""What the timer `judge` does every five minutes: it looks for budgets that burn, and freezes the month that is over."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.actions.desk import Desk
from shared.actions.guarantees.alarms import Looked, look
from shared.actions.guarantees.freezing import Froze, freeze


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    looked: Looked = field(default_factory=Looked)
    froze: Froze = field(default_factory=Froze)


def judge(desk: Desk, now: datetime) -> Judged:
    """Both, or as much of it as can be done."""
    try:
        looked = look(desk, now)
    finally:
        froze = freeze(desk, now)
    return Judged(looked=looked, froze=froze)
