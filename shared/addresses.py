"""IP addresses as text: the only place where they are read.

An IPv4 address is written as an IPv6 one wherever a socket takes both (RFC 4291, 2.5.5.2). It is
the same address: it has the same place, the same limits and the same trust.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# What follows it names an interface of some machine, in any letters.
SCOPE: Final = "%"
MAPPED: Final = IPv6Network("::ffff:0:0/96")


def read_address(text: str) -> Address:
    """Read an address that has no scope, or raise ValueError."""
    if SCOPE in text:
        raise ValueError(f"{text!r} has a scope")
    address = ipaddress.ip_address(text.strip())
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def read_network(text: str) -> Network:
    """Read a network, or raise ValueError."""
    network = ipaddress.ip_network(text.strip())
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        inner = read_address(str(network.network_address))
        return ipaddress.ip_network(f"{inner}/{network.prefixlen - MAPPED.prefixlen}")
    return network
