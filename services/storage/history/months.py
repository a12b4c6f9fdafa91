"""The history is kept by month: the next months are made in time, old ones dropped by setting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from shared.db import Connection, Pool

log = structlog.get_logger(__name__)

MONTHS_AHEAD: Final = 3
LOOK_EVERY_SECONDS: Final = 21_600

KEEP_MONTHS = f"SELECT storage.keep_action_months({MONTHS_AHEAD}, $1)"


async def keep_months(db: Connection | Pool, months: int) -> None:
    """Make the next months; drop those older than `months` full ones, 0: none."""
    await db.execute(KEEP_MONTHS, months)


async def follow_months(pool: Pool, months: int) -> None:
    """Look again and again; what is missed meanwhile goes to the default partition."""
    while True:
        try:
            await keep_months(pool, months)
        except Exception as error:  # noqa: BLE001 there is time until the next look
            log.warning("history_months_not_kept", error=repr(error))
        await asyncio.sleep(LOOK_EVERY_SECONDS)
