"""Delete one version for ever; its bytes go when no other version has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.versions.restore import lock_file
from services.storage.versions.versions import find_version, list_versions
from shared.catalog.outbox import insert_events
from shared.catalog.version_states import BECOMES_DELETING, MAY_BECOME_DELETING
from shared.errors import LAST_VERSION, VERSION_NOT_FOUND, MeridianError
from shared.events import FileDeleted

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.events.doorbell import Doorbell
    from services.storage.files.files import File
    from services.storage.versions.versions import NumberedVersion
    from shared.db import Connection, Pool

DELETE_RESTORED: Final = """
DELETE FROM storage.restored_versions WHERE owner_id = $1 AND file_id = $2 AND number = $3
RETURNING number
"""
# The number of a restoration of these bytes, which they get as their own.
TAKE_NUMBER: Final = """
WITH taken AS (
    DELETE FROM storage.restored_versions
    WHERE owner_id = $1 AND file_id = $2 AND number = (
        SELECT min(number) FROM storage.restored_versions
        WHERE owner_id = $1 AND file_id = $2 AND version_id = $3)
    RETURNING number
)
UPDATE storage.versions SET number = taken.number FROM taken
WHERE owner_id = $1 AND id = $3 RETURNING versions.number
"""
MARK_DELETING: Final = f"""
UPDATE storage.versions SET {BECOMES_DELETING}
WHERE owner_id = $1 AND id = $2 AND {MAY_BECOME_DELETING}
"""
SHOW_NEWEST: Final = """
UPDATE storage.files
SET current_number = $3, current_version_id = $4, size = $5, updated_at = now(),
    revision = revision + 1
WHERE owner_id = $1 AND id = $2
"""


async def delete_version(
    pool: Pool, doorbell: Doorbell, caller: Caller, file: File, number: int
) -> None:
    """Delete it; of the current one the newest before it becomes current.

    VERSION_NOT_FOUND, LAST_VERSION, FILE_NOT_FOUND.
    """
    async with pool.acquire() as db, db.transaction():
        current = await lock_file(db, file.owner_id, file.id)
        old = await find_version(db, file.owner_id, file.id, number)
        if old is None:
            raise MeridianError(VERSION_NOT_FOUND)
        await remove_version(db, file.owner_id, file.id, old)
        left = await list_versions(db, file.owner_id, file.id, None, 1)
        if not left:
            raise MeridianError(LAST_VERSION)
        if number == current["current_number"]:
            newest = left[0].number, left[0].id, left[0].size
            await db.execute(SHOW_NEWEST, file.owner_id, file.id, *newest)
        action = NewAction(
            owner_id=file.owner_id,
            event=ActionEvent.VERSION_DELETE,
            object_id=file.id,
            data={"name": file.name, "version": number},
        )
        await insert_actions(db, caller, [action])
    doorbell.ring()


async def remove_version(
    db: Connection, owner_id: UUID, file_id: UUID, old: NumberedVersion
) -> None:
    """Take a number off a file that is locked; the bytes go when no other number shows them."""
    place = owner_id, file_id
    if await db.fetchval(DELETE_RESTORED, *place, old.number) is not None:
        return
    if await db.fetchval(TAKE_NUMBER, *place, old.id) is not None:
        return
    await db.execute(MARK_DELETING, owner_id, old.id)
    event = FileDeleted(file_id=file_id, version_id=old.id, owner_id=owner_id)
    await insert_events(db, [event])
