"""Puts load on an address and tells what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from loadtest.processes import cpu_seconds
from loadtest.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

HUNDRED = 100
FEWEST = 2


class BenchmarkError(Exception):
    """A measurement that means nothing: what was asked for was not done."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much to ask: connections, and seconds (None: each request once)."""

    clients: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a load: times in milliseconds, `cpu_ms` a request."""

    requests: int
    per_second: float
    p50: float
    p99: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the load generator saw: answers by status, and how long each took (milliseconds)."""

    seconds: float
    milliseconds: list[float]
    statuses: dict[str, int]


def http_request(
    method: str, url: str, headers: Mapping[str, str], body: str = ""
) -> tuple[str, str]:
    """Write a request out; its address comes first."""
    parts = urlsplit(url)
    target = urlunsplit(("", "", parts.path, parts.query, ""))
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {text}" for name, text in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return parts.netloc, "\r\n".join([*lines, "", body])


async def put_load(
    requests: Sequence[tuple[str, str]], load: Load, pids: Collection[int], expected: int
) -> Outcome:
    """Send the requests; BenchmarkError when one of them has another status than expected."""
    before = cpu_seconds(pids)
    seen = await _pump(requests, load)
    cpu = cpu_seconds(pids) - before
    odd = {name: found for name, found in seen.statuses.items() if name != str(expected)}
    times = seen.milliseconds
    if odd or len(times) < FEWEST:
        raise BenchmarkError(f"{requests[0][1].splitlines()[0]}: {odd or 'hardly an answer'}")
    cuts = quantiles(times, n=HUNDRED)
    return Outcome(
        requests=len(times),
        per_second=len(times) / seen.seconds,
        p50=cuts[HUNDRED // 2 - 1],
        p99=cuts[HUNDRED - 2],
        cpu_ms=1000 * cpu / len(times),
    )


async def _pump(requests: Sequence[tuple[str, str]], load: Load) -> Seen:
    host, _, port = requests[0][0].rpartition(":")
    plan = {
        "host": host,
        "port": int(port),
        "clients": load.clients,
        "seconds": load.seconds,
        "requests": [text.encode().decode("latin-1") for _, text in requests],
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.pump",
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate(json.dumps(plan).encode())
    if process.returncode:
        raise BenchmarkError("the load generator failed")
    return Seen(**json.loads(said))
