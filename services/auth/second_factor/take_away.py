"""An administrator takes away a second factor that its owner has lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.accounts.credentials import change_credentials
from services.auth.audit.actions import Action
from services.auth.people.standing import take_proven
from services.auth.second_factor.totp import delete_totp
from shared.errors import TOTP_NOT_STARTED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Changes
    from shared.web.identity import Identity


async def take_away(changes: Changes, actor: Actor, identity: Identity, user_id: UUID) -> None:
    """Remove the factor and end all sessions; USER_NOT_FOUND, TOTP_NOT_STARTED, PROOF_NEEDED.

    Whoever has the phone now may be signed in with it.
    """
    async with changes.by(actor) as change:
        await take_proven(change, identity, user_id)
        if not await delete_totp(change.db, user_id):
            raise MeridianError(TOTP_NOT_STARTED)
        await change_credentials(change.db, user_id)
        await change.end_sessions(user_id, "second_factor_removed")
        change.record(Action.TOTP_TAKEN_AWAY, user_id)
