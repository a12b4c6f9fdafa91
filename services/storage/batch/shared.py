"""Which of many files and folders are others', and which of them may be changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.storage.batch.known import Known
from services.storage.batch.wanted import BatchAction
from services.storage.files.access import Right, refuse_carrying_out
from services.storage.files.files import find_file
from services.storage.files.folders import find_folder
from shared.errors import PERMISSION_DENIED, MeridianError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from services.storage.batch.outcome import Outcome
    from services.storage.batch.wanted import Batch
    from services.storage.files.destination import Destination
    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from shared.db import Connection, Pool


@dataclass(frozen=True, slots=True)
class Shared:
    """Files and folders that somebody may see though they are others'."""

    files: dict[UUID, File] = field(default_factory=dict)
    folders: dict[UUID, Folder] = field(default_factory=dict)

    def refuse(self, action: BatchAction, outcome: Outcome) -> None:
        """Leave out what may only be read; and all of it where only its owner may do that."""
        right = Right.OWN if action is BatchAction.DELETE else Right.WRITE
        for things in (self.files, self.folders):
            _leave_out(
                things,
                outcome,
                [thing.id for thing in things.values() if not right.is_given_by(thing.access)],
            )

    def keep_within(self, destination: Destination, outcome: Outcome) -> None:
        """Leave out what would be carried out of the folder that is shared."""
        for things in (self.files, self.folders):
            _leave_out(
                things,
                outcome,
                [thing.id for thing in things.values() if not _may_go(thing, destination)],
            )

    def by_owner(self) -> dict[UUID, Known]:
        """What is whose."""
        owners = {file.owner_id for file in self.files.values()}
        owners |= {folder.owner_id for folder in self.folders.values()}
        return {
            owner_id: Known(
                _of(owner_id, self.files.values()), _of(owner_id, self.folders.values())
            )
            for owner_id in owners
        }


async def find_shared(db: Connection | Pool, user_id: UUID, batch: Batch, known: Known) -> Shared:
    """Find those of a batch that are not their own."""
    shared = Shared()
    for file_id in batch.files:
        file = None if file_id in known.files else await find_file(db, user_id, file_id)
        if file is not None:
            shared.files[file_id] = file
    for folder_id in batch.folders:
        folder = None if folder_id in known.folders else await find_folder(db, user_id, folder_id)
        if folder is not None:
            shared.folders[folder_id] = folder
    return shared


def _leave_out(
    things: dict[UUID, File] | dict[UUID, Folder], outcome: Outcome, ids: Iterable[UUID]
) -> None:
    for one in ids:
        del things[one]
        outcome.fail([one], PERMISSION_DENIED)


def _may_go(thing: File | Folder, destination: Destination) -> bool:
    try:
        refuse_carrying_out(thing, destination.owner_id, destination.folder)
    except MeridianError:
        return False
    return True


def _of(owner_id: UUID, things: Iterable[File] | Iterable[Folder]) -> dict[UUID, bool]:
    return {
        thing.id: thing.trashed_at is not None for thing in things if thing.owner_id == owner_id
    }
