"""Links that letters hold: of resets and of confirmations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.confirmations.confirmations import delete_expired_confirmations
from services.auth.resets.resets import delete_expired_resets

if TYPE_CHECKING:
    from shared.db import Connection, Pool


async def delete_expired_links(db: Connection | Pool) -> None:
    """Delete links that are of no use any more."""
    await delete_expired_resets(db)
    await delete_expired_confirmations(db)
