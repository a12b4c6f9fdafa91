"""Roles are made, changed and deleted; whoever has one notices at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from asyncpg import UniqueViolationError

from services.auth.audit.actions import Action
from services.auth.permissions.permissions import find_permission, lock_permission
from services.auth.permissions.scopes import refuse_long_roles
from services.auth.roles.role_permissions import give_permission, take_permission
from services.auth.roles.roles import (
    delete_role,
    find_role,
    insert_role,
    list_holders,
    lock_role,
    update_role,
)
from shared.errors import (
    PERMISSION_NOT_FOUND,
    PRECONDITION_FAILED,
    ROLE_EXISTS,
    ROLE_NOT_FOUND,
    ROLE_PROTECTED,
    MeridianError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Changes
    from services.auth.roles.roles import NewRole, Role, RoleChange
    from shared.db import Connection, Pool


async def get_role(db: Connection | Pool, role_id: UUID) -> Role:
    """One role by id; ROLE_NOT_FOUND."""
    role = await find_role(db, role_id)
    if role is None:
        raise MeridianError(ROLE_NOT_FOUND)
    return role


async def create_role(changes: Changes, actor: Actor, new: NewRole) -> Role:
    """Add a role without permissions; ROLE_EXISTS."""
    async with changes.by(actor) as change:
        try:
            role_id = await insert_role(change.db, new)
        except UniqueViolationError as error:
            raise MeridianError(ROLE_EXISTS) from error
        change.record(Action.ROLE_CREATED, role_id, after=asdict(new))
        return await get_role(change.db, role_id)


async def change_role(
    changes: Changes, actor: Actor, role_id: UUID, wanted: RoleChange, revision: int | None
) -> Role:
    """Change a role; ROLE_NOT_FOUND, ROLE_EXISTS, ROLE_PROTECTED, PRECONDITION_FAILED."""
    async with changes.by(actor) as change:
        before = await _take(change.db, role_id)
        if revision is not None and revision != before.revision:
            raise MeridianError(PRECONDITION_FAILED)
        if before.is_system and wanted.name not in {None, before.name}:
            raise MeridianError(ROLE_PROTECTED)
        try:
            await update_role(change.db, role_id, wanted)
        except UniqueViolationError as error:
            raise MeridianError(ROLE_EXISTS) from error
        role = await get_role(change.db, role_id)
        change.record(Action.ROLE_CHANGED, role_id, before=texts(before), after=texts(role))
        return role


async def remove_role(changes: Changes, actor: Actor, role_id: UUID) -> None:
    """Delete a role, also from everybody who has it; ROLE_NOT_FOUND, ROLE_PROTECTED."""
    async with changes.by(actor) as change:
        role = await _take(change.db, role_id)
        if role.is_system:
            raise MeridianError(ROLE_PROTECTED)
        change.touch_rights(await list_holders(change.db, role_id))
        await delete_role(change.db, role_id)
        before = {**texts(role), "permissions": role.permissions}
        change.record(Action.ROLE_DELETED, role_id, before=before)


async def add_permission(
    changes: Changes, actor: Actor, role_id: UUID, permission_id: UUID
) -> None:
    """Put a permission into a role; ROLE_NOT_FOUND, PERMISSION_NOT_FOUND, TOO_MANY_PERMISSIONS."""
    async with changes.by(actor) as change:
        await _take(change.db, role_id)
        permission = await lock_permission(change.db, permission_id)
        if permission is None:
            raise MeridianError(PERMISSION_NOT_FOUND)
        if await give_permission(change.db, role_id, permission_id):
            await refuse_long_roles(change.db, permission_id)
            change.widen_rights(await list_holders(change.db, role_id))
            after = {"permission": permission.name}
            change.record(Action.ROLE_PERMISSION_GIVEN, role_id, after=after)


async def remove_permission(
    changes: Changes, actor: Actor, role_id: UUID, permission_id: UUID
) -> None:
    """Take a permission out of a role; ROLE_NOT_FOUND, PERMISSION_NOT_FOUND."""
    async with changes.by(actor) as change:
        await _take(change.db, role_id)
        permission = await find_permission(change.db, permission_id)
        if permission is None or not await take_permission(change.db, role_id, permission_id):
            raise MeridianError(PERMISSION_NOT_FOUND)
        change.touch_rights(await list_holders(change.db, role_id))
        before = {"permission": permission.name}
        change.record(Action.ROLE_PERMISSION_TAKEN, role_id, before=before)


def texts(role: Role) -> dict[str, Any]:
    """What of a role is written into the audit."""
    return {"name": role.name, "description": role.description}


async def _take(db: Connection, role_id: UUID) -> Role:
    role = await lock_role(db, role_id)
    if role is None:
        raise MeridianError(ROLE_NOT_FOUND)
    return role
