"""Open requests counted by when their next deadline is, from the rows of the board; no ticket is read."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from shared.actions.lists import places
from shared.actions.ports import Row
from shared.domain.evidence import stamp

HORIZON = timedelta(days=1)
"""How far ahead a look is cheap, however much is open: what is due by then."""


class Urgency(StrEnum):
    BREACHED = "breached"
    HOUR = "hour"
    DAY = "day"
    LATER = "later"
    STOPPED = "stopped"
    """Nothing falls due: it waits for the customer, or nothing is promised."""


def counted(rows: Iterable[Row], now: datetime) -> Counter[Urgency]:
    """Each request once; of two rows, which is how a change under way may look, the more urgent one counts."""
    found: dict[object, str] = {}
    for row in rows:
        moment = row.key.split("|")[1]
        found[row.values["ticket"]] = min(moment, found.get(row.values["ticket"], moment))
    return Counter(_of(moment, now) for moment in found.values())


def _of(moment: str, now: datetime) -> Urgency:
    if moment == places.LAST:
        return Urgency.STOPPED
    ends = ((Urgency.BREACHED, now), (Urgency.HOUR, now + timedelta(hours=1)), (Urgency.DAY, now + HORIZON))
    return next((urgency for urgency, end in ends if moment < stamp(end)), Urgency.LATER)
