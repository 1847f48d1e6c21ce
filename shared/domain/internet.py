"""Which addresses belong to the public internet: the only ones that the desk connects to on its own account.

Source: the IANA registries of special-purpose addresses, as `ipaddress` knows them.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

type Ip = IPv4Address | IPv6Address

_NEVER = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # Azure's own service inside every virtual machine: public by the registries, and not for us
            "192.88.99.0/24",  # 6to4 relays
            "64:ff9b::/96",  # NAT64: stands for any IPv4 address, private ones too
            "64:ff9b:1::/48",
            "2002::/16",  # 6to4, likewise
            "2001::/32",  # Teredo, likewise
        ),
    )
)


def is_public(ip: Ip) -> bool:
    """Whether an address belongs to the public internet: not private, shared, loopback, link-local, multicast or reserved, and
    not one that stands for another address."""
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped or ip.is_site_local):
        return False
    special = ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_loopback or ip.is_unspecified
    return ip.is_global and not special and not any(ip.version == net.version and ip in net for net in _NEVER)


def leads_home(host: str) -> bool:
    """Whether a host, as it is written, can only be private: an address that is not public, or `localhost` (RFC 6761)."""
    name = host.rstrip(".").lower()
    try:
        return not is_public(ip_address(name))
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
