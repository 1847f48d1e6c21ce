"""Services that nobody has seen for too long: time is unknown while the monitor sleeps, and as long as somebody lets it."""

from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.watch import reading
from shared.domain.availability import State

TOO_LONG = timedelta(minutes=15)
"""Or three of a service's intervals, where they are longer."""


def problems(desk: Desk, now: datetime) -> list[str]:
    """A sentence for each service that has been unknown for too long. One request; none where nothing is watched."""
    services = desk.services().services
    if not services:
        return []
    found: list[str] = []
    for id, track in sorted(reading.current(desk, now).items()):
        since = track.since
        if track.state is State.UNKNOWN and since is not None and now - since > max(TOO_LONG, 3 * services[id].interval):
            found.append(f"the service {id} has been unknown for {int((now - since).total_seconds())} s")
    return found
