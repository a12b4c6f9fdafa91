"""Recovery codes: each works once, in place of a code of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db import Connection, Pool

DELETE_CODES: Final = "DELETE FROM auth.recovery_codes WHERE user_id = $1"
INSERT_CODES: Final = """
INSERT INTO auth.recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])
"""
USE_CODE: Final = """
UPDATE auth.recovery_codes SET used_at = now()
WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL
    AND EXISTS (SELECT FROM auth.totp WHERE user_id = $1 AND confirmed_at IS NOT NULL)
RETURNING user_id
"""


async def replace_codes(db: Connection, user_id: UUID, hashes: Sequence[bytes]) -> None:
    """Give a user these codes in place of all earlier ones."""
    await db.execute(DELETE_CODES, user_id)
    await db.execute(INSERT_CODES, user_id, list(hashes))


async def use_code(db: Connection | Pool, user_id: UUID, code_hash: bytes) -> bool:
    """Use a code up; False for one that was used or never was."""
    return await db.fetchval(USE_CODE, user_id, code_hash) is not None
