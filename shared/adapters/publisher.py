"""ports.Publisher over HTTPS: one POST an event, to an address that was looked up once and found public, never redirected.

The connection goes to exactly the address that was judged, so that a name cannot change what it means between the look and the
call; the certificate must be for the name. No proxy of the environment is used.
Source: the Standard Webhooks specification 1.0.0.
"""

import http.client
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from threading import Thread, Timer
from time import monotonic

from shared.adapters import addresses
from shared.adapters.addresses import Resolve, Target
from shared.domain.errors import AddressRefused, HookPostponed, HookRefused
from shared.domain.internet import Ip

LIMIT_S = 10.0
"""From the look-up of the name to the end of the answer."""

READ_AT_MOST = 64 * 1024
ADDRESSES_TRIED = 4
LONGEST_WAIT_S = 24 * 3600.0
"""The most that a subscriber's Retry-After is heeded."""


class WebhookPublisher:
    """`allow_private`: on a developer's machine, and only there: private addresses, plain http to loopback. Threads share it."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolve = addresses.by_system,
        trust: ssl.SSLContext | None = None,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._trust = trust
        self._limit_s = limit_s

    def check(self, url: str) -> None:
        target = addresses.target(url, allow_http=self._allow_private)
        try:
            self._addresses(target)
        except HookPostponed as unknown:
            raise AddressRefused(unknown.detail) from None

    def post(self, url: str, secrets: Sequence[str], id: str, body: bytes, now: datetime) -> int:
        ends = monotonic() + self._limit_s
        target = addresses.target(url, allow_http=self._allow_private)
        found = self._addresses(target)
        try:
            status, told_wait = self._exchanged(target, found, _headers(target, secrets, id, body, now), body, ends)
        except (OSError, http.client.HTTPException, ValueError) as failure:
            raise HookPostponed(f"The subscriber does not answer ({_named(failure, ends)}).") from failure
        return _judged(status, told_wait, now)

    def _addresses(self, target: Target) -> tuple[Ip, ...]:
        """The look-up, in a thread of its own: the system's resolver knows no time limit."""
        answers: list[tuple[Ip, ...] | Exception] = []

        def look_up() -> None:
            try:
                answers.append(addresses.resolved(target, self._resolve, allow_private=self._allow_private))
            except Exception as failure:
                answers.append(failure)

        thread = Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(self._limit_s / 2)
        answer = answers[0] if answers else HookPostponed(f"The name {target.name} was not found in time.")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _exchanged(
        self, target: Target, found: tuple[Ip, ...], headers: dict[str, str], body: bytes, ends: float
    ) -> tuple[int, str | None]:
        """The status and Retry-After of the answer. Whatever it is waiting for, it ends at the time limit."""
        with _connected(found, target.port, ends) as plain, _cut_off(plain, ends):
            sock = self._context.wrap_socket(plain, server_hostname=target.name) if target.is_tls else plain
            connection = http.client.HTTPConnection(target.name, target.port)
            connection.sock = sock
            with closing(connection):
                connection.request("POST", target.path, body=body, headers=headers)
                answer = connection.getresponse()
                told = answer.status, answer.headers.get("Retry-After")
                with suppress(OSError, http.client.HTTPException, ValueError):
                    answer.read(READ_AT_MOST)
                return told

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._trust or ssl.create_default_context()


def _headers(target: Target, secrets: Sequence[str], id: str, body: bytes, now: datetime) -> dict[str, str]:
    """With a signature by each secret, so that the other side can change over in its own time."""
    from standardwebhooks import Webhook

    signatures = [Webhook(secret).sign(id, now.astimezone(UTC), body.decode()) for secret in secrets]
    return {
        "Host": target.host,
        "Content-Type": "application/json",
        "User-Agent": "Sportello-Webhooks/1",
        "Connection": "close",
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _connected(found: tuple[Ip, ...], port: int, ends: float) -> socket.socket:
    """To the first of the addresses that answers, each given its share of half the time left. Raises OSError when none does."""
    tried = found[:ADDRESSES_TRIED]
    share = max(0.05, (ends - monotonic()) / 2 / len(tried))
    failure = OSError("no address")
    for ip in tried:
        sock = socket.socket(socket.AF_INET6 if ip.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.settimeout(share)
            sock.connect((str(ip), port))
            sock.settimeout(max(0.05, ends - monotonic()))
            return sock
        except OSError as refused:
            sock.close()
            failure = refused
    raise failure


@contextmanager
def _cut_off(sock: socket.socket, ends: float) -> Iterator[None]:
    """Ends a connection when its time is over, whoever still reads from it: a socket's own limit begins anew at every byte."""
    shadow = sock.dup()  # TLS takes the socket itself over
    watch = Timer(max(0.05, ends - monotonic()), _shut, [shadow])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        watch.join()
        shadow.close()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _judged(status: int, told_wait: str | None, now: datetime) -> int:
    if 200 <= status < 300:
        return status
    if status == 410:
        raise HookRefused("The subscriber says that it is gone (410).")
    why = " and redirects are not followed" if 300 <= status < 400 else ""
    raise HookPostponed(f"The subscriber answered {status}{why}.", retry_after_s=_wait_s(told_wait, now))


def _wait_s(told: str | None, now: datetime) -> float | None:
    """Seconds from Retry-After: a number, or a date (RFC 9110, 10.2.3)."""
    told = (told or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", told):
        return min(float(told), LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(told)
    except (ValueError, TypeError):
        return None
    wait = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(max(0.0, wait), LONGEST_WAIT_S)


def _named(failure: Exception, ends: float) -> str:
    """What went wrong, in a few words; nothing that the other side has sent."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {failure.verify_message}"
    if isinstance(failure, TimeoutError) or monotonic() >= ends:
        return "no answer in time"
    return type(failure).__name__
