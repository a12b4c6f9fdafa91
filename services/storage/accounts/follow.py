"""Reads what the auth service tells of accounts, and remembers whose files are to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog

from services.storage.accounts.erasures import note_event
from shared.account_events import STREAM, decode

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from shared.db import Pool

BATCH: Final = 500
BEGINNING: Final = "-"

log = structlog.get_logger(__name__)


async def read_events(pool: Pool, redis: Redis, last: str) -> str:
    """Take what came behind an entry, all of it without one; the id of the last that was taken.

    Taking an entry twice changes nothing, and auth tells again of what was lost.
    """
    while True:
        start = f"({last}" if last else BEGINNING
        entries: Any = await redis.xrange(STREAM, min=start, count=BATCH)
        if not entries:
            return last
        for entry_id, entry in entries:
            await _take(pool, entry)
            last = entry_id


async def _take(pool: Pool, entry: dict[str, str]) -> None:
    try:
        event = decode(entry)
    except (LookupError, ValueError) as error:
        log.warning("account_event_unknown", error=repr(error))
    else:
        await note_event(pool, event)
