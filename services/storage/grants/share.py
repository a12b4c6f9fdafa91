"""An owner shares a thing with somebody, changes how far they may go, or ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncpg import ForeignKeyViolationError

from services.storage.grants.grants import delete_grant, find_grant, give
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.uploads.withdraw import withdraw_uploads
from shared.catalog.outbox import insert_events
from shared.errors import FOLDER_NOT_FOUND, GRANT_NOT_FOUND, VALIDATION_FAILED, MeridianError
from shared.events import AccessChanged

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.events.doorbell import Doorbell
    from services.storage.grants.grants import Grant, Thing
    from shared.db import Connection, Pool

ONESELF = "It is yours already."


async def share(
    pool: Pool, doorbell: Doorbell, caller: Caller, thing: Thing, user_id: UUID, access: str
) -> Grant:
    """Let somebody read a thing, or write to it, too; VALIDATION_FAILED for its owner."""
    if user_id == thing.owner_id:
        raise MeridianError(VALIDATION_FAILED, errors={"user_id": [ONESELF]})
    try:
        async with pool.acquire() as db, db.transaction():
            before = await find_grant(db, thing, user_id)
            grant = await give(db, thing, user_id, access)
            if grant is not None:
                event = ActionEvent.GRANT_CHANGE if before else ActionEvent.GRANT_CREATE
                await _tell(db, caller, thing, grant, event)
    except ForeignKeyViolationError as error:
        raise MeridianError(FOLDER_NOT_FOUND) from error
    if grant is None:
        return await get_grant(pool, thing, user_id)
    await withdraw_uploads(pool, user_id, thing.owner_id)
    doorbell.ring()
    return grant


async def end_sharing(
    pool: Pool, doorbell: Doorbell, caller: Caller, thing: Thing, user_id: UUID
) -> None:
    """End a grant: what is asked from now on is refused, uploads under way too; GRANT_NOT_FOUND."""
    async with pool.acquire() as db, db.transaction():
        grant = await delete_grant(db, thing, user_id)
        if grant is None:
            raise MeridianError(GRANT_NOT_FOUND)
        await _tell(db, caller, thing, grant, ActionEvent.GRANT_DELETE)
    await withdraw_uploads(pool, user_id, thing.owner_id)
    doorbell.ring()


async def get_grant(db: Connection | Pool, thing: Thing, user_id: UUID) -> Grant:
    """What was granted to somebody of the thing itself; GRANT_NOT_FOUND."""
    grant = await find_grant(db, thing, user_id)
    if grant is None:
        raise MeridianError(GRANT_NOT_FOUND)
    return grant


async def _tell(
    db: Connection, caller: Caller, thing: Thing, grant: Grant, event: ActionEvent
) -> None:
    """Write it into the owner's history, and tell the pages of both."""
    action = NewAction(
        owner_id=thing.owner_id,
        event=event,
        object_id=thing.id,
        data={"name": thing.name, "user_id": str(grant.user_id), "access": grant.access},
    )
    await insert_actions(db, caller, [action])
    changed = AccessChanged(owner_id=thing.owner_id, user_id=grant.user_id, object_id=thing.id)
    await insert_events(db, [changed])
