"""An operator removes a server: never with the only copy of anything, unless that is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.cities.lost_uploads import drop_lost_uploads
from services.storage.cities.sole_copies import count_sole_copies, sole_copies
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.catalog.drains import lock_departures, stop_drain
from shared.catalog.jobs import PLACEMENT_JOB, run_job_now
from shared.catalog.outbox import insert_events
from shared.catalog.servers import get_server
from shared.errors import SERVER_NOT_FOUND, SOLE_COPIES, MeridianError
from shared.events import ServerChanged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.cities.sole_copies import Counts, SoleCopy
    from shared.catalog.servers import Server
    from shared.db import Connection, Pool

EXAMPLES: Final = 5
PAGE: Final = 1000
MARK_REMOVED: Final = """
UPDATE storage.servers SET removed_at = now(), is_on = false, is_active = false, updated_at = now()
WHERE id = $1 AND removed_at IS NULL RETURNING name
"""
FORGET_COPIES: Final = """
WITH page AS (
    SELECT owner_id, version_id FROM storage.replicas
    WHERE server_id = $1
        AND state IN ('WANTED', 'COPYING', 'READY', 'SUSPECT', 'FAILED', 'ERASING')
    LIMIT $2 FOR UPDATE
)
UPDATE storage.replicas SET state = 'GONE', lease_owner = NULL, lease_until = NULL,
    next_attempt_at = NULL, updated_at = now()
FROM page WHERE replicas.owner_id = page.owner_id AND replicas.version_id = page.version_id
    AND replicas.server_id = $1
RETURNING 1
"""
LIST_REMOVED: Final = "SELECT id FROM storage.servers WHERE removed_at IS NOT NULL"
FORGET_DEAD_LETTERS: Final = "DELETE FROM storage.dead_letters WHERE server_id = $1"


async def remove_server(
    pool: Pool, caller: Caller, server_id: UUID, confirmed_loss: int | None
) -> Counts:
    """Remove a server; what was lost with it. SERVER_NOT_FOUND, SOLE_COPIES with `counts`.

    A loss is accepted only by its exact number of versions.
    """
    server = await get_server(pool, server_id)
    async with pool.acquire() as db, db.transaction():
        await _mark(db, server_id)
        lost = await count_sole_copies(db, server_id)
        if lost.versions and lost.versions != confirmed_loss:
            await refuse(db, server, lost)
        await tell_of_loss(db, caller, server, lost)
        await run_job_now(db, PLACEMENT_JOB)
    await pool.execute(FORGET_DEAD_LETTERS, server_id)
    await _forget(pool, [server_id])
    return lost


async def _mark(db: Connection, server_id: UUID) -> None:
    """From here on nobody adds a copy that counts; a refusal takes the mark back."""
    await lock_departures(db)
    if await db.fetchval(MARK_REMOVED, server_id) is None:
        raise MeridianError(SERVER_NOT_FOUND)
    await stop_drain(db, server_id)


async def forget_stragglers(pool: Pool) -> None:
    """Forget what statements that began before a removal have written after it."""
    removed = [row["id"] for row in await pool.fetch(LIST_REMOVED)]
    if removed:
        await _forget(pool, removed)


async def _forget(pool: Pool, server_ids: Sequence[UUID]) -> None:
    for server_id in server_ids:
        await forget_copies(pool, server_id)
    await drop_lost_uploads(pool, server_ids)


async def forget_copies(pool: Pool, server_id: UUID) -> None:
    """Note page by page that its copies are gone."""
    page = PAGE
    while page == PAGE:
        page = len(await pool.fetch(FORGET_COPIES, server_id, PAGE))


async def refuse(db: Connection, server: Server, lost: Counts) -> None:
    """Say what would be lost."""
    examples: list[UUID] = []
    async for copies in sole_copies(db, server.id):
        examples = [*examples, *(copy.file_id for copy in copies)][:EXAMPLES]
        if len(examples) == EXAMPLES:
            break
    raise MeridianError(
        SOLE_COPIES,
        f"No other server that answers has a verified copy of {lost.versions} versions of "
        f"{server.name}. Drain it first, or confirm the loss with confirm_loss={lost.versions}.",
        counts=lost,
        examples=examples,
    )


async def tell_of_loss(db: Connection, caller: Caller, server: Server, lost: Counts) -> None:
    """Write into the histories: the operator's, and of everybody who lost a version."""
    assert caller.user_id is not None
    removed = NewAction(
        owner_id=caller.user_id,
        event=ActionEvent.SERVER_DELETE,
        object_id=server.id,
        data={"name": server.name, "files": lost.files, "versions": lost.versions},
    )
    await insert_actions(db, caller, [removed])
    await insert_events(db, [ServerChanged(server_id=server.id, state="off")])
    if not lost.versions:
        return
    async for copies in sole_copies(db, server.id):
        await insert_actions(db, caller, [_loss(server, copy) for copy in copies])


def _loss(server: Server, copy: SoleCopy) -> NewAction:
    return NewAction(
        owner_id=copy.owner_id,
        event=ActionEvent.VERSION_LOSE,
        object_id=copy.file_id,
        data={"version": copy.number, "size": copy.size},
        server=server.name,
    )
