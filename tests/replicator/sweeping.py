"""Having sweeps made, as an operator does."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from shared.catalog.jobs import run_job_now

if TYPE_CHECKING:
    from shared.catalog.versions import Version
    from tests.replicator.conftest import World

ENDED = """
SELECT sweeps.*, servers.name AS city FROM storage.sweeps
JOIN storage.servers ON servers.id = sweeps.server_id
WHERE kind = $1 AND finished_at IS NOT NULL ORDER BY sweeps.id
"""
OLD = "UPDATE storage.replicas SET updated_at = now() - interval '1 hour'"


async def sweep(world: World, kind: str) -> dict[str, Any]:
    """Ask for a sweep as an operator does; what it found by city."""
    before = len(await world.pool.fetch(ENDED, kind))
    async with asyncio.timeout(30):
        while not await run_job_now(world.pool, f"sweep.{kind}"):
            await asyncio.sleep(0.05)
        while len(rows := await world.pool.fetch(ENDED, kind)) < before + 3:
            await asyncio.sleep(0.05)
    return {row["city"]: row for row in rows[before:]}


async def ready(world: World, count: int) -> list[Version]:
    """Files that are everywhere since a while."""
    versions = [await world.upload(os.urandom(2000)) for _ in range(count)]
    for version in versions:
        await world.until(version, every="READY")
    await world.pool.execute(OLD)
    return versions
