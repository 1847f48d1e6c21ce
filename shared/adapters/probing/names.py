"""Names, asked of the name servers that the system is set to (or others) without its getaddrinfo: that blocks a thread, and knows
no time limit. So an entry of /etc/hosts is not seen; `localhost` is this machine (RFC 6761)."""

from collections.abc import Sequence
from ipaddress import ip_address

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.resolver

from shared.adapters.probing.look import Failed, Unable

_LIFETIME_S = 3600.0
"""Whoever asks has a time limit of their own; until then a lost question is asked again."""


class Names:
    """`servers`: addresses and ports of name servers; none: those of the system."""

    def __init__(self, servers: Sequence[tuple[str, int]] = ()) -> None:
        self._servers = tuple(servers)

    async def addresses(self, name: str) -> list[str]:
        """IPv4, or, where a name has none, IPv6. Raises Failed when the name leads nowhere."""
        try:
            return [str(ip_address(name))]
        except ValueError:
            pass
        if name.lower() == "localhost" or name.lower().endswith(".localhost"):
            return ["127.0.0.1"]
        found = await self._asked(name, "A") or await self._asked(name, "AAAA")
        if not found:
            raise Failed("the name does not resolve", answered=False)
        return found

    async def records(self, name: str, kind: str) -> list[str]:
        """The values as text: TXT without quotation marks, names without the final full stop. Raises Failed if it has none."""
        found = await self._asked(name, kind)
        if not found:
            raise Failed(f"the name has no {kind} record")
        return found

    async def _asked(self, name: str, kind: str) -> list[str]:
        try:
            answer = await self._resolver().resolve(dns.name.from_text(name), dns.rdatatype.from_text(kind), lifetime=_LIFETIME_S)
        except dns.resolver.NXDOMAIN:
            raise Failed("the name does not resolve", answered=False) from None
        except dns.resolver.NoAnswer:
            return []
        except dns.resolver.NoNameservers:
            raise Failed("the name servers failed", answered=False) from None
        except dns.exception.Timeout:
            raise TimeoutError from None
        except (dns.exception.DNSException, UnicodeError, ValueError) as error:
            raise Unable(f"The name servers cannot be asked ({type(error).__name__}).") from None
        return [_text(record) for record in answer]

    def _resolver(self) -> dns.asyncresolver.Resolver:
        """Made for each question: where the system's name servers are changed, the next question goes to the new ones."""
        if not self._servers:
            return dns.asyncresolver.Resolver()
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [address for address, _ in self._servers]
        resolver.nameserver_ports = dict(self._servers)
        return resolver


def _text(record: object) -> str:
    if isinstance(record, dns.rdtypes.ANY.TXT.TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    return str(record).rstrip(".")
