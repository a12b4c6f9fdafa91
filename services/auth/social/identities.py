"""Identities: who a user is at other sites, by issuer and subject alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

COLUMNS: Final = """identities.id, identities.user_id, identities.issuer, identities.email,
    identities.created_at, identities.last_used_at, providers.name AS provider, providers.title"""
TABLES: Final = "auth.identities LEFT JOIN auth.providers ON providers.issuer = identities.issuer"

USE_IDENTITY: Final = """
UPDATE auth.identities SET last_used_at = now(), email = COALESCE($3, email)
WHERE issuer = $1 AND subject = $2 RETURNING user_id
"""
INSERT_IDENTITY: Final = """
INSERT INTO auth.identities (user_id, issuer, subject, email, last_used_at)
VALUES ($1, $2, $3, $4, now())
ON CONFLICT ON CONSTRAINT identities_linked DO NOTHING RETURNING id
"""
FIND_OWNER: Final = "SELECT user_id FROM auth.identities WHERE issuer = $1 AND subject = $2"
LIST_IDENTITIES: Final = f"""
SELECT {COLUMNS} FROM {TABLES} WHERE identities.user_id = $1
ORDER BY identities.created_at DESC, identities.id DESC LIMIT $2
"""
LIST_IDENTITIES_AFTER: Final = f"""
SELECT {COLUMNS} FROM {TABLES}
WHERE identities.user_id = $1 AND (identities.created_at, identities.id) < ($3, $4::uuid)
ORDER BY identities.created_at DESC, identities.id DESC LIMIT $2
"""
DELETE_IDENTITY: Final = """
DELETE FROM auth.identities WHERE id = $1 AND user_id = $2 RETURNING issuer
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """A linked account; without a provider nobody can sign in with it just now."""

    id: UUID
    user_id: UUID
    issuer: str
    email: str | None
    created_at: datetime
    last_used_at: datetime | None
    provider: str | None
    title: str | None


async def use_identity(
    db: Connection | Pool, issuer: str, subject: str, email: str | None
) -> UUID | None:
    """Note that somebody came, and return who that is here; None for a stranger."""
    user_id: UUID | None = await db.fetchval(USE_IDENTITY, issuer, subject, email)
    return user_id


async def insert_identity(
    db: Connection, user_id: UUID, issuer: str, subject: str, email: str | None
) -> UUID | None:
    """Link an account; None when it is linked already, to whomever."""
    made: UUID | None = await db.fetchval(INSERT_IDENTITY, user_id, issuer, subject, email)
    return made


async def find_owner(db: Connection | Pool, issuer: str, subject: str) -> UUID | None:
    """Whom an account is linked to."""
    user_id: UUID | None = await db.fetchval(FIND_OWNER, issuer, subject)
    return user_id


async def list_identities(
    db: Connection | Pool, user_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[Identity]:
    """Linked accounts of a user, newest first."""
    statement = LIST_IDENTITIES_AFTER if after else LIST_IDENTITIES
    rows = await db.fetch(statement, user_id, limit, *(after or ()))
    return [Identity(**row) for row in rows]


async def delete_identity(db: Connection, identity_id: UUID, user_id: UUID) -> str | None:
    """Unlink an account; return its issuer, None when the user has none of this id."""
    issuer: str | None = await db.fetchval(DELETE_IDENTITY, identity_id, user_id)
    return issuer
