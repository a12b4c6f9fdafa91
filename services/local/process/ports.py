"""Loopback ports: the gateway's by its rule, all others picked once and kept while free."""

from __future__ import annotations

import errno
import secrets
import socket
from typing import TYPE_CHECKING

from services.local.run.home import Home, LocalError

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOPBACK = "127.0.0.1"
LOOPBACK_IPV6 = "::1"
DEFAULT_GATEWAY_PORT = 8080
LAST_PORT = 65535
PORTS_FILE = "ports.json"
# Below the ports that systems hand out for outgoing connections, so that a kept one stays free.
FIRST_INNER_PORT = 20000
LAST_INNER_PORT = 31999
ATTEMPTS = 1000


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        return _can_bind(probe, LOOPBACK, port)


def _is_nobodys(port: int) -> bool:
    """Tell whether a port is free at every address that browsers know `localhost` by."""
    if not is_free(port):
        return False
    try:
        with socket.socket(socket.AF_INET6) as probe:
            return _can_bind(probe, LOOPBACK_IPV6, port)
    except OSError:
        # This machine has no such address.
        return True


def _can_bind(probe: socket.socket, address: str, port: int) -> bool:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((address, port))
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            return False
        raise
    return True


def gateway_port(wanted: int | None) -> int:
    """Return a wanted port, or the default one or the next that is free; LocalError if taken."""
    if wanted is None:
        candidates = range(DEFAULT_GATEWAY_PORT, LAST_PORT)
        return next(port for port in candidates if _is_nobodys(port))
    if _is_nobodys(wanted):
        return wanted
    raise LocalError(
        f"port {wanted} is taken or may not be used; choose another one with MERIDIAN_PORT, "
        f"or leave it out to get the first free one from {DEFAULT_GATEWAY_PORT} on"
    )


def keep_ports(home: Home, names: Iterable[str]) -> dict[str, int]:
    """Give each name the port it had before if that is free, else a new one; remember them."""
    before = home.read_passing(PORTS_FILE)
    ports: dict[str, int] = {}
    for name in names:
        kept = before.get(name)
        taken = set(ports.values())
        usable = isinstance(kept, int) and kept not in taken and is_free(kept)
        ports[name] = kept if usable and isinstance(kept, int) else _pick(taken)
    if ports != before:
        home.write(PORTS_FILE, {**before, **ports})
    return ports


def _pick(taken: set[int]) -> int:
    for _ in range(ATTEMPTS):
        port = secrets.choice(range(FIRST_INNER_PORT, LAST_INNER_PORT))
        if port not in taken and is_free(port):
            return port
    raise LocalError(f"no free port from {FIRST_INNER_PORT} to {LAST_INNER_PORT}")
