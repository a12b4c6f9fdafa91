"""Reserve a file and its version in one statement, for a person or by a file request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.sort_key import sorting_of
from services.storage.uploads.new_file import file_of
from services.storage.uploads.new_upload import (
    Booking,
    DropRefuses,
    FolderMissing,
    OnConflict,
    OtherPolicy,
    Reserved,
)
from services.storage.uploads.object_keys import make_keys, part_size_of
from shared.catalog.placement import DEFAULT_RULE
from shared.catalog.policy import Policy
from shared.errors import FILE_NOT_FOUND, FOLDER_NOT_FOUND, MeridianError
from shared.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

# $2 is the folder, null for the top, or the names on the path to it.
BY_ID: Final = "$2::uuid"
BY_PATH: Final = "storage.folder_at($1, $2::text[])"
# Nothing is reserved where another policy counts than the server was chosen by.
MAY_BE: Final = """
    policy.rule = $22::jsonb
        AND ({at_top} OR EXISTS (SELECT FROM storage.folders
            WHERE owner_id = $1 AND id = policy.folder_id AND deleted_at IS NULL))
"""
INSERT: Final = f"""
WITH policy AS MATERIALIZED (
    SELECT folder_id,
        COALESCE(storage.own_rule_of_name($1, folder_id, $3), {DEFAULT_RULE}) AS rule
    FROM (SELECT {{folder}} AS folder_id) AS place
), file AS (
    INSERT INTO storage.files
        (owner_id, folder_id, name, name_key, name_fold, sort_version, current_version_id, size)
    SELECT $1, folder_id, $3, $19, $20, $21, $4, $12 FROM policy WHERE {{may_be}}
    {{on_conflict}}
    RETURNING id, folder_id, revision, created_at, updated_at, versions_made
), action AS (
    INSERT INTO storage.actions
        (owner_id, event, object_id, user_id, data, ip, place, server, link_id)
    SELECT $1, '{{event}}', file.id, $5, $6, $7, $8, $9, {{drop_id}} FROM file
), upload AS (
    INSERT INTO storage.versions (owner_id, id, file_id, number, key, upload_key, size,
        content_type, declared_sha256, created_by, upload_server_id, upload_expires_at,
        next_check_at, part_size)
    SELECT $1, $4, file.id, file.versions_made, $10, $11, $12, $13, $14, $5, $15,
        now() + make_interval(secs => $16), now() + make_interval(secs => $17), $18
    FROM file RETURNING upload_expires_at
){{by_drop}}
SELECT file.*, upload.upload_expires_at, policy.rule
FROM policy LEFT JOIN (file CROSS JOIN upload) ON true
"""
OF_A_PERSON: Final = {
    "folder": BY_ID,
    "may_be": MAY_BE.format(at_top="policy.folder_id IS NULL"),
    "event": "FILE.UPLOAD",
    "drop_id": "NULL::uuid",
    "by_drop": "",
}
IN_A_FOLDER: Final = {**OF_A_PERSON, "folder": BY_PATH, "may_be": MAY_BE.format(at_top="false")}
# A name that exists gets its next version; the counter makes parallel uploads take turns.
NEXT_VERSION: Final = """
    ON CONFLICT (owner_id, folder_id, name) WHERE deleted_at IS NULL AND trashed_at IS NULL
    DO UPDATE SET versions_made = files.versions_made + 1
