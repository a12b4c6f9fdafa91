"""The chain over the history: what was changed later shows, and no request waits for it."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import pytest

from services.storage.history.chain import chain_waiting
from services.storage.history.commands import BrokenHistory, verify_history
from services.storage.history.months import keep_months
from shared.db import connect
from shared.env import SharedSettings
from tests.storage.conftest import ISSUER, VAULT_KEY
from tests.world.months import give_way
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Pool
    from tests.conftest import Database
    from tests.storage.conftest import Storage

FILL = """
INSERT INTO storage.actions (id, owner_id, user_id, event, object_id, data)
SELECT storage.new_id($2), gen_random_uuid(), gen_random_uuid(), 'FILE.UPLOAD', storage.new_id(),
    jsonb_build_object('name', 'ä' || number, 'size', 1.0, 'parts', '[1, {"a": null}]'::jsonb)
FROM generate_series(1, $1) AS number
"""
MAKE_OLD_MONTH = """
SELECT storage.make_action_month(date_trunc('month', now(), 'UTC') - interval '14 months')
"""
AT = "(SELECT {} FROM storage.action_links WHERE number = {})"
ACTION_3 = f"id = {AT.format('action_id', 3)}"
TAMPERING = (
    (f"UPDATE storage.actions SET data = data || '{{\"size\": 2}}' WHERE {ACTION_3}", 3),
    (f"UPDATE storage.actions SET user_id = NULL WHERE {ACTION_3}", 3),
    (f"UPDATE storage.actions SET created_at = '2026-01-01' WHERE {ACTION_3}", 3),
    (f"DELETE FROM storage.actions WHERE {ACTION_3}", 3),
    ("DELETE FROM storage.action_links WHERE number = 2", 2),
    ("DELETE FROM storage.action_links WHERE number = 1", 1),
    ("DELETE FROM storage.action_links WHERE number = 5", 5),
    ("UPDATE storage.action_links SET hash = sha256('x') WHERE number = 4", 4),
    ("UPDATE storage.action_chain SET hash = sha256('x')", 6),
)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    """A pool that may do what the service may."""
    pool = await connect(database.storage, max_size=4)
    yield pool
    await pool.close()


@pytest.fixture
async def chained(pool: Pool, owner_pool: Pool) -> Pool:
    """A pool of the owner of a database with a history of five chained lines."""
    await owner_pool.execute(FILL, 5, await owner_pool.fetchval("SELECT now()"))
    await chain_waiting(pool)
    return owner_pool


async def verify(database: Database, months: int = 0, known: str = "") -> str:
    shared = SharedSettings(database.storage, "", (VAULT_KEY,), "info", "json")
    return await verify_history(shared, months, known)


async def test_what_people_do_is_chained_after_it_is_committed(
    storage: Storage, database: Database, pool: Pool
) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"1")
    await person.call("PATCH", f"/files/{file['id']}", json={"name": "b"})
    assert "ends with 0:" in await verify(database)
    assert "2 wait to be chained" in await verify(database)
    await asyncio.gather(*(chain_waiting(pool) for _ in range(4)))
    end = await verify(database)
    assert "ends with 2:" in end
    assert "wait" not in end


async def test_more_than_fits_into_one_step_is_one_chain(
    database: Database, pool: Pool, owner_pool: Pool
) -> None:
    now = await owner_pool.fetchval("SELECT now()")
    await owner_pool.execute(FILL, 2345, now)
    await asyncio.gather(*(chain_waiting(pool) for _ in range(3)))
    assert "ends with 2345:" in await verify(database)
    numbers = await owner_pool.fetchrow(
        "SELECT count(DISTINCT action_id), max(number) FROM storage.action_links"
    )
    assert numbers is not None
    assert tuple(numbers) == (2345, 2345)


async def test_a_line_that_was_committed_late_is_chained_too(
    database: Database, pool: Pool, owner_pool: Pool
) -> None:
    now = await owner_pool.fetchval("SELECT now()")
    async with owner_pool.acquire() as db:
        late = db.transaction()
        await late.start()
        await db.execute(FILL, 1, now)
        await owner_pool.execute(FILL, 2, await owner_pool.fetchval("SELECT clock_timestamp()"))
        await chain_waiting(pool)
        await late.commit()
    await chain_waiting(pool)
    assert "ends with 3:" in await verify(database)


@pytest.mark.parametrize(("sql", "row"), TAMPERING)
async def test_tampering_is_found_out(
    database: Database, pool: Pool, chained: Pool, sql: str, row: int
) -> None:
    assert "ends with 5:" in await verify(database)
    await chained.execute(sql)
    with pytest.raises(BrokenHistory, match=f"row {row} was changed or is missing"):
        await verify(database)


async def test_a_line_that_was_put_in_is_found_out(
    database: Database, pool: Pool, chained: Pool
) -> None:
    await chained.execute(FILL, 1, await chained.fetchval("SELECT now()"))
    made = await chained.fetchval("DELETE FROM storage.unchained_actions RETURNING action_id")
    with pytest.raises(BrokenHistory, match=f"action {made} was put in"):
        await verify(database)


async def test_a_history_written_anew_is_found_out_by_an_end_kept_elsewhere(
    database: Database, pool: Pool, chained: Pool
) -> None:
    known = (await verify(database)).rpartition(" ")[2]
    await chained.execute(f"UPDATE storage.actions SET data = '{{}}' WHERE {ACTION_3}")
    await chained.execute(
        """WITH links AS (DELETE FROM storage.action_links RETURNING action_owner_id, action_id)
        INSERT INTO storage.unchained_actions SELECT action_owner_id, action_id FROM links"""
    )
    await chained.execute(
        "UPDATE storage.action_chain SET number = 0, hash = decode(repeat('00', 32), 'hex')"
    )
    await chain_waiting(pool)
    assert "ends with 5:" in await verify(database)
    with pytest.raises(BrokenHistory, match="row 5"):
        await verify(database, known=known)
    with pytest.raises(ValueError, match="hexadecimal"):
        await verify(database, known="5:x")


async def test_months_that_were_dropped_are_not_missed(
    database: Database, pool: Pool, owner_pool: Pool
) -> None:
    await owner_pool.execute("SELECT storage.make_action_month(now() - interval '7 months')")
    old = await owner_pool.fetchval("SELECT now() - interval '7 months'")
    now = await owner_pool.fetchval("SELECT now()")
    for made_at in (old, now, old, now):
        await owner_pool.execute(FILL, 2, made_at)
        await chain_waiting(pool)
    known = (await verify(database)).rpartition(" ")[2]
    await keep_months(pool, 3)
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.actions") == 4
    numbers = await owner_pool.fetch("SELECT number FROM storage.action_links ORDER BY number")
    assert [row["number"] for row in numbers] == [2, 3, 4, 5, 6, 7, 8]
    assert "ends with 8:" in await verify(database, 3, known)
    with pytest.raises(BrokenHistory, match="row 1"):
        await verify(database)
    await owner_pool.execute(f"DELETE FROM storage.actions WHERE id = {AT.format('action_id', 4)}")
    with pytest.raises(BrokenHistory, match="row 4"):
        await verify(database, 3)


async def test_months_give_way_to_people(owner_pool: Pool) -> None:
    await owner_pool.execute(MAKE_OLD_MONTH)
    await give_way(owner_pool, "storage.actions", "storage.keep_action_months", 5)


async def test_the_service_cannot_write_the_history_anew(
    database: Database, pool: Pool, chained: Pool
) -> None:
    for sql in (
        "UPDATE storage.actions SET data = '{}'",
        "DELETE FROM storage.actions",
        "UPDATE storage.action_links SET hash = hash",
        "DELETE FROM storage.action_links",
        "INSERT INTO storage.unchained_actions VALUES (gen_random_uuid(), gen_random_uuid())",
        "DELETE FROM storage.action_chain",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await pool.execute(sql)


async def test_the_command_names_the_broken_row(
    database: Database, pool: Pool, chained: Pool
) -> None:
    code, said = await _run(database)
    assert (code, "the history is whole and ends with 5:" in said) == (0, True)
    await chained.execute(TAMPERING[0][0])
    assert await _run(database) == (
        1,
        "Error: the history is broken: row 3 was changed or is missing\n",
    )
    code, said = await _run(database, "--known", "nonsense")
    assert (code, "no end of a history" in said) == (1, True)


async def _run(database: Database, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.storage", "verify-history", *arguments),
        env={
            **os.environ,
            "MERIDIAN_DATABASE_URL": database.storage,
            "MERIDIAN_SECRET_KEYS": VAULT_KEY,
            "MERIDIAN_REDIS_URL": "redis://127.0.0.1:1",
            "MERIDIAN_PUBLIC_URL": ISSUER,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()
