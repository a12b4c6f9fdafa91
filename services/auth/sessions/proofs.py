"""Proofs: when the owner of a session last showed who he is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.accounts.users import hold_user
from services.auth.sessions.sessions import is_live
from shared.errors import PROOF_NEEDED, SESSION_ENDED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool
    from shared.web.identity import Identity

PROOF_SECONDS: Final = 900  # so long a proof is good

RENEW_PROOF: Final = """
UPDATE auth.sessions SET proved_at = now()
FROM auth.users
WHERE sessions.id = $1 AND sessions.ended_at IS NULL
    AND users.id = sessions.user_id AND users.is_active AND users.credentials_version = $2
RETURNING sessions.id
"""
HAS_PROOF: Final = """
SELECT EXISTS (
    SELECT FROM auth.sessions
    WHERE id = $1 AND ended_at IS NULL AND proved_at > now() - make_interval(secs => $2))
"""


async def renew_proof(db: Connection | Pool, session_id: UUID, credentials_version: int) -> bool:
    """Note a proof; False when the session ended or the credentials changed meanwhile."""
    return await db.fetchval(RENEW_PROOF, session_id, credentials_version) is not None


async def require_proof(db: Connection | Pool, session_id: UUID) -> None:
    """Raise PROOF_NEEDED unless the owner showed who he is in the last 15 minutes."""
    if not await db.fetchval(HAS_PROOF, session_id, PROOF_SECONDS):
        raise MeridianError(PROOF_NEEDED)


async def hold_proven(db: Connection, identity: Identity) -> None:
    """Hold the caller for a change that needs a proof; PROOF_NEEDED.

    Sessions end, and credentials change, before that or after the transaction.
    """
    await hold_user(db, identity.user_id)
    await require_proof(db, identity.session_id)


async def hold_live(db: Connection, user_id: UUID, session_id: UUID) -> None:
    """Hold a user for a change by this session; SESSION_ENDED."""
    await hold_user(db, user_id)
    await require_live(db, user_id, session_id)


async def require_live(db: Connection, user_id: UUID, session_id: UUID) -> None:
    """Raise SESSION_ENDED when a session of that user is over."""
    if not await is_live(db, session_id, user_id):
        raise MeridianError(SESSION_ENDED)
