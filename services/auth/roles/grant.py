"""Roles are given to people and taken away; they notice at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.accounts.users import find_user
from services.auth.audit.actions import Action
from services.auth.roles.roles import lock_role
from services.auth.roles.user_roles import give_role, take_role
from shared.errors import ROLE_NOT_FOUND, USER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Change, Changes
    from services.auth.roles.roles import Role


async def grant_role(changes: Changes, actor: Actor, user_id: UUID, role_id: UUID) -> None:
    """Give a role to a user; USER_NOT_FOUND, ROLE_NOT_FOUND."""
    async with changes.by(actor) as change:
        role = await _find_both(change, user_id, role_id)
        if await give_role(change.db, user_id, role_id):
            change.touch_rights([user_id])
            change.record(Action.USER_ROLE_GIVEN, user_id, after={"role": role.name})


async def withdraw_role(changes: Changes, actor: Actor, user_id: UUID, role_id: UUID) -> None:
    """Take a role from a user; USER_NOT_FOUND, ROLE_NOT_FOUND."""
    async with changes.by(actor) as change:
        role = await _find_both(change, user_id, role_id)
        if not await take_role(change.db, user_id, role_id):
            raise MeridianError(ROLE_NOT_FOUND)
        change.touch_rights([user_id])
        change.record(Action.USER_ROLE_TAKEN, user_id, before={"role": role.name})


async def _find_both(change: Change, user_id: UUID, role_id: UUID) -> Role:
    if await find_user(change.db, user_id) is None:
        raise MeridianError(USER_NOT_FOUND)
    role = await lock_role(change.db, role_id)
    if role is None:
        raise MeridianError(ROLE_NOT_FOUND)
    return role
