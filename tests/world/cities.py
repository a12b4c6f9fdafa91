"""Real S3 nodes of three cities, which a test may end and start again."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.local.process.child import Child, start_child
from services.local.process.guard import Guard, start_guard
from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from services.local.servers.cities import BUCKET, CITIES
from services.local.servers.cities import City as Place
from services.local.servers.node import Node
from shared.catalog.servers import NewServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PLACES = {place.name: place for place in CITIES}
NAMES = tuple(PLACES)
NEW_YORK, VLADIVOSTOK, CAPE_TOWN = NAMES
ACCESS_KEY, SECRET_KEY = "access", "very-secret"


@dataclass(slots=True)
class City:
    """The node of a city; `run` carries out work in the loop that watches over it."""

    place: Place
    node: Node
    guard: Guard
    logs: Path
    run: Callable[[Any], Any]
    child: Child | None = None

    @property
    def folder(self) -> Path:
        """Where the objects lie."""
        return self.node.folder / BUCKET

    @property
    def is_alive(self) -> bool:
        return self.child is not None and self.child.is_alive

    async def start(self) -> None:
        """Start the node on its data, unless it runs."""
        if not self.is_alive:
            self.child = await asyncio.to_thread(self.run, self._begin())

    async def kill(self) -> None:
        """End the node without a warning."""
        if self.child is not None and self.child.is_alive:
            await asyncio.to_thread(self.run, self.child.stop(0))

    def as_server(self, **changes: Any) -> NewServer:
        """What the catalog is told about the city."""
        known = {
            "name": self.place.name,
            "endpoint": self.node.endpoint,
            "public_endpoint": self.node.endpoint,
            "bucket": BUCKET,
            "access_key": self.node.access_key,
            "secret_key": self.node.secret_key,
            "hook_secret": hook_secret(self.place.name),
            "city": self.place.title,
            "zone": self.place.zone,
            "latitude": self.place.latitude,
            "longitude": self.place.longitude,
        }
        return NewServer(**{**known, **changes})

    async def _begin(self) -> Child:
        child = await start_child(self.node.command(), self.guard, self.logs)
        await child.until_ready()
        return child


def hook_secret(city: str) -> str:
    """What the webhook of a city shows."""
    return f"secret-of-{city}"


@contextmanager
def running_cities(folder: Path, run: Callable[[Any], Any]) -> Iterator[dict[str, City]]:
    """Run the nodes of all cities, by name."""
    home = open_home(folder)
    ports = keep_ports(home, NAMES)
    with start_guard() as guard:
        cities = {
            name: City(
                place,
                Node(name, home.subfolder(name), ports[name], ACCESS_KEY, SECRET_KEY),
                guard,
                home.logs,
                run,
            )
            for name, place in PLACES.items()
        }
        for city in cities.values():
            asyncio.run(city.start())
        yield cities
        for city in cities.values():
            asyncio.run(city.kill())
