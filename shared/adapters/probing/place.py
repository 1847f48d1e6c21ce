"""Where a check goes: its target taken apart. Nothing that is answered ever changes it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.adapters.probing.look import Unable

_URL = re.compile(r"[\x21-\x7e]{1,2000}")
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`name`: what is connected to, and what the certificate must be for. `host`: the Host header; `path` with its query."""

    name: str
    port: int
    is_tls: bool = False
    host: str = ""
    path: str = "/"


def of_url(url: str) -> Place:
    """Raises Unable for what is no plain http or https URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unable("The target is a URL that cannot be read.") from None
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    if usual is None or not _URL.fullmatch(url) or "\\" in url or "@" in parts.netloc or "#" in url:
        raise Unable("The target must be a plain http or https URL.")
    name, port = _named(parts.hostname or ""), usual if port is None else port
    shown = f"[{name}]" if ":" in name else name
    return Place(
        name=name,
        port=port,
        is_tls=parts.scheme == "https",
        host=shown if port == usual else f"{shown}:{port}",
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def of_host_and_port(target: str, *, is_tls: bool = False) -> Place:
    """ "db.example:5432", "[2001:db8::1]:443". Raises Unable for anything else."""
    host, _, port = target.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
        raise Unable("The target must be host:port.")
    return Place(name=_named(host[1:-1] if host.startswith("[") and host.endswith("]") else host), port=int(port), is_tls=is_tls)


def _named(host: str) -> str:
    name = host.rstrip(".")
    if not (_IPV6 if ":" in name else _NAME).fullmatch(name):
        raise Unable("The target names no host.")
    return name
