"""Scopes: names of permissions with blanks between, as access tokens hold them; bound in length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.errors import TOO_MANY_PERMISSIONS, MeridianError
from shared.tokens.access_tokens import LONGEST_SCOPE

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from shared.db import Connection

# A permission counts once, by however many roles somebody has it. That is only worked out for those
# whose roles are long enough: `member` has everybody.
LONGEST_OF_USERS: Final = """
WITH lengths AS (
    SELECT role_id, sum(length(permissions.name) + 1) AS length
    FROM auth.role_permissions JOIN auth.permissions
        ON permissions.id = role_permissions.permission_id
    GROUP BY role_id
), suspects AS (
    SELECT user_id FROM auth.user_roles JOIN lengths USING (role_id)
    WHERE user_id = ANY ($1::uuid[]) GROUP BY user_id HAVING sum(lengths.length) > $2
)
SELECT max(held.length) FROM suspects CROSS JOIN LATERAL (
    SELECT sum(length(permissions.name) + 1) AS length FROM auth.permissions
    WHERE permissions.id IN (
        SELECT permission_id FROM auth.user_roles JOIN auth.role_permissions USING (role_id)
        WHERE user_roles.user_id = suspects.user_id)) AS held
"""
LONGEST_OF_ROLES_WITH: Final = """
SELECT max(held.length) FROM (
    SELECT sum(length(permissions.name) + 1) AS length
    FROM auth.role_permissions JOIN auth.permissions
        ON permissions.id = role_permissions.permission_id
    WHERE role_id IN (SELECT role_id FROM auth.role_permissions WHERE permission_id = $1)
    GROUP BY role_id) AS held
"""
LENGTH_OF_NEWCOMER: Final = """
SELECT sum(length(permissions.name) + 1) FROM auth.permissions
WHERE permissions.id IN (
    SELECT permission_id FROM auth.role_permissions JOIN auth.roles ON roles.id = role_id
    WHERE roles.id = ANY ($1::uuid[]) OR roles.name = 'member')
"""


async def refuse_long_users(db: Connection, user_ids: Collection[UUID]) -> None:
    """Raise TOO_MANY_PERMISSIONS when no token could hold what one of these users may do."""
    if user_ids:
        _refuse(await db.fetchval(LONGEST_OF_USERS, list(user_ids), LONGEST_SCOPE))


async def refuse_long_roles(db: Connection, permission_id: UUID) -> None:
    """Raise TOO_MANY_PERMISSIONS when a role with this permission is too much for a token."""
    _refuse(await db.fetchval(LONGEST_OF_ROLES_WITH, permission_id))


async def refuse_long_newcomer(db: Connection, role_ids: Collection[UUID]) -> None:
    """Raise TOO_MANY_PERMISSIONS when a new user could not have these roles beside `member`."""
    _refuse(await db.fetchval(LENGTH_OF_NEWCOMER, list(role_ids)))


def _refuse(length: int | None) -> None:
    if length is None or length <= LONGEST_SCOPE:
        return
    raise MeridianError(
        TOO_MANY_PERMISSIONS,
        f"The names of all permissions of a role, and of a person by all roles, may be"
        f" {LONGEST_SCOPE} letters long together; this would make {length}.",
        limit=LONGEST_SCOPE,
        length=int(length),
    )
