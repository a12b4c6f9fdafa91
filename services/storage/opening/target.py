"""The file that a link opens, while it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.downloads.held import get_held
from services.storage.opening.refused import told_to_guests
from services.storage.opening.shared_folder import refuse_outside
from shared.errors import FILE_NOT_FOUND, LINK_NOT_FOUND

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.downloads.held import Held
    from services.storage.opening.found_links import FoundLink
    from shared.db import Pool


async def get_target(pool: Pool, link: FoundLink) -> Held:
    """The file of a link, at its version; LINK_NOT_FOUND when it is not there, NOT_STORED."""
    assert link.file_id is not None
    with told_to_guests(LINK_NOT_FOUND):
        return await get_held(pool, link.owner_id, link.file_id, link.version)


async def get_target_below(pool: Pool, link: FoundLink, file_id: UUID) -> Held:
    """A file below the folder of a link; FILE_NOT_FOUND when it is not there now, NOT_STORED."""
    await refuse_outside(pool, link, file_id)
    with told_to_guests(FILE_NOT_FOUND):
        return await get_held(pool, link.owner_id, file_id)
