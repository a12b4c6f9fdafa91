"""Whoever walks through all files does the same work for each, whatever statistics say of them.

PostgreSQL counts the rows of a table now and then: what it knows may be from before most were
there, and a plan that is good for few compares each row of a page with each copy of a server.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import pytest

from services.replicator.catalog.wanted import WANT_NEXT
from services.storage.cities.drain_reports import SUM_UP, sum_up
from services.storage.cities.sole_copies import LIST_SOLE, count_sole_copies
from services.storage.policies.policies import ALL_FILES, Target
from services.storage.policies.simulate import (
    COUNT_ALL,
    COUNT_SOME,
    LIST_BELOW,
    Move,
    simulate,
)
from shared.catalog.file_pages import PAGE
from shared.catalog.policy import Policy
from shared.catalog.remaining import COUNT_REMAINING, Remaining, count_remaining
from shared.catalog.unknown_objects import SEE_UNKNOWN
from tests.storage.plans import explain, nodes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Pool
    from tests.conftest import Database

NOTHING: Final = UUID(int=0)
BEFORE_ALL: Final = (NOTHING, NOTHING, 0)
HERE, THERE, FOLDER = UUID(int=1), UUID(int=2), UUID(int=3)
FILES = 3000
FEW = 6
# A row of a page, its version, its copies, where they should be: some nodes of a plan each.
MOST_ROWS_A_FILE = 80
MOST_BLOCKS_A_FILE = 40

SERVERS = f"""
INSERT INTO storage.servers (id, name, endpoint, public_endpoint, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude)
SELECT id, id::text, '', '', '', '', '', '', '', '', 0, 0
FROM unnest(ARRAY['{HERE}', '{THERE}']::uuid[]) AS id
"""
# Files of two people in turn.
FILL = """
INSERT INTO storage.files (owner_id, id, name, name_key, name_fold, sort_version,
    current_version_id, current_number, size)
SELECT lpad((number % 2 + 1)::text, 32, '0')::uuid, lpad(number::text, 32, '0')::uuid,
    'file ' || number, number::text, number::text, 1, lpad(number::text, 32, '0')::uuid, 1, 1
FROM generate_series($1::integer, $2) AS number
"""
VERSIONS = f"""
INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, state,
    upload_server_id, upload_expires_at)
SELECT owner_id, current_version_id, id, 1, id::text, 1, 'text/plain', 'STORED', '{THERE}', now()
FROM storage.files ON CONFLICT DO NOTHING
"""
COPIES = """
INSERT INTO storage.replicas (owner_id, version_id, server_id, state, verified_at)
SELECT owner_id, id, $1, 'READY', now() FROM storage.versions ON CONFLICT DO NOTHING
"""
# With ids in another order than their numbers.
MORE_VERSIONS = f"""
INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, state,
    upload_server_id, upload_expires_at)
SELECT owner_id, gen_random_uuid(), id, number, id::text, 1, 'text/plain', 'STORED', '{HERE}', now()
FROM storage.files CROSS JOIN generate_series(1, $1::integer) AS number
"""
SOME_COPIES = """
INSERT INTO storage.replicas (owner_id, version_id, server_id, state, verified_at)
SELECT owner_id, id, $1, 'READY', now() FROM storage.versions
WHERE number % 2 = 0 AND file_id <> lpad($2::integer::text, 32, '0')::uuid
"""
COUNT = "ANALYZE storage.files, storage.versions, storage.replicas, storage.servers"
SOME_KEYS = "SELECT array_agg(key)::text FROM (SELECT key FROM storage.versions LIMIT $1) AS page"
ONE_COPY = (
    '{"copies": 1, "one_per_zone": false, "zones": {"require": [], "forbid": []},'
    ' "near_owner": false}'
)
BY_HAND = "".join(
    f"ALTER TABLE storage.{name} SET (autovacuum_enabled = false);"
    for name in ("files", "versions", "replicas", "servers")
)
OF_SERVER = {"remaining": COUNT_REMAINING, "sole": LIST_SOLE, "summary": SUM_UP}


@pytest.fixture
async def db(database: Database) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A database in which nobody counts rows but the test."""
    db = await asyncpg.connect(database.owner)
    try:
        await db.execute(f"SET jit = off; SET session_replication_role = replica; {BY_HAND}")
        await db.execute(SERVERS)
        yield db
    finally:
        await db.close()


async def fill(db: asyncpg.Connection[asyncpg.Record], first: int, last: int) -> None:
    """Add files that are on one server."""
    await db.execute(FILL, first, last)
    await db.execute(VERSIONS)
    await db.execute(COPIES, THERE)


def excess(plan: dict[str, Any]) -> list[str]:
    """What is more than a page of files takes."""
    rows = sum(
        node["Actual Loops"]
        * (
            node["Actual Rows"]
            + node.get("Rows Removed by Filter", 0)
            + node.get("Rows Removed by Join Filter", 0)
        )
        for node in nodes(plan)
    )
    blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    found = [] if rows <= MOST_ROWS_A_FILE * PAGE else [f"{rows:.0f} rows"]
    return found if blocks <= MOST_BLOCKS_A_FILE * PAGE else [*found, f"{blocks} blocks"]


