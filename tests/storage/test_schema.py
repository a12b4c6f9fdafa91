"""Rules of the tables: keys begin with the owner, ids sort by time, history is kept by month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.storage.history.months import keep_months
from shared.db import connect
from shared.ids import new_id

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.conftest import Database

# Tables of a person's things: those that carry owner_id; partitions are like their parents.
OWNED = """
SELECT pg_class.oid FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'storage'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND attname = 'owner_id' AND NOT attisdropped
"""
KEYS_WITHOUT_OWNER = f"""
WITH owned AS ({OWNED})
SELECT indexrelid::regclass::text FROM pg_index
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE indrelid IN (SELECT oid FROM owned) AND indisunique AND attname <> 'owner_id'
UNION ALL
SELECT conname FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND conrelid IN (SELECT oid FROM owned)
    AND confrelid IN (SELECT oid FROM owned) AND attname <> 'owner_id'
"""
OWNERLESS = f"""
SELECT relname FROM pg_class WHERE relnamespace = 'storage'::regnamespace
    AND relkind IN ('r', 'p') AND NOT relispartition AND oid NOT IN ({OWNED})
"""
NO_NULLS = f"""
SELECT attrelid::regclass::text FROM pg_attribute
WHERE attname = 'owner_id' AND NOT attnotnull AND attrelid IN ({OWNED})
"""
# What belongs to nobody in particular.
OF_THE_HOUSE = {
    *("servers", "installation", "drains", "outbox", "link_settings"),
    *("action_chain", "action_links"),
    *("jobs", "refused_writes", "health_changes", "sweeps", "unknown_objects"),
}
RANDOM_DEFAULTS = """
SELECT adrelid::regclass::text FROM pg_attrdef JOIN pg_class ON pg_class.oid = adrelid
WHERE relnamespace = 'storage'::regnamespace AND pg_get_expr(adbin, adrelid) ~ 'random'
"""
MONTHS = """
SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'storage.actions'::regclass ORDER BY relname
"""
INSERT_AT = """
INSERT INTO storage.actions (id, owner_id, event, created_at)
VALUES (storage.new_id($1), $2, 'FILE.UPLOAD', $1)
"""
KEEP = "SELECT storage.keep_action_months($1, $2)"


async def test_every_key_of_a_person_s_things_begins_with_the_owner(owner_pool: Pool) -> None:
    assert await owner_pool.fetch(KEYS_WITHOUT_OWNER) == []
    assert await owner_pool.fetch(NO_NULLS) == []
    ownerless = {row["relname"] for row in await owner_pool.fetch(OWNERLESS)}
    assert ownerless == OF_THE_HOUSE


async def test_ids_made_here_and_there_sort_by_time(owner_pool: Pool) -> None:
    assert await owner_pool.fetch(RANDOM_DEFAULTS) == []
    ids: list[UUID] = []
    for _ in range(20):
        ids.extend((new_id(), await owner_pool.fetchval("SELECT storage.new_id()")))
    assert ids == sorted(ids)
    assert {made.version for made in ids} == {7}
    assert len({made.variant for made in ids}) == 1


async def test_first_id_is_below_all_ids_of_its_moment(owner_pool: Pool) -> None:
    row = await owner_pool.fetchrow(
        """
        SELECT bool_and(storage.new_id(at) >= storage.first_id(at)) AS holds,
            bool_and(storage.new_id(at) < storage.first_id(at + interval '1 microsecond')) AS ends
        FROM generate_series(1, 1000) AS number,
            LATERAL (SELECT now() + make_interval(secs => number / 1e6) AS at) AS moment
        """
    )
    assert row is not None
    assert tuple(row) == (True, True)


async def test_the_service_may_keep_months_and_nothing_else(database: Database) -> None:
    pool = await connect(database.storage, max_size=1)
    await keep_months(pool, 24)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("SELECT storage.make_action_month(now())")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("DELETE FROM storage.actions")
    await pool.close()


async def test_months_are_made_ahead_and_old_ones_dropped(owner_pool: Pool) -> None:
    owner, now = uuid4(), datetime.now(UTC)
    old = now - timedelta(days=200)
    for at in (old, now, now + timedelta(days=300)):
        await owner_pool.execute(INSERT_AT, at, owner)
    await owner_pool.execute(
        "SELECT storage.make_action_month(date_trunc('month', $1::timestamptz))", old
    )
    await owner_pool.execute(KEEP, 12, 0)
    names = [row["relname"] for row in await owner_pool.fetch(MONTHS)]
    assert f"actions_{old:%Y_%m}" in names
    assert len(names) == 1 + 1 + 13
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.actions_other") == 0
    await owner_pool.execute(KEEP, 12, 5)
    names = [row["relname"] for row in await owner_pool.fetch(MONTHS)]
    assert f"actions_{old:%Y_%m}" not in names
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.actions") == 2