"""
INSERT_UPLOAD: Final = INSERT.format(on_conflict=NEXT_VERSION, **OF_A_PERSON)
INSERT_UPLOAD_AT: Final = INSERT.format(on_conflict=NEXT_VERSION, **IN_A_FOLDER)
# Over one file, $23: its row is locked where it was found, so that no other gets its name.
IS_THERE: Final = """EXISTS (SELECT FROM storage.files AS under
    WHERE under.owner_id = $1 AND under.id = $23 AND under.folder_id IS NOT DISTINCT FROM $2
        AND under.name = $3 AND under.deleted_at IS NULL AND under.trashed_at IS NULL
    FOR UPDATE)"""
OVER_A_FILE: Final = {**OF_A_PERSON, "may_be": f"{OF_A_PERSON['may_be']} AND {IS_THERE}"}
INSERT_UPLOAD_OVER: Final = INSERT.format(on_conflict=NEXT_VERSION, **OVER_A_FILE)
INSERT_UPLOAD_OF_NEW: Final = INSERT.format(on_conflict="", **OF_A_PERSON)
INSERT_UPLOAD_OF_NEW_AT: Final = INSERT.format(on_conflict="", **IN_A_FOLDER)
# By a file request: $23 which, $24 who says that he sends it, $25 what he calls it. Its row counts
# what comes, so however many send at once, no more is let in than it may take: without room there
# is no drop_id, which refuses it all. The row is taken behind the name, as by uploads that end.
INSERT_UPLOAD_BY_DROP: Final = INSERT.format(
    folder=BY_ID,
    may_be=MAY_BE.format(at_top="false"),
    on_conflict="",
    event="DROP.UPLOAD",
    drop_id="$23",
    by_drop=""", room AS (
    UPDATE storage.drops SET files = files + 1, bytes = bytes + $12
    FROM file
    WHERE owner_id = $1 AND drops.id = $23 AND drops.folder_id = file.folder_id
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
        AND (max_files IS NULL OR files < max_files)
        AND (max_bytes IS NULL OR bytes + $12 <= max_bytes)
    RETURNING drops.id
), arrival AS (
    INSERT INTO storage.drop_files (owner_id, version_id, drop_id, name, sender)
    SELECT $1, $4, (SELECT id FROM room), $25, $24 FROM file
)""",
)


async def insert_upload(db: Connection | Pool, booking: Booking) -> Reserved:
    """Reserve it; OtherPolicy, FOLDER_NOT_FOUND, DropRefuses, FolderMissing at the end of a path.

    UniqueViolationError: its name; NotNullViolationError of drop_id: no room in the request;
    ConfigurationLimitExceededError: none in the quota.
    """
    part_size, upload_id = part_size_of(booking.rules, booking.new), new_id()
    keys = make_keys(booking.spot.server, in_parts=part_size is not None)
    statement, facts, more = _by_whom(booking)
    values = _values(booking, facts, upload_id, keys, part_size)
    (row,) = await db.fetch(statement, *values, *more)
    if row["id"] is None:
        raise _why_not(booking, Policy.read(row["rule"]))
    return Reserved(
        id=upload_id,
        file=await file_of(db, booking, upload_id, row),
        key=keys[1],
        part_size=part_size,
        expires_at=row["upload_expires_at"],
    )


def _values(
    booking: Booking,
    facts: dict[str, str],
    upload_id: UUID,
    keys: tuple[str, str],
    part_size: int | None,
) -> list[object]:
    """What all of the statements take, in order."""
    rules, caller, spot = booking.rules, booking.caller, booking.spot
    place, new = booking.place, booking.new
    return [
        place.owner_id,
        place.names or place.folder_id,
        new.name,
        upload_id,
        caller.user_id,
        {"name": new.name, "size": new.size, **facts},
        caller.ip,
        caller.place.city,
        spot.server.name,
        *keys,
        new.size,
        new.content_type,
        new.sha256,
        spot.server.id,
        rules.url_seconds if part_size is None else rules.parts_seconds,
        rules.silent_seconds,
        part_size,
        *sorting_of(new.name),
        spot.policy.rule,
    ]


def _why_not(booking: Booking, counting: Policy) -> Exception:
    """Why nothing was reserved."""
    place, new = booking.place, booking.new
    if counting != booking.spot.policy:
        return OtherPolicy(counting)
    if place.names:
        return FolderMissing()
    if place.file is not None:
        return MeridianError(FILE_NOT_FOUND, "The file was moved while the upload started.")
    return MeridianError(FOLDER_NOT_FOUND) if new.by_drop is None else DropRefuses()


def _by_whom(booking: Booking) -> tuple[str, dict[str, str], tuple[object, ...]]:
    """The statement, what stands in the history besides, and what else the statement takes."""
    place, new, by_drop = booking.place, booking.new, booking.new.by_drop
    if by_drop is not None:
        facts = {"title": by_drop.title, "sender": by_drop.sender}
        return INSERT_UPLOAD_BY_DROP, facts, (by_drop.drop_id, by_drop.sender, by_drop.own_name)
    if place.file is not None:
        return INSERT_UPLOAD_OVER, {}, (place.file.id,)
    makes_versions = new.on_conflict is OnConflict.VERSION
    if place.names:
        return INSERT_UPLOAD_AT if makes_versions else INSERT_UPLOAD_OF_NEW_AT, {}, ()
    return INSERT_UPLOAD if makes_versions else INSERT_UPLOAD_OF_NEW, {}, ()
