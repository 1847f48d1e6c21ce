"""An HTTP check: one GET, whose answer is judged by its status and, where the check says so, by its body.

A redirect is an answer like any other: allowed by its status, or a failure; it is never followed.
"""

import asyncio
import json
import re
from urllib.parse import urlsplit

import h11

from shared.adapters.probing import place
from shared.adapters.probing.dial import Stream, Way, dialled
from shared.adapters.probing.look import Failed, Progress, Step
from shared.adapters.probing.place import Place
from shared.domain.watch.service import Check

READ_AT_MOST = 256 * 1024
_CHUNK = 64 * 1024
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,253}")
_ABSENT = object()


async def look(check: Check, way: Way, progress: Progress) -> None:
    there = place.of_url(check.target)
    async with dialled(there, way, progress) as stream:
        answer = _Answer(stream)
        try:
            head = await answer.head(there, way.agent)
            if head.status_code not in check.status:
                raise Failed(_unexpected(head, check, there))
            progress.step = Step.REST
            body, is_whole = await answer.body()
        except h11.RemoteProtocolError:
            raise Failed(answer.why_broken(), answered=False) from None
    if check.contains is not None or check.json_path is not None:
        _judge(check, head, body, is_whole)


class _Answer:
    """A request, and its answer piece by piece."""

    def __init__(self, stream: Stream) -> None:
        self._reader, self._writer = stream
        self._connection = h11.Connection(h11.CLIENT)
        self._received = 0
        self._is_cut = False

    async def head(self, there: Place, agent: str) -> h11.Response:
        headers = {"Host": there.host, "User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        headers |= {"Cache-Control": "no-cache", "Connection": "close"}
        request = h11.Request(method="GET", target=there.path, headers=list(headers.items()))
        self._writer.write(self._connection.send(request) or b"")
        self._writer.write(self._connection.send(h11.EndOfMessage()) or b"")
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                return event
            if isinstance(event, h11.ConnectionClosed):
                raise h11.RemoteProtocolError("closed")

    async def body(self) -> tuple[bytes, bool]:
        """What there is of it, and whether that is all."""
        found = bytearray()
        while len(found) <= READ_AT_MOST:
            event = await self._event()
            if not isinstance(event, h11.Data):
                return bytes(found), True
            found += event.data
        return bytes(found[:READ_AT_MOST]), False

    def why_broken(self) -> str:
        if not self._is_cut:
            return "the answer is not HTTP"
        return (
            "the connection was closed in the midst of the answer" if self._received else "the connection was closed unanswered"
        )

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            event = self._connection.next_event()
            if event is not h11.NEED_DATA:
                return event  # type: ignore[return-value]
            received = await self._reader.read(_CHUNK)
            if received and not self._received and received[:5] != b"HTTP/"[: len(received)]:
                raise h11.RemoteProtocolError("speaks something else, and might wait for us for ever")
            self._received += len(received)
            self._is_cut = not received
            self._connection.receive_data(received)
            await asyncio.sleep(0)  # a server that never pauses must leave the others their turns


def _unexpected(head: h11.Response, check: Check, there: Place) -> str:
    """A redirect with the host alone: what else it names may be nobody else's business."""
    wanted = " or ".join(map(str, check.status))
    if not 300 <= head.status_code < 400:
        return f"answered {head.status_code}, expected {wanted}"
    return f"redirected to {_host(_header(head, b'location'), there)} ({head.status_code}), expected {wanted}"


def _host(location: str, there: Place) -> str:
    try:
        parts = urlsplit(location)
        host = parts.netloc.rpartition("@")[2] or there.host
    except ValueError:
        return "nowhere"
    if not location:
        return "nowhere"
    if host == there.host and parts.scheme in ("", "https" if there.is_tls else "http"):
        return "another page of the same host"
    return host if _HOST.fullmatch(host) else "another host"


def _judge(check: Check, head: h11.Response, body: bytes, is_whole: bool) -> None:
    if _header(head, b"content-encoding").lower() not in ("", "identity"):
        raise Failed("the answer is compressed, which was not asked for")
    if check.contains is not None and check.contains.encode() not in body:
        raise Failed("the answer lacks the expected text" + ("" if is_whole else " in its first 256 KiB"))
    if check.json_path is not None:
        if not is_whole:
            raise Failed("the answer is longer than 256 KiB, too long for JSON")
        value = _at(check.json_path, _parsed(body))
        if value is _ABSENT:
            raise Failed(f"the JSON has nothing at {check.json_path}")
        if check.equals is not None and _shown(value) != check.equals:
            raise Failed(f"the JSON is not {check.equals[:60]!r} at {check.json_path}")


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Failed("the answer is not JSON") from None


def _at(path: str, value: object) -> object:
    """ "checks.0.state": keys of objects, numbers of lists."""
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part, _ABSENT)
        elif isinstance(value, list) and part.isascii() and part.isdigit() and int(part[:9]) < len(value):
            value = value[int(part[:9])]
        else:
            return _ABSENT
    return value


def _shown(value: object) -> str:
    """Text as it is, anything else as JSON writes it: true, 3, null."""
    return value if isinstance(value, str) else json.dumps(value)


def _header(head: h11.Response, name: bytes) -> str:
    return next((value.decode("latin-1").strip() for key, value in head.headers if key == name), "")
