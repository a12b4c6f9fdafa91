"""Roles are given to people and taken away; they notice at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.audit.actions import Action
from services.auth.people.standing import take_user
from services.auth.roles.roles import lock_role
from services.auth.roles.user_roles import give_role, take_role
from shared.errors import ROLE_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Change, Changes
    from services.auth.roles.roles import Role
    from shared.web.identity import Identity


async def grant_role(
    changes: Changes, actor: Actor, identity: Identity, user_id: UUID, role_id: UUID
) -> None:
    """Give a role to a user.

    USER_NOT_FOUND, ROLE_NOT_FOUND, PERMISSION_DENIED, TOO_MANY_PERMISSIONS.
    """
    async with changes.by(actor) as change:
        role = await _take_both(change, identity, user_id, role_id)
        if await give_role(change.db, user_id, role_id):
            change.widen_rights([user_id])
            change.record(Action.USER_ROLE_GIVEN, user_id, after={"role": role.name})


async def withdraw_role(
    changes: Changes, actor: Actor, identity: Identity, user_id: UUID, role_id: UUID
) -> None:
    """Take a role from a user; USER_NOT_FOUND, ROLE_NOT_FOUND, PERMISSION_DENIED."""
    async with changes.by(actor) as change:
        role = await _take_both(change, identity, user_id, role_id)
        if not await take_role(change.db, user_id, role_id):
            raise MeridianError(ROLE_NOT_FOUND)
        change.touch_rights([user_id])
        change.record(Action.USER_ROLE_TAKEN, user_id, before={"role": role.name})


async def _take_both(change: Change, identity: Identity, user_id: UUID, role_id: UUID) -> Role:
    await take_user(change, identity, user_id)
    role = await lock_role(change.db, role_id)
    if role is None:
        raise MeridianError(ROLE_NOT_FOUND)
    return role
