"""Copies that no policy wants any more: they go once all that are wanted are verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.catalog.placement import CHOSEN, FORBIDS, HOLDS, OPEN, RULE

if TYPE_CHECKING:
    from uuid import UUID

    from shared.catalog.versions import Version
    from shared.db import Connection, Pool

# Where nothing was verified there is nothing to lose.
IS_OVER: Final = "(replicas.state IN ('WANTED', 'FAILED') OR verdict.is_enough)"
# Until then each copy that ends asks again by itself.
LATER: Final = "interval '10 minutes'"
# What stands is locked: neither is its server removed meanwhile, nor the copy doubted. Where there
# are fewer servers than copies wanted, everything stays.
RELEASE: Final = f"""
WITH version AS MATERIALIZED (
    SELECT versions.owner_id, versions.id, versions.upload_server_id,
        {RULE.format(owner="files.owner_id", file="files.id", folder="files.folder_id")} AS rule
    FROM storage.versions JOIN storage.files
        ON files.owner_id = versions.owner_id AND files.id = versions.file_id
    WHERE versions.owner_id = $1 AND versions.id = $2 AND versions.state = 'STORED'
    FOR UPDATE OF versions
), chosen AS MATERIALIZED (
    SELECT chosen.id FROM version
    CROSS JOIN LATERAL ({CHOSEN.format(version="version", holds=HOLDS)}) AS chosen
), standing AS MATERIALIZED (
    SELECT replicas.server_id FROM chosen
    JOIN storage.replicas ON replicas.owner_id = $1 AND replicas.version_id = $2
        AND replicas.server_id = chosen.id
    JOIN storage.servers ON servers.id = chosen.id
    WHERE replicas.state = 'READY' AND replicas.verified_at IS NOT NULL
        AND {HOLDS} AND {OPEN} AND servers.health <> 'offline'
    FOR SHARE OF replicas, servers
), verdict AS (
    SELECT stand.number >= GREATEST(1, (SELECT count(*) FROM chosen),
        (NULLIF(version.rule ->> 'copies', 'all')::integer)) AS is_enough, version.rule
    FROM version, (SELECT count(*) AS number FROM standing) AS stand
), released AS (
    UPDATE storage.replicas
    SET state = CASE WHEN {IS_OVER} THEN 'ERASING' ELSE replicas.state END,
        attempt = CASE WHEN {IS_OVER} THEN 0 ELSE replicas.attempt END,
        next_attempt_at = now() + CASE WHEN {IS_OVER} THEN interval '0' ELSE {LATER} END,
        updated_at = CASE WHEN {IS_OVER} THEN now() ELSE replicas.updated_at END
    FROM verdict, storage.servers
    WHERE replicas.owner_id = $1 AND replicas.version_id = $2 AND servers.id = replicas.server_id
        AND replicas.is_surplus AND replicas.state IN ('WANTED', 'READY', 'SUSPECT', 'FAILED')
        AND ({HOLDS} OR {FORBIDS.format(version="verdict")})
        AND servers.id NOT IN (SELECT id FROM chosen)
    RETURNING replicas.server_id, replicas.state
), letters AS (
    DELETE FROM storage.dead_letters USING released
    WHERE dead_letters.owner_id = $1 AND dead_letters.version_id = $2
        AND dead_letters.server_id = released.server_id
)
SELECT server_id FROM released WHERE state = 'ERASING'
"""


async def release_surplus(db: Connection | Pool, version: Version) -> set[UUID]:
    """READY → ERASING where no policy wants a copy, if enough others stand; their servers."""
    return {row["server_id"] for row in await db.fetch(RELEASE, version.owner_id, version.id)}
