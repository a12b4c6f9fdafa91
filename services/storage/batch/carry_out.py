"""Carry out one action on many files and folders; what fails does not keep the others from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.batch.known import find_known
from services.storage.batch.move import move_all
from services.storage.batch.outcome import Outcome
from services.storage.batch.wanted import BatchAction
from services.storage.files.access import get_file, get_folder
from services.storage.files.delete import mark_deleted, note_deleted
from services.storage.files.destination import Target, find_destination
from services.storage.folders.delete import delete_folders
from services.storage.trash.put_in import trash_files, trash_folders
from services.storage.trash.restore import restore_file, restore_folder
from shared.errors import FILE_NOT_FOUND, FOLDER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.batch.known import Known
    from services.storage.batch.wanted import Batch
    from services.storage.caller import Caller
    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool


async def carry_out(
    pool: Pool, doorbell: Doorbell, caller: Caller, owner_id: UUID, batch: Batch
) -> Outcome:
    """Do it to all that are there; FOLDER_NOT_FOUND, FOLDER_TRASHED of where they are moved."""
    known, outcome = await find_known(pool, owner_id, batch), Outcome()
    outcome.fail((one for one in batch.files if one not in known.files), FILE_NOT_FOUND)
    outcome.fail((one for one in batch.folders if one not in known.folders), FOLDER_NOT_FOUND)
    work = _Work(pool, caller, owner_id, outcome)
    if batch.action is BatchAction.TRASH:
        await work.trash(known)
    elif batch.action is BatchAction.RESTORE:
        await work.restore(known)
    elif batch.action is BatchAction.DELETE:
        await work.delete(known)
        doorbell.ring()
    else:
        target = Target(folder_id=batch.folder_id)
        destination = await find_destination(pool, caller, owner_id, target)
        await move_all(pool, caller, destination, known, outcome)
    named = dict.fromkeys((*batch.files, *batch.folders))
    outcome.done.extend(one for one in named if one not in outcome.failed)
    return outcome


@dataclass(frozen=True, slots=True)
class _Work:
    """Does it for one caller: the files in one transaction, the folders in another."""

    pool: Pool
    caller: Caller
    owner_id: UUID
    outcome: Outcome

    async def trash(self, known: Known) -> None:
        """Put them into the trash; what is there stays as it is."""
        chosen = [file_id for file_id, is_trashed in known.files.items() if not is_trashed]
        async with self.pool.acquire() as db, db.transaction():
            await trash_files(db, self.caller, self.owner_id, chosen)
        async with self.pool.acquire() as db, db.transaction():
            await trash_folders(db, self.caller, self.owner_id, list(known.folders))

    async def delete(self, known: Known) -> None:
        """Delete them for ever."""
        async with self.pool.acquire() as db, db.transaction():
            rows = await mark_deleted(db, self.owner_id, list(known.files))
            await note_deleted(db, self.caller, self.owner_id, rows)
        async with self.pool.acquire() as db, db.transaction():
            await delete_folders(db, self.caller, self.owner_id, list(known.folders))

    async def restore(self, known: Known) -> None:
        """Take them out of the trash one by one: each may need another name."""
        # Folders first, so that their files find them where they were.
        for folder_id in known.folders:
            try:
                folder = await get_folder(self.pool, self.owner_id, folder_id)
                await restore_folder(self.pool, self.caller, folder, may_rename=True)
            except MeridianError as error:
                self.outcome.fail([folder_id], error.problem)
        for file_id in known.files:
            try:
                file = await get_file(self.pool, self.owner_id, file_id)
                await restore_file(self.pool, self.caller, file, may_rename=True)
            except MeridianError as error:
                self.outcome.fail([file_id], error.problem)
