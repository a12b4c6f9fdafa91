"""The file of an upload that has just begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.files.files import OWNER, File, find_file
from services.storage.files.sort_key import sort_key
from shared.errors import FILE_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.storage.uploads.new_upload import Booking
    from shared.db import Connection, Pool


async def file_of(db: Connection | Pool, booking: Booking, upload_id: UUID, row: Record) -> File:
    """The file as that person sees it: nothing is known of a new one that is not known here."""
    place, new = booking.place, booking.new
    if row["versions_made"] > 1:
        file = await find_file(db, booking.caller.user_id or place.owner_id, row["id"])
        if file is None:
            raise MeridianError(FILE_NOT_FOUND, "The file was deleted while the upload started.")
        return file
    folder = place.folder
    return File(
        id=row["id"],
        owner_id=place.owner_id,
        folder_id=row["folder_id"],
        folder=place.path,
        name=new.name,
        name_key=sort_key(new.name),
        revision=row["revision"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        trashed_at=None,
        version_id=upload_id,
        version=1,
        size=new.size,
        content_type=new.content_type,
        sha256=None,
        proof=None,
        state="PENDING",
        spread=None,
        versions=0,
        access=folder.access if folder else OWNER,
        top_id=folder.top_id if folder else None,
        root_id=folder.root_id if folder else None,
        seen_as=folder.seen_as if folder else None,
    )
