"""Reading the object that is copied, and making sure that it is the one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NoReturn

import structlog

from services.replicator.catalog.suspects import renew_suspects, suspect_replica
from services.replicator.copying.evidence import Proven, evidence_of
from services.replicator.copying.lane import SourceFailed, SourceLost, SourceWrong
from shared.stores.digest import is_md5, sha256_of
from shared.stores.errors import ObjectMissing, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.replicator.copying.fingerprint import Fingerprint
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version
    from shared.stores.store import Content, Store

log = structlog.get_logger(__name__)


class Source:
    """One reading of a version on a server."""

    def __init__(self, shop: Workshop, version: Version, store: Store, content: Content) -> None:
        self._shop = shop
        self._version = version
        self._store = store
        self._name = store.server.name
        self._content = content
        self._evidence = evidence_of(version)
        self._second: asyncio.Task[tuple[int, bytes]] | None = None
        if not self._evidence.is_there and not is_md5(content.etag):
            # Nothing says what the bytes should be, so two readings have to agree.
            self._second = asyncio.create_task(self._read_again())

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes as they come; SourceFailed."""
        try:
            size = 0
            async for piece in self._content:
                size += len(piece)
                if size > self._version.size:
                    await _suspect(self._shop, self._version, self._store, "it holds more bytes")
                yield piece
        except StoreError as error:
            raise SourceFailed(f"{self._name}: {error}") from error

    async def check(self, reading: Fingerprint) -> Proven:
        """Say that the bytes read are those of the version, and by what; SourceFailed."""
        is_whole = reading.size == self._version.size
        if not (is_whole and self._is_right(reading)):
            await self._doubt(reading, is_whole=is_whole)
        return Proven(reading.sha256, self._evidence.proof, self._store.server.id)

    async def close(self) -> None:
        """End the second reading."""
        if self._second is not None:
            self._second.cancel()
            await asyncio.gather(self._second, return_exceptions=True)

    def _is_right(self, reading: Fingerprint) -> bool:
        if self._evidence.is_there:
            return self._evidence.agrees(reading)
        return self._content.etag == reading.md5

    async def _doubt(self, reading: Fingerprint, *, is_whole: bool) -> None:
        """Read again: was it the line, the object, or is there nothing to compare with?"""
        again = await (self._second or self._read_again())
        if again != (reading.size, reading.sha256):
            raise SourceFailed(f"{self._name}: the bytes changed on their way here")
        if not is_whole or self._evidence.is_there:
            await _suspect(self._shop, self._version, self._store, "it holds other bytes")

    async def _read_again(self) -> tuple[int, bytes]:
        try:
            async with self._store.open(self._version.key) as content:
                return await sha256_of(content)
        except StoreError as error:
            raise SourceFailed(f"{self._name}: {error}") from error


@asynccontextmanager
async def open_source(shop: Workshop, version: Version, store: Store) -> AsyncIterator[Source]:
    """Begin to read a version; SourceFailed."""
    try:
        async with store.open(version.key) as content:
            source = Source(shop, version, store, content)
            try:
                yield source
            finally:
                await source.close()
    except ObjectMissing:
        await _suspect(shop, version, store, "it has lost the object", SourceLost)
    except StoreError as error:
        raise SourceFailed(f"{store.server.name}: {error}") from error


async def _suspect(
    shop: Workshop,
    version: Version,
    store: Store,
    what: str,
    kind: type[SourceWrong] = SourceWrong,
) -> NoReturn:
    """READY → SUSPECT, so that nobody is sent there, and → WANTED where it can be had elsewhere."""
    log.error("replica_suspect", server=store.server.name, version_id=version.id, reason=what)
    await suspect_replica(shop.pool, version, store.server.id, what)
    error = kind(f"{store.server.name}: {what}")
    if await renew_suspects(shop.pool, version):
        error.is_healing = True
        shop.wake(0)
    raise error
