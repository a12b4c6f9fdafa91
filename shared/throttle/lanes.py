"""Lanes: who is counted together, and how long they wait after so many failures."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

# One customer has at least so many IPv6 addresses (RFC 6177).
SUBSCRIBER_PREFIX: Final = 64
DIGEST_BYTES: Final = 16
MOST_DOUBLINGS: Final = 40


@dataclass(frozen=True, slots=True)
class Rule:
    """After `free` failures each next attempt waits twice as long, from `first` to `longest`.

    Until then `at_once` may be under way, for many honest people may share a lane; then one. All
    is forgotten `forget` seconds after the last attempt. Times in seconds.
    """

    free: int
    at_once: int
    first: float
    longest: float
    forget: float

    def at_once_after(self, failures: int) -> int:
        """Return how many attempts may be under way after so many failures."""
        return self.at_once if failures < self.free else 1

    def wait_after(self, failures: int) -> float:
        """Return how long the next attempt has to wait after so many failures."""
        paid = failures - self.free
        if paid <= 0:
            return 0
        return min(self.longest, math.ldexp(self.first, min(paid - 1, MOST_DOUBLINGS)))


@dataclass(frozen=True, slots=True)
class Lane:
    """What is counted together, such as one address or one account.

    Trusted lanes are those of devices that a person has used before: only they share them. Who
    has several, as their `owner`, still waits in line as one.
    """

    kind: str
    key: str
    rule: Rule
    is_trusted: bool = False
    owner: str = ""

    @property
    def name(self) -> str:
        """Tell it apart without saying whose it is: what people type may be a secret."""
        digest = hashlib.blake2b(self.key.encode("utf-8", "replace"), digest_size=DIGEST_BYTES)
        return f"{self.kind}:{digest.hexdigest()}"

    @property
    def asker(self) -> str:
        """Tell who takes turns with others."""
        return self.owner or self.name


def network_of(address: IPv4Address | IPv6Address) -> IPv4Network | IPv6Network:
    """Return what belongs to one customer: an IPv4 address, or 64 bits of an IPv6 address."""
    if isinstance(address, IPv4Address):
        return ip_network(address)
    return ip_network((address.packed, SUBSCRIBER_PREFIX), strict=False)
