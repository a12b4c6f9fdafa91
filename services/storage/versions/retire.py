"""Old versions go by setting: those beyond a number, and those that were replaced long ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.storage.files.paths import ABOVE
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.versions.delete import remove_version
from services.storage.versions.restore import lock_file
from services.storage.versions.versions import COLUMNS, NUMBERED, NumberedVersion
from shared.errors import MeridianError
from shared.setbacks import Setbacks

if TYPE_CHECKING:
    from services.storage.events.doorbell import Doorbell
    from shared.db import Connection, Pool

FILES_AT_ONCE: Final = 500
BEFORE_ALL: Final = (UUID(int=0), UUID(int=0))

# In the order of the primary key, so that each step goes on where the one before ended.
LIST_FILES: Final = """
SELECT owner_id, id, name FROM storage.files
WHERE (owner_id, id) > ($1, $2) AND versions_made > 1
    AND deleted_at IS NULL AND trashed_at IS NULL
ORDER BY owner_id, id LIMIT $3
"""
# $3 how many are kept, $4 for how many days after they were replaced; 0: as many, as long as one
# likes. The current one always stays, and what an open link names. A version is there since it was
# stored, not since its upload began, which takes days and may be overtaken.
LIST_OUTDATED: Final = f"""
WITH {NUMBERED}, placed AS (
    SELECT {COLUMNS}, row_number() OVER (ORDER BY number DESC) AS place,
        GREATEST(stored_at, min(stored_at) OVER (
            ORDER BY number ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)) AS replaced_at
    FROM numbered
)
SELECT {COLUMNS} FROM placed
WHERE place > 1 AND (
    ($3::integer > 0 AND place > $3)
    OR ($4::integer > 0 AND replaced_at < now() - make_interval(days => $4))
) AND EXISTS (
    SELECT FROM storage.files CROSS JOIN LATERAL {ABOVE} AS above
    WHERE owner_id = $1 AND id = $2 AND files.trashed_at IS NULL
        AND above.trashed_at IS NULL AND above.deleted_at IS NULL
) AND NOT EXISTS (
    SELECT FROM storage.links WHERE owner_id = $1 AND file_id = $2 AND version = placed.number
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
)
ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many versions of a file are kept, and for how many days old ones are; 0: no limit."""

    count: int
    days: int


@dataclass(frozen=True, slots=True)
class _File:
    owner_id: UUID
    id: UUID
    name: str


async def retire_versions(pool: Pool, doorbell: Doorbell, kept: Retention) -> None:
    """Delete old versions of all files that are not in the trash."""
    if kept.count == 0 and kept.days == 0:
        return
    setbacks = Setbacks()
    behind = BEFORE_ALL
    while rows := await pool.fetch(LIST_FILES, *behind, FILES_AT_ONCE):
        for row in rows:
            with setbacks.passed_over("old versions", row["id"]):
                if await _retire_of(pool, _File(**row), kept):
                    doorbell.ring()
        behind = rows[-1]["owner_id"], rows[-1]["id"]
    setbacks.tell()


async def _retire_of(pool: Pool, file: _File, kept: Retention) -> bool:
    """Whether there was something to delete: most files are seen without being locked."""
    found = await pool.fetch(LIST_OUTDATED, file.owner_id, file.id, kept.count, kept.days)
    if not found:
        return False
    try:
        async with pool.acquire() as db, db.transaction():
            await lock_file(db, file.owner_id, file.id)
            await _delete_outdated(db, file, kept)
    except MeridianError:
        return False  # It was deleted meanwhile, with all its versions.
    return True


async def _delete_outdated(db: Connection, file: _File, kept: Retention) -> None:
    rows = await db.fetch(LIST_OUTDATED, file.owner_id, file.id, kept.count, kept.days)
    for row in rows:
        await remove_version(db, file.owner_id, file.id, NumberedVersion(**row))
    actions = [
        NewAction(
            owner_id=file.owner_id,
            event=ActionEvent.VERSION_DELETE,
            object_id=file.id,
            data={"name": file.name, "version": row["number"]},
        )
        for row in rows
    ]
    await insert_actions(db, None, actions)
