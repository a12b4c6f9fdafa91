"""How a server is doing, written for all processes, with the event that tells of a change.

What it was before stands in `health_changes`, which the database adds to by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.catalog.outbox import insert_events
from shared.catalog.servers import COLUMNS, Server
from shared.events import ServerChanged

if TYPE_CHECKING:
    from shared.catalog.servers import ServerHealth
    from shared.db import Pool

NOTE_HEALTH: Final = f"""
UPDATE storage.servers SET health = $2, takes_writes = $3, health_since = now()
WHERE id = $1 AND (health, takes_writes) IS DISTINCT FROM ($2, $3)
RETURNING {COLUMNS}
"""


async def note_health(
    pool: Pool, server: Server, health: ServerHealth, *, takes_writes: bool
) -> Server | None:
    """Write a change down and tell of it; the server as it is now, or None: nothing changed."""
    if (server.health, server.takes_writes) == (health, takes_writes):
        return None
    async with pool.acquire() as db, db.transaction():
        row = await db.fetchrow(NOTE_HEALTH, server.id, health, takes_writes)
        if row is None:
            return None
        changed = Server(**row)
        await insert_events(db, [ServerChanged(server_id=changed.id, state=changed.state)])
    return changed
