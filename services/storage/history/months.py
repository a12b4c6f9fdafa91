"""The history is kept by month: the next months are made in time, old ones dropped by setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shared.db import Connection, Pool

MONTHS_AHEAD: Final = 3

KEEP_MONTHS = f"SELECT storage.keep_action_months({MONTHS_AHEAD}, $1)"
PRUNE_LINKS = "SELECT storage.prune_action_links($1)"


async def keep_months(db: Connection | Pool, months: int) -> None:
    """Make the next months; drop those older than `months` full ones, 0: none."""
    await db.execute(KEEP_MONTHS, months)
    if months > 0:
        await db.execute(PRUNE_LINKS, months)
