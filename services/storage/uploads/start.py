"""Start an upload: choose the nearest server, reserve the name, sign one PUT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from services.storage.files.files import File, find_file
from services.storage.servers.urls import sign_upload
from services.storage.uploads.uploads import INSERT_UPLOAD
from shared.errors import FILE_NOT_FOUND, FILE_TOO_LARGE, NO_SERVER, MeridianError
from shared.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from asyncpg import Record

    from services.storage.caller import Caller
    from services.storage.servers.fleet import Fleet
    from services.storage.servers.nearest import Ranked
    from services.storage.settings import UploadRules
    from shared.catalog.servers import Server
    from shared.db import Pool
    from shared.geo import Place

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUpload:
    """What a client wants to upload; `size` in bytes, `sha256` raw."""

    name: str
    size: int
    content_type: str = "application/octet-stream"
    sha256: bytes | None = None
    folder: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedUpload:
    """Where and how the client has to PUT the bytes."""

    id: UUID
    file: File
    chosen: Ranked
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


async def start_upload(
    pool: Pool, fleet: Fleet, rules: UploadRules, caller: Caller, owner_id: UUID, new: NewUpload
) -> StartedUpload:
    """Reserve the name among the things of the owner, sign the URL; FILE_TOO_LARGE, NO_SERVER."""
    if new.size > rules.max_bytes:
        limit = rules.max_bytes
        raise MeridianError(FILE_TOO_LARGE, f"A file may have at most {limit} bytes.", limit=limit)
    chosen = _choose(fleet, caller.place)
    upload_id, keys = new_id(), _keys(chosen.server)
    row = await pool.fetchrow(
        INSERT_UPLOAD,
        owner_id,
        new.folder,
        new.name,
        upload_id,
        caller.user_id,
        {"name": new.name, "size": new.size},
        caller.ip,
        caller.place.city,
        chosen.server.name,
        *keys,
        new.size,
        new.content_type,
        new.sha256,
        chosen.server.id,
        rules.url_seconds,
        rules.silent_seconds,
    )
    assert row is not None
    file = await _file_of(pool, owner_id, new, upload_id, row)
    url, headers = sign_upload(
        fleet.stores, chosen.server, keys[1], new.size, new.content_type, rules.url_seconds
    )
    return StartedUpload(
        id=upload_id,
        file=file,
        chosen=chosen,
        url=url,
        headers=headers,
        expires_at=row["upload_expires_at"],
    )


def _choose(fleet: Fleet, place: Place) -> Ranked:
    chosen = fleet.choose(place, [server for server in fleet.servers() if server.is_active])
    if not chosen:
        raise MeridianError(NO_SERVER, retry_after=RETRY_SECONDS)
    return chosen[0]


async def _file_of(
    pool: Pool, owner_id: UUID, new: NewUpload, upload_id: UUID, row: Record
) -> File:
    """The file as it is now: nothing is known of a new one that is not known here."""
    if row["versions_made"] > 1:
        file = await find_file(pool, owner_id, row["id"])
        if file is None:
            raise MeridianError(FILE_NOT_FOUND, "it was deleted while the upload started")
        return file
    return File(
        id=row["id"],
        owner_id=owner_id,
        name=new.name,
        folder=new.folder,
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
        ready=0,
        verified=0,
        wanted=0,
        servers={},
    )


def _keys(server: Server) -> tuple[str, str]:
    """The object's key and the key the client may PUT, which differ where PUT can overwrite."""
    key = object_key()
    return key, key if server.refuses_overwrites else f"incoming-{uuid4().hex}"


def object_key() -> str:
    """Make a key that was never used; it says nothing about the file."""
    return f"object-{uuid4().hex}"
