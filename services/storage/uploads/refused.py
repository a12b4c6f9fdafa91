"""A client could not write to the server it was sent to: the prober hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.catalog.refused_writes import report_upload

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.servers.fleet import Fleet
    from services.storage.uploads.new_upload import NewUpload
    from shared.catalog.versions import Version
    from shared.db import Pool


async def report_avoided(
    pool: Pool, fleet: Fleet, caller: Caller, owner_id: UUID, new: NewUpload
) -> None:
    """Note the servers that a client wants to avoid, of those it was sent to lately."""
    servers = [server.id for server in fleet.servers() if server.name in new.avoid]
    if servers and caller.user_id is not None:
        await report_upload(pool, caller.user_id, servers, new.size, owner_id)


async def report_missing(pool: Pool, upload: Version) -> None:
    """Note that a client believes to have put what its server does not have."""
    if upload.part_size is None and upload.created_by is not None:
        servers = [upload.upload_server_id]
        await report_upload(pool, upload.created_by, servers, upload.size, upload.owner_id)
