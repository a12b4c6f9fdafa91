"""Permissions: what may be done, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection, Pool

COLUMNS: Final = """permissions.id, permissions.name, permissions.description,
    permissions.is_system, permissions.revision"""

FIND_PERMISSION: Final = f"SELECT {COLUMNS} FROM auth.permissions WHERE permissions.id = $1"
LOCK_PERMISSION: Final = f"{FIND_PERMISSION} FOR UPDATE"
LIST_PERMISSIONS: Final = f"""
SELECT {COLUMNS} FROM auth.permissions
WHERE $1::text IS NULL OR permissions.name > $1 ORDER BY permissions.name LIMIT $2
"""
LIST_NAMES: Final = "SELECT name FROM auth.permissions ORDER BY name"
INSERT_PERMISSION: Final = f"""
INSERT INTO auth.permissions (name, description) VALUES ($1, $2) RETURNING {COLUMNS}
"""
UPDATE_PERMISSION: Final = f"""
UPDATE auth.permissions
SET name = COALESCE($2, name), description = COALESCE($3, description), revision = revision + 1
WHERE id = $1 RETURNING {COLUMNS}
"""
DELETE_PERMISSION: Final = "DELETE FROM auth.permissions WHERE id = $1"
LIST_HOLDERS: Final = """
SELECT DISTINCT user_roles.user_id
FROM auth.role_permissions JOIN auth.user_roles USING (role_id) WHERE permission_id = $1
"""


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be done; one that the services ask for can be neither renamed nor deleted."""

    id: UUID
    name: str
    description: str
    is_system: bool
    revision: int


@dataclass(frozen=True, slots=True)
class NewPermission:
    """A permission to be."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class PermissionChange:
    """New values for a permission; None leaves a value as it is."""

    name: str | None = None
    description: str | None = None


async def find_permission(db: Connection | Pool, permission_id: UUID) -> Permission | None:
    """One permission by id."""
    return _read(await db.fetchrow(FIND_PERMISSION, permission_id))


async def lock_permission(db: Connection, permission_id: UUID) -> Permission | None:
    """One permission by id, which nobody else changes until the transaction ends."""
    return _read(await db.fetchrow(LOCK_PERMISSION, permission_id))


async def list_permissions(
    db: Connection | Pool, after: str | None, limit: int
) -> list[Permission]:
    """Permissions by name, from behind that one on."""
    return [Permission(**row) for row in await db.fetch(LIST_PERMISSIONS, after, limit)]


async def list_names(db: Connection | Pool) -> list[str]:
    """All that a superuser may do, by name."""
    return [row["name"] for row in await db.fetch(LIST_NAMES)]


async def insert_permission(db: Connection, new: NewPermission) -> Permission:
    """Add a permission; UniqueViolationError for a name that is taken."""
    permission = _read(await db.fetchrow(INSERT_PERMISSION, new.name, new.description))
    assert permission is not None
    return permission


async def update_permission(
    db: Connection, permission_id: UUID, change: PermissionChange
) -> Permission:
    """Change a permission that is locked; UniqueViolationError for a name that is taken."""
    values = (change.name, change.description)
    permission = _read(await db.fetchrow(UPDATE_PERMISSION, permission_id, *values))
    assert permission is not None
    return permission


async def delete_permission(db: Connection, permission_id: UUID) -> None:
    """Delete a permission, also from every role."""
    await db.execute(DELETE_PERMISSION, permission_id)


async def list_holders(db: Connection, permission_id: UUID) -> list[UUID]:
    """Everybody who has a permission by a role."""
    return [row["user_id"] for row in await db.fetch(LIST_HOLDERS, permission_id)]


def _read(row: Record | None) -> Permission | None:
    return None if row is None else Permission(**row)
