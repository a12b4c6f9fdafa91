"""Which servers should hold a version, and what may be done with a server: asked here only.

Each rule stands here twice: in Python, and as SQL about a row of servers. A test compares them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.catalog.servers import Server

# It should have every version that is stored.
HOLDS: Final = "(servers.is_active AND NOT servers.is_draining)"
# What it has may be read and erased.
OPEN: Final = "servers.is_on"
# Something may be written to it now.
TAKES: Final = f"({HOLDS} AND {OPEN} AND servers.takes_writes)"


def should_hold(servers: Iterable[Server]) -> list[Server]:
    """Choose the servers that should have a version; who has it besides keeps it."""
    return [server for server in servers if server.is_active and not server.is_draining]


def is_open(server: Server) -> bool:
    """Whether what it has may be read and erased: the operator has not switched it off."""
    return server.is_on


def takes_writes(server: Server) -> bool:
    """Whether uploads and copies may be sent to it now."""
    return bool(should_hold([server])) and server.is_on and server.takes_writes
