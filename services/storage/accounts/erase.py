"""All files and folders of an owner go: for people at once, and from every server soon after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from services.storage.accounts.erasures import list_due, lock_due, mark_erased
from services.storage.files.delete import mark_deleted
from services.storage.lists import BEFORE_ALL_TIMES
from shared.setbacks import Setbacks

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool

BATCH: Final = 100
OWNERS_AT_ONCE: Final = 20

LIST_FILES = "SELECT id FROM storage.files WHERE owner_id = $1 AND deleted_at IS NULL LIMIT $2"
# What was made last has the least below it: there folders with none in them are found at once.
DROP_LEAVES = """
DELETE FROM storage.folders WHERE owner_id = $1 AND id IN (
    SELECT id FROM storage.folders AS leaf WHERE owner_id = $1 AND NOT EXISTS (
        SELECT FROM storage.folders WHERE owner_id = $1 AND parent_id = leaf.id)
    ORDER BY id DESC LIMIT $2)
RETURNING id
"""

log = structlog.get_logger(__name__)


async def erase_due(pool: Pool, doorbell: Doorbell) -> None:
    """Erase what is of people whose time is over; stopped half-way, the next run goes on."""
    setbacks = Setbacks()
    behind = BEFORE_ALL_TIMES
    while due := await list_due(pool, behind, OWNERS_AT_ONCE):
        for _, owner_id in due:
            with setbacks.passed_over("account", owner_id):
                await _erase_of(pool, doorbell, owner_id)
        behind = due[-1]
    setbacks.tell()


async def _erase_of(pool: Pool, doorbell: Doorbell, owner_id: UUID) -> None:
    files = 0
    gone: int | None = 0
    while gone is not None:
        gone = await _erase_some(pool, owner_id)
        files += gone or 0
        doorbell.ring()
    log.info("account_erased", owner_id=str(owner_id), files=files)


async def _erase_some(pool: Pool, owner_id: UUID) -> int | None:
    """Some files or, when there are none, folders; how many files, None when all is done."""
    async with pool.acquire() as db, db.transaction():
        if not await lock_due(db, owner_id):
            return None
        files = await db.fetch(LIST_FILES, owner_id, BATCH)
        await mark_deleted(db, owner_id, [row["id"] for row in files])
        folders = [] if files else await db.fetch(DROP_LEAVES, owner_id, BATCH)
        if files or folders:
            return len(files)
        await mark_erased(db, owner_id)
    return None
