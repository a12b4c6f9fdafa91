"""Permissions are made, changed and deleted; whoever has one notices at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from asyncpg import UniqueViolationError

from services.auth.audit.actions import Action
from services.auth.permissions.permissions import (
    delete_permission,
    find_permission,
    insert_permission,
    list_holders,
    lock_permission,
    update_permission,
)
from services.auth.permissions.scopes import refuse_long_roles
from shared.errors import (
    PERMISSION_EXISTS,
    PERMISSION_NOT_FOUND,
    PERMISSION_PROTECTED,
    PRECONDITION_FAILED,
    MeridianError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Change, Changes
    from services.auth.permissions.permissions import (
        NewPermission,
        Permission,
        PermissionChange,
    )
    from shared.db import Connection, Pool


async def get_permission(db: Connection | Pool, permission_id: UUID) -> Permission:
    """One permission by id; PERMISSION_NOT_FOUND."""
    permission = await find_permission(db, permission_id)
    if permission is None:
        raise MeridianError(PERMISSION_NOT_FOUND)
    return permission


async def create_permission(changes: Changes, actor: Actor, new: NewPermission) -> Permission:
    """Add a permission that no role has yet; PERMISSION_EXISTS."""
    async with changes.by(actor) as change:
        try:
            permission = await insert_permission(change.db, new)
        except UniqueViolationError as error:
            raise MeridianError(PERMISSION_EXISTS) from error
        change.record(Action.PERMISSION_CREATED, permission.id, after=asdict(new))
        return permission


async def change_permission(
    changes: Changes,
    actor: Actor,
    permission_id: UUID,
    wanted: PermissionChange,
    revision: int | None,
) -> Permission:
    """Change a permission; NOT_FOUND, EXISTS, PROTECTED, TOO_MANY, or PRECONDITION_FAILED."""
    async with changes.by(actor) as change:
        before = await _take(change.db, permission_id)
        if revision is not None and revision != before.revision:
            raise MeridianError(PRECONDITION_FAILED)
        is_renamed = wanted.name not in {None, before.name}
        if before.is_system and is_renamed:
            raise MeridianError(PERMISSION_PROTECTED)
        try:
            permission = await update_permission(change.db, permission_id, wanted)
        except UniqueViolationError as error:
            raise MeridianError(PERMISSION_EXISTS) from error
        if is_renamed:
            await _rename(change, before, permission)
        change.record(
            Action.PERMISSION_CHANGED, permission_id, before=texts(before), after=texts(permission)
        )
        return permission


async def remove_permission(changes: Changes, actor: Actor, permission_id: UUID) -> None:
    """Delete a permission, also from every role; NOT_FOUND, PROTECTED."""
    async with changes.by(actor) as change:
        permission = await _take(change.db, permission_id)
        if permission.is_system:
            raise MeridianError(PERMISSION_PROTECTED)
        change.touch_rights(await list_holders(change.db, permission_id))
        await delete_permission(change.db, permission_id)
        change.record(Action.PERMISSION_DELETED, permission_id, before=texts(permission))


def texts(permission: Permission) -> dict[str, Any]:
    """What of a permission is written into the audit."""
    return {"name": permission.name, "description": permission.description}


async def _rename(change: Change, before: Permission, after: Permission) -> None:
    holders = await list_holders(change.db, after.id)
    if len(after.name) > len(before.name):
        await refuse_long_roles(change.db, after.id)
        change.widen_rights(holders)
    else:
        change.touch_rights(holders)


async def _take(db: Connection, permission_id: UUID) -> Permission:
    permission = await lock_permission(db, permission_id)
    if permission is None:
        raise MeridianError(PERMISSION_NOT_FOUND)
    return permission
