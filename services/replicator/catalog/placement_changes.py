"""People whose policies or folders changed: their files may have to move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db import Connection, Pool

# A statement that began before the change may still have written by what was wanted then, so all
# is compared once more when none can last any longer; and the longer an erasure takes, the rarer.
LIST_CHANGED: Final = """
SELECT owner_id, array_agg(id) AS ids, bool_and(created_at < now() - interval '15 seconds')
    AS is_settled
FROM storage.placement_changes
WHERE walked_at IS NULL
    OR now() > walked_at + GREATEST(interval '15 seconds', (walked_at - created_at) / 2)
GROUP BY owner_id ORDER BY min(created_at) LIMIT $1
"""
NOTE_WALK: Final = """
UPDATE storage.placement_changes SET walked_at = now() WHERE owner_id = $1 AND id = ANY($2)
"""
FORGET_CHANGES: Final = "DELETE FROM storage.placement_changes WHERE owner_id = $1 AND id = ANY($2)"


class Changed(NamedTuple):
    """A person with the changes that are to be looked at; `is_settled`: by now all know of them."""

    owner_id: UUID
    ids: Sequence[UUID]
    is_settled: bool


async def list_changed(db: Connection | Pool, limit: int) -> list[Changed]:
    """Whose files are to be compared with their policies now."""
    return [Changed(*row) for row in await db.fetch(LIST_CHANGED, limit)]


async def finish_walk(db: Connection | Pool, changed: Changed, *, is_last: bool) -> None:
    """Note that all was compared; the last time, forget the changes."""
    await db.execute(FORGET_CHANGES if is_last else NOTE_WALK, changed.owner_id, changed.ids)
