"""An API token ends: in the database first, then in every process that checks tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.api_tokens.api_tokens import revoke_token, revoke_tokens
from shared.errors import API_TOKEN_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Pool
    from shared.tokens.revocations import Revocations


async def end_token(db: Pool, revocations: Revocations, token_id: UUID, user_id: UUID) -> None:
    """End one token of a user; API_TOKEN_NOT_FOUND."""
    if not await revoke_token(db, token_id, user_id):
        raise MeridianError(API_TOKEN_NOT_FOUND)
    await revocations.publish((token_id,))


async def end_tokens(db: Pool, revocations: Revocations, user_id: UUID) -> None:
    """End every token of a user."""
    await revocations.publish(await revoke_tokens(db, user_id))
