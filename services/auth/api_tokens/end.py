"""An API token ends: in the database first, then in every process that checks tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.api_tokens.api_tokens import revoke_token
from services.auth.audit.actions import Action
from shared.errors import API_TOKEN_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Changes


async def end_token(changes: Changes, actor: Actor, user_id: UUID, token_id: UUID) -> None:
    """Revoke one token of a user; API_TOKEN_NOT_FOUND."""
    async with changes.by(actor) as change:
        if not await revoke_token(change.db, token_id, user_id):
            raise MeridianError(API_TOKEN_NOT_FOUND)
        change.end_token(token_id)
        change.record(Action.API_TOKEN_REVOKED, token_id)
