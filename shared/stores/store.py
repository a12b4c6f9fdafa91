"""One S3 server: its objects."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from shared.signer import NOTHING, Credentials, SigningError, presign
from shared.stores.bucket import Bucket
from shared.stores.control import Control
from shared.stores.errors import ObjectMissing, StoreRefused
from shared.stores.health import Health
from shared.stores.multipart import Multipart
from shared.stores.wire import unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Mapping

    from shared.catalog.servers import Server
    from shared.stores.wire import Wire

URL_SECONDS = 300
ANSWER_SECONDS = 10
COPY_SECONDS = 300
# A server checks what it got before it answers; none hashes more slowly than this.
HASHED_BYTES_PER_SECOND = 20_000_000


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a server says of an object; `size` in bytes, `etag` without quotes."""

    size: int
    etag: str


class Content:
    """The bytes of an object, once, in pieces of whatever size arrived."""

    def __init__(self, response: aiohttp.ClientResponse, health: Health) -> None:
        self._response = response
        self._health = health
        self.size = response.content_length
        self.etag = etag_of(response.headers)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._response.content.iter_any():
                yield piece
        except (aiohttp.ClientError, OSError) as error:
            self._health.failed()
            raise unavailable("GET", error) from error


class Store:
    """Objects of one server. Every method raises StoreError when the server does not comply."""

    def __init__(self, server: Server, credentials: Credentials, wire: Wire) -> None:
        self.server = server
        self.health = Health()
        self.control = Control(server, credentials, self.health, wire.rules)
        self.bucket = Bucket(self.control, server.bucket)
        self.multipart = Multipart(self.control, server.bucket, self.put)
        self.credentials = credentials
        self._wire = wire

    async def head(self, key: str) -> StoredObject | None:
        """Size and ETag of an object, or None."""
        try:
            async with self.send("HEAD", key) as answer:
                return StoredObject(answer.content_length or 0, etag_of(answer.headers))
        except ObjectMissing:
            return None

    async def delete(self, key: str, *, within_seconds: int = URL_SECONDS) -> None:
        """Erase an object; one that is not there is fine.

        The server itself refuses a request that reaches it later than `within_seconds` from now.
        """
        try:
            async with self.send("DELETE", key, expires_seconds=within_seconds):
                return
        except ObjectMissing:
            return

    @asynccontextmanager
    async def open(self, key: str) -> AsyncIterator[Content]:
        """Read an object as a stream; ObjectMissing."""
        async with self.send("GET", key, silence_seconds=ANSWER_SECONDS) as answer:
            yield Content(answer, self.health)

    async def put(
        self,
        key: str,
        body: bytes | AsyncIterable[bytes],
        size: int,
        *,
        content_type: str = "application/octet-stream",
        query: Mapping[str, str] = NOTHING,
    ) -> str:
        """Write an object of exactly `size` bytes; its ETag. A broken stream leaves nothing."""
        headers = {"Content-Length": str(size), "Content-Type": content_type}
        silence = ANSWER_SECONDS + size / HASHED_BYTES_PER_SECOND
        sending = self.send(
            "PUT", key, silence_seconds=silence, body=body, headers=headers, query=query
        )
        async with sending as answer:
            return etag_of(answer.headers)

    async def copy(self, source_key: str, key: str) -> None:
        """Copy an object inside this server; ObjectMissing."""
        place = self.server.bucket
        async with self.control.call("copy", COPY_SECONDS) as client:
            await client.copy_object(
                Bucket=place, Key=key, CopySource={"Bucket": place, "Key": source_key}
            )

    @asynccontextmanager
    async def send(  # noqa: WPS211 a request has this many parts
        self,
        method: str,
        key: str,
        *,
        silence_seconds: float = ANSWER_SECONDS,
        expires_seconds: int = URL_SECONDS,
        body: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] = NOTHING,
        query: Mapping[str, str] = NOTHING,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a signed request and note how the server did."""
        url = self._sign(method, key, expires_seconds, query)
        sending = self._wire.send(
            method, url, silence_seconds=silence_seconds, body=body, headers=headers
        )
        with self.health.watch():
            answer = await sending
        async with answer:
            yield answer

    async def close(self) -> None:
        """Close the connections that only this server uses."""
        await self.control.close()

    def _sign(self, method: str, key: str, seconds: int, query: Mapping[str, str]) -> str:
        server = self.server
        place = (server.endpoint, server.region, server.bucket)
        try:
            return presign(self.credentials, *place, method, key, seconds, query=query)
        except SigningError as error:
            raise StoreRefused(str(error)) from error


def etag_of(headers: Mapping[str, str]) -> str:
    """The ETag without its quotes."""
    return headers.get("ETag", "").strip('"')
