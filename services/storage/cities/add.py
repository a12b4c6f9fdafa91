"""An operator adds a server: it is tried, marked as ours, written down, and filled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.storage.cities.claim import claim_bucket
from services.storage.cities.rows import insert_server
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.catalog.jobs import PLACEMENT_JOB, run_job_now
from shared.catalog.outbox import insert_events
from shared.events import ServerChanged

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.cities.probe import Probed, Prober
    from shared.catalog.servers import NewServer, Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A server that was added, and what was found out about it."""

    server: Server
    probed: Probed


async def add_server(
    prober: Prober, caller: Caller, new: NewServer, *, is_on: bool, is_active: bool
) -> Added:
    """Add a server; what `Prober.probe` and `claim_bucket` raise.

    It takes uploads at once; what is stored already is copied to it behind fresh uploads.
    """
    assert caller.user_id is not None
    probed = await prober.probe(new)
    found = replace(new, capabilities={**new.capabilities, **probed.capabilities})
    claiming = claim_bucket(prober, prober.candidate(new))
    async with claiming as claim, prober.pool.acquire() as db, db.transaction():
        await claim.keep(db)
        server = await insert_server(db, prober.vault, found, is_on=is_on, is_active=is_active)
        added = NewAction(
            owner_id=caller.user_id,
            event=ActionEvent.SERVER_CREATE,
            object_id=server.id,
            data={"name": server.name, "city": server.city},
        )
        await insert_actions(db, caller, [added])
        await insert_events(db, [ServerChanged(server_id=server.id, state=server.state)])
        await run_job_now(db, PLACEMENT_JOB)
    return Added(server=server, probed=probed)
