"""Rights: every change of what people may do has a number, and access tokens tell theirs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from shared.batches import in_batches
from shared.tokens.notices import EVERYBODY, Kind, Notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db import Connection, Pool

MOST_NAMED: Final = 1000  # above so many users everybody gets new tokens

# The lock of the row lets one change after the other commit.
NEXT_VERSION: Final = "UPDATE auth.rights SET version = version + 1 RETURNING version"
INSERT_CHANGES: Final = """
INSERT INTO auth.rights_changes (version, user_id) SELECT $1, unnest($2::uuid[])
"""
DELETE_OLD: Final = """
DELETE FROM auth.rights_changes WHERE id IN (
    SELECT id FROM auth.rights_changes WHERE created_at < now() - make_interval(secs => $1)
    LIMIT $2)
RETURNING id
"""


async def insert_rights_change(db: Connection, user_ids: Sequence[UUID]) -> list[Notice]:
    """Count a change of rights of these users; return what to tell once it is committed."""
    if not user_ids:
        return []
    named: Sequence[UUID | None] = user_ids if len(user_ids) <= MOST_NAMED else [None]
    version = await db.fetchval(NEXT_VERSION)
    await db.execute(INSERT_CHANGES, version, named)
    now = int(time.time())
    return [Notice(Kind.RIGHTS, str(one or EVERYBODY), now, version) for one in named]


async def delete_old_changes(db: Connection | Pool, seconds: float) -> None:
    """Forget changes that are older than any token."""
    await in_batches(db, DELETE_OLD, seconds)
