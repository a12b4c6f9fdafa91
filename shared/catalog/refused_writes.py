"""Who could not write to a server lately: hints that the prober looks into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.batches import in_batches

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from shared.db import Connection, Pool

# Who reports for our own copies.
OURSELVES: Final = UUID(int=0)
LATELY_SECONDS: Final = 60

REPORT: Final = """
INSERT INTO storage.refused_writes (server_id, reported_by, size)
SELECT servers.id, $1, $3 FROM storage.servers WHERE servers.id = ANY($2::uuid[]){only}
ON CONFLICT (server_id, reported_by) DO UPDATE SET size = EXCLUDED.size, reported_at = now()
"""
REPORT_OWN_COPY: Final = REPORT.format(only="")
# Only of those who were sent there: nobody else can know, or speak against a server.
REPORT_UPLOAD: Final = REPORT.format(
    only=""" AND EXISTS (
    SELECT FROM storage.versions
    WHERE versions.owner_id = $4 AND versions.id > storage.first_id(now() - interval '1 hour')
        AND versions.created_by = $1 AND versions.upload_server_id = servers.id
        AND versions.state IN ('PENDING', 'GONE') AND versions.stored_at IS NULL)"""
)
LIST_LATELY: Final = f"""
SELECT server_id, count(*) FILTER (WHERE reported_by <> '{OURSELVES}') AS people,
    max(size) AS size, max(reported_at) AS newest_at
FROM storage.refused_writes
WHERE reported_at > now() - interval '{LATELY_SECONDS} seconds' GROUP BY server_id
"""
FORGET_OLD: Final = """
DELETE FROM storage.refused_writes WHERE (server_id, reported_by) IN (
    SELECT server_id, reported_by FROM storage.refused_writes
    WHERE reported_at < now() - interval '1 hour' LIMIT $1)
RETURNING server_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Of one server in the last minute: from how many people, the largest size in bytes."""

    server_id: UUID
    people: int
    size: int
    newest_at: datetime


async def report_upload(
    db: Connection | Pool, user_id: UUID, server_ids: Collection[UUID], size: int, owner_id: UUID
) -> None:
    """Note that a person could not upload to these servers."""
    await db.execute(REPORT_UPLOAD, user_id, server_ids, size, owner_id)


async def report_own_copy(db: Connection | Pool, server_id: UUID, size: int) -> None:
    """Note that a server did not take a copy."""
    await db.execute(REPORT_OWN_COPY, OURSELVES, [server_id], size)


async def list_lately(db: Connection | Pool) -> dict[UUID, Refusals]:
    """What was reported in the last minute, by server."""
    return {row["server_id"]: Refusals(**row) for row in await db.fetch(LIST_LATELY)}


async def forget_old(db: Connection | Pool) -> None:
    """Drop what is of no use any more."""
    await in_batches(db, FORGET_OLD)
