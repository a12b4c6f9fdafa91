"""The address of the person, not of the last proxy.

X-Forwarded-For is believed from the right, and only as far as trusted proxies wrote it.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs, web

from shared.addresses import Address, Network, read_address

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
LONGEST: Final = 500
REMEMBERED: Final = 4096
LOCAL: Final = ip_address("127.0.0.1")
TRUSTED_PROXIES: Final = web.AppKey("trusted_proxies", tuple[Network, ...])


def client_ip(request: web.Request) -> Address:
    """Tell where a request comes from; IPv4 written as IPv6 comes back as IPv4."""
    forwarded = ",".join(request.headers.getall(hdrs.X_FORWARDED_FOR, ()))
    return _locate(request.remote or "", forwarded[-LONGEST:], request.app[TRUSTED_PROXIES])


def nearest_untrusted(peer: Address, forwarded: str, trusted: Iterable[Network]) -> Address:
    """Walk back from the peer through trusted proxies; garbage ends the walk."""
    client = peer
    for hop in reversed(forwarded.split(",")):
        address = _read_address(hop)
        if address is None or not any(client in network for network in trusted):
            break
        client = address
    return client


@lru_cache(maxsize=REMEMBERED)
def _locate(remote: str, forwarded: str, trusted: tuple[Network, ...]) -> Address:
    # A peer without an address sits behind a Unix socket of this machine.
    peer = _read_address(remote) or LOCAL
    return nearest_untrusted(peer, forwarded, trusted)


def _read_address(hop: str) -> Address | None:
    host = hop.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return read_address(host.partition("%")[0])
    except ValueError:
        return None
