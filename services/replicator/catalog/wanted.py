"""What the policies want where, compared with what is written down.

Gaps become wanted copies, and what nobody wants any more is marked as surplus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.catalog.placement import CHOSEN, DEFAULT_RULE, FORBIDS, HOLDS, RULE

if TYPE_CHECKING:
    from shared.db import Connection, Pool

BEFORE_ALL: Final = (UUID(int=0), UUID(int=0))

# All that the places of copies depend on, but for policies of persons.
DESCRIBE_PLACEMENT: Final = f"""
SELECT md5(concat({DEFAULT_RULE}, string_agg(
        concat_ws(' ', id, zone, latitude, longitude), ',' ORDER BY id))),
    extract(epoch FROM now())::float8
FROM storage.servers WHERE {HOLDS}
"""
# What was erased is only wanted again when whoever may still be erasing has given up; the first
# who tried and was done with it is sure to be the last.
MAY_COME_BACK: Final = """(replicas.state = 'GONE' AND (
    replicas.updated_at < now() - interval '10 minutes'
    OR replicas.is_surplus AND replicas.attempt <= 1))"""
OF_FILE: Final = RULE.format(owner="files.owner_id", file="files.id", folder="files.folder_id")
# The lock makes it wait for a deletion under way, and a deletion wait for it.
WANT_PAGE: Final = f"""
WITH locked AS (
    SELECT owner_id, id, file_id, upload_server_id FROM storage.versions
    WHERE {{scope}} AND state = 'STORED'
    ORDER BY owner_id, id LIMIT $3 FOR SHARE
), page AS MATERIALIZED (
    SELECT locked.*, {OF_FILE} AS rule FROM locked JOIN storage.files
        ON files.owner_id = locked.owner_id AND files.id = locked.file_id
), chosen AS MATERIALIZED (
    SELECT page.owner_id, page.id AS version_id, chosen.id AS server_id FROM page
    CROSS JOIN LATERAL ({CHOSEN.format(version="page", holds=HOLDS)}) AS chosen
), missing AS (
    SELECT chosen.*, replicas.state IS NULL OR {MAY_COME_BACK} AS may_come FROM chosen
    LEFT JOIN storage.replicas ON replicas.owner_id = chosen.owner_id
        AND replicas.version_id = chosen.version_id AND replicas.server_id = chosen.server_id
    WHERE replicas.state IS NULL OR replicas.state IN ('GONE', 'ERASING')
), wanted AS (
    INSERT INTO storage.replicas
        (owner_id, version_id, server_id, state, next_attempt_at, is_bulk)
    SELECT owner_id, version_id, server_id, 'WANTED', now(), true FROM missing WHERE may_come
    ON CONFLICT (owner_id, version_id, server_id) DO UPDATE
    SET state = 'WANTED', attempt = 0, failures = 0, last_error = NULL, next_attempt_at = now(),
        is_bulk = true, is_surplus = false, updated_at = now()
    WHERE replicas.state = 'GONE'
    RETURNING server_id
), marked AS (
    UPDATE storage.replicas SET is_surplus = NOT replicas.is_surplus, next_attempt_at = CASE
        WHEN replicas.is_surplus AND replicas.state IN ('READY', 'SUSPECT', 'COPYING') THEN NULL
        ELSE now() END
    FROM page, storage.servers
    WHERE replicas.owner_id = page.owner_id AND replicas.version_id = page.id
        AND servers.id = replicas.server_id AND replicas.state NOT IN ('ERASING', 'GONE')
        AND replicas.is_surplus <> (({HOLDS} OR {FORBIDS.format(version="page")})
            AND NOT EXISTS (SELECT FROM chosen WHERE chosen.owner_id = replicas.owner_id
                AND chosen.version_id = replicas.version_id
                AND chosen.server_id = replicas.server_id))
    RETURNING replicas.is_surplus
), last AS (
    SELECT owner_id, id FROM page ORDER BY owner_id DESC, id DESC LIMIT 1
)
SELECT (SELECT owner_id FROM last), (SELECT id FROM last), (SELECT count(*) FROM page) AS seen,
    (SELECT count(*) FROM wanted) AS added,
    (SELECT count(*) FROM marked WHERE is_surplus) AS surplus,
    (SELECT count(*) FROM missing WHERE NOT may_come) AS delayed
"""
WANT_NEXT: Final = WANT_PAGE.format(scope="(owner_id, id) > ($1, $2)")
WANT_NEXT_OF_OWNER: Final = WANT_PAGE.format(scope="owner_id = $1 AND id > $2")


@dataclass(frozen=True, slots=True)
class Page:
    """Some versions that were compared; `last` is None when there were none.

    `added` copies are wanted now, `surplus` are not any more; `delayed` are wanted where an erasure
    is not over.
    """

    last: tuple[UUID, UUID] | None
    seen: int
    added: int
    surplus: int = 0
    delayed: int = 0


async def describe_placement(db: Connection | Pool) -> tuple[str, float]:
    """A fingerprint of servers and the policy for all, and the time of the database in seconds."""
    row = await db.fetchrow(DESCRIBE_PLACEMENT)
    assert row is not None
    return row[0], row[1]


async def want_page(
    db: Connection | Pool, after: tuple[UUID, UUID], limit: int, *, of_owner: bool = False
) -> Page:
    """Compare the next versions, of all or of that owner only, with what is wanted."""
    statement = WANT_NEXT_OF_OWNER if of_owner else WANT_NEXT
    row = await db.fetchrow(statement, *after, limit)
    assert row is not None
    owner_id, version_id, *counts = row
    return Page(None if owner_id is None else (owner_id, version_id), *counts)
