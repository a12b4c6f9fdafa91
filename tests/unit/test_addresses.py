"""Addresses that no S3 server may have."""

from __future__ import annotations

import socket

import pytest

from shared.stores.addresses import AddressForbiddenError, AddressRules, addresses_of

STRICT = AddressRules(allow_local=False, ours=frozenset({("10.0.0.5", 5432)}))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "169.254.169.254",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "fd00:ec2::254",
    ],
)
def test_local_addresses_are_refused(host: str) -> None:
    with pytest.raises(AddressForbiddenError):
        STRICT.check(host, 9000)


@pytest.mark.parametrize("host", ["10.0.0.5", "192.168.1.9", "93.184.216.34", "2001:db8::1"])
def test_others_are_not(host: str) -> None:
    STRICT.check(host, 9000)


@pytest.mark.parametrize("host", ["10.0.0.5", "::ffff:10.0.0.5"])
def test_our_own_servers_are_refused_even_where_local_ones_may_be(host: str) -> None:
    with pytest.raises(AddressForbiddenError, match="of our own"):
        AddressRules(allow_local=True, ours=STRICT.ours).check(host, 5432)


def test_a_connection_is_refused_when_it_is_made() -> None:
    """Also by an address literal, which no resolver sees."""
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9000))
    with pytest.raises(AddressForbiddenError):
        STRICT.make_socket(info)


def test_our_own_servers_are_looked_up() -> None:
    urls = ("postgresql://u:p@localhost/d", "redis://:p@127.0.0.1:7000/0", "unix:///tmp/x.sock")
    found = addresses_of(urls)
    assert {("127.0.0.1", 5432), ("127.0.0.1", 7000)} <= found
