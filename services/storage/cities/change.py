"""An operator changes a server: it is tried as it will be, and must hold what the old one held."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from services.storage.cities.claim import claim_bucket
from services.storage.cities.rows import lock_server, update_server
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.servers.objects import refuse_empty
from shared.catalog.jobs import PLACEMENT_JOB, run_job_now
from shared.catalog.outbox import insert_events
from shared.catalog.servers import hash_hook_secret
from shared.errors import PRECONDITION_FAILED, MeridianError
from shared.events import ServerChanged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.cities.probe import Prober
    from shared.catalog.servers import Server
    from shared.db import Connection

WHO_HOLDS_WHAT: Final = frozenset(("is_on", "is_active", "zone", "latitude", "longitude"))
WHERE_IT_IS: Final = frozenset(("endpoint", "region", "bucket", "access_key", "secret_key"))


@dataclass(frozen=True, slots=True)
class ServerChange:
    """New values by the names of the API; secrets only here.

    `changed_at`: only if the server was changed then for the last time.
    """

    values: Mapping[str, Any] = field(repr=False)
    changed_at: datetime | None = None

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
    prober: Prober, caller: Caller, server: Server, change: ServerChange
) -> Server:
    """Change a server that was read.

    SERVER_NOT_FOUND, OBJECTS_MISSING, PRECONDITION_FAILED, what the probe and the claim raise.
    """
    if not change.moves:
        async with prober.pool.acquire() as db, db.transaction():
            now = await _hold(db, server.id, change)
            return await write_change(db, caller, change.over(now, prober), change)
    tried = change.over(server, prober)
    probed = await prober.try_out(tried)
    await refuse_empty(prober.pool, prober.stores, tried)
    claiming = claim_bucket(prober, tried)
    async with claiming as claim, prober.pool.acquire() as db, db.transaction():
        await claim.keep(db)
        now = await _hold(db, server.id, change)
        refuse_moved(server, now)
        wanted = change.over(now, prober)
        wanted = replace(wanted, capabilities={**now.capabilities, **probed.capabilities})
        return await write_change(db, caller, wanted, change)


async def _hold(db: Connection, server_id: UUID, change: ServerChange) -> Server:
    now = await lock_server(db, server_id)
    if change.changed_at not in {None, now.updated_at}:
        raise MeridianError(PRECONDITION_FAILED)
    return now


def refuse_moved(before: Server, now: Server) -> None:
    """Let others change a server while it is tried out, but not where it is."""
    if _place(before) != _place(now):
        raise MeridianError(
            PRECONDITION_FAILED,
            f"The address, bucket or keys of {now.name} were changed while these were tried out.",
        )


def _place(server: Server) -> tuple[object, ...]:
    address = server.endpoint, server.region, server.bucket
    return *address, server.access_key, server.secret_key_encrypted


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
