"""The S3 servers themselves, without Meridian: the raw limits of copying."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from benchmarks.load import BenchmarkError
from shared.signer import Credentials, presign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

RCLONE = Path(sys.executable).with_name("rclone")
# Without --ignore-times it would not copy again what is there.
FLAGS = (
    *("--config", "/dev/null", "--s3-no-check-bucket"),
    *("--ignore-times", "--transfers", "16"),
)
REGION = "us-east-1"
URL_SECONDS = 300
PREFIX = "benchmark"
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Node:
    """An S3 server as the replicator reaches it."""

    name: str
    endpoint: str
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)

    def url(self, method: str, key: str) -> str:
        """Sign one request for an object."""
        credentials = Credentials(self.access_key, self.secret_key)
        return presign(credentials, self.endpoint, REGION, self.bucket, method, key, URL_SECONDS)

    def settings(self, remote: str) -> dict[str, str]:
        """Tell rclone of this server under a name."""
        settings = {
            "TYPE": "s3",
            "PROVIDER": "Other",
            "ENDPOINT": self.endpoint,
            "REGION": REGION,
            "ACCESS_KEY_ID": self.access_key,
            "SECRET_ACCESS_KEY": self.secret_key,
        }
        return {f"RCLONE_CONFIG_{remote}_{name}": text for name, text in settings.items()}


@dataclass(frozen=True, slots=True)
class Way:
    """From one server to others."""

    source: Node
    targets: Sequence[Node]


def find_way(run: Mapping[str, Any], endpoints: Mapping[str, str], source: str) -> Way:
    """From the server named `source` to all others, by their addresses for our own services."""
    nodes = [
        Node(
            server["name"],
            endpoints[server["name"]],
            server["bucket"],
            server["access_key"],
            server["secret_key"],
        )
        for server in run["servers"]
    ]
    return Way(
        next(node for node in nodes if node.name == source),
        [node for node in nodes if node.name != source],
    )


async def put_objects(node: Node, size: int, number: int) -> list[str]:
    """Put objects of random bytes straight into a server; their keys."""
    keys = [f"{PREFIX}/{position:05d}" for position in range(number)]
    async with aiohttp.ClientSession(raise_for_status=True) as client:
        for key in keys:
            await client.put(node.url("PUT", key), data=os.urandom(size))
    return keys


async def erase_objects(way: Way, keys: Iterable[str]) -> None:
    """Erase objects from all servers of a way."""
    async with aiohttp.ClientSession() as client:
        for key in keys:
            for node in (way.source, *way.targets):
                await client.delete(node.url("DELETE", key))


async def copy_by_rclone(way: Way, *, key: str | None = None, command: str = "copy") -> float:
    """Copy one object, or all of them, to every target at once; in seconds."""
    command, path = ("copyto", key) if key else (command, PREFIX)
    began = time.perf_counter()
    codes = await asyncio.gather(*(_rclone(command, way.source, to, path) for to in way.targets))
    if any(codes):
        raise BenchmarkError("rclone failed")
    return time.perf_counter() - began


async def copy_by_hand(way: Way, keys: Iterable[str]) -> float:
    """Stream objects from the source to every target, nothing checked; in seconds."""
    turn = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession() as client:

        async def move(key: str, target: Node) -> None:
            async with turn, client.get(way.source.url("GET", key)) as content:
                headers = {"Content-Length": str(content.content_length)}
                putting = client.put(target.url("PUT", key), data=content.content, headers=headers)
                async with putting as answer:
                    answer.raise_for_status()

        began = time.perf_counter()
        await asyncio.gather(*(move(key, to) for key in keys for to in way.targets))
        return time.perf_counter() - began


async def _rclone(command: str, source: Node, target: Node, path: str) -> int:
    process = await asyncio.create_subprocess_exec(
        str(RCLONE),
        command,
        *FLAGS,
        f"source:{source.bucket}/{path}",
        f"target:{target.bucket}/{path}",
        env={**os.environ, **source.settings("SOURCE"), **target.settings("TARGET")},
    )
    return await process.wait()
