"""Who has which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection

GIVE_ROLE: Final = """
INSERT INTO auth.user_roles (user_id, role_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
RETURNING user_id
"""
TAKE_ROLE: Final = """
DELETE FROM auth.user_roles WHERE user_id = $1 AND role_id = $2 RETURNING user_id
"""


async def give_role(db: Connection, user_id: UUID, role_id: UUID) -> bool:
    """Give a role to a user; False when they have it already."""
    return await db.fetchval(GIVE_ROLE, user_id, role_id) is not None


async def take_role(db: Connection, user_id: UUID, role_id: UUID) -> bool:
    """Take a role from a user; False when they do not have it."""
    return await db.fetchval(TAKE_ROLE, user_id, role_id) is not None
