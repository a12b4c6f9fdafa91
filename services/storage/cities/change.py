"""An operator changes a server: it is tried as it will be, and must hold what the old one held."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from services.storage.cities.claim import claim_bucket
from services.storage.cities.rows import lock_server, update_server
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.catalog.jobs import PLACEMENT_JOB, run_job_now
from shared.catalog.outbox import insert_events
from shared.catalog.servers import get_server, hash_hook_secret
from shared.errors import OBJECTS_MISSING, PRECONDITION_FAILED, MeridianError
from shared.events import ServerChanged
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.cities.probe import Prober
    from shared.catalog.servers import Server
    from shared.db import Connection

SAMPLE: Final = 20
# The newest and random others; a bucket that was moved has both.
SAMPLE_KEYS: Final = """
(SELECT versions.key FROM storage.replicas JOIN storage.versions
    ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
WHERE replicas.server_id = $1 AND replicas.state = 'READY' AND versions.state = 'STORED'
ORDER BY replicas.version_id DESC LIMIT $2)
UNION
(SELECT versions.key FROM storage.replicas JOIN storage.versions
    ON versions.owner_id = replicas.owner_id AND versions.id = replicas.version_id
WHERE replicas.server_id = $1 AND replicas.state = 'READY' AND versions.state = 'STORED'
ORDER BY replicas.version_id LIMIT $2)
"""
WHO_HOLDS_WHAT: Final = frozenset(("is_on", "is_active", "zone", "latitude", "longitude"))
WHERE_IT_IS: Final = frozenset(("endpoint", "region", "bucket", "access_key", "secret_key"))
PLACE: Final = attrgetter("endpoint", "region", "bucket", "access_key", "secret_key_encrypted")


@dataclass(frozen=True, slots=True)
class ServerChange:
    """New values by the names of the API; secrets only here."""

    values: Mapping[str, Any] = field(repr=False)

    def over(self, server: Server, prober: Prober) -> Server:
        """The row as it will be."""
        plain = dict(self.values)
        secret_key = plain.pop("secret_key", None)
        hook_secret = plain.pop("hook_secret", None)
        if secret_key is not None:
            plain["secret_key_encrypted"] = prober.vault.encrypt(secret_key)
        if hook_secret is not None:
            plain["hook_secret_hash"] = hash_hook_secret(hook_secret)
        if "endpoint" in plain and server.public_endpoint == server.endpoint:
            plain.setdefault("public_endpoint", plain["endpoint"])
        return replace(server, **plain)

    @property
    def moves(self) -> bool:
        """Whether requests will go elsewhere, or with other keys."""
        return bool(WHERE_IT_IS & self.values.keys())


async def change_server(
    prober: Prober, caller: Caller, server_id: UUID, change: ServerChange
) -> Server:
    """Change a server.

    SERVER_NOT_FOUND, OBJECTS_MISSING, PRECONDITION_FAILED, what the probe and the claim raise.
    """
    if not change.moves:
        async with prober.pool.acquire() as db, db.transaction():
            now = await lock_server(db, server_id)
            return await write_change(db, caller, change.over(now, prober), change)
    server = await get_server(prober.pool, server_id)
    tried = change.over(server, prober)
    probed = await prober.try_out(tried)
    await refuse_empty(prober, tried)
    claiming = claim_bucket(prober, tried)
    async with claiming as claim, prober.pool.acquire() as db, db.transaction():
        await claim.keep(db)
        now = await lock_server(db, server_id)
        refuse_moved(server, now)
        wanted = change.over(now, prober)
        wanted = replace(wanted, capabilities={**now.capabilities, **probed.capabilities})
        return await write_change(db, caller, wanted, change)


def refuse_moved(before: Server, now: Server) -> None:
    """Let others change a server while it is tried out, but not where it is."""
    if PLACE(before) != PLACE(now):
        raise MeridianError(
            PRECONDITION_FAILED,
            f"The address, bucket or keys of {now.name} were changed while these were tried out.",
        )


async def write_change(
    db: Connection, caller: Caller, wanted: Server, change: ServerChange
) -> Server:
    """Write the row, the history and the news."""
    assert caller.user_id is not None
    changed = await update_server(db, wanted)
    done = NewAction(
        owner_id=caller.user_id,
        event=ActionEvent.SERVER_CHANGE,
        object_id=wanted.id,
        data={"name": wanted.name, "fields": sorted(change.values)},
    )
    await insert_actions(db, caller, [done])
    await insert_events(db, [ServerChanged(server_id=wanted.id, state=changed.state)])
    if WHO_HOLDS_WHAT & change.values.keys():
        await run_job_now(db, PLACEMENT_JOB)
    return changed


async def refuse_empty(prober: Prober, server: Server) -> None:
    """Raise OBJECTS_MISSING when objects that it should hold are not where it will be."""
    rows = await prober.pool.fetch(SAMPLE_KEYS, server.id, SAMPLE)
    store = prober.stores.of(server)
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
