"""Services that nobody has seen for too long: time is unknown while the monitor sleeps, and as long as somebody lets it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from shared.actions.desk import Desk
from shared.actions.watch import reading
from shared.domain.availability import State

TOO_LONG = timedelta(minutes=15)
"""Or three of a service's intervals, where they are longer."""


def problems(desk: Desk, now: datetime, is_named: Callable[[str], bool]) -> list[str]:
    """A sentence for each service that has been unknown for too long; one alone for all that are not named. `is_named`: by id.
    One request; none where nothing is watched."""
    if not desk.services().services:
        return []
    found, hidden = list[str](), 0
    for id, since in _unseen(desk, now):
        if is_named(id):
            found.append(f"the service {id} has been unknown for {int((now - since).total_seconds())} s")
        else:
            hidden += 1
    if hidden:
        found.append(
            "a service that is not public has been unknown for too long"
            if hidden == 1
            else f"{hidden} services that are not public have been unknown for too long"
        )
    return found


def _unseen(desk: Desk, now: datetime) -> Iterator[tuple[str, datetime]]:
    services = desk.services().services
    for id, track in sorted(reading.current(desk, now).items()):
        since = track.since
        if id not in services or since is None:
            continue  # taken out of the file: nobody is to look at it
        if track.state is State.UNKNOWN and now - since > max(TOO_LONG, 3 * services[id].interval):
            yield id, since
