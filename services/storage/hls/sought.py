"""A playlist somebody wants to play, and the cities that can give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from services.storage.files.access import get_live_folder
from services.storage.hls.found import get_found
from shared.errors import NO_HEALTHY_REPLICA, MeridianError

if TYPE_CHECKING:
    from services.storage.hls.found import Found
    from services.storage.hls.viewers import Viewer
    from services.storage.servers.fleet import Fleet
    from services.storage.servers.nearest import Ranked
    from shared.db import Pool

RETRY_SECONDS: Final = 2


class Sought(NamedTuple):
    """The file of a playlist; the cities that answer, best first, and those of them that hold it.

    Its segments may already be where it is not yet itself.
    """

    file: Found
    answering: list[Ranked]
    holding: list[Ranked]

    def pathways(self, most: int) -> list[Ranked]:
        """The cities between which a player may choose."""
        return self.holding[:most]


async def seek(pool: Pool, fleet: Fleet, viewer: Viewer) -> Sought:
    """Find a playlist; FOLDER_NOT_FOUND, FILE_NOT_FOUND, NOT_STORED, NO_HEALTHY_REPLICA."""
    folder = await get_live_folder(pool, viewer.user_id, viewer.folder_id)
    file = await get_found(pool, folder.owner_id, folder.id, viewer.playlist)
    ranked = fleet.rank(viewer.caller.place, fleet.servers())
    answering = [choice for choice in ranked if choice.is_healthy]
    holding = [choice for choice in answering if choice.server.id in file.holders]
    if not holding:
        raise MeridianError(NO_HEALTHY_REPLICA, retry_after=RETRY_SECONDS)
    return Sought(file, answering, holding)
