"""Link to the nearest healthy server that holds a verified copy, and to the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.servers.urls import sign_download
from shared.catalog.versions import find_version
from shared.errors import FILE_NOT_FOUND, NO_HEALTHY_REPLICA, NOT_STORED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.files.files import File
    from services.storage.servers.fleet import Fleet
    from services.storage.servers.nearest import Ranked
    from shared.catalog.servers import Server
    from shared.db import Pool

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """Signed links, best first, all alive until `expires_at`."""

    links: list[tuple[Ranked, str]]
    expires_at: datetime


async def link_download(
    pool: Pool,
    fleet: Fleet,
    seconds: int,
    caller: Caller,
    file: File,
    *,
    link_id: UUID | None = None,
) -> Download:
    """Sign a GET for every healthy holder; NOT_STORED, NO_HEALTHY_REPLICA.

    `link_id` names the share link by which the caller came.
    """
    if file.state != "STORED":
        raise MeridianError(NOT_STORED)
    ranked = fleet.choose(caller.place, holders(fleet, file))
    if not ranked:
        raise MeridianError(NO_HEALTHY_REPLICA, retry_after=RETRY_SECONDS)
    version = await find_version(pool, file.owner_id, file.version_id)
    if version is None or version.state != "STORED":
        raise MeridianError(FILE_NOT_FOUND)
    expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
    links = [
        (
            choice,
            sign_download(
                fleet.stores, choice.server, version.key, file.name, file.content_type, seconds
            ),
        )
        for choice in ranked
    ]
    downloaded = NewAction(
        owner_id=file.owner_id,
        event=ActionEvent.LINK_OPEN if link_id else ActionEvent.FILE_DOWNLOAD,
        object_id=file.id,
        data={"name": file.name, "version": file.version},
        server=ranked[0].server.name,
        link_id=link_id,
    )
    await insert_actions(pool, caller, [downloaded])
    return Download(links=links, expires_at=expires_at)


def holders(fleet: Fleet, file: File) -> list[Server]:
    """The servers with a verified copy of the file's version, whether they answer or not."""
    return [server for server in fleet.servers() if file.servers.get(server.name) == "READY"]
