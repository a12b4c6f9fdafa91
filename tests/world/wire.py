"""A TCP proxy that does to connections and bytes what networks and sick servers do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

CHUNK = 65_536
HEAD = re.compile(rb"(GET|PUT|HEAD|POST|DELETE) (/\S*) HTTP/1\.1\r\n")
MARK = b"<the bit that flips>"
SLOW_DOWN = (503, b"<Error><Code>SlowDown</Code></Error>")
# A busy server takes its time.
PUT_SECONDS = 0.1
FLIPPED = b"<the bit that glips>"


@dataclass(slots=True)
class Wire:
    """The line to a server; everything passes until a test says otherwise."""

    host: str
    far_port: int
    port: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)
    # Answers given instead of an S3 server's, by method: status and body.
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    # The same for one object only: by method and a part of its path.
    answers_for: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    flips_down: int = 0
    flips_up: int = 0
    # After so many bytes from the server the connection breaks; None: never.
    breaks_after: int | None = None
    bytes_per_second: float = 0
    # More PUTs than these at the same time are told to slow down; None: as many as come.
    most_puts: int | None = None
    puts: set[asyncio.StreamWriter] = field(default_factory=set)
    slowed_down: int = 0
    # So long every request is on its way.
    delay_seconds: float = 0
    is_refusing: bool = False
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def url(self, url: str) -> str:
        """The same URL, through this line."""
        parts = urlsplit(url)
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        return urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{self.port}"))

    def count(self, method: str, part: str = "") -> int:
        """How many requests of this method came for paths with this part."""
        return sum(seen == method and part in path for seen, path in self.requests)

    def refuse(self) -> None:
        """Reset all connections, also new ones."""
        self.is_refusing = True
        for writer in list(self.writers):
            writer.transport.abort()

    def hold(self) -> None:
        """Accept everything, answer nothing."""
        self.flowing.clear()

    def heal(self) -> None:
        """Be a good line again."""
        self.is_refusing = False
        self.answers.clear()
        self.answers_for.clear()
        self.most_puts = None
        self.flips_down = self.flips_up = 0
        self.breaks_after = None
        self.bytes_per_second = self.delay_seconds = 0
        self.flowing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if self.is_refusing:
            writer.transport.abort()
            return
        self.writers.add(writer)
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(self.host, self.far_port)
            self.writers.add(far_writer)
            up = asyncio.create_task(self._up(reader, far_writer, writer))
            down = asyncio.create_task(self._down(far_reader, writer))
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            self.writers.discard(far_writer)
            far_writer.close()
        self.writers.discard(writer)
        self.puts.discard(writer)
        writer.close()

    def _answer(self, method: str, path: str) -> tuple[int, bytes] | None:
        for (of_method, part), answer in self.answers_for.items():
            if of_method == method and part in path:
                return answer
        return self.answers.get(method)

    async def _slow_down(self, method: str, back: asyncio.StreamWriter) -> tuple[int, bytes] | None:
        if method != "PUT" or self.most_puts is None:
            return None
        if len(self.puts) < self.most_puts:
            self.puts.add(back)
            await asyncio.sleep(PUT_SECONDS)
            return None
        self.slowed_down += 1
        return SLOW_DOWN

    async def _up(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
    ) -> None:
        while chunk := await reader.read(CHUNK):
            await self.flowing.wait()
            await asyncio.sleep(self.delay_seconds)
            for found in HEAD.finditer(chunk):
                method = found[1].decode()
                self.requests.append((method, found[2].decode()))
                answer = self._answer(method, found[2].decode())
                answer = answer or await self._slow_down(method, back)
                if answer is not None:
                    status, body = answer
                    head = f"HTTP/1.1 {status} No\r\nContent-Length: {len(body)}\r\n"
                    back.write(f"{head}Connection: close\r\n\r\n".encode() + body)
                    await back.drain()
                    return
            if self.flips_up and MARK in chunk:
                self.flips_up -= 1
                chunk = chunk.replace(MARK, FLIPPED)
            await self._pass(chunk, writer)

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while chunk := await reader.read(CHUNK):
            self.puts.discard(writer)
            await self.flowing.wait()
            if self.flips_down and MARK in chunk:
                self.flips_down -= 1
                chunk = chunk.replace(MARK, FLIPPED)
            passed += len(chunk)
            if self.breaks_after is not None and passed > self.breaks_after:
                return
            await self._pass(chunk, writer)

    async def _pass(self, chunk: bytes, writer: asyncio.StreamWriter) -> None:
        if self.bytes_per_second:
            await asyncio.sleep(len(chunk) / self.bytes_per_second)
        writer.write(chunk)
        await writer.drain()


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """Lay a line to the server of a URL."""
    parts = urlsplit(url)
    wire = Wire(parts.hostname or "", parts.port or 0)
    wire.flowing.set()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    yield wire
    wire.refuse()
    wire.flowing.set()
    server.close()
