"""Which addresses our services may connect to for an S3 server that an operator describes.

Looked at when a connection is made, so a name that leads elsewhere later is caught as well.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from shared.addresses import read_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import AddrInfoType

    from shared.addresses import Address
    from shared.env import SharedSettings

# aiohttp waits for ever for a server that takes no more bytes; Linux does not have to.
UNTAKEN_MILLISECONDS: Final = 20_000
# Amazon's metadata service has an address beside the link-local ones.
METADATA: Final = frozenset((ip_address("fd00:ec2::254"),))
DEFAULT_PORTS: Final = {"postgresql": 5432, "postgres": 5432, "redis": 6379, "rediss": 6379}


class AddressForbiddenError(OSError):
    """Nobody may be sent there."""


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Refuses addresses of this machine, of its neighbours' link, and of our own servers."""

    allow_local: bool = True
    ours: frozenset[tuple[str, int]] = frozenset()

    def check(self, host: str, port: int) -> None:
        """Raise AddressForbiddenError for an address, written as numbers, that may not be used."""
        address = _plain(host)
        if (str(address), port) in self.ours:
            raise AddressForbiddenError(f"{host}:{port} is a server of our own")
        if self.allow_local:
            return
        is_local = address.is_loopback or address.is_link_local or address.is_unspecified
        if is_local or address.is_multicast or address in METADATA:
            raise AddressForbiddenError(f"{host} may not be used")

    def make_socket(self, address: AddrInfoType) -> socket.socket:
        """Make the socket of a connection, unless it leads where it may not."""
        host, port = address[-1][:2]
        self.check(str(host), int(port))
        made = socket.socket(*address[:3])
        made.setblocking(False)
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        if option is not None:
            made.setsockopt(socket.IPPROTO_TCP, option, UNTAKEN_MILLISECONDS)
        return made


ANYWHERE: Final = AddressRules()


def rules_of(shared: SharedSettings) -> AddressRules:
    """The rules of a deployment: never its database or Redis."""
    ours = addresses_of((shared.database_url, shared.redis_url))
    return AddressRules(allow_local=shared.allow_local_servers, ours=ours)


def addresses_of(urls: Iterable[str]) -> frozenset[tuple[str, int]]:
    """Look up where the servers of such URLs are; those that have no address yet are left out."""
    found: set[tuple[str, int]] = set()
    for url in urls:
        parts = urlsplit(url)
        if not parts.hostname:
            continue
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        try:
            infos = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        except OSError:
            continue
        found |= {(str(_plain(str(place[4][0]))), port) for place in infos}
    return frozenset(found)


def _plain(host: str) -> Address:
    """The address without a scope, an IPv4 address out of its IPv6 form."""
    return read_address(host.partition("%")[0])
