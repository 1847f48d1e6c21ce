"""ports.Prober over the network: all at once in one event loop, which ends with the run and leaves no thread and no socket."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

from shared.domain.watch.sample import Sample
from shared.domain.watch.service import Service

if TYPE_CHECKING:
    from shared.adapters.probing.dial import Way


class NetworkProber:
    """`agent`: who asks, as the User-Agent says it. `servers`: name servers other than the system's, as addresses and ports.

    `allow_private`: on a developer's machine, and only there. `trust`, `clock`: for tests.
    """

    def __init__(
        self,
        *,
        agent: str = "Sportello-Probe/1",
        allow_private: bool = False,
        servers: Sequence[tuple[str, int]] = (),
        trust: ssl.SSLContext | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._agent = agent
        self._allow_private = allow_private
        self._servers = tuple(servers)
        self._trust = trust
        self._clock = clock

    def probe(self, services: Sequence[Service], now: datetime, budget: timedelta) -> list[Sample]:
        return asyncio.run(self._probed(services, now, budget)) if services else []

    async def _probed(self, services: Sequence[Service], now: datetime, budget: timedelta) -> list[Sample]:
        from shared.adapters.probing.run import Run

        return await Run(self._way, now, budget, self._clock).probed(services)

    @cached_property
    def _way(self) -> "Way":
        """Made with the first run, which alone needs it."""
        from shared.adapters.probing.dial import Way
        from shared.adapters.probing.names import Names

        trust = self._trust or ssl.create_default_context()
        return Way(names=Names(self._servers), trust=trust, agent=self._agent, allow_private=self._allow_private)
