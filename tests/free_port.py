"""A port of the loopback address that nobody listens on now."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Ask the system; somebody else may still take it first."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
