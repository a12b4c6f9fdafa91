"""The chain of hashes over the history, see shared/ledger.py: rows are added to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.history.listing import COLUMNS
from shared.ledger import Link, next_link

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection, Pool

BATCH: Final = 1000

TAKE_END: Final = "SELECT number, hash FROM storage.action_chain FOR UPDATE"
TAKE_WAITING: Final = f"""
WITH taken AS (
    DELETE FROM storage.unchained_actions WHERE (owner_id, action_id) IN (
        SELECT owner_id, action_id FROM storage.unchained_actions
        ORDER BY action_id LIMIT $1
    ) RETURNING owner_id AS taken_owner, action_id
)
SELECT {COLUMNS} FROM taken JOIN storage.actions ON owner_id = taken_owner AND id = action_id
ORDER BY id, owner_id
"""
INSERT_LINKS: Final = """
INSERT INTO storage.action_links (number, action_owner_id, action_id, hash)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::bytea[])
"""
MOVE_END: Final = "UPDATE storage.action_chain SET number = $1, hash = $2"


async def chain_waiting(pool: Pool) -> None:
    """Chain all that is committed by now."""
    while True:
        async with pool.acquire() as db, db.transaction():
            if await _chain_some(db) < BATCH:
                return


async def _chain_some(db: Connection) -> int:
    """One writer after the other: the lock on the end is held until the rows are there."""
    end = await db.fetchrow(TAKE_END)
    assert end is not None, "storage.action_chain has one row"
    rows = await db.fetch(TAKE_WAITING, BATCH)
    if rows:
        await _append(db, Link(end["number"], end["hash"]), rows)
    return len(rows)


async def _append(db: Connection, last: Link, rows: list[Record]) -> None:
    links: list[Link] = []
    for row in rows:
        last = next_link(last, dict(row))
        links.append(last)
    owners: list[UUID] = [row["owner_id"] for row in rows]
    ids: list[UUID] = [row["id"] for row in rows]
    numbers, hashes = [link.number for link in links], [link.hash for link in links]
    await db.execute(INSERT_LINKS, numbers, owners, ids, hashes)
    await db.execute(MOVE_END, last.number, last.hash)
