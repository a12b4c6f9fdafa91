"""Where an endpoint leads, looked at before anything is sent there."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from shared.errors import ENDPOINT_FORBIDDEN, SERVER_UNREACHABLE, MeridianError
from shared.stores.addresses import AddressForbiddenError

if TYPE_CHECKING:
    from shared.stores.stores import Stores

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


async def refuse_endpoint(stores: Stores, endpoint: str) -> None:
    """Raise ENDPOINT_FORBIDDEN where a name leads nowhere we may go, SERVER_UNREACHABLE for none.

    Connections are looked at again when they are made: a name may lead elsewhere by then.
    """
    parts = urlsplit(endpoint)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    loop = asyncio.get_running_loop()
    try:
        places = await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise unreachable("no_such_name", f"There is no host {parts.hostname}.") from error
    for place in places:
        try:
            stores.rules.check(str(place[4][0]), port)
        except AddressForbiddenError as error:
            raise MeridianError(ENDPOINT_FORBIDDEN, f"{endpoint}: {error}.") from error


def address_of(endpoint: str) -> tuple[str, str, int]:
    """Scheme, host and port: the same for all ways to write one endpoint."""
    parts = urlsplit(endpoint)
    return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]


def unreachable(reason: str, sentence: str) -> MeridianError:
    """Say why a server cannot be used: a word for programs, a sentence for people."""
    return MeridianError(SERVER_UNREACHABLE, sentence, reason=reason)
