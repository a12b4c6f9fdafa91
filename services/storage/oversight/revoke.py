"""All links and file requests of a person end at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.drops.make_drop import end_drops_of
from services.storage.links.make_link import end_links_of

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from shared.db import Pool


async def revoke_all(pool: Pool, caller: Caller, owner_id: UUID) -> tuple[int, int]:
    """End them; how many links and how many requests there were."""
    async with pool.acquire() as db, db.transaction():
        links = await end_links_of(db, caller, owner_id)
        return links, await end_drops_of(db, caller, owner_id)
