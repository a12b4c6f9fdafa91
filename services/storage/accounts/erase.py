"""All files and folders of an owner go: for people at once, and from every server soon after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from services.storage.accounts.erasures import list_due, lock_due, mark_erased
from services.storage.files.delete import mark_deleted

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool

BATCH: Final = 100
OWNERS_AT_ONCE: Final = 20

LIST_FILES = "SELECT id FROM storage.files WHERE owner_id = $1 AND deleted_at IS NULL LIMIT $2"
DELETE_FOLDERS = "DELETE FROM storage.folders WHERE owner_id = $1"

log = structlog.get_logger(__name__)


async def erase_due(pool: Pool, doorbell: Doorbell) -> None:
    """Erase what is of people whose time is over; stopped half-way, the next run goes on."""
    for owner_id in await list_due(pool, OWNERS_AT_ONCE):
        files = 0
        while marked := await _erase_some(pool, owner_id):
            files += marked
            doorbell.ring()
        log.info("account_erased", owner_id=str(owner_id), files=files)


async def _erase_some(pool: Pool, owner_id: UUID) -> int:
    async with pool.acquire() as db, db.transaction():
        if not await lock_due(db, owner_id):
            return 0
        rows = await db.fetch(LIST_FILES, owner_id, BATCH)
        await mark_deleted(db, owner_id, [row["id"] for row in rows])
        if not rows:
            await db.execute(DELETE_FOLDERS, owner_id)
            await mark_erased(db, owner_id)
    return len(rows)
