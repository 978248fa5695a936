"""Which IP addresses are not of the public internet, and why; pure tables.

From IANA's registries of special-purpose addresses (RFC 6890 and later), read in 2026, and the
addresses at which clouds hand out credentials. Python's own is_global differs between versions.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

# What hands out a machine's credentials, links of one cable, and what is no single host: not even
# an owner's rule opens these.
_NEVER = {
    "169.254.0.0/16": "a link-local address, as clouds' metadata services have",
    "168.63.129.16/32": "a cloud's own service",
    "100.100.100.200/32": "a cloud's metadata service",
    "fd00:ec2::/32": "a cloud's metadata service",
    "fe80::/10": "a link-local address",
    "0.0.0.0/8": "no host's address",
    "::/128": "no host's address",
    "224.0.0.0/4": "a multicast address",
    "ff00::/8": "a multicast address",
    "240.0.0.0/4": "a reserved address",
}
_PRIVATE = {
    "127.0.0.0/8": "an address of this computer",
    "::1/128": "an address of this computer",
    "10.0.0.0/8": "a private address",
    "172.16.0.0/12": "a private address",
    "192.168.0.0/16": "a private address",
    "100.64.0.0/10": "an address inside a provider's network",
    "192.0.0.0/24": "a reserved address",
    "192.0.2.0/24": "a reserved address",
    "192.88.99.0/24": "a reserved address",
    "198.18.0.0/15": "a reserved address",
    "198.51.100.0/24": "a reserved address",
    "203.0.113.0/24": "a reserved address",
    "fc00::/7": "a private address",
    "2001::/23": "a tunnel's or a reserved address",
    "2001:db8::/32": "a reserved address",
    "2002::/16": "a tunnel's address",
    "3fff::/20": "a reserved address",
}
_NEVER_NETWORKS = [(ip_network(network), why) for network, why in _NEVER.items()]
_PRIVATE_NETWORKS = [(ip_network(network), why) for network, why in _PRIVATE.items()]
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
# RFC 5214: an interface id that begins so carries an IPv4 address.
_ISATAP = (0x00005EFE, 0x02005EFE)


def why_not_public(text: str) -> str | None:
    """Why an address is not of the public internet ("a private address"); None where it is.

    Raises ValueError for what is no IP address.
    """
    address = carried(ip_address(text))
    if why := _among(address, _NEVER_NETWORKS) or _among(address, _PRIVATE_NETWORKS):
        return why
    if isinstance(address, IPv4Address):
        return None
    if address not in _GLOBAL_UNICAST:
        return "a reserved address"
    return "a tunnel's address" if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP else None


def why_never(text: str) -> str | None:
    """Why not even an owner's rule opens an address; None where one can."""
    return _among(carried(ip_address(text)), _NEVER_NETWORKS)


def carried(address: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 one stands for (mapped, or a translator's), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _among(address: IpAddress, networks: Sequence[tuple[IpNetwork, str]]) -> str | None:
    return next((why for network, why in networks if address in network), None)
