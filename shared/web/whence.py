"""From where a request comes, as the platform tells it: App Service appends the caller's address to X-Forwarded-For."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

LONGEST_AGENT = 300


def address(headers: Mapping[str, str]) -> str:
    """The caller's address, without its port; "" where the platform does not say. Entries before the last are the caller's own
    words, and are not believed.
    """
    last = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if last.startswith("["):
        last = last[1:].partition("]")[0]
    elif last.count(":") == 1:
        last = last.partition(":")[0]
    try:
        return str(ip_address(last))
    except ValueError:
        return ""


def network(headers: Mapping[str, str]) -> str:
    """The caller's network, as small as one who has many addresses usually has them: of IPv4 /24, of IPv6 /48."""
    found = address(headers)
    return str(ip_network(f"{found}/{48 if ':' in found else 24}", strict=False)) if found else ""


def agent(headers: Mapping[str, str]) -> str:
    """What the browser calls itself, on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in headers.get("user-agent", "")).split())[:LONGEST_AGENT]
