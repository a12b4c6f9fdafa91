"""What the last sweeps over the servers found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

KINDS: Final = ("inventory", "scrub", "orphans")

LIST_LATEST: Final = """
SELECT DISTINCT ON (server_id, kind) server_id, kind, started_at, finished_at, seen, missing,
    changed, unknown, healed, stopped_because
FROM storage.sweeps ORDER BY server_id, kind, id DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The last of one kind over one server."""

    server_id: UUID
    kind: str
    started_at: datetime
    finished_at: datetime | None
    seen: int
    missing: int
    changed: int
    unknown: int
    healed: int
    stopped_because: str | None


async def list_latest(db: Connection | Pool) -> list[Sweep]:
    """The last sweep of each kind over each server."""
    return [Sweep(**row) for row in await db.fetch(LIST_LATEST)]


def job_of(kind: str) -> str:
    """The job that sweeps."""
    return f"sweep.{kind}"
