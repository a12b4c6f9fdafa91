"""How long the choice of a server takes, among few and among many."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from benchmarks.figures import Figure
from services.storage.servers.fleet import Fleet
from services.storage.servers.measures import Report
from shared.addresses import read_address
from shared.catalog.servers import Server
from shared.geo import Place

NUMBERS: Final = (3, 50, 500)
CLIENT: Final = Place(mode="fake", ip=read_address("203.0.113.7"), latitude=42.36, longitude=-71.06)
REPORTED: Final = 10
LATE: Final = Report(ttfb_ms=900, ms=1000, bytes=1000)
MICRO: Final = 1e6


async def measure_choosing(seconds: float) -> list[Figure]:
    """Choose for a client whose network has reported of some of the servers."""
    return [_measure(number, seconds / len(NUMBERS)) for number in NUMBERS]


def _measure(number: int, seconds: float) -> Figure:
    unused: Any = None
    fleet, servers = Fleet(unused, unused), [_server(one) for one in range(number)]
    for server in servers[:REPORTED]:
        fleet.traffic.report(CLIENT, server.id, LATE)
    began, spent, choices = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        fleet.choose(CLIENT, servers, 1000, writing=True)
        choices += 1
    taken = (time.process_time() - spent) / choices
    return Figure(
        name=f"choose among {number} cities",
        value=taken * MICRO,
        unit="µs of processor",
        more_is_better=False,
    )


def _server(number: int) -> Server:
    return Server(
        id=UUID(int=number + 1),
        name=f"city-{number}",
        endpoint="",
        public_endpoint="",
        region="",
        bucket="",
        access_key="",
        secret_key_encrypted=b"",
        hook_secret_hash=b"",
        city="",
        zone="",
        latitude=number * 37 % 120 - 60.0,
        longitude=number * 61 % 360 - 180.0,
        is_on=True,
        is_active=True,
        capabilities={},
        updated_at=datetime.now(UTC),
    )
