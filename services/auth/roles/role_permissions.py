"""Which permissions a role has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection

GIVE_PERMISSION: Final = """
INSERT INTO auth.role_permissions (role_id, permission_id) VALUES ($1, $2)
ON CONFLICT DO NOTHING RETURNING role_id
"""
TAKE_PERMISSION: Final = """
DELETE FROM auth.role_permissions WHERE role_id = $1 AND permission_id = $2 RETURNING role_id
"""


async def give_permission(db: Connection, role_id: UUID, permission_id: UUID) -> bool:
    """Put a permission into a role; False when it is in already."""
    return await db.fetchval(GIVE_PERMISSION, role_id, permission_id) is not None


async def take_permission(db: Connection, role_id: UUID, permission_id: UUID) -> bool:
    """Take a permission out of a role; False when it is not in it."""
    return await db.fetchval(TAKE_PERMISSION, role_id, permission_id) is not None
