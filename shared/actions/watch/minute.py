"""What the timer `probe` does each minute: it looks at the services, then tells what has happened to outages."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.actions.desk import Desk
from shared.actions.watch.events import Act, Worked, work
from shared.actions.watch.probing import Probed, probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    probed: Probed = field(default_factory=Probed)
    told: Worked = field(default_factory=Worked)


def run(desk: Desk, now: datetime, act: Act) -> Minute:
    """Both, or as much of it as can be done. Telling costs one request a shard where nothing has happened."""
    try:
        probed = probe(desk, now)
    finally:
        told = work(desk, now, act)
    return Minute(probed=probed, told=told)
