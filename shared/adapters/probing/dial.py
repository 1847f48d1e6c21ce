"""A connection to the one place that a check names: to an address that was looked up once and found public."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address

from shared.adapters.probing.look import Progress, Step, Unable
from shared.adapters.probing.names import Names
from shared.adapters.probing.place import Place
from shared.domain.internet import is_public

ADDRESSES_TRIED = 4

type Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """`trust`: whose certificates are believed. `allow_private`: on a developer's machine, and only there. `agent`: who asks."""

    names: Names
    trust: ssl.SSLContext
    agent: str
    allow_private: bool = False


@asynccontextmanager
async def dialled(place: Place, way: Way, progress: Progress) -> AsyncIterator[Stream]:
    """An open connection, which is cut off on leaving, whatever is still under way on it. Raises Failed, Unable or OSError."""
    reader, writer = await _connected(place, way, progress)
    try:
        if place.is_tls:
            progress.step = Step.HANDSHAKE
            await writer.start_tls(way.trust, server_hostname=place.name, ssl_handshake_timeout=3600)
        progress.step = Step.ANSWER
        yield reader, writer
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)  # the loop closes the socket on its next turn


async def _connected(place: Place, way: Way, progress: Progress) -> Stream:
    """To the first of the addresses that answers, each given its share of the time that is left."""
    found = list(dict.fromkeys(map(ip_address, await way.names.addresses(place.name))))
    if not way.allow_private and not all(map(is_public, found)):
        raise Unable("The target is a private address, or leads to one, where nothing is asked.")
    progress.step = Step.CONNECTION
    tried = found[:ADDRESSES_TRIED]
    for number, ip in enumerate(tried[:-1]):
        share = (progress.ends - asyncio.get_running_loop().time()) / (len(tried) - number)
        try:
            async with asyncio.timeout(share):
                return await asyncio.open_connection(str(ip), place.port)
        except OSError:
            continue
    return await asyncio.open_connection(str(tried[-1]), place.port)
