"""Move many files and folders into one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asyncpg import UniqueViolationError

from services.storage.batch.move_files import move_files
from services.storage.files.access import get_folder
from services.storage.files.folders import name_taken
from services.storage.folders.change import FolderChange, change_folder
from shared.errors import FILE_TRASHED, MeridianError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from services.storage.batch.known import Known
    from services.storage.batch.outcome import Outcome
    from services.storage.caller import Caller
    from services.storage.files.destination import Destination
    from shared.db import Pool

TRIES: Final = 5


async def move_all(
    pool: Pool, caller: Caller, destination: Destination, known: Known, outcome: Outcome
) -> None:
    """Move what is not in the trash."""
    trashed = (one for one, is_trashed in known.files.items() if is_trashed)
    outcome.fail(trashed, FILE_TRASHED)
    chosen = [one for one, is_trashed in known.files.items() if not is_trashed]
    await _files(pool, caller, chosen, destination, outcome)
    await _folders(pool, caller, known.folders, destination, outcome)


async def _files(
    pool: Pool, caller: Caller, chosen: list[UUID], destination: Destination, outcome: Outcome
) -> None:
    for left in reversed(range(TRIES)):
        try:
            async with pool.acquire() as db, db.transaction():
                await move_files(db, caller, chosen, destination, outcome)
        except UniqueViolationError as error:
            # Somebody took one of the names in this moment: the next look sees it.
            if not left:
                raise name_taken(error) from error
        else:
            return


async def _folders(
    pool: Pool,
    caller: Caller,
    chosen: Iterable[UUID],
    destination: Destination,
    outcome: Outcome,
) -> None:
    change = FolderChange(moves=True, parent_id=destination.folder_id)
    for folder_id in chosen:
        try:
            folder = await get_folder(pool, destination.owner_id, folder_id)
            await change_folder(pool, caller, folder, change, None)
        except MeridianError as error:
            outcome.fail([folder_id], error.problem)
