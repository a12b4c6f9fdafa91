"""A big library for somebody: rows of stored files that no S3 server holds, made in a second."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from loadtest.options import LIBRARY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

ADD_FOLDER: Final = """
INSERT INTO storage.folders (owner_id, name, name_key) VALUES ($1, $2, $2) RETURNING id
"""
# $1 owner, $2 folder, $3 how many. They came yesterday, so that they are none of the copies of the
# last hour. An inventory would miss their objects, but none comes so soon.
ADD_FILES: Final = """
WITH made AS (
    SELECT storage.new_id() AS id, storage.new_id() AS version_id, number,
        'picture ' || number || '.jpg' AS name,
        'picture ' || lpad(number::text, 9, '0') || '.jpg' AS name_key
    FROM generate_series(1::bigint, $3::bigint) AS number
), files AS (
    INSERT INTO storage.files (owner_id, id, folder_id, name, name_key, name_fold, sort_version,
        current_version_id, current_number, size, created_at, updated_at)
    SELECT $1, id, $2, name, name_key, name, 1, version_id, 1, 1000 + number * 7919 % 100003,
        now() - make_interval(secs => number), now() - make_interval(secs => number * 7919 % 100003)
    FROM made
), versions AS (
    INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, state,
        stored_at, upload_server_id, upload_expires_at, created_by)
    SELECT $1, version_id, id, 1, version_id::text, 1000 + number * 7919 % 100003, 'image/jpeg',
        'STORED', now() - interval '1 day', (SELECT min(id::text)::uuid FROM storage.servers),
        now(), $1
    FROM made
)
INSERT INTO storage.replicas (owner_id, version_id, server_id, state, updated_at, verified_at)
SELECT $1, version_id, servers.id, 'READY', now() - interval '1 day', now()
FROM made CROSS JOIN storage.servers
"""
ADD_ACTIONS: Final = """
INSERT INTO storage.actions (owner_id, user_id, event, object_id, data)
SELECT owner_id, owner_id, 'FILE.UPLOAD', id, jsonb_build_object('name', name)
FROM storage.files WHERE owner_id = $1 AND folder_id = $2
"""
# As autovacuum would a minute later.
COUNT: Final = "ANALYZE storage.files, storage.versions, storage.replicas"
FORGET: Final = (
    """
UPDATE storage.replicas SET state = 'GONE', verified_at = NULL FROM storage.versions, storage.files
WHERE files.owner_id = $1 AND files.folder_id = $2
    AND versions.owner_id = files.owner_id AND versions.file_id = files.id
    AND replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
""",
    """
UPDATE storage.versions SET state = 'GONE' FROM storage.files
WHERE files.owner_id = $1 AND files.folder_id = $2
    AND versions.owner_id = files.owner_id AND versions.file_id = files.id
""",
    """
UPDATE storage.files SET deleted_at = now(), folder_id = NULL
WHERE owner_id = $1 AND folder_id = $2
""",
    "DELETE FROM storage.folders WHERE owner_id = $1 AND id = $2",
)


@asynccontextmanager
async def library(database_url: str, owner_id: UUID, files: int) -> AsyncIterator[UUID]:
    """Fill a folder of that person with `files` files and a history; its id.

    The rows are gone for people with the end of the block. Their bytes were never anywhere, so
    links to them are signed and lead to nothing.
    """
    connection = await asyncpg.connect(database_url)
    try:
        folder_id: UUID = await connection.fetchval(ADD_FOLDER, owner_id, LIBRARY)
        await _fill(connection, owner_id, folder_id, files)
        try:
            yield folder_id
        finally:
            for statement in FORGET:
                await connection.execute(statement, owner_id, folder_id)
    finally:
        await connection.close()


async def _fill(db: asyncpg.Connection[Any], owner_id: UUID, folder_id: UUID, files: int) -> None:
    await db.execute(ADD_FILES, owner_id, folder_id, files)
    await db.execute(ADD_ACTIONS, owner_id, folder_id)
    await db.execute(COUNT)
