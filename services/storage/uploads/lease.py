"""The lease of whoever makes an uploaded object a STORED version: kept, lost, given back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from shared.catalog.versions import release_settling, renew_settling
from shared.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from shared.catalog.versions import Version
    from shared.db import Pool

Outcome = TypeVar("Outcome")

log = structlog.get_logger(__name__)

RENEWALS_PER_LEASE = 3


class LeaseLost(Exception):
    """Somebody else may be at it, or nobody needs it any more."""


async def keep_lease(
    pool: Pool, upload: Version, seconds: float, work: Coroutine[Any, Any, Outcome]
) -> Outcome:
    """Work, and renew the lease meanwhile; LeaseLost ends the work."""
    working = asyncio.create_task(work)
    renewing = asyncio.create_task(_renew(pool, upload, seconds))
    tasks: tuple[asyncio.Task[Any], ...] = (working, renewing)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise LeaseLost
    finally:
        await cancel(tasks)


async def give_back(pool: Pool, upload: Version, abandoned_key: str | None) -> None:
    """Release the lease, also while being cancelled; when that fails, it runs out by itself."""
    await asyncio.shield(_release(pool, upload, abandoned_key))


async def _renew(pool: Pool, upload: Version, seconds: float) -> None:
    """Renew until the lease is lost; an outage of PostgreSQL may pass before it has run out."""
    is_ours = True
    while is_ours:
        await asyncio.sleep(seconds / RENEWALS_PER_LEASE)
        try:
            is_ours = await renew_settling(pool, upload, seconds)
        except Exception as error:  # noqa: BLE001 whatever it was, the lease still runs
            log.warning("settling_not_renewed", upload_id=str(upload.id), error=repr(error))


async def _release(pool: Pool, upload: Version, abandoned_key: str | None) -> None:
    try:
        await release_settling(pool, upload, abandoned_key)
    except Exception as error:  # noqa: BLE001 the failure that led here is the one to tell
        log.warning("settling_not_released", upload_id=str(upload.id), error=repr(error))
