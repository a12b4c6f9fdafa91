"""An operator decides about dead letters, and the history says so."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.catalog.dead_letters import drop_letter, retry_letters
from shared.errors import DEAD_LETTER_NOT_FOUND, SERVER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.servers.fleet import Fleet
    from shared.db import Connection, Pool


async def retry_letter(pool: Pool, fleet: Fleet, caller: Caller, letter_id: UUID) -> None:
    """Have one copy tried again now; DEAD_LETTER_NOT_FOUND."""
    async with pool.acquire() as db, db.transaction():
        servers = await retry_letters(db, letter_id)
        if not servers:
            raise MeridianError(DEAD_LETTER_NOT_FOUND)
        await _note(db, fleet, caller, servers[0], {"dead_letter": str(letter_id), "retried": 1})


async def retry_all(
    pool: Pool, fleet: Fleet, caller: Caller, server_name: str | None, error: str | None
) -> int:
    """Have all copies of a kind tried again now; how many; SERVER_NOT_FOUND."""
    server = fleet.find_by_name(server_name) if server_name else None
    if server_name and server is None:
        raise MeridianError(SERVER_NOT_FOUND)
    async with pool.acquire() as db, db.transaction():
        servers = await retry_letters(db, server_id=server.id if server else None, error=error)
        for server_id, count in Counter(servers).items():
            await _note(db, fleet, caller, server_id, {"retried": count, "error": error})
    return len(servers)


async def drop(pool: Pool, fleet: Fleet, caller: Caller, letter_id: UUID, reason: str) -> None:
    """List a dead letter no more; DEAD_LETTER_NOT_FOUND."""
    assert caller.user_id is not None
    async with pool.acquire() as db, db.transaction():
        server_id = await drop_letter(db, letter_id, caller.user_id, reason)
        if server_id is None:
            raise MeridianError(DEAD_LETTER_NOT_FOUND)
        done = {"dead_letter": str(letter_id), "dropped": True, "reason": reason}
        await _note(db, fleet, caller, server_id, done)


async def _note(
    db: Connection, fleet: Fleet, caller: Caller, server_id: UUID, data: dict[str, Any]
) -> None:
    assert caller.user_id is not None
    server = fleet.find_server(server_id)
    action = NewAction(
        owner_id=caller.user_id,
        event=ActionEvent.SERVER_CHANGE,
        object_id=server_id,
        data=data,
        server=server.name if server else None,
    )
    await insert_actions(db, caller, [action])
