"""The texts of playlists, read from a city and remembered by version: a version never changes."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import structlog

from services.storage.hls.playlists import bad_playlist, read_playlist
from shared.errors import NO_HEALTHY_REPLICA, MeridianError
from shared.stores.errors import StoreError
from shared.vault import VaultError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.storage.hls.found import Found
    from services.storage.hls.playlists import Playlist
    from shared.catalog.servers import Server
    from shared.stores.store import Store
    from shared.stores.stores import Stores

log = structlog.get_logger(__name__)

LARGEST: Final = 4 * 1024 * 1024
REMEMBERED_BYTES: Final = 4 * LARGEST
RETRY_SECONDS: Final = 2


class Texts:
    """Reads playlists; what was read before is at hand, up to 16 MiB of text."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._known: OrderedDict[UUID, tuple[int, Playlist]] = OrderedDict()
        self._bytes = 0

    async def read(self, found: Found, servers: Sequence[Server]) -> Playlist:
        """Read a playlist from the first of these that gives it; BAD_PLAYLIST, NO_HEALTHY_REPLICA.

        Nothing above 4 MiB is read.
        """
        known = self._known.get(found.version_id)
        if known is not None:
            self._known.move_to_end(found.version_id)
            return known[1]
        if found.size > LARGEST:
            raise bad_playlist(f"it is larger than {LARGEST} bytes", limit=LARGEST)
        content = await self._fetch(found, servers)
        playlist = read_playlist(content)
        self._remember(found.version_id, len(content), playlist)
        return playlist

    async def _fetch(self, found: Found, servers: Sequence[Server]) -> bytes:
        for server in servers:
            try:
                return await _read_all(self._stores.of(server), found)
            except (StoreError, VaultError, TimeoutError) as error:
                log.warning("playlist_not_read", server=server.name, error=repr(error))
        raise MeridianError(NO_HEALTHY_REPLICA, retry_after=RETRY_SECONDS)

    def _remember(self, version_id: UUID, size: int, playlist: Playlist) -> None:
        if version_id in self._known:
            return
        self._known[version_id] = size, playlist
        self._bytes += size
        while self._bytes > REMEMBERED_BYTES:
            _, (forgotten, _) = self._known.popitem(last=False)
            self._bytes -= forgotten


async def _read_all(store: Store, found: Found) -> bytes:
    content = bytearray()
    async with store.open(found.key) as pieces:
        async for piece in pieces:
            content += piece
            if len(content) > found.size:
                break
    if len(content) != found.size:
        raise StoreError(f"{len(content)} bytes instead of {found.size}")
    return bytes(content)
