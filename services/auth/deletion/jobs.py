"""What is done about deleted accounts once in a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.deletion.erase import erase_accounts
from services.auth.deletion.outbox import prune_published
from services.auth.deletion.relay import tell_again

if TYPE_CHECKING:
    from services.auth.settings import AuthSettings
    from shared.db import Pool


async def erase_deleted(db: Pool, _settings: AuthSettings) -> None:
    """Erase accounts a month after their deletion."""
    await erase_accounts(db)


async def tell_of_accounts(db: Pool, _settings: AuthSettings) -> None:
    """Tell storage again of accounts that are off, or on again."""
    await tell_again(db)


async def prune_events(db: Pool, _settings: AuthSettings) -> None:
    """Drop the events of accounts that the stream has had for a while."""
    await prune_published(db)
