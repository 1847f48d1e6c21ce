"""Where the desk sends webhooks, and where it never does: a URL that somebody registered must be no way into our own network.

Source: the OWASP cheat sheet "Server-Side Request Forgery Prevention".
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared.domain.errors import AddressRefused, HookPostponed
from shared.domain.internet import Ip, is_public

type Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a name, as text. Raises OSError when there are none."""

_URL = re.compile(r"[\x21-\x7e]{1,2000}")
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]+")
_LOWEST_PORT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart. `path` has its query; `name` is what the certificate must be for, `host` what the Host header says."""

    is_tls: bool
    name: str
    host: str
    port: int
    path: str


def target(url: str, *, allow_http: bool = False) -> Target:
    """AddressRefused, and why, for what is no plain https URL."""
    if not _URL.fullmatch(url) or "\\" in url:
        raise AddressRefused("The URL must be up to 2,000 ASCII characters, without spaces or backslashes (other names: xn--…).")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("The URL cannot be read.") from None
    if parts.scheme != "https" and not (allow_http and parts.scheme == "http"):
        raise AddressRefused("The URL must begin with https://.")
    if "@" in parts.netloc:
        raise AddressRefused("The URL may not hold a user's name or password.")
    if parts.fragment or "#" in url:
        raise AddressRefused("The URL may not have a fragment (#…).")
    name = (parts.hostname or "").rstrip(".")
    if not (_IPV6.fullmatch(name) if "[" in parts.netloc else _NAME.fullmatch(name)):
        raise AddressRefused("The URL names no host.")
    usual = 443 if parts.scheme == "https" else 80
    port = usual if port is None else port
    if port != usual and port < _LOWEST_PORT:
        raise AddressRefused(f"The port {port} is not for webhooks; allowed: {usual}, and {_LOWEST_PORT} to 65535.")
    shown = f"[{name}]" if ":" in name else name
    return Target(
        is_tls=parts.scheme == "https",
        name=name,
        host=shown if port == usual else f"{shown}:{port}",
        port=port,
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def resolved(target: Target, resolve: Resolve, *, allow_private: bool = False) -> tuple[Ip, ...]:
    """The addresses to connect to, asked for once. AddressRefused if any of them is not public; HookPostponed if there are none.

    `allow_private`: on a developer's machine. Plain http goes to loopback alone even there.
    """
    try:
        found = tuple(dict.fromkeys(ip_address(text) for text in resolve(target.name, target.port)))
    except (OSError, UnicodeError, ValueError):
        found = ()
    if not found:
        raise HookPostponed(f"The name {target.name} has no address now.")
    if not allow_private and not all(map(is_public, found)):
        raise AddressRefused(f"{target.name} is a private address, or leads to one; webhooks go to public addresses only.")
    if not target.is_tls and not all(ip.is_loopback for ip in found):
        raise AddressRefused("Plain http is for addresses of this machine alone.")
    return found


def by_system(name: str, port: int) -> list[str]:
    """The system's resolver. It also reads spellings such as 2130706433, 0x7f.1 and 0177.0.0.1, as whoever connects would."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
