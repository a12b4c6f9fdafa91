"""A person links an account of another site, or unlinks one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.accounts.credentials import change_credentials
from services.auth.accounts.sign_in_ways import require_some_way
from services.auth.audit.actions import Action, Actor
from services.auth.sessions.proofs import hold_live
from services.auth.social.identities import delete_identity, find_owner, insert_identity
from shared.errors import IDENTITY_LINKED, IDENTITY_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.changes import Changes
    from services.auth.sessions.sessions import Device
    from services.auth.social.people import Person


async def link(
    changes: Changes, person: Person, user_id: UUID, session_id: UUID, device: Device
) -> None:
    """Link an account to whoever began this; IDENTITY_LINKED, SESSION_ENDED."""
    async with changes.by(Actor(user_id, device.ip)) as change:
        await hold_live(change.db, user_id, session_id)
        made = await insert_identity(
            change.db, user_id, person.issuer, person.subject, person.email
        )
        if made is not None:
            change.record(Action.IDENTITY_LINKED, made, after={"issuer": person.issuer})
        elif await find_owner(change.db, person.issuer, person.subject) != user_id:
            raise MeridianError(IDENTITY_LINKED)


async def unlink(changes: Changes, actor: Actor, user_id: UUID, identity_id: UUID) -> None:
    """Unlink an account; IDENTITY_NOT_FOUND, LAST_SIGN_IN_WAY."""
    async with changes.by(actor) as change:
        await change_credentials(change.db, user_id)
        issuer = await delete_identity(change.db, identity_id, user_id)
        if issuer is None:
            raise MeridianError(IDENTITY_NOT_FOUND)
        await require_some_way(change.db, user_id)
        change.record(Action.IDENTITY_UNLINKED, identity_id, before={"issuer": issuer})
