"""Whether people may sign in, and who can do everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.accounts.users import get_user
from services.auth.sessions.proofs import require_proof
from shared.errors import LAST_SUPERUSER, PERMISSION_DENIED, USER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.users import User
    from services.auth.audit.changes import Change
    from shared.db import Connection
    from shared.web.identity import Identity

# With those who can do everything, in the order of their ids: two who switch each other off wait
# for one another here.
LOCK_USER: Final = """
SELECT id FROM auth.users WHERE id = $1 OR (is_superuser AND is_active)
ORDER BY id FOR NO KEY UPDATE
"""
COUNT_OTHER_SUPERUSERS: Final = """
SELECT count(*) FROM auth.users WHERE is_superuser AND is_active AND id <> $1
"""


async def lock_user(db: Connection, user_id: UUID) -> bool:
    """Let nobody else change a user until the transaction ends; False for nobody."""
    return user_id in [row["id"] for row in await db.fetch(LOCK_USER, user_id)]


async def count_other_superusers(db: Connection, user_id: UUID) -> int:
    """How many others can do everything; as `lock_user` locked them, they stay so."""
    count: int = await db.fetchval(COUNT_OTHER_SUPERUSERS, user_id)
    return count


async def take_user(change: Change, identity: Identity, user_id: UUID) -> User:
    """Hold a user for a change; USER_NOT_FOUND, PERMISSION_DENIED for a superuser."""
    if not await lock_user(change.db, user_id):
        raise MeridianError(USER_NOT_FOUND)
    user = await get_user(change.db, user_id)
    if user.is_superuser and not identity.is_superuser:
        raise MeridianError(PERMISSION_DENIED, "Only a superuser may do this to a superuser.")
    return user


async def take_proven(change: Change, identity: Identity, user_id: UUID) -> User:
    """Hold a user for what hands an account over or ends it; as `take_user`, and PROOF_NEEDED."""
    user = await take_user(change, identity, user_id)
    await require_proof_of_self(change, identity, user)
    return user


async def require_proof_of_self(change: Change, identity: Identity, user: User) -> None:
    """Raise PROOF_NEEDED when administrators without a fresh proof turn on themselves.

    An API token has no proof to show, so it cannot become its owner.
    """
    if user.id == identity.user_id:
        await require_proof(change.db, identity.session_id)


async def keep_a_superuser(change: Change, user: User) -> None:
    """Raise LAST_SUPERUSER unless somebody else can do everything, too."""
    if user.is_superuser and not await count_other_superusers(change.db, user.id):
        raise MeridianError(LAST_SUPERUSER)