@pytest.mark.parametrize("counted", ["never", "with few", "before the copies", "now"])
async def test_a_page_of_files_takes_as_much_whatever_was_counted(
    db: asyncpg.Connection[asyncpg.Record], counted: str
) -> None:
    await fill(db, 1, 10)
    if counted == "with few":
        await db.execute(COPIES, HERE)
        await db.execute(COUNT)
    await fill(db, 11, FILES)
    if counted == "before the copies":
        await db.execute(COUNT)
    await db.execute(COPIES, HERE)
    if counted == "now":
        await db.execute(COUNT)
    keys = await db.fetchval(SOME_KEYS, PAGE)
    sizes = f"{{{','.join(['1'] * PAGE)}}}"
    wrong = {}
    for mode in ("generic", "custom"):
        await db.execute(f"SET plan_cache_mode = force_{mode}_plan")
        for name, statement in OF_SERVER.items():
            plan = await explain(db, statement, *BEFORE_ALL, PAGE, HERE)
            wrong[f"{name}, {mode}"] = excess(plan)
        plan = await explain(db, COUNT_ALL, *BEFORE_ALL, PAGE, ONE_COPY)
        wrong[f"simulation, {mode}"] = excess(plan)
        plan = await explain(db, SEE_UNKNOWN, HERE, keys, sizes, "now")
        assert not await db.fetchval("SELECT count(*) FROM storage.unknown_objects")
        wrong[f"sweep, {mode}"] = excess(plan)
        wrong[f"placement, {mode}"] = excess(await explain(db, WANT_NEXT, NOTHING, NOTHING, PAGE))
    assert not {name: one for name, one in wrong.items() if one}


def versions_read(plan: dict[str, Any]) -> float:
    """How many versions a statement looks at."""
    return float(
        sum(
            node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
            for node in nodes(plan)
            if node.get("Relation Name") == "versions"
        )
    )


async def test_no_page_has_more_versions_of_a_file_than_of_others(
    db: asyncpg.Connection[asyncpg.Record],
) -> None:
    await db.execute(FILL, 1, 1)
    await db.execute(MORE_VERSIONS, FILES)
    await db.execute(COPIES, HERE)
    await db.execute(COUNT)
    owner_id, file_id = UUID(f"{2:032}"), UUID(f"{1:032}")
    read = {}
    for mode in ("generic", "custom"):
        await db.execute(f"SET plan_cache_mode = force_{mode}_plan")
        for name, statement in OF_SERVER.items():
            plan = await explain(db, statement, *BEFORE_ALL, PAGE, HERE)
            read[f"{name}, {mode}"] = versions_read(plan)
        trials: dict[str, tuple[str, tuple[object, ...]]] = {
            "all": (COUNT_ALL, (*BEFORE_ALL, PAGE, ONE_COPY)),
            "some": (COUNT_SOME, (owner_id, NOTHING, 0, PAGE, ONE_COPY, f"{{{file_id},{HERE}}}")),
        }
        for name, (statement, arguments) in trials.items():
            plan = await explain(db, statement, *arguments)
            read[f"trial of {name}, {mode}"] = versions_read(plan)
    assert read == dict.fromkeys(read, PAGE)


async def test_a_trial_for_a_folder_looks_at_nothing_else(
    db: asyncpg.Connection[asyncpg.Record],
) -> None:
    """However much its owner has besides."""
    await db.execute(FILL, 1, FILES)
    await db.execute("UPDATE storage.files SET folder_id = $1 WHERE name = 'file 1'", FOLDER)
    await db.execute(VERSIONS)
    await db.execute(COPIES, HERE)
    await db.execute(COUNT)
    owner_id, file_id = UUID(f"{2:032}"), UUID(f"{1:032}")
    rows = await db.fetch(LIST_BELOW, owner_id, NOTHING, FOLDER, PAGE)
    assert [row["id"] for row in rows] == [file_id]
    arguments = owner_id, NOTHING, 0, PAGE, ONE_COPY, f"{{{file_id}}}"
    for mode in ("generic", "custom"):
        await db.execute(f"SET plan_cache_mode = force_{mode}_plan")
        assert versions_read(await explain(db, COUNT_SOME, *arguments)) == 1


@pytest.mark.parametrize("page", [1, 2, 5, PAGE])
async def test_a_file_on_several_pages_is_counted_once(
    db: asyncpg.Connection[asyncpg.Record],
    owner_pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
    page: int,
) -> None:
    monkeypatch.setattr("shared.catalog.file_pages.PAGE", page)
    monkeypatch.setattr("services.storage.policies.simulate.PAGE", page)
    await db.execute(FILL, 1, FEW)
    await db.execute("UPDATE storage.files SET folder_id = $1", FOLDER)
    await db.execute(MORE_VERSIONS, 7)
    await db.execute(COPIES, HERE)
    # Of each file but the last the second, fourth and sixth of seven versions.
    await db.execute(SOME_COPIES, THERE, FEW)
    total, there = 7 * FEW, 3 * (FEW - 1)
    left = await count_remaining(owner_pool, HERE)
    assert left == Remaining(files=FEW, versions=total - there, bytes=total - there)
    assert asdict(await count_sole_copies(owner_pool, HERE)) == asdict(left)
    summary = await sum_up(owner_pool, HERE)
    assert (summary.files, summary.versions, summary.bytes) == (FEW, total, total)
    summary = await sum_up(owner_pool, THERE)
    assert (summary.files, summary.versions, summary.bytes) == (FEW - 1, there, there)
    owner_id, file_id = UUID(f"{2:032}"), UUID(f"{1:032}")
    for target, files, versions in (
        (ALL_FILES, FEW, total - there),
        (Target(kind="folder", owner_id=owner_id, id=FOLDER), FEW // 2, 4 * FEW // 2),
        (Target(kind="file", owner_id=owner_id, id=file_id), 1, 4),
    ):
        found = await simulate(owner_pool, target, Policy())
        (move,) = found.moves
        assert move == Move(server=str(THERE), adds_files=files, adds_bytes=versions)
        assert (found.files, found.bytes) == (files, versions)
