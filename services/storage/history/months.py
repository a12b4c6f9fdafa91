"""The history is kept by month: the next months are made in time, old ones dropped by setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shared.db import Connection, Pool

MONTHS_AHEAD: Final = 3
LINKS_AT_ONCE: Final = 10_000

KEEP_MONTHS = f"SELECT storage.keep_action_months({MONTHS_AHEAD}, $1)"
PRUNE_LINKS = "SELECT storage.prune_action_links($1, $2)"


async def keep_months(db: Connection | Pool, months: int) -> None:
    """Make the next months; drop those older than `months` full ones, 0: none."""
    await db.execute(KEEP_MONTHS, months)
    dropped = months
    while dropped:
        dropped = await db.fetchval(PRUNE_LINKS, months, LINKS_AT_ONCE)
