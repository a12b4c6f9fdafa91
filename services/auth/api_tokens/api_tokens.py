"""API tokens: named, limited to scopes, stored as SHA-256."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.auth.accounts.users import SUBJECT
from services.auth.signing.subject import Subject, read_subject
from shared.batches import in_batches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS: Final = """api_tokens.id, api_tokens.name, api_tokens.scopes, api_tokens.created_at,
    api_tokens.expires_at, api_tokens.last_used_at"""

INSERT_TOKEN: Final = f"""
INSERT INTO auth.api_tokens (user_id, name, scopes, expires_at, token_hash)
SELECT $1, $2, $3, $4, $5
WHERE (SELECT count(*) FROM auth.api_tokens WHERE user_id = $1 AND revoked_at IS NULL) < $6
RETURNING {COLUMNS}
"""
LIST_TOKENS: Final = f"""
SELECT {COLUMNS} FROM auth.api_tokens WHERE user_id = $1 AND revoked_at IS NULL
ORDER BY created_at DESC, id DESC LIMIT $2
"""
LIST_TOKENS_AFTER: Final = f"""
SELECT {COLUMNS} FROM auth.api_tokens
WHERE user_id = $1 AND revoked_at IS NULL AND (created_at, id) < ($3, $4::uuid)
ORDER BY created_at DESC, id DESC LIMIT $2
"""
REVOKE_ONE: Final = """
UPDATE auth.api_tokens SET revoked_at = now()
WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING id
"""
REVOKE_ALL: Final = """
UPDATE auth.api_tokens SET revoked_at = now()
WHERE user_id = $1 AND revoked_at IS NULL RETURNING id
"""
DELETE_REVOKED: Final = """
DELETE FROM auth.api_tokens WHERE id IN (
    SELECT id FROM auth.api_tokens WHERE revoked_at < now() - make_interval(secs => $1) LIMIT $2)
RETURNING id
"""
# A look-up is a use; every process looks up about once a minute.
USE_TOKEN: Final = f"""
WITH found AS (
    SELECT id, user_id, scopes, expires_at FROM auth.api_tokens
    WHERE token_hash = $1 AND revoked_at IS NULL
), used AS (
    UPDATE auth.api_tokens SET last_used_at = now() FROM found
    WHERE api_tokens.id = found.id AND COALESCE(found.expires_at > now(), true)
        AND COALESCE(api_tokens.last_used_at < now() - interval '30 seconds', true)
)
SELECT found.id, found.scopes, found.expires_at, {SUBJECT}
FROM found JOIN auth.users ON users.id = found.user_id WHERE users.is_active
"""
UNKNOWN_PERMISSIONS: Final = """
SELECT asked.name FROM unnest($1::text[]) AS asked (name)
WHERE asked.name NOT IN (SELECT permissions.name FROM auth.permissions)
ORDER BY asked.name
"""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its owner sees it; what it is itself is not known any more."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be; it lives for ever without `expires_at`."""

    name: str
    scopes: Sequence[str]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UsedToken:
    """A token that was shown to us."""

    id: UUID
    scopes: list[str]
    expires_at: datetime | None
    subject: Subject


async def insert_token(
    db: Connection | Pool, user_id: UUID, new: NewToken, token_hash: bytes, most: int
) -> ApiToken | None:
    """Add a token; None when the user has the most of them already."""
    row = await db.fetchrow(
        INSERT_TOKEN, user_id, new.name, list(new.scopes), new.expires_at, token_hash, most
    )
    return None if row is None else ApiToken(**row)


async def list_tokens(
    db: Connection | Pool, user_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[ApiToken]:
    """Tokens of a user, newest first."""
    statement = LIST_TOKENS_AFTER if after else LIST_TOKENS
    rows = await db.fetch(statement, user_id, limit, *(after or ()))
    return [ApiToken(**row) for row in rows]


async def revoke_token(db: Connection | Pool, token_id: UUID, user_id: UUID) -> bool:
    """End one token of a user; False when there is none."""
    return await db.fetchval(REVOKE_ONE, token_id, user_id) is not None


async def revoke_tokens(db: Connection | Pool, user_id: UUID) -> list[UUID]:
    """End the tokens of a user; return their ids."""
    return [row["id"] for row in await db.fetch(REVOKE_ALL, user_id)]


async def delete_revoked_tokens(db: Connection | Pool, seconds: float) -> None:
    """Delete the tokens that were revoked so many seconds ago."""
    await in_batches(db, DELETE_REVOKED, seconds)


async def use_token(db: Connection | Pool, token_hash: bytes) -> UsedToken | None:
    """Find a token of an active user, and note that it was used."""
    row = await db.fetchrow(USE_TOKEN, token_hash)
    if row is None:
        return None
    subject = read_subject(row)
    return UsedToken(row["id"], row["scopes"], row["expires_at"], subject)


async def find_unknown_permissions(db: Connection | Pool, names: Sequence[str]) -> list[str]:
    """Tell which names are not those of permissions."""
    return [row["name"] for row in await db.fetch(UNKNOWN_PERMISSIONS, list(names))]
