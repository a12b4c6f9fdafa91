"""Public keys by id: refreshed behind the scenes, and kept on while their source is away."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

from shared.errors import AUTH_UNAVAILABLE, MeridianError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from jwcrypto.jwk import JWK

MAX_AGE: Final = 300.0  # seconds that the key document may be cached
RELOAD_PAUSE: Final = 10.0  # seconds between reloads that unknown key ids ask for
FIRST_LOAD_PAUSE: Final = 1.0  # seconds between attempts while there is no key at all
# For some seconds after a key was dropped the new one is looked for more often.
HASTE_SECONDS: Final = 5.0
HASTY_PAUSE: Final = 0.2

Load: TypeAlias = "Callable[[], Awaitable[Mapping[str, JWK]]]"

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class KeysUnavailable(Exception):
    """The keys cannot be read now."""


class JwkCache:
    """Keys by id; `generation` changes whenever the set of keys does."""

    def __init__(self, load: Load, *, max_age: float = MAX_AGE) -> None:
        self.generation = 0
        self._load = load
        self._max_age = max_age
        self._keys: Mapping[str, JWK] = {}
        self._loaded_at = self._tried_at = float("-inf")
        self._loading: asyncio.Task[None] | None = None
        self._dropped: set[str] = set()
        self._hasty_until = float("-inf")

    def drop(self, kid: str) -> None:
        """Believe a key never again, whatever its source may say, and look for its successor."""
        self._dropped.add(kid)
        if kid in self._keys:
            self._keys = {known: key for known, key in self._keys.items() if known != kid}
            self.generation += 1
        self._loaded_at = self._tried_at = float("-inf")
        self._hasty_until = time.monotonic() + HASTE_SECONDS

    def is_dropped(self, kid: str) -> bool:
        """Tell whether a key is not to be believed any more."""
        return kid in self._dropped

    async def find(self, kid: str) -> JWK | None:
        """Return a key, loading the set again for an unknown id; AUTH_UNAVAILABLE without any."""
        key = self._keys.get(kid)
        if key is None:
            await self._ask(RELOAD_PAUSE if self._keys else FIRST_LOAD_PAUSE)
            key = self._keys.get(kid)
        elif time.monotonic() - self._loaded_at > self._max_age:
            self._start(RELOAD_PAUSE)
        if not self._keys:
            raise MeridianError(AUTH_UNAVAILABLE, retry_after=1)
        return key

    async def refresh(self) -> None:
        """Load the set when it is older than it may be; an old set stays when that fails."""
        if time.monotonic() - self._loaded_at > self._max_age:
            await self._ask(FIRST_LOAD_PAUSE)

    async def close(self) -> None:
        """Stop a load under way."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)

    async def _ask(self, pause: float) -> None:
        self._start(pause)
        if self._loading is not None:
            await asyncio.shield(self._loading)

    def _start(self, pause: float) -> None:
        if self._loading is not None and not self._loading.done():
            return
        now = time.monotonic()
        wait = HASTY_PAUSE if now < self._hasty_until else pause
        if now - self._tried_at >= wait:
            self._tried_at = now
            self._loading = asyncio.create_task(self._reload())

    async def _reload(self) -> None:
        try:
            loaded = await self._load()
        except KeysUnavailable as error:
            log.warning("keys.unavailable", error=str(error), known=len(self._keys))
            return
        keys = {kid: key for kid, key in loaded.items() if kid not in self._dropped}
        if keys.keys() != self._keys.keys():
            self.generation += 1
        self._keys = keys
        self._loaded_at = time.monotonic()
