"""Invitations: stored as SHA-256 of their token, used once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection, Pool

COLUMNS: Final = """invitations.id, invitations.email, invitations.created_by,
    invitations.created_at, invitations.expires_at, invitations.used_at, ARRAY(
        SELECT roles.name FROM auth.roles
        WHERE roles.id = ANY (invitations.role_ids) ORDER BY roles.name) AS roles"""

INSERT_INVITATION: Final = f"""
INSERT INTO auth.invitations (id, token_hash, email, role_ids, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, COALESCE($6, now() + make_interval(secs => $7)))
RETURNING {COLUMNS}
"""
LIST_INVITATIONS: Final = f"""
SELECT {COLUMNS} FROM auth.invitations ORDER BY created_at DESC, id DESC LIMIT $1
"""
LIST_INVITATIONS_AFTER: Final = f"""
SELECT {COLUMNS} FROM auth.invitations WHERE (created_at, id) < ($2, $3::uuid)
ORDER BY created_at DESC, id DESC LIMIT $1
"""
# The row lock lets exactly one of many with the same link through.
USE_INVITATION: Final = f"""
UPDATE auth.invitations SET used_at = now(), used_by = $2
WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
RETURNING {COLUMNS}
"""
IS_OPEN: Final = """
SELECT EXISTS (
    SELECT FROM auth.invitations
    WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now())
"""
GIVE_ROLES: Final = """
INSERT INTO auth.user_roles (user_id, role_id)
SELECT $2, roles.id FROM auth.invitations JOIN auth.roles ON roles.id = ANY (role_ids)
WHERE invitations.id = $1 ON CONFLICT DO NOTHING
"""
DELETE_INVITATION: Final = f"""
DELETE FROM auth.invitations WHERE id = $1 AND used_at IS NULL RETURNING {COLUMNS}
"""
UNKNOWN_ROLES: Final = """
SELECT asked.id FROM unnest($1::uuid[]) AS asked (id)
WHERE asked.id NOT IN (SELECT roles.id FROM auth.roles)
"""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may make an account: with this address if one is named, and these roles."""

    id: UUID
    email: str | None
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    roles: list[str]


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation to be."""

    email: str | None = None
    roles: Sequence[UUID] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Which id an invitation gets, and who makes it."""

    id: UUID
    created_by: UUID | None


async def insert_invitation(
    db: Connection, sender: Sender, new: NewInvitation, token_hash: bytes, life: float
) -> Invitation | None:
    """Add an invitation, for `life` seconds unless it says until when."""
    ids = (sender.id, token_hash, new.email, list(new.roles), sender.created_by)
    return _read(await db.fetchrow(INSERT_INVITATION, *ids, new.expires_at, life))


async def list_invitations(
    db: Connection | Pool, after: tuple[datetime, UUID] | None, limit: int
) -> list[Invitation]:
    """Invitations, newest first."""
    if after is None:
        rows = await db.fetch(LIST_INVITATIONS, limit)
    else:
        rows = await db.fetch(LIST_INVITATIONS_AFTER, limit, *after)
    return [Invitation(**row) for row in rows]


async def is_open(db: Connection | Pool, token_hash: bytes) -> bool:
    """Tell whether a link can still be used."""
    found: bool = await db.fetchval(IS_OPEN, token_hash)
    return found


async def use_invitation(db: Connection, token_hash: bytes, user_id: UUID) -> Invitation | None:
    """Use an invitation up for a user; None for one that is of no use."""
    return _read(await db.fetchrow(USE_INVITATION, token_hash, user_id))


async def give_roles(db: Connection, invitation_id: UUID, user_id: UUID) -> None:
    """Give a user the roles that an invitation names."""
    await db.execute(GIVE_ROLES, invitation_id, user_id)


async def delete_invitation(db: Connection, invitation_id: UUID) -> Invitation | None:
    """Take an invitation back; None for one that was used or is not there."""
    return _read(await db.fetchrow(DELETE_INVITATION, invitation_id))


async def find_unknown_roles(db: Connection, role_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these roles that there are not."""
    return [row["id"] for row in await db.fetch(UNKNOWN_ROLES, list(role_ids))]


def _read(row: Record | None) -> Invitation | None:
    return None if row is None else Invitation(**row)
