"""A ticket lends somebody's eyes: no longer than their session, nor while their account is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.files.found import IS_OFF
from shared.errors import TICKET_EXPIRED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool
    from shared.tokens.revoked import Revoked

IS_OFF_NOW: Final = f"SELECT {IS_OFF.format('$1')}"


async def refuse_ended(
    db: Connection | Pool, revoked: Revoked, user_id: UUID, session_id: UUID
) -> None:
    """Pass a ticket that was made in a session which goes on; else TICKET_EXPIRED."""
    if revoked.holds(session_id) or await db.fetchval(IS_OFF_NOW, user_id):
        raise MeridianError(TICKET_EXPIRED)
