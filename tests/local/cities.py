"""One real city: an S3 server behind its edge, and somebody who listens to its events."""

from __future__ import annotations

import asyncio
import io
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus
from uuid import uuid4

import aiohttp
from aiohttp import web
from botocore.config import Config
from botocore.session import get_session

from services.local.process.child import Child, start_child
from services.local.process.guard import start_guard
from services.local.process.ports import LOOPBACK, keep_ports
from services.local.run.home import open_home
from services.local.servers.cities import BUCKET, CITIES
from services.local.servers.edge_command import Edge
from services.local.servers.node import Node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOOK_SECRET = "hook-secret"
REGION = "us-east-1"
SECRET_KEY = "secret-of-the-city"
WAIT_SECONDS = 5
S3_CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@dataclass(frozen=True, slots=True)
class Event:
    """An event that was heard; `described` is its object."""

    name: str
    key: str
    described: dict[str, Any]


@dataclass(slots=True)
class Listener:
    """Stands where the storage service does: keeps the events it gets.

    It refuses the first few, and takes none in while it is `busy`.
    """

    heard: asyncio.Queue[tuple[str, Any]] = field(default_factory=asyncio.Queue)
    posts: int = 0
    refusals: int = 0
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, request: web.Request) -> web.Response:
        async with self.busy:
            if self.refusals:
                self.refusals -= 1
                return web.Response(status=503)
            body = await request.json()
            self.posts += 1
            for record in body["Records"]:
                # What is told of a single one besides.
                single = body if "Key" in body else {}
                await self.heard.put((request.headers["Authorization"], (record, single)))
            return web.Response(status=204)

    async def next(self) -> Event:
        async with asyncio.timeout(WAIT_SECONDS):
            secret, (record, single) = await self.heard.get()
        assert secret == f"Bearer {HOOK_SECRET}"
        name, place = record["eventName"], record["s3"]
        key = f"{BUCKET}/{unquote_plus(place['object']['key'])}"
        assert place["bucket"]["name"] == BUCKET
        assert not single or (single["EventName"], single["Key"]) == (name, key)
        return Event(name, key, place["object"])

    def forget(self) -> None:
        while not self.heard.empty():
            self.heard.get_nowait()
        self.refusals = self.posts = 0


@dataclass(slots=True)
class LiveCity:
    """A running city, and how a client of it behaves."""

    edge: Edge
    listener: Listener
    session: aiohttp.ClientSession
    children: dict[str, Child]

    @property
    def credentials(self) -> dict[str, Any]:
        """What botocore needs to speak with the edge."""
        return credentials(self.edge.endpoint, self.edge.node.access_key)

    def sign(self, operation: str, key: str, **more: Any) -> str:
        """Have botocore presign a request to the edge."""
        client = botocore_client(self.edge.endpoint, self.edge.node.access_key)
        wanted = {"Bucket": BUCKET, "Key": key, **more}
        url: str = client.generate_presigned_url(operation, Params=wanted, ExpiresIn=60)
        return url

    async def put(self, content: bytes) -> str:
        """Store a new object through the edge and return its key."""
        key = f"object-{uuid4().hex}"
        async with self.session.put(
            self.sign("put_object", key), data=io.BytesIO(content)
        ) as answer:
            assert answer.status == 200, await answer.text()
        return key

    async def get(self, key: str, headers: dict[str, str] | None = None) -> Answer:
        """Read an object through the edge."""
        return await self.ask("GET", self.sign("get_object", key), headers=headers)

    async def ask(self, method: str, url: str, **more: Any) -> Answer:
        """Send a request and read all of its answer."""
        async with self.session.request(method, url, **more) as answer:
            headers = {name.lower(): text for name, text in answer.headers.items()}
            return Answer(answer.status, headers, await answer.read())

    async def fault(self, **fault: Any) -> None:
        """Have the city slowed or lost; nothing ends it."""
        url = f"{self.edge.endpoint}/-/fault"
        answer = await self.ask("PUT", url, json=fault) if fault else await self.ask("DELETE", url)
        assert answer.status == 200, answer.body


def credentials(endpoint: str, access_key: str) -> dict[str, Any]:
    """What botocore needs to speak with a server."""
    return {
        "endpoint_url": endpoint,
        "region_name": REGION,
        "aws_access_key_id": access_key,
        "aws_secret_access_key": SECRET_KEY,
        "config": S3_CONFIG,
    }


@cache
def botocore_client(endpoint: str, access_key: str) -> Any:
    """Make a client once, for that takes long."""
    return get_session().create_client("s3", **credentials(endpoint, access_key))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def running_city(folder: Path) -> AsyncIterator[LiveCity]:
    """Run an S3 server, its edge and a listener."""
    home = open_home(folder)
    ports = keep_ports(home, ("node", "edge", "hook"))
    node = Node("here", home.subfolder("objects"), ports["node"], "here", SECRET_KEY)
    hook_url = f"http://{LOOPBACK}:{ports['hook']}/hook"
    edge = Edge(CITIES[0], node, ports["edge"], hook_url, HOOK_SECRET)
    listener = Listener()
    with start_guard() as guard:
        children = {}
        for name, part in (("node", node), ("edge", edge)):
            children[name] = await start_child(part.command(), guard, home.logs)
            await children[name].until_ready()
        async with listening(listener, ports["hook"]), aiohttp.ClientSession() as session:
            yield LiveCity(edge, listener, session, children)
        for child in children.values():
            await child.stop(WAIT_SECONDS)


@asynccontextmanager
async def listening(listener: Listener, port: int) -> AsyncIterator[None]:
    """Serve the webhook."""
    app = web.Application()
    app.router.add_post("/hook", listener.take)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    try:
        yield
    finally:
        await runner.cleanup()
