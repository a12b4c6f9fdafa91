"""Reserve what an upload needs before a byte is sent: its name, its version and its key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from asyncpg import ConfigurationLimitExceededError

from services.storage.files.destination import Destination, find_destination
from services.storage.files.free_name import Slot, put
from services.storage.files.sort_key import SORT_VERSION, fold, sort_key
from services.storage.uploads.insert_upload import (
    INSERT_UPLOAD,
    INSERT_UPLOAD_BY_DROP,
    INSERT_UPLOAD_OF_NEW,
)
from services.storage.uploads.new_file import file_of
from services.storage.uploads.new_upload import (
    DropRefuses,
    NewUpload,
    OnConflict,
    OtherPolicy,
    Reserved,
    Spot,
)
from services.storage.uploads.quota import quota_exceeded
from shared.catalog.policy import Policy
from shared.errors import FOLDER_NOT_FOUND, MeridianError
from shared.ids import new_id
from shared.stores.part_sizes import choose_part_size

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.settings import UploadRules
    from shared.catalog.servers import Server
    from shared.db import Pool


async def reserve(
    pool: Pool, rules: UploadRules, caller: Caller, user_id: UUID, spot: Spot, new: NewUpload
) -> Reserved:
    """Reserve a name and a place on a server, in one statement; OtherPolicy.

    FOLDER_NOT_FOUND, FOLDER_TRASHED, PERMISSION_DENIED, FOLDER_EXISTS, FILE_EXISTS,
    QUOTA_EXCEEDED of the owner of the folder; DropRefuses.
    """
    place = await find_destination(pool, caller, user_id, new.target)
    slot = Slot(place.owner_id, place.folder_id, new.name)

    async def attempt(name: str) -> Reserved:
        return await _insert(pool, rules, caller, place, spot, replace(new, name=name))

    may_rename = new.on_conflict is OnConflict.RENAME
    try:
        return await put(pool, slot, attempt, may_rename=may_rename)
    except ConfigurationLimitExceededError as error:
        raise quota_exceeded(error, is_own=place.owner_id == user_id) from error


async def _insert(
    pool: Pool,
    rules: UploadRules,
    caller: Caller,
    place: Destination,
    spot: Spot,
    new: NewUpload,
) -> Reserved:
    part_size, server = _part_size(rules, new), spot.server
    upload_id, keys = new_id(), _keys(server, in_parts=part_size is not None)
    statement, facts, more = _by_whom(new)
    row = await pool.fetchrow(
        statement,
        place.owner_id,
        place.folder_id,
        new.name,
        upload_id,
        caller.user_id,
        {"name": new.name, "size": new.size, **facts},
        caller.ip,
        caller.place.city,
        server.name,
        *keys,
        new.size,
        new.content_type,
        new.sha256,
        server.id,
        rules.url_seconds if part_size is None else rules.parts_seconds,
        rules.silent_seconds,
        part_size,
        sort_key(new.name),
        fold(new.name),
        SORT_VERSION,
        spot.policy.rule,
        *more,
    )
    assert row is not None
    if row["id"] is None:
        raise _why_not(new, spot, Policy.read(row["rule"]))
    return Reserved(
        id=upload_id,
        file=await file_of(pool, caller.user_id, place, new, upload_id, row),
        key=keys[1],
        part_size=part_size,
        expires_at=row["upload_expires_at"],
    )


def _why_not(new: NewUpload, spot: Spot, counting: Policy) -> Exception:
    """Why nothing was reserved."""
    if counting != spot.policy:
        return OtherPolicy(counting)
    return MeridianError(FOLDER_NOT_FOUND) if new.by_drop is None else DropRefuses()


def _by_whom(new: NewUpload) -> tuple[str, dict[str, str], tuple[object, ...]]:
    """The statement, what stands in the history besides, and what else the statement takes."""
    by_drop = new.by_drop
    if by_drop is not None:
        facts = {"title": by_drop.title, "sender": by_drop.sender}
        return INSERT_UPLOAD_BY_DROP, facts, (by_drop.drop_id, by_drop.sender, by_drop.own_name)
    makes_versions = new.on_conflict is OnConflict.VERSION
    return INSERT_UPLOAD if makes_versions else INSERT_UPLOAD_OF_NEW, {}, ()


def _part_size(rules: UploadRules, new: NewUpload) -> int | None:
    if new.parts or new.size > rules.multipart_bytes:
        return choose_part_size(new.size, rules.part_bytes)
    return None


def _keys(server: Server, *, in_parts: bool) -> tuple[str, str]:
    """The object's key and the key the client writes to, which differ where PUT can overwrite.

    Parts cannot: once they are joined, the server takes no more of them.
    """
    key = object_key()
    return key, key if in_parts or server.refuses_overwrites else f"incoming-{uuid4().hex}"


def object_key() -> str:
    """Make a key that was never used; it says nothing about the file."""
    return f"object-{uuid4().hex}"
