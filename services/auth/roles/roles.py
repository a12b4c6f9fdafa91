"""Roles: named sets of permissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection, Pool

COLUMNS: Final = """roles.id, roles.name, roles.description, roles.is_system, roles.revision, ARRAY(
        SELECT permissions.name
        FROM auth.role_permissions JOIN auth.permissions
            ON permissions.id = role_permissions.permission_id
        WHERE role_permissions.role_id = roles.id ORDER BY permissions.name) AS permissions"""

FIND_ROLE: Final = f"SELECT {COLUMNS} FROM auth.roles WHERE roles.id = $1"
LOCK_ROLE: Final = f"{FIND_ROLE} FOR UPDATE OF roles"
LIST_ROLES: Final = f"""
SELECT {COLUMNS} FROM auth.roles
WHERE $1::text IS NULL OR roles.name > $1 ORDER BY roles.name LIMIT $2
"""
INSERT_ROLE: Final = "INSERT INTO auth.roles (name, description) VALUES ($1, $2) RETURNING id"
UPDATE_ROLE: Final = """
UPDATE auth.roles
SET name = COALESCE($2, name), description = COALESCE($3, description), revision = revision + 1
WHERE id = $1
"""
DELETE_ROLE: Final = "DELETE FROM auth.roles WHERE id = $1"
LIST_HOLDERS: Final = "SELECT user_id FROM auth.user_roles WHERE role_id = $1"


@dataclass(frozen=True, slots=True)
class Role:
    """A set of permissions; one of the system can be neither renamed nor deleted."""

    id: UUID
    name: str
    description: str
    is_system: bool
    revision: int
    permissions: list[str]


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role to be."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """New values for a role; None leaves a value as it is."""

    name: str | None = None
    description: str | None = None


async def find_role(db: Connection | Pool, role_id: UUID) -> Role | None:
    """One role by id."""
    return _read(await db.fetchrow(FIND_ROLE, role_id))


async def lock_role(db: Connection, role_id: UUID) -> Role | None:
    """One role by id, which nobody else changes until the transaction ends."""
    return _read(await db.fetchrow(LOCK_ROLE, role_id))


async def list_roles(db: Connection | Pool, after: str | None, limit: int) -> list[Role]:
    """Roles by name, from behind that one on."""
    return [Role(**row) for row in await db.fetch(LIST_ROLES, after, limit)]


async def insert_role(db: Connection, new: NewRole) -> UUID:
    """Add a role; UniqueViolationError for a name that is taken."""
    role_id: UUID = await db.fetchval(INSERT_ROLE, new.name, new.description)
    return role_id


async def update_role(db: Connection, role_id: UUID, change: RoleChange) -> None:
    """Change a role; UniqueViolationError for a name that is taken."""
    await db.execute(UPDATE_ROLE, role_id, change.name, change.description)


async def delete_role(db: Connection, role_id: UUID) -> None:
    """Delete a role, also from everybody who has it."""
    await db.execute(DELETE_ROLE, role_id)


async def list_holders(db: Connection, role_id: UUID) -> list[UUID]:
    """Everybody who has a role."""
    return [row["user_id"] for row in await db.fetch(LIST_HOLDERS, role_id)]


def _read(row: Record | None) -> Role | None:
    return None if row is None else Role(**row)
