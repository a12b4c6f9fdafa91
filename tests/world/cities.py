"""Real S3 nodes of three cities, which a test may end and start again."""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

import aiohttp
from yarl import URL

from services.local.process.child import Child, start_child
from services.local.process.guard import Guard, start_guard
from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from services.local.servers.cities import BUCKET, CITIES
from services.local.servers.cities import City as Place
from services.local.servers.node import Node
from shared.catalog.servers import NewServer
from shared.signer import Credentials, presign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PLACES = {place.name: place for place in CITIES}
NAMES = tuple(PLACES)
NEW_YORK, VLADIVOSTOK, CAPE_TOWN = NAMES
UNFINISHED = re.compile(r"<Upload>.*?<Key>(.*?)</Key>.*?<UploadId>(.*?)</UploadId>", re.DOTALL)
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

    async def clear(self) -> None:
        """Erase what a test left, by signed requests: a client for each city takes far longer."""
        async with aiohttp.ClientSession() as session:
            for path in self.folder.rglob("*"):
                if path.is_file():
                    await self._send(session, "DELETE", path.relative_to(self.folder).as_posix())
            listed = await self._send(session, "GET", "", uploads="")
            for key, upload_id in UNFINISHED.findall(listed):
                await self._send(session, "DELETE", unescape(key), uploadId=upload_id)

    async def _send(
        self, session: aiohttp.ClientSession, method: str, key: str, **query: str
    ) -> str:
        place = (self.node.endpoint, "us-east-1", BUCKET)
        credentials = Credentials(self.node.access_key, self.node.secret_key)
        url = presign(credentials, *place, method, key, 60, query=query)
        async with session.request(method, URL(url, encoded=True)) as answer:
            assert answer.status in {200, 204, 404}, await answer.text()
            return await answer.text()

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
