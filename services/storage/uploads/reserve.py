"""Reserve what an upload needs before a byte is sent: its name, its version and its key."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from asyncpg import (
    ConfigurationLimitExceededError,
    NotNullViolationError,
    UniqueViolationError,
)

from services.storage.files.destination import Destination, find_destination
from services.storage.files.free_name import Slot, put
from services.storage.files.paths import TOP, split_path
from services.storage.uploads.insert_upload import insert_upload
from services.storage.uploads.new_upload import Booking, DropRefuses, FolderMissing, OnConflict
from services.storage.uploads.quota import quota_exceeded

if TYPE_CHECKING:
    from services.storage.settings import UploadRules
    from services.storage.uploads.new_upload import NewUpload, Reserved, Sender, Spot
    from shared.db import Pool

# The column that stays empty where a file request has no room.
NO_ROOM: Final = "drop_id"


async def reserve(
    pool: Pool, rules: UploadRules, sender: Sender, spot: Spot, new: NewUpload
) -> Reserved:
    """Reserve a name and a place on a server, in one statement; OtherPolicy.

    What `find_destination` raises, FOLDER_EXISTS, QUOTA_EXCEEDED of the owner; DropRefuses.
    """
    caller, user_id, path = sender.caller, sender.owner_id, new.target.folder
    if path is not None and path != TOP:
        # It is there most often, so the statement that fills it looks for it, too.
        place = Destination(user_id, None, path, names=split_path(path))
        with suppress(FolderMissing, UniqueViolationError):
            return await _reserve(pool, Booking(rules, caller, spot, place, new))
    place = await find_destination(pool, caller, user_id, new.target)
    if place.file is not None:
        new = replace(new, name=place.file.name)

    async def attempt(name: str) -> Reserved:
        return await _reserve(pool, Booking(rules, caller, spot, place, replace(new, name=name)))

    slot = Slot(place.owner_id, place.folder_id, new.name)
    return await put(pool, slot, attempt, may_rename=new.on_conflict is OnConflict.RENAME)


async def _reserve(pool: Pool, booking: Booking) -> Reserved:
    try:
        return await insert_upload(pool, booking)
    except NotNullViolationError as error:
        if error.column_name != NO_ROOM:
            raise
        raise DropRefuses from error
    except ConfigurationLimitExceededError as error:
        is_own = booking.new.by_drop is None and booking.place.owner_id == booking.caller.user_id
        raise quota_exceeded(error, is_own=is_own) from error
