"""Whom an API token speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.api_tokens.api_tokens import use_token
from shared.errors import NOT_AUTHENTICATED, MeridianError
from shared.tokens.api_tokens import hash_token
from shared.web.identity import Identity

if TYPE_CHECKING:
    from shared.db import Pool


async def look_up_token(db: Pool, token: str) -> Identity:
    """Return who a token speaks for; NOT_AUTHENTICATED for an unknown one or a disabled owner.

    It may do what its scopes name and its owner may do, too; never all that a superuser may.
    """
    used = await use_token(db, hash_token(token))
    if used is None:
        raise MeridianError(NOT_AUTHENTICATED)
    return Identity(
        user_id=used.subject.user_id,
        session_id=used.id,
        username=used.subject.username,
        permissions=frozenset(used.scopes).intersection(used.subject.permissions),
        is_superuser=False,
        expires_at=used.expires_at,
        is_api_token=True,
        rights_version=used.subject.rights_version,
    )
