"""Ways to sign in: nobody may take away their own last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.errors import LAST_SIGN_IN_WAY, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection

HAS_SOME_WAY: Final = """
SELECT users.password_hash IS NOT NULL
    OR EXISTS (SELECT FROM auth.passkeys WHERE passkeys.user_id = users.id)
    OR EXISTS (
        SELECT FROM auth.identities JOIN auth.providers USING (issuer)
        WHERE identities.user_id = users.id)
FROM auth.users WHERE users.id = $1
"""


async def require_some_way(db: Connection, user_id: UUID) -> None:
    """Raise LAST_SIGN_IN_WAY when a user has none left; to be asked behind a removal."""
    if not await db.fetchval(HAS_SOME_WAY, user_id):
        raise MeridianError(LAST_SIGN_IN_WAY)
