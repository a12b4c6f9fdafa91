"""A database of the first release, filled, is brought up to date and loses nothing."""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.replicator.catalog.holdings import find_holdings
from services.storage.files.listing import Listing, list_files
from services.storage.files.resort import sort_anew
from services.storage.files.sort_key import SORT_VERSION, sort_key
from services.storage.history.listing import ActionFilter, list_actions
from shared import migrate as migrate_module
from shared.db import connect
from shared.migrate import SQL_FOLDER, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.db import Pool
    from tests.conftest import Servers

ANN, BOB, EVE = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
# Eve has a file that is called like the folder beside it.
PEOPLE = {ANN: ("/", "/a/b"), BOB: ("/a", "/a/b/c"), EVE: ("/x", "/x/file 1")}
FILL_SERVERS = """
INSERT INTO storage.servers (name, endpoint, public_endpoint, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude)
SELECT name, '', '', '', '', '', '', name, name, 0, 0
FROM unnest('{new-york,cape-town}'::text[]) AS name
"""
# Of every person and folder: three files of two versions, the second of which is current.
FILL_FILES = """
WITH file AS (
    INSERT INTO storage.files (owner_id, folder, name, current_version_id, current_number,
        versions_made, trashed_at, deleted_at)
    SELECT $1, $2, 'file ' || number, gen_random_uuid(), 2, 2,
        CASE WHEN number = 2 THEN now() END, CASE WHEN number = 3 THEN now() END
    FROM generate_series(1, 3) AS number RETURNING *
), version AS (
    INSERT INTO storage.versions (id, file_id, number, key, size, content_type, state, created_by,
        upload_server_id, upload_expires_at)
    SELECT CASE WHEN number = 2 THEN file.current_version_id ELSE gen_random_uuid() END, file.id,
        number, gen_random_uuid()::text, number * 10, 'text/plain', 'STORED', $1,
        (SELECT id FROM storage.servers WHERE name = 'new-york'), now()
    FROM file CROSS JOIN generate_series(1, 2) AS number RETURNING *
), replica AS (
    INSERT INTO storage.replicas (version_id, server_id, state)
    SELECT version.id, servers.id, CASE servers.name WHEN 'new-york' THEN 'READY' ELSE 'FAILED' END
    FROM version CROSS JOIN storage.servers RETURNING *
)
INSERT INTO storage.dead_letters (version_id, server_id, attempts, error)
SELECT version_id, server_id, 8, 'no room' FROM replica WHERE state = 'FAILED'
"""
FILL_ACTIONS = """
INSERT INTO storage.actions (user_id, event, object_id, data, ip, created_at)
SELECT $1, 'FILE.DOWNLOAD', gen_random_uuid(),
    jsonb_build_object('name', number, 'server', 'new-york'), '203.0.113.1',
    now() - make_interval(days => 100 - number)
FROM generate_series(1, 100) AS number
"""


@pytest.fixture
async def old(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pool]:
    """The database as the first release left it."""
    for schema in ("auth", "storage"):
        (tmp_path / schema).mkdir()
        for path in (SQL_FOLDER / schema).glob("0001_*.sql"):
            shutil.copy(path, tmp_path / schema)
    for name in ("grants.sql", "seed.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    name = f"old_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(servers.postgres.url())
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url = f"{servers.postgres.url().rpartition('/')[0]}/{name}"
    with monkeypatch.context() as patch:
        patch.setattr(migrate_module, "SQL_FOLDER", tmp_path)
        await migrate(url, {})
    pool = await connect(url, max_size=2)
    await fill(pool)
    await migrate(url, {})
    yield pool
    await pool.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def fill(pool: Pool) -> None:
    await pool.execute(FILL_SERVERS)
    for person, folders in PEOPLE.items():
        for folder in folders:
            await pool.execute(FILL_FILES, person, folder)
        await pool.execute(FILL_ACTIONS, person)


async def count(pool: Pool, table: str, owner: uuid.UUID) -> Any:
    return await pool.fetchval(f"SELECT count(*) FROM storage.{table} WHERE owner_id = $1", owner)


@pytest.mark.parametrize("owner", [ANN, BOB])
async def test_everything_has_its_owner(old: Pool, owner: uuid.UUID) -> None:
    tables = {"files": 6, "versions": 12, "replicas": 24, "dead_letters": 12, "actions": 100}
    assert {table: await count(old, table, owner) for table in tables} == tables


@pytest.mark.parametrize("owner", [ANN, BOB])
async def test_files_are_where_they_were(old: Pool, owner: uuid.UUID) -> None:
    files = await list_files(old, owner, Listing())
    assert sorted((file.folder, file.name) for file in files) == [
        (folder, "file 1") for folder in PEOPLE[owner]
    ]
    copies = {(file.copies.ready, file.copies.wanted) for file in files}
    assert (copies, {(file.version, file.size) for file in files}) == ({(1, 2)}, {(2, 20)})
    trashed = await list_files(old, owner, Listing(trashed=True))
    assert sorted((file.folder, file.name) for file in trashed) == [
        (folder, "file 2") for folder in PEOPLE[owner]
    ]
    (found,) = await find_holdings(old, [(owner, files[0].version_id)])
    assert found is not None
    assert [(one.server.name, one.state) for one in found.holdings] == [
        ("cape-town", "FAILED"),
        ("new-york", "READY"),
    ]


async def test_a_file_called_like_a_folder_beside_it_gets_a_number(old: Pool) -> None:
    files = await list_files(old, EVE, Listing())
    assert sorted((file.folder, file.name) for file in files) == [
        ("/x", "file 1 (2)"),
        ("/x/file 1", "file 1"),
    ]


async def test_names_are_sorted_anew_by_the_rules_of_today(old: Pool) -> None:
    await old.execute("UPDATE storage.files SET name = 'Äpfel 10' WHERE owner_id = $1", ANN)
    await sort_anew(old, batch=4)
    for table in ("files", "folders"):
        rows = await old.fetch(f"SELECT name, name_key, sort_version FROM storage.{table}")
        assert {row["sort_version"] for row in rows} == {SORT_VERSION}
        assert [row["name_key"] for row in rows] == [sort_key(row["name"]) for row in rows]
    folds = await old.fetch("SELECT name_fold FROM storage.files WHERE owner_id = $1", ANN)
    assert {row["name_fold"] for row in folds} == {"apfel 10"}


async def test_history_is_as_it_was_and_new_lines_come_first(old: Pool) -> None:
    await old.execute(
        "INSERT INTO storage.actions (owner_id, event) VALUES ($1, 'FILE.UPLOAD')", ANN
    )
    actions = await list_actions(old, ActionFilter(owner_id=ANN), None, 200)
    assert [action.data.get("name") for action in actions] == [None, *range(100, 0, -1)]
    assert {action.server for action in actions[1:]} == {"new-york"}
    assert {str(action.ip) for action in actions[1:]} == {"203.0.113.1"}
    assert await old.fetchval("SELECT count(*) FROM storage.actions_other") == 0
