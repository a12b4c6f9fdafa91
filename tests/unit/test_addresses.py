"""An address is one address, however it is written."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from shared.addresses import read_address, read_network

ROOT = Path(__file__).parents[2]
READERS = re.compile(r"\bip_address\(|\bIPv[46]Address\(")
# Constants of the program itself are written as they are meant.
CONSTANT = re.compile(r"ip_address\(\"[0-9a-f.:/]+\"\)")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("100.2.0.1", "100.2.0.1"),
        (" 100.2.0.1 ", "100.2.0.1"),
        ("::ffff:100.2.0.1", "100.2.0.1"),
        ("::FFFF:6402:1", "100.2.0.1"),
        ("0:0:0:0:0:ffff:100.2.0.1", "100.2.0.1"),
        ("2001:DB8::1", "2001:db8::1"),
    ],
)
def test_an_address_is_unwrapped(text: str, address: str) -> None:
    assert read_address(text) == ip_address(address)


@pytest.mark.parametrize("text", ["", "a", "1.2.3", "1.2.3.4/8", "fe80::1%eth0", "1.2.3.04"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_address(text)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:127.0.0.1", "127.0.0.1/32"),
        ("fd00::/8", "fd00::/8"),
    ],
)
def test_a_network_is_unwrapped(text: str, network: str) -> None:
    assert read_network(text) == ip_network(network)


def test_nobody_else_reads_addresses() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in ("services", "shared")
        for path in (ROOT / package).rglob("*.py")
        if path != ROOT / "shared" / "addresses.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if READERS.search(CONSTANT.sub("", line))
    ]
    assert not found
