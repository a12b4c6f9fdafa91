"""Why copies that are to come did not come yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db import Connection, Pool

GROUP_ERRORS: Final = """
SELECT servers.name AS server, replicas.last_error AS error, count(*) AS copies,
    count(*) FILTER (WHERE replicas.state = 'FAILED') AS dead_letters,
    min(replicas.next_attempt_at) AS next_attempt_at
FROM storage.replicas JOIN storage.servers ON servers.id = replicas.server_id
WHERE replicas.state IN ('WANTED', 'COPYING', 'FAILED', 'SUSPECT')
    AND replicas.last_error IS NOT NULL
GROUP BY servers.name, replicas.last_error ORDER BY copies DESC, server, error LIMIT $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorGroup:
    """Copies to one server whose last attempt ended with the same words."""

    server: str
    error: str
    copies: int
    dead_letters: int
    next_attempt_at: datetime | None


async def group_errors(db: Connection | Pool, limit: int) -> list[ErrorGroup]:
    """The most frequent reasons why copies are not there."""
    return [ErrorGroup(**row) for row in await db.fetch(GROUP_ERRORS, limit)]
