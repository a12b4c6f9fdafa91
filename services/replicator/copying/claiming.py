"""The right to copy a version; whoever is stopped while asking for it gives back what comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from services.replicator.catalog.claims import fail_copy
from services.replicator.copying.shelter import shelter

if TYPE_CHECKING:
    from services.replicator.catalog.claims import Asked, Claim
    from services.replicator.catalog.questions import Questions
    from shared.db import Pool

CLEANING_SECONDS: Final = 0.4


async def claim(pool: Pool, catalog: Questions, asked: Asked) -> list[Claim]:
    """Take those of these replicas that are due."""
    asking = asyncio.ensure_future(catalog.claim_copies(asked))
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        # The statement may be under way, and nobody else would know of what it takes.
        await shelter(_give_back_all(pool, asking), CLEANING_SECONDS)
        raise


async def give_back(pool: Pool, claimed: Claim) -> None:
    """Give an unfinished attempt back at once."""
    await shelter(_give_back(pool, claimed), CLEANING_SECONDS)


async def _give_back_all(pool: Pool, asking: asyncio.Future[list[Claim]]) -> None:
    for claimed in await asking:
        await _give_back(pool, claimed)


async def _give_back(pool: Pool, claimed: Claim) -> None:
    await fail_copy(
        pool,
        claimed,
        "the copier was stopped",
        is_failure=False,
        delay_seconds=0,
        keep_upload=True,
    )
