"""Accounts whose time is over are erased, one by one; what was written into the audit stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog

from services.auth.audit.actions import COMMAND_LINE, Action
from services.auth.audit.entries import NewEntry, append_entry
from services.auth.deletion.deleted import delete_row, list_due, lock_due
from services.auth.deletion.outbox import insert_event
from shared.setbacks import Setbacks

if TYPE_CHECKING:
    from shared.db import Connection, Pool

ACCOUNTS_AT_ONCE: Final = 100
BATCH: Final = 1000

# Of these a person may have any number; what else there is of them goes with their row.
DROP_SOME: Final = (
    """
DELETE FROM auth.logins WHERE (created_at, id) IN (
    SELECT created_at, id FROM auth.logins WHERE user_id = $1 LIMIT $2)
RETURNING 1
""",
    """
DELETE FROM auth.refresh_tokens WHERE token_hash IN (
    SELECT token_hash FROM auth.refresh_tokens
        JOIN auth.sessions ON sessions.id = refresh_tokens.session_id
    WHERE sessions.user_id = $1 LIMIT $2)
RETURNING 1
""",
    """
DELETE FROM auth.sessions WHERE id IN (
    SELECT id FROM auth.sessions WHERE user_id = $1 LIMIT $2)
RETURNING 1
""",
)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


async def erase_accounts(db: Pool) -> None:
    """Erase the accounts whose time is over; stopped half-way, the next run goes on."""
    setbacks = Setbacks()
    behind = UUID(int=0)
    while due := await list_due(db, behind, ACCOUNTS_AT_ONCE):
        for user_id in due:
            with setbacks.passed_over("account", user_id):
                await _erase(db, user_id)
        behind = due[-1]
    setbacks.tell()


async def _erase(db: Pool, user_id: UUID) -> None:
    is_left = True
    while is_left:
        async with db.acquire() as connection, connection.transaction():
            is_left = await lock_due(connection, user_id) and await _erase_some(connection, user_id)


async def _erase_some(db: Connection, user_id: UUID) -> bool:
    """Some of what is of somebody, in the end the account; True while there may be more."""
    for statement in DROP_SOME:
        if await db.fetch(statement, user_id, BATCH):
            return True
    event = replace(await delete_row(db, user_id), erase_at=datetime.now(UTC))
    await insert_event(db, event)
    await append_entry(db, COMMAND_LINE, NewEntry(Action.USER_ERASED, str(user_id), None, None))
    log.info("accounts.erased", user_id=str(user_id))
    return False
