"""Whose a file or a folder is, and how far the caller may go with it: SQL for whoever finds one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection, Pool

# $1 who asks. Of a thing of somebody else: the most that was granted of it, or of a folder above;
# the outermost folder that was granted, and the outermost with write access, which nothing may be
# carried out of; and the path of its folder as it begins there. `access` is null without a grant.
REACH: Final = """
(
    WITH RECURSIVE way_up AS (
        SELECT id, parent_id, '/' || name AS path, 1 AS height FROM storage.folders AS place
        WHERE place.owner_id = {owner_id} AND place.id = {folder_id}
        UNION ALL
        SELECT above.id, above.parent_id, '/' || above.name || way_up.path, way_up.height + 1
        FROM way_up JOIN storage.folders AS above
            ON above.owner_id = {owner_id} AND above.id = way_up.parent_id
    ), granted AS (
        SELECT grants.access, NULL::uuid AS id, '/' AS path, 0 AS height FROM storage.grants
        WHERE owner_id = {owner_id} AND file_id = {file_id} AND user_id = $1
        UNION ALL
        SELECT grants.access, way_up.id, way_up.path, way_up.height FROM way_up
        JOIN storage.grants ON grants.owner_id = {owner_id} AND grants.folder_id = way_up.id
            AND grants.user_id = $1 AND grants.file_id IS NULL
    )
    SELECT max(access) AS access, (array_agg(id ORDER BY height DESC))[1] AS top_id,
        (array_agg(id ORDER BY height DESC) FILTER (WHERE access = 'write'))[1] AS root_id,
        (array_agg(path ORDER BY height DESC))[1] AS seen_as
    FROM granted
)
"""
REACH_OF_FILE: Final = REACH.format(
    owner_id="files.owner_id", folder_id="files.folder_id", file_id="files.id"
)
REACH_OF_FOLDER: Final = REACH.format(
    owner_id="folders.owner_id", folder_id="folders.id", file_id="NULL"
)
# What somebody shares sleeps while nobody can sign in to their account.
IS_OFF: Final = """
EXISTS (SELECT FROM storage.erasures WHERE erasures.owner_id = {} AND erasures.is_off)
"""
# $1 who asks: whose things are shared with them, by a look into the index for each owner, however
# much each of them shares.
GIVERS: Final = """
givers AS (
    (SELECT owner_id FROM storage.grants WHERE user_id = $1 ORDER BY owner_id LIMIT 1)
    UNION ALL
    SELECT behind.owner_id FROM givers CROSS JOIN LATERAL (
        SELECT grants.owner_id FROM storage.grants
        WHERE user_id = $1 AND grants.owner_id > givers.owner_id ORDER BY grants.owner_id LIMIT 1
    ) AS behind
)
"""
# $1 who asks, $2 the thing. It is looked for among the caller's own things first, and only if it is
# not there among those of people who share something with them.
FOUND: Final = """
{givers}, found AS MATERIALIZED (
    SELECT owner_id, id, 'owner' AS access, NULL::uuid AS top_id, NULL::uuid AS root_id,
        NULL::text AS seen_as
    FROM storage.{things} WHERE owner_id = $1 AND id = $2
    UNION ALL
    SELECT {things}.owner_id, {things}.id, reach.access, reach.top_id, reach.root_id, reach.seen_as
    FROM givers JOIN storage.{things}
        ON {things}.owner_id = givers.owner_id AND {things}.id = $2
    CROSS JOIN LATERAL {reach} AS reach
    WHERE reach.access IS NOT NULL AND NOT {is_off}
    LIMIT 1
)
"""
FOUND_FILE: Final = FOUND.format(
    givers=GIVERS, things="files", reach=REACH_OF_FILE, is_off=IS_OFF.format("files.owner_id")
)
FOUND_FOLDER: Final = FOUND.format(
    givers=GIVERS, things="folders", reach=REACH_OF_FOLDER, is_off=IS_OFF.format("folders.owner_id")
)
LIST_REACH_OF_FILES: Final = f"""
SELECT files.id, reach.access, reach.root_id
FROM storage.files CROSS JOIN LATERAL {REACH_OF_FILE} AS reach
WHERE files.owner_id = $2 AND files.id = ANY($3::uuid[])
"""
LIST_REACH_OF_FOLDERS: Final = f"""
SELECT folders.id, reach.access, reach.root_id
FROM storage.folders CROSS JOIN LATERAL {REACH_OF_FOLDER} AS reach
WHERE folders.owner_id = $2 AND folders.id = ANY($3::uuid[])
"""

# $1 files and folders and $2 their owners, $3 people: who of them reads which that another shares.
FIND_READERS: Final = f"""
WITH RECURSIVE named AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS named(thing_id, owner_id)
), told AS (
    SELECT owner_id, thing_id, files.folder_id AS id
    FROM named JOIN storage.files USING (owner_id) WHERE files.id = thing_id
    UNION ALL
    SELECT owner_id, thing_id, folders.id
    FROM named JOIN storage.folders USING (owner_id) WHERE folders.id = thing_id
), way_up AS (
    SELECT owner_id, thing_id, id FROM told
    UNION
    SELECT way_up.owner_id, way_up.thing_id, folders.parent_id FROM way_up
    JOIN storage.folders ON folders.owner_id = way_up.owner_id AND folders.id = way_up.id
)
SELECT way_up.thing_id, grants.user_id FROM way_up
JOIN storage.grants ON grants.owner_id = way_up.owner_id AND grants.folder_id = way_up.id
WHERE grants.user_id = ANY($3::uuid[]) AND NOT {IS_OFF.format("grants.owner_id")}
UNION
SELECT told.thing_id, grants.user_id FROM told
JOIN storage.grants ON grants.owner_id = told.owner_id AND grants.file_id = told.thing_id
WHERE grants.user_id = ANY($3::uuid[]) AND NOT {IS_OFF.format("grants.owner_id")}
"""


async def find_readers(
    db: Connection | Pool, owners: Mapping[UUID, UUID], people: AbstractSet[UUID]
) -> dict[UUID, set[UUID]]:
    """Who of these people reads which of these files and folders, by owner, as it is shared."""
    ids, whose = list(owners), list(owners.values())
    readers: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in await db.fetch(FIND_READERS, ids, whose, list(people)):
        readers[row["thing_id"]].add(row["user_id"])
    return readers


async def reach_of_files(
    db: Connection | Pool, user_id: UUID, owner_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Record]:
    """What somebody may do with files of another, by id."""
    rows = await db.fetch(LIST_REACH_OF_FILES, user_id, owner_id, ids)
    return {row["id"]: row for row in rows}


async def reach_of_folders(
    db: Connection | Pool, user_id: UUID, owner_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Record]:
    """What somebody may do with folders of another, by id."""
    rows = await db.fetch(LIST_REACH_OF_FOLDERS, user_id, owner_id, ids)
    return {row["id"]: row for row in rows}
