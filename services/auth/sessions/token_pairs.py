"""Pairs of tokens: what a person gets for a login or a refresh."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.sessions.refresh_tokens import Bearer
    from services.auth.sessions.succession import Succession
    from services.auth.signing.issuer import Issuer


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token that lives `expires_in` seconds and the refresh token for the next pair."""

    user_id: UUID
    session_id: UUID
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class Mint:
    """What it takes to make pairs; `refresh_seconds` is the life of a refresh token."""

    issuer: Issuer
    succession: Succession
    refresh_seconds: int

    async def pair(self, bearer: Bearer, refresh_token: str) -> TokenPair:
        """Sign an access token to go with a refresh token."""
        access_token = await self.issuer.issue(bearer.subject, bearer.session_id)
        ids = bearer.subject.user_id, bearer.session_id
        return TokenPair(*ids, access_token, refresh_token, self.issuer.life)
