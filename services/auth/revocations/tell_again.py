"""Tells what ended and was not told: its process died between PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from services.auth.revocations.revoked import list_revoked
from shared.db_outage import DATABASE_ERRORS
from shared.tokens.notices import TELL_AGAIN

if TYPE_CHECKING:
    from shared.db import Pool
    from shared.tokens.revocations import Revocations

LOOK_SECONDS: Final = 0.5
WINDOW_SECONDS: Final = 60.0

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


async def tell_again_forever(db: Pool, revocations: Revocations) -> None:
    """Compare what ended with what was heard: all that matters at the start, then the newest."""
    window: float = TELL_AGAIN
    while True:
        try:
            await tell_again(db, revocations, window)
        except DATABASE_ERRORS as error:
            log.warning("revocations.not_read", error=repr(error))
            window = TELL_AGAIN
        else:
            window = WINDOW_SECONDS
        await asyncio.sleep(LOOK_SECONDS)


async def tell_again(db: Pool, revocations: Revocations, seconds: float) -> None:
    """Tell what ended in the last seconds and was not heard."""
    ended = await list_revoked(db, seconds)
    await revocations.tell(notice for notice in ended if not revocations.knows(notice))
