"""Revocations as a resource of a web application."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aiohttp import web

from shared.tasks import cancel
from shared.tokens.revocations import Revocations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

REVOCATIONS: Final = web.AppKey("revocations", Revocations)
START_TIMEOUT: Final = 2.0  # seconds that a start waits for Redis


def follow_revocations(
    url: str, *, asks: bool = True
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Make a cleanup context that offers `REVOCATIONS` and keeps it up to date.

    `asks` auth for what may have been lost; auth itself reads its tables.
    """

    async def resource(app: web.Application) -> AsyncIterator[None]:
        revocations = Revocations(url, asks=asks)
        app[REVOCATIONS] = revocations
        followers = revocations.follow()
        with suppress(TimeoutError):
            await asyncio.wait_for(revocations.caught_up.wait(), START_TIMEOUT)
        yield
        await cancel(followers)
        await revocations.close()

    return resource
