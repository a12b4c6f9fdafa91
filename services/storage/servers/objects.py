"""Some of the objects that a server should hold, looked for before it is believed to hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.errors import OBJECTS_MISSING, MeridianError
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from shared.catalog.servers import Server
    from shared.db import Pool
    from shared.stores.stores import Stores

SAMPLE: Final = 20
# In the order of an index, whatever there is: what was written or read last, and what was not read
# for longest. What could not be read lately is only asked for where there is little else.
SAMPLE_KEYS: Final = f"""
(SELECT versions.key FROM storage.replicas JOIN storage.versions
    ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
WHERE replicas.server_id = $1 AND replicas.state = 'READY' AND versions.state = 'STORED'
ORDER BY replicas.verified_at DESC NULLS LAST LIMIT {SAMPLE})
UNION
(SELECT versions.key FROM storage.replicas JOIN storage.versions
    ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
WHERE replicas.server_id = $1 AND replicas.state = 'READY' AND versions.state = 'STORED'
    AND replicas.verified_at IS NOT NULL
ORDER BY replicas.verified_at NULLS FIRST LIMIT {SAMPLE})
"""


async def refuse_empty(pool: Pool, stores: Stores, server: Server) -> None:
    """Raise OBJECTS_MISSING when objects that it should hold are not where it will be."""
    rows = await pool.fetch(SAMPLE_KEYS, server.id)
    store = stores.of(server)
    missing = 0
    for row in rows:
        try:
            found = await store.head(row["key"])
        except StoreError:
            found = None
        missing += found is None
    if missing:
        raise MeridianError(
            OBJECTS_MISSING,
            f"{missing} of {len(rows)} objects of {server.name} are not there.",
            missing_objects=missing,
            sampled_objects=len(rows),
        )
