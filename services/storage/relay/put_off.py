"""Puts off uploads that are not there yet: looks that end together share a statement."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from services.storage.uploads.uploads import look_again

if TYPE_CHECKING:
    from shared.catalog.versions import Version
    from shared.db import Pool

# So long the first one waits for others.
GATHER_SECONDS: Final = 0.02


class PuttingOff:
    """Plans the next looks of a sweep."""

    def __init__(self, pool: Pool, least_seconds: float) -> None:
        self._pool = pool
        self._least_seconds = least_seconds
        self._uploads: list[Version] = []
        self._writing: asyncio.Task[None] | None = None

    async def put_off(self, upload: Version) -> None:
        """Return when the next look is planned; what goes wrong is raised to all who waited."""
        self._uploads.append(upload)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await asyncio.shield(self._writing)

    async def _write(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        uploads = self._uploads
        self._uploads = []
        self._writing = None
        await look_again(self._pool, uploads, self._least_seconds)
