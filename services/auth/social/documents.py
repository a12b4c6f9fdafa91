"""Documents that providers publish: kept for a while, and asked for once at a time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from shared.errors import PROVIDER_UNAVAILABLE, MeridianError
from shared.outbound import OutboundError, ask_for_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

MAX_AGE: Final = 3600.0  # seconds
FAILURE_AGE: Final = 5.0  # seconds for which nobody asks again what could not be had

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered at that time; None for no document."""

    document: Mapping[str, Any] | None
    at: float


class Documents:
    """Reads documents by URL."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._kept: dict[str, Kept] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def read(self, url: str, max_age: float = MAX_AGE) -> Mapping[str, Any]:
        """Return a document that is no older than that; PROVIDER_UNAVAILABLE."""
        async with self._locks.setdefault(url, asyncio.Lock()):
            kept = self._kept.get(url)
            if kept is None or self._is_old(kept, max_age):
                kept = self._kept[url] = await self._ask(url)
        if kept.document is None:
            raise MeridianError(PROVIDER_UNAVAILABLE, retry_after=int(FAILURE_AGE))
        return kept.document

    def _is_old(self, kept: Kept, max_age: float) -> bool:
        good_for = FAILURE_AGE if kept.document is None else max_age
        return time.monotonic() - kept.at > good_for

    async def _ask(self, url: str) -> Kept:
        try:
            answer = await ask_for_document(self._session, url)
        except OutboundError as error:
            log.warning("provider.unavailable", error=str(error))
            return Kept(None, time.monotonic())
        return Kept(answer.body, time.monotonic())
