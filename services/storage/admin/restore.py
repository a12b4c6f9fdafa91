"""An operator keeps an object that no row wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.catalog.unknown_objects import restore_unknown
from shared.errors import OBJECT_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.servers.fleet import Fleet
    from shared.db import Pool


async def restore_object(pool: Pool, fleet: Fleet, caller: Caller, unknown_id: UUID) -> None:
    """Have nobody touch it any more; OBJECT_NOT_FOUND, also when it is being erased."""
    assert caller.user_id is not None
    async with pool.acquire() as db, db.transaction():
        restored = await restore_unknown(db, unknown_id)
        if restored is None:
            raise MeridianError(OBJECT_NOT_FOUND)
        server = fleet.find_server(restored.server_id)
        action = NewAction(
            owner_id=caller.user_id,
            event=ActionEvent.SERVER_CHANGE,
            object_id=restored.server_id,
            data={"restored": restored.key, "size": restored.size},
            server=server.name if server else None,
        )
        await insert_actions(db, caller, [action])
