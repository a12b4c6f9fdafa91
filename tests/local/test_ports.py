"""Which ports a stack gets."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from services.local.process.ports import DEFAULT_GATEWAY_PORT, gateway_port, is_free, keep_ports
from services.local.run.home import LocalError, open_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def taken(port: int, address: str = "127.0.0.1") -> Iterator[int]:
    """Listen on a port, any for 0."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_wanted_port_is_used_or_an_error() -> None:
    with taken(0) as port, pytest.raises(LocalError, match=rf"port {port} .*MERIDIAN_PORT"):
        gateway_port(port)
    assert gateway_port(port) == port


def test_the_default_port_moves_to_the_next_free_one() -> None:
    first = gateway_port(None)
    assert first >= DEFAULT_GATEWAY_PORT
    with taken(first):
        assert gateway_port(None) > first


def has_ipv6() -> bool:
    try:
        with taken(0, "::1"):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_the_name_localhost_leads_to_nobody_else() -> None:
    """Browsers ask there first."""
    with taken(0, "::1") as port, pytest.raises(LocalError, match=f"port {port} is taken"):
        gateway_port(port)
    first = gateway_port(None)
    with taken(first, "::1"):
        assert gateway_port(None) > first
        # The others are never called by that name.
        assert is_free(first)


def test_ports_are_kept_while_they_are_free(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    ports = keep_ports(home, ("one", "two"))
    assert len(set(ports.values())) == 2
    assert keep_ports(home, ("two", "one")) == ports
    with taken(ports["one"]):
        moved = keep_ports(home, ("one", "two"))
    assert moved["one"] != ports["one"]
    assert moved["two"] == ports["two"]
    assert is_free(moved["one"])


@pytest.mark.parametrize("damage", ["", "{", "[1]", '{"one": "x", "two": null}'])
def test_a_damaged_file_of_ports_is_replaced(tmp_path: Path, damage: str) -> None:
    home = open_home(tmp_path)
    (tmp_path / "ports.json").write_text(damage)
    ports = keep_ports(home, ("one", "two"))
    assert keep_ports(home, ("one", "two")) == ports
