"""A TCP check: whether somebody takes the connection."""

from shared.adapters.probing import place
from shared.adapters.probing.dial import Way, dialled
from shared.adapters.probing.look import Progress
from shared.domain.watch.service import Check


async def look(check: Check, way: Way, progress: Progress) -> None:
    async with dialled(place.of_host_and_port(check.target), way, progress):
        pass
