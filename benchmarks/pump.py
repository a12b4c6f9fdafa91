"""The load generator: keep-alive connections that ask as fast as they are answered.

Runs as a process of its own, so that it takes no time from the one that measures:
`python -m benchmarks.pump < plan.json` prints what came of it as JSON.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

# Twelve digits in a request that become its number, so that every request is another one.
NUMBER = b"000000000000"
HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
SILENCE_SECONDS = 30
BODILESS = frozenset((b"204", b"304"))


@dataclass(slots=True)
class Work:
    """What the connections share: the requests to send, and what came of them."""

    requests: list[bytes]
    until: float | None
    numbers: count[int] = field(default_factory=count)
    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def next_request(self) -> bytes | None:
        """The next request: round and round until the time is over, or each of them once."""
        number = next(self.numbers)
        if self.until is None:
            return self.requests[number] if number < len(self.requests) else None
        if time.perf_counter() > self.until:
            return None
        return self.requests[number % len(self.requests)].replace(NUMBER, b"%012d" % number, 1)


class Connection(asyncio.Protocol):
    """One keep-alive connection; `ended` is done when there is nothing more to ask."""

    def __init__(self, work: Work) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._work = work
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first question."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer; when it is whole, ask the next question."""
        self._received = self._received + data if self._received else data
        end = self._received.find(HEAD_END)
        if end < 0:
            return
        status = self._received[9:12]
        if len(self._received) >= end + len(HEAD_END) + _length(status, self._received[:end]):
            self._work.milliseconds.append(1000 * (time.perf_counter() - self._since))
            self._work.statuses[status.decode()] += 1
            self._received = b""
            self._ask()

    def connection_lost(self, _error: Exception | None) -> None:
        """Count a question that was left without an answer."""
        if not self.ended.done():
            self._work.statuses["lost"] += 1
            self.ended.set_result(None)

    def _ask(self) -> None:
        assert self._transport is not None
        request = self._work.next_request()
        if request is None:
            self.ended.set_result(None)
            self._transport.close()
            return
        self._since = time.perf_counter()
        self._transport.write(request)


def _length(status: bytes, head: bytes) -> int:
    if status in BODILESS:
        return 0
    found = LENGTH.search(head)
    if found is None:
        raise ValueError("an answer without Content-Length cannot be measured")
    return int(found[1])


async def pump(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry out a plan: host, port, clients, requests, and seconds or null for each once."""
    began = time.perf_counter()
    until = None if plan["seconds"] is None else began + plan["seconds"]
    work = Work([text.encode("latin-1") for text in plan["requests"]], until)
    loop = asyncio.get_running_loop()
    connect = partial(loop.create_connection, partial(Connection, work))
    pairs = [await connect(plan["host"], plan["port"]) for _ in range(plan["clients"])]
    connections = [connection.ended for _, connection in pairs]
    patience = (plan["seconds"] or 0) + SILENCE_SECONDS
    await asyncio.wait(connections, timeout=patience)
    return {
        "seconds": time.perf_counter() - began,
        "milliseconds": work.milliseconds,
        "statuses": work.statuses,
    }


if __name__ == "__main__":
    json.dump(asyncio.run(pump(json.load(sys.stdin))), sys.stdout)
