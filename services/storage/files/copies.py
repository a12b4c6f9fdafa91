"""The copies of a version, server by server, and why one is not there yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from shared.catalog.placement import CHOSEN, HOLDS, RULE

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.catalog.servers import Server
    from shared.db import Connection, Pool

Reason: TypeAlias = Literal[
    "arriving",
    "queued",
    "catching_up",
    "copying",
    "failing",
    "checking",
    "erasing",
    "policy_excludes",
    "city_off",
    "city_away",
    "city_inactive",
    "city_draining",
]
# Counting further would tell nobody more.
MOST_AHEAD: Final = 1000
LIST_COPIES: Final = f"""
WITH version AS (
    SELECT versions.id, versions.state, versions.upload_server_id,
        {RULE.format(owner="files.owner_id", file="files.id", folder="files.folder_id")} AS rule
    FROM storage.versions JOIN storage.files
        ON files.owner_id = versions.owner_id AND files.id = versions.file_id
    WHERE versions.owner_id = $1 AND versions.id = $2
), chosen AS MATERIALIZED (
    SELECT chosen.id FROM version
    CROSS JOIN LATERAL ({CHOSEN.format(version="version", holds=HOLDS)}) AS chosen
)
SELECT servers.id AS server_id, servers.id IN (SELECT id FROM chosen) AS is_wanted,
    version.state = 'STORED' AS is_stored, replicas.state, replicas.attempt, replicas.last_error,
    replicas.next_attempt_at, replicas.verified_at, replicas.created_at, replicas.is_bulk,
    COALESCE(replicas.is_surplus, false) AS is_surplus,
    CASE WHEN replicas.state = 'WANTED' THEN (SELECT count(*) FROM (
        SELECT FROM storage.replicas AS others
        WHERE others.server_id = servers.id AND others.state = 'WANTED'
            AND (others.is_bulk, others.next_attempt_at)
                < (replicas.is_bulk, replicas.next_attempt_at)
        LIMIT {MOST_AHEAD}) AS before) END AS ahead
FROM version CROSS JOIN storage.servers
LEFT JOIN storage.replicas ON replicas.owner_id = $1 AND replicas.version_id = $2
    AND replicas.server_id = servers.id
WHERE servers.removed_at IS NULL ORDER BY servers.id
"""
BY_STATE: Final[dict[str, Reason]] = {
    "COPYING": "copying",
    "FAILED": "failing",
    "SUSPECT": "checking",
    "ERASING": "erasing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a server has of a version; `state` None: nothing, and nothing was begun.

    `ahead` copies of other files to that server come first, as far as anybody counts.
    """

    server_id: UUID
    is_wanted: bool
    is_stored: bool
    state: str | None
    attempt: int | None
    last_error: str | None
    next_attempt_at: datetime | None
    verified_at: datetime | None
    created_at: datetime | None
    is_bulk: bool | None
    is_surplus: bool
    ahead: int | None

    def why_not(self, server: Server) -> Reason | None:
        """Why it is not there yet, or will not be; None where it is, and stays."""
        if self.is_surplus:
            return "policy_excludes"
        if self.state == "READY":
            return None
        if self.state == "ERASING":
            return "erasing"
        return self._of_city(server) or self._of_copy()

    def _of_city(self, server: Server) -> Reason | None:
        if not server.is_on:
            return "city_off"
        if server.is_draining:
            return "city_draining"
        if not server.is_active:
            return "city_inactive"
        if not self.is_stored:
            return "arriving"
        if self.state is not None and self.state != "GONE" and server.health == "offline":
            return "city_away"
        return None

    def _of_copy(self) -> Reason:
        if self.state is None or self.state == "GONE":
            return "catching_up" if self.is_wanted else "policy_excludes"
        if self.state in BY_STATE:
            return BY_STATE[self.state]
        if self.last_error is not None:
            return "failing"
        return "catching_up" if self.is_bulk else "queued"


async def list_copies(db: Connection | Pool, owner_id: UUID, version_id: UUID) -> list[Copy]:
    """All servers, with what they have of a version."""
    return [Copy(**row) for row in await db.fetch(LIST_COPIES, owner_id, version_id)]
