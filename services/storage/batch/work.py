"""What is done to many things of one owner, but for moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.batch.known import find_known
from services.storage.batch.wanted import BatchAction
from services.storage.files.access import get_file, get_folder
from services.storage.files.delete import mark_deleted, note_deleted
from services.storage.folders.delete import delete_folders
from services.storage.trash.put_in import trash_files, trash_folders
from services.storage.trash.restore import restore_file, restore_folder
from shared.errors import FILE_NOT_FOUND, FOLDER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from services.storage.batch.known import Known
    from services.storage.batch.outcome import Outcome
    from services.storage.caller import Caller
    from shared.db import Pool


@dataclass(frozen=True, slots=True)
class Work:
    """Does it to things of one owner: the files in one transaction, the folders in another."""

    pool: Pool
    caller: Caller
    owner_id: UUID
    outcome: Outcome

    async def carry_out(self, action: BatchAction, known: Known) -> None:
        """Do to them what is not a move."""
        if action is BatchAction.TRASH:
            await self.trash(known)
        elif action is BatchAction.RESTORE:
            await self.restore(known)
        else:
            await self.delete(known)

    async def trash(self, known: Known) -> None:
        """Put them into the trash; what is there stays as it is."""
        chosen = [file_id for file_id, is_trashed in known.files.items() if not is_trashed]
        async with self.pool.acquire() as db, db.transaction():
            await trash_files(db, self.caller, self.owner_id, chosen)
        async with self.pool.acquire() as db, db.transaction():
            await trash_folders(db, self.caller, self.owner_id, list(known.folders))
        left = await find_known(self.pool, self.owner_id, known.files, known.folders)
        self._fail_gone(known, left.files, left.folders)

    async def delete(self, known: Known) -> None:
        """Delete them for ever."""
        async with self.pool.acquire() as db, db.transaction():
            rows = await mark_deleted(db, self.owner_id, list(known.files))
            await note_deleted(db, self.caller, self.owner_id, rows)
        async with self.pool.acquire() as db, db.transaction():
            folders = await delete_folders(db, self.caller, self.owner_id, list(known.folders))
        self._fail_gone(known, {row["id"] for row in rows}, folders)

    async def restore(self, known: Known) -> None:
        """Take them out of the trash one by one: each may need another name."""
        assert self.caller.user_id is not None
        user_id = self.caller.user_id
        # Folders first, so that their files find them where they were.
        for folder_id in known.folders:
            try:
                folder = await get_folder(self.pool, user_id, folder_id)
                await restore_folder(self.pool, self.caller, folder, may_rename=True)
            except MeridianError as error:
                self.outcome.fail([folder_id], error.problem)
        for file_id in known.files:
            try:
                file = await get_file(self.pool, user_id, file_id)
                await restore_file(self.pool, self.caller, file, may_rename=True)
            except MeridianError as error:
                self.outcome.fail([file_id], error.problem)

    def _fail_gone(self, known: Known, files: Collection[UUID], folders: Collection[UUID]) -> None:
        """Say which were deleted by somebody else meanwhile, by those that were not."""
        self.outcome.fail((one for one in known.files if one not in files), FILE_NOT_FOUND)
        self.outcome.fail((one for one in known.folders if one not in folders), FOLDER_NOT_FOUND)
