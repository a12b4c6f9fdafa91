"""Somebody is invited, and an invitation is taken back or accepted."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from services.auth.accounts.names import fold_address
from services.auth.audit.actions import Action
from services.auth.invitations.invitations import (
    Sender,
    delete_invitation,
    find_unknown_roles,
    give_roles,
    insert_invitation,
    use_invitation,
)
from services.auth.permissions.scopes import refuse_long_newcomer, refuse_long_users
from services.auth.sessions.refresh_tokens import hash_token
from shared.errors import (
    INVITATION_NOT_FOUND,
    PERMISSION_DENIED,
    VALIDATION_FAILED,
    MeridianError,
)
from shared.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.users import NewUser
    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Changes
    from services.auth.invitations.invitations import Invitation, NewInvitation
    from shared.db import Connection
    from shared.web.identity import Identity

TOKEN_BYTES: Final = 32
LIFE_SECONDS: Final = 604_800.0  # a week
GRANT: Final = "users.grant"


async def invite(
    changes: Changes, actor: Actor, identity: Identity, new: NewInvitation
) -> tuple[Invitation, str]:
    """Make an invitation and its token; VALIDATION_FAILED for unknown roles.

    Roles are given only by who may give them: PERMISSION_DENIED. TOO_MANY_PERMISSIONS.
    """
    if new.roles and not identity.may(GRANT):
        raise MeridianError(PERMISSION_DENIED, f"Giving roles needs the permission {GRANT}.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with changes.by(actor) as change:
        if await find_unknown_roles(change.db, new.roles):
            raise MeridianError(VALIDATION_FAILED, errors={"roles": ["There is no such role."]})
        await refuse_long_newcomer(change.db, new.roles)
        sender = Sender(new_id(), actor.id)
        made = await insert_invitation(change.db, sender, new, hash_token(token), LIFE_SECONDS)
        assert made is not None, "an INSERT returns its row"
        change.record(Action.INVITATION_CREATED, made.id, after=audited(made))
    return made, token


async def take_back(changes: Changes, actor: Actor, invitation_id: UUID) -> None:
    """Delete an invitation that nobody has used; INVITATION_NOT_FOUND."""
    async with changes.by(actor) as change:
        deleted = await delete_invitation(change.db, invitation_id)
        if deleted is None:
            raise MeridianError(INVITATION_NOT_FOUND)
        change.record(Action.INVITATION_DELETED, invitation_id, before=audited(deleted))


async def accept(db: Connection, token: str, new: NewUser) -> None:
    """Use an invitation up for an account that was just added, and give its roles.

    INVITATION_NOT_FOUND; VALIDATION_FAILED when it is for another address; TOO_MANY_PERMISSIONS
    when its roles have grown too much since.
    """
    invitation = await use_invitation(db, hash_token(token), new.id)
    if invitation is None:
        raise MeridianError(INVITATION_NOT_FOUND)
    if invitation.email and fold_address(invitation.email) != fold_address(new.email):
        raise MeridianError(
            VALIDATION_FAILED, errors={"email": ["The invitation is for another address."]}
        )
    await give_roles(db, invitation.id, new.id)
    await refuse_long_users(db, (new.id,))


def audited(invitation: Invitation) -> dict[str, Any]:
    """What of an invitation is written into the audit."""
    return {"email": invitation.email, "roles": invitation.roles}
