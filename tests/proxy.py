"""A TCP proxy that can cut, refuse and hold a connection, for outages on request."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHUNK = 65_536


@dataclass(slots=True)
class Proxy:
    """Between us and a server: `cut` ends all connections and refuses new ones until `heal`."""

    host: str
    port: int
    listening_port: int = 0
    is_cut: bool = False
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def url(self, url: str) -> str:
        """The same URL, through the proxy."""
        parts = urlsplit(url)
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        return urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{self.listening_port}"))

    def cut(self) -> None:
        """Reset everything, and whoever comes next."""
        self.is_cut = True
        for writer in self.writers:
            writer.transport.abort()

    def heal(self) -> None:
        """Let connections through again, those held too."""
        self.is_cut = False
        self.flowing.set()

    def hold(self) -> None:
        """Let nothing through, and say nothing: a black hole."""
        self.flowing.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if self.is_cut:
            writer.transport.abort()
            return
        self.writers.add(writer)
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection(self.host, self.port)
            self.writers.add(far_writer)
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                await self.flowing.wait()
                writer.write(chunk)
                await writer.drain()
        self.writers.discard(writer)
        writer.close()


@asynccontextmanager
async def proxy_to(url: str) -> AsyncIterator[Proxy]:
    """Open a proxy in front of the server of a URL."""
    parts = urlsplit(url)
    proxy = Proxy(parts.hostname or "", parts.port or 0)
    proxy.flowing.set()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.listening_port = server.sockets[0].getsockname()[1]
    yield proxy
    proxy.cut()
    server.close()
