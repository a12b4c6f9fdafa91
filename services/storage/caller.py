"""Who asks for something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Caller:
    """A person and the address the request came from."""

    user_id: UUID
    ip: IPv4Address | IPv6Address | None
