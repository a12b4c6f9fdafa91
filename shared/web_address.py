"""Web addresses that are configured, in one form: that in which every client sends them.

Some clients send a host as it is written, others in lower case, without the port that goes without
saying, or in ASCII. Signatures cover it, and tokens and cookies are compared by it.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import idna

from shared.addresses import read_address

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
HOST_NAME: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_.])?")
NUMBERS: Final = re.compile(r"[0-9.]+|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?")


def canonical_address(text: str) -> str:
    """Write an address in its one form; ValueError says what is wrong with it."""
    parts = urlsplit(text.strip())
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("Must be an http or https address.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("Must be an address without a user name, a query or a fragment.")
    host = _canonical_host(parts.hostname)
    if parts.port not in {None, DEFAULT_PORTS[parts.scheme]}:
        host = f"{host}:{parts.port}"
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


def _canonical_host(host: str) -> str:
    if NUMBERS.fullmatch(host):
        address = read_address(host)
        return f"[{address}]" if address.version == 6 else str(address)
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    if not HOST_NAME.fullmatch(host):
        raise ValueError("Must be the address of a host.")
    return host
