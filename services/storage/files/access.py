"""May I? The one place that decides who may touch a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.files.files import find_file
from shared.errors import FILE_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.files.files import File
    from shared.db import Pool


async def get_file(db: Pool, user_id: UUID, file_id: UUID, number: int | None = None) -> File:
    """A file that this person may touch, at a version; FILE_NOT_FOUND, also for another's."""
    file = await find_file(db, user_id, file_id, number)
    if file is None:
        raise MeridianError(FILE_NOT_FOUND)
    return file
