"""What a check may point at: absolute URLs, host:port, names. Whatever could lead a probe elsewhere than it says is a mistake.

Every function takes the text as the file has it and raises ValueError with what is allowed.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared.catalogue.parser.words import shown
from shared.domain.internet import leads_home

_NAME = re.compile(
    r"(?=.{1,253}\.?$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?"
)
_IN_DISGUISE = re.compile(
    r"[0-9]+|0[xX][0-9A-Fa-f]*"
)  # at the end of 127.1 and 0x7f000001, which some resolvers take for addresses
_IN_URLS = re.compile(r"[A-Za-z0-9!#$%&'()*+,./:;=?@_~\[\]-]+")  # RFC 3986: no spaces, backslashes, braces


def url_of(text: str, *, allow_private: bool = False) -> str:
    """https://host[:port]/path?query, or http. `allow_private`: of the desk itself, wherever it runs."""
    wanted = f"must be an absolute URL such as https://www.example.com/health, not {shown(text)}"
    if not _IN_URLS.fullmatch(text):
        raise ValueError(f"{wanted}; what is no letter of ASCII, no digit and no mark of a URL is written with % or as xn--")
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise ValueError(wanted) from None
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError(wanted)
    if url.username is not None or url.password is not None:
        raise ValueError("must not hold a user name or a password: everybody who reads the file would have them")
    if url.fragment or text.endswith("#"):
        raise ValueError("must not have a part after #: it is never sent")
    if port == 0:
        raise ValueError(wanted)
    _host(url.hostname, wanted, allow_private)
    return text


def place_of(text: str, *, allow_private: bool = False) -> str:
    """host:port; an IPv6 address in brackets."""
    wanted = f"must be host:port such as mail.example.com:993 or [2001:db8::1]:443, not {shown(text)}"
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError(wanted)
    if host.startswith("[") and host.endswith("]") and ":" in host:
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(wanted)
    _host(host, wanted, allow_private)
    return text


def name_of(text: str, *, allow_private: bool = False) -> str:
    """A name to be looked up: nothing is connected to, so it may lead anywhere."""
    wanted = f"must be a name such as www.example.com, not {shown(text)}"
    if _is_address(text) or not _NAME.fullmatch(text):
        raise ValueError(wanted)
    return text


def _host(host: str, wanted: str, allow_private: bool) -> None:
    if _is_address(host):
        address = ip_address(host)
        address = getattr(address, "ipv4_mapped", None) or address  # ::ffff:169.254.169.254
        if address.is_link_local:
            raise ValueError("must not be a link-local address: clouds keep the secrets of their machines there")
        if address.is_unspecified or address.is_multicast:
            raise ValueError(wanted)
    elif not _NAME.fullmatch(host) or _IN_DISGUISE.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise ValueError(wanted)
    if not allow_private and leads_home(host):
        raise ValueError("must not be a private address: the desk looks from outside, and would leave it unknown for ever")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
