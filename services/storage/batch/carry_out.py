"""Carry out one action on many files and folders; what fails does not keep the others from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.batch.known import find_known
from services.storage.batch.move import move_all
from services.storage.batch.outcome import Outcome
from services.storage.batch.shared import find_shared
from services.storage.batch.wanted import BatchAction
from services.storage.batch.work import Work
from services.storage.files.destination import Target, find_destination
from shared.errors import FILE_NOT_FOUND, FOLDER_NOT_FOUND, PERMISSION_DENIED

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.batch.known import Known
    from services.storage.batch.shared import Shared
    from services.storage.batch.wanted import Batch
    from services.storage.caller import Caller
    from services.storage.events.doorbell import Doorbell
    from shared.db import Pool


async def carry_out(
    pool: Pool, doorbell: Doorbell, caller: Caller, user_id: UUID, batch: Batch
) -> Outcome:
    """Do it to all that are there; what `find_destination` raises of where they are moved."""
    known, outcome = await find_known(pool, user_id, batch.files, batch.folders), Outcome()
    shared = await find_shared(pool, user_id, batch, known)
    _fail_unknown(batch, known, shared, outcome)
    shared.refuse(batch.action, outcome)
    if batch.action is BatchAction.MOVE:
        await _move(pool, caller, known, shared, batch, outcome)
    else:
        for owner_id, theirs in ({user_id: known} | shared.by_owner()).items():
            await Work(pool, caller, owner_id, outcome).carry_out(batch.action, theirs)
    if batch.action is BatchAction.DELETE:
        doorbell.ring()
    named = dict.fromkeys((*batch.files, *batch.folders))
    outcome.done.extend(one for one in named if one not in outcome.failed)
    return outcome


def _fail_unknown(batch: Batch, known: Known, shared: Shared, outcome: Outcome) -> None:
    files, folders = known.files.keys() | shared.files, known.folders.keys() | shared.folders
    outcome.fail((one for one in batch.files if one not in files), FILE_NOT_FOUND)
    outcome.fail((one for one in batch.folders if one not in folders), FOLDER_NOT_FOUND)


async def _move(
    pool: Pool, caller: Caller, known: Known, shared: Shared, batch: Batch, outcome: Outcome
) -> None:
    """Move what may go there: everything stays with its owner."""
    assert caller.user_id is not None
    target = Target(folder_id=batch.folder_id)
    destination = await find_destination(pool, caller, caller.user_id, target)
    shared.keep_within(destination, outcome)
    if destination.owner_id == caller.user_id:
        await move_all(pool, caller, destination, known, outcome)
        return
    outcome.fail((*known.files, *known.folders), PERMISSION_DENIED)
    for theirs in shared.by_owner().values():
        await move_all(pool, caller, destination, theirs, outcome)
