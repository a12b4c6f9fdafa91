"""An operator drains a server, or stops draining it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.catalog.draining import begin_drain, end_drain
from shared.catalog.jobs import PLACEMENT_JOB, run_job_now
from shared.catalog.outbox import insert_events
from shared.catalog.remaining import count_remaining
from shared.events import ServerChanged

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from shared.catalog.servers import Server
    from shared.db import Connection, Pool


async def start(pool: Pool, caller: Caller, server: Server) -> None:
    """Begin to drain; nothing new is written to the server. LAST_SERVER, SERVER_NOT_FOUND."""
    total = await count_remaining(pool, server.id)
    async with pool.acquire() as db, db.transaction():
        if await begin_drain(db, server, caller.user_id, total):
            await _note(db, caller, replace(server, is_draining=True), "started")


async def stop(pool: Pool, caller: Caller, server: Server) -> None:
    """Stop a drain; the server takes files again. DRAIN_NOT_FOUND, SERVER_NOT_FOUND."""
    async with pool.acquire() as db, db.transaction():
        await end_drain(db, server)
        await _note(db, caller, replace(server, is_draining=False), "stopped")


async def _note(db: Connection, caller: Caller, server: Server, what: str) -> None:
    assert caller.user_id is not None
    action = NewAction(
        owner_id=caller.user_id,
        event=ActionEvent.SERVER_DRAIN,
        object_id=server.id,
        data={"name": server.name, "drain": what},
    )
    await insert_actions(db, caller, [action])
    await insert_events(db, [ServerChanged(server_id=server.id, state=server.state)])
    await run_job_now(db, PLACEMENT_JOB)
